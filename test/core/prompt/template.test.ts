import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  includePartials,
  inVariant,
  parsePrompt,
  PROMPT_VARIANTS,
  renderPrompt,
  type PromptTemplate,
} from '../../../src/core/prompt/template.ts';
import { reflexPrompts } from '../../../src/core/reflex/bakeoffReport.ts';
import { loadPrompts } from '../../../src/node/prompts.ts';
import { partsOf, PLANTED } from '../../support/plantedTexts.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const goldens = path.join(root, 'test/scenarios/prompts');

const prompt = (inputs: string, text: string, own = ''): string =>
  `---\nid: a\nversion: 1\ninputs: [${inputs}]\nown: [${own}]\n---\n${text}`;

/** A prompt whose main text is `text`, with variants below it. */
const varied = (declared: string, text: string, ...variants: readonly (readonly [string, string])[]): string =>
  [
    prompt('name, place', text).replace('own: []', `variants: [${declared}]`),
    ...variants.map(([name, other]) => `<!-- variant: ${name} -->\n${other}`),
  ].join('\n\n');
const MAIN = 'Long words\n{{name}}\n{{place}}';
const SHORT = 'Short\n{{place}}\n{{name}}';
const problem = (name: string, text: string): unknown => ({ kind: 'variant', path: 'p', name, text });

describe('a prompt template', () => {
  const cases: readonly (readonly [string, string, unknown])[] = [
    ['a declared and used input', prompt('name', 'Hello\n{{name}}'), 'ok'],
    ['an input of our own in a line', prompt('name', 'Hello {{name}}', 'name'), 'ok'],
    ['data in a line', prompt('name', 'Hello {{name}}'), { kind: 'inline', path: 'p', names: ['name'] }],
    ['data in a list', prompt('name', 'x\n  {{name}}'), { kind: 'inline', path: 'p', names: ['name'] }],
    ['no word about what is our own', prompt('name', '{{name}}').replace('own: []\n', ''), 'ok'],
    ['an own input that is none', prompt('', 'x', 'name'), { kind: 'undeclared', path: 'p', names: ['name'] }],
    ['no front matter', 'Hello', { kind: 'malformed', path: 'p', text: 'has no front matter' }],
    ['an undeclared input', prompt('', 'Hello {{name}}'), { kind: 'undeclared', path: 'p', names: ['name'] }],
    ['an unused input', prompt('name, place', 'Hello {{name}}'), { kind: 'unused', path: 'p', names: ['place'] }],
    ['a variant', varied('local', MAIN, ['local', SHORT]), 'ok'],
    ['an unknown variant', varied('huge', MAIN, ['huge', SHORT]), problem('huge', 'is none of local')],
    ['a variant that is not declared', varied('', MAIN, ['local', SHORT]), problem('local', 'is not declared')],
    ['a variant that is not there', varied('local', MAIN), problem('local', 'is declared and not there')],
    ['an unknown variant that is not there', varied('huge', MAIN), problem('huge', 'is declared and not there')],
    ['a variant twice', varied('local', MAIN, ['local', SHORT], ['local', SHORT]), problem('local', 'is there twice')],
    [
      'a variant that says the same',
      varied('local', MAIN, ['local', MAIN]),
      problem('local', 'says what the main text says'),
    ],
    [
      'a variant with other inputs',
      varied('local', MAIN, ['local', 'Short\n{{name}}']),
      problem('local', 'uses the inputs [name], the main text [name, place]'),
    ],
    [
      'data in a line of a variant',
      varied('local', MAIN, ['local', 'Short {{name}}\n{{place}}']),
      { kind: 'inline', path: 'p', names: ['name'] },
    ],
    [
      'a version that is no number',
      prompt('', 'x').replace('version: 1', 'version: one'),
      { kind: 'malformed', path: 'p', text: 'front matter needs id, version (a whole number) and inputs ([a, b])' },
    ],
  ];
  for (const [name, source, expected] of cases) {
    it(`with ${name}`, () => {
      const parsed = parsePrompt('p', source);
      assert.deepEqual(parsed.kind === 'ok' ? 'ok' : parsed.error, expected);
    });
  }

  it('puts a value in once and never looks for inputs inside it', () => {
    const parsed = parsePrompt('p', prompt('name, secret', '{{name}} {{secret}}', 'name, secret'));
    assert.equal(
      parsed.kind === 'ok' && renderPrompt(parsed.value, { name: '{{secret}}', secret: 'x' }),
      '{{secret}} x',
    );
  });

  it('is read in a variant where it has one, and in the main text otherwise', () => {
    const parsed = parsePrompt('p', varied('local', MAIN, ['local', SHORT]));
    assert.ok(parsed.kind === 'ok');
    const plain = parsePrompt('p', prompt('', 'plain'));
    assert.ok(plain.kind === 'ok');
    assert.deepEqual(
      [
        inVariant(parsed.value, 'local').text,
        inVariant(parsed.value, undefined).text,
        inVariant(plain.value, 'local').text,
      ],
      [SHORT, MAIN, 'plain'],
    );
  });

  it('refuses missing and unknown values', () => {
    const parsed = parsePrompt('p', prompt('name', '{{name}}'));
    assert.ok(parsed.kind === 'ok');
    assert.throws(() => renderPrompt(parsed.value, {}), /missing inputs \[name\]/);
    assert.throws(() => renderPrompt(parsed.value, { name: '', other: '' }), /unknown inputs \[other\]/);
  });

  it('refuses an unknown partial', () => {
    assert.throws(() => includePartials('{{> nothing}}', new Map()), /no partial prompts\/partials\/nothing.md/);
  });
});

