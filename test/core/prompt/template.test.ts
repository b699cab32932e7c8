import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { includePartials, parsePrompt, renderPrompt } from '../../../src/core/prompt/template.ts';
import { loadPrompts } from '../../../src/node/prompts.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const goldens = path.join(root, 'test/scenarios/prompts');

const prompt = (inputs: string, text: string): string => `---\nid: a\nversion: 1\ninputs: [${inputs}]\n---\n${text}`;

describe('a prompt template', () => {
  const cases: readonly (readonly [string, string, unknown])[] = [
    ['a declared and used input', prompt('name', 'Hello {{name}}'), 'ok'],
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
    const parsed = parsePrompt('p', prompt('name, secret', '{{name}} {{secret}}'));
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

describe("the product's prompts", () => {
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
