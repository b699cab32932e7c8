import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { includePartials, parsePrompt, renderPrompt, type PromptTemplate } from '../../../src/core/prompt/template.ts';
import { loadPrompts } from '../../../src/node/prompts.ts';
import { partsOf, PLANTED } from '../../support/plantedTexts.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const goldens = path.join(root, 'test/scenarios/prompts');

const prompt = (inputs: string, text: string, own = ''): string =>
  `---\nid: a\nversion: 1\ninputs: [${inputs}]\nown: [${own}]\n---\n${text}`;

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

/** What SpecKit itself writes into prompts: ids of a fixed form, names of stages, and schemas. Everything else is somebody's text. */
const OWN = ['requirement_ids', 'scenario_ids', 'stage', 'schema'];

describe("the product's prompts", () => {
  it('put all that is not their own between fences', async () => {
    const { templates } = await loadPrompts(path.join(root, 'prompts'));
    for (const template of templates.values())
      assert.deepEqual(
        unfenced(template),
        template.inputs.filter((name) => OWN.includes(name)),
        template.id,
      );
    const careless = parsePrompt('p', prompt('plan', '## Plan\n{{plan}}', 'plan'));
    assert.deepEqual(careless.kind === 'ok' && unfenced(careless.value), ['plan'], 'the test can fail');
  });

  it('keep their form whatever stands in what they are given', async () => {
    const { templates } = await loadPrompts(path.join(root, 'prompts'));
    for (const template of templates.values()) {
      const plain = partsOf(renderPrompt(template, marked(template, 'plain')));
      for (const planted of PLANTED) {
        const { headings, fenced } = partsOf(renderPrompt(template, marked(template, planted)));
        const about = `${template.id}: ${JSON.stringify(planted)}`;
        assert.deepEqual([headings, fenced.length], [plain.headings, plain.fenced.length], about);
      }
    }
  });

  it('render as their goldens', async () => {
    const { templates } = await loadPrompts(path.join(root, 'prompts'));
    assert.ok(templates.size >= 15);
    mkdirSync(goldens, { recursive: true });
    for (const template of templates.values()) {
      const rendered = `version ${template.version}\n${renderPrompt(template, Object.fromEntries(template.inputs.map((name) => [name, `<<${name}>>`])))}\n`;
      const file = path.join(goldens, `${template.id}.txt`);
      if (process.env['UPDATE'] === '1' || !existsSync(file)) writeFileSync(file, rendered);
      assert.equal(
        readFileSync(file, 'utf8'),
        rendered,
        `${template.id}: UPDATE=1 rewrites; raise its version when its meaning changed`,
      );
    }
  });
});