/** Every input by its name, each with a text that no other holds. */
const marked = (template: PromptTemplate, text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    template.inputs.map((name) => [name, `<<${name}>>${template.own.includes(name) ? '' : `\n${text}`}`]),
  );

/** The inputs whose text a reader of Markdown finds anywhere but in a fence. */
function unfenced(template: PromptTemplate): readonly string[] {
  const { fenced } = partsOf(renderPrompt(template, marked(template, '')));
  return template.inputs.filter((name) => !fenced.some((text) => text.startsWith(`<<${name}>>\n`)));
}

/** Every text of the product: each prompt, and each variant of it, under the name of its golden. */
async function allTexts(): Promise<readonly (readonly [name: string, template: PromptTemplate])[]> {
  const { templates } = await loadPrompts(path.join(root, 'prompts'));
  return [...templates.values()].flatMap((template) => [
    [template.id, template] as const,
    ...PROMPT_VARIANTS.filter((variant) => template.variants[variant] !== undefined).map(
      (variant) => [`${template.id}-${variant}`, inVariant(template, variant)] as const,
    ),
  ]);
}

/** What SpecKit itself writes into prompts: ids of a fixed form, names of stages, and schemas. Everything else is somebody's text. */
const OWN = ['requirement_ids', 'scenario_ids', 'stage', 'schema'];

describe("the product's prompts", () => {
  it('put all that is not their own between fences', async () => {
    for (const [name, template] of await allTexts())
      assert.deepEqual(
        unfenced(template),
        template.inputs.filter((input) => OWN.includes(input)),
        name,
      );
    const careless = parsePrompt('p', prompt('plan', '## Plan\n{{plan}}', 'plan'));
    assert.deepEqual(careless.kind === 'ok' && unfenced(careless.value), ['plan'], 'the test can fail');
  });

  it('keep their form whatever stands in what they are given', async () => {
    for (const [name, template] of await allTexts()) {
      const plain = partsOf(renderPrompt(template, marked(template, 'plain')));
      for (const planted of PLANTED) {
        const { headings, fenced } = partsOf(renderPrompt(template, marked(template, planted)));
        const about = `${name}: ${JSON.stringify(planted)}`;
        assert.deepEqual([headings, fenced.length], [plain.headings, plain.fenced.length], about);
      }
    }
  });

  it('render as their goldens', async () => {
    const texts = await allTexts();
    assert.ok(texts.length >= 15);
    mkdirSync(goldens, { recursive: true });
    for (const [name, template] of texts) {
      const rendered = `version ${template.version}\n${renderPrompt(template, Object.fromEntries(template.inputs.map((input) => [input, `<<${input}>>`])))}\n`;
      const file = path.join(goldens, `${name}.txt`);
      if (process.env['UPDATE'] === '1' || !existsSync(file)) writeFileSync(file, rendered);
      assert.equal(
        readFileSync(file, 'utf8'),
        rendered,
        `${name}: UPDATE=1 rewrites; raise its version when its meaning changed`,
      );
    }
  });

  it('are under one hash with all their variants, so that whatever is bound to it is bound to them', async () => {
    const { templates, sha256 } = await loadPrompts(path.join(root, 'prompts'));
    const variants = [...templates.values()].flatMap(({ id, variants }) =>
      Object.keys(variants).map((name) => `${id} ${name}`),
    );
    assert.deepEqual(variants, ['implement-single local', 'implement local', 'repair local']);
    using copy = temporaryFolder('speckit prompts');
    cpSync(path.join(root, 'prompts'), copy.join('prompts'), { recursive: true });
    const file = copy.join('prompts/stages/implement-single.md');
    writeFileSync(file, readFileSync(file, 'utf8').replace('Never switch off a linter.', 'Never.'));
    const changed = await loadPrompts(copy.join('prompts'));
    assert.equal(changed.templates.get('implement-single')?.text, templates.get('implement-single')?.text);
    assert.notEqual(changed.sha256, sha256);
    assert.notEqual(reflexPrompts(changed.templates), reflexPrompts(templates));
  });
});
