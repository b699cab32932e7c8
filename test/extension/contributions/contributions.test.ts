import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { SETTINGS } from '../../../src/extension/contributions/settings.ts';
import { WALKTHROUGH } from '../../../src/extension/contributions/walkthrough.ts';
import { WELCOME } from '../../../src/extension/contributions/welcome.ts';

const inPackage = (name: string): string => path.resolve(import.meta.dirname, '../../..', name);

/** Commands of the editor itself that a text may link to. */
const BUILT_IN = ['vscode.openFolder', 'workbench.trust.manage'];

describe('the settings of the editor', () => {
  const settings = SETTINGS.flatMap(({ properties }) => Object.entries(properties));
  it('belong to us, each with its scope, its default and a sentence', () => {
    for (const [id, { scope, markdownDescription, type, default: fallback }] of settings) {
      assert.ok(id.startsWith('speckitAuto.'), id);
      assert.match(scope, /^(?:window|machine)$/);
      assert.match(markdownDescription, /\.$/);
      assert.equal(typeof fallback, type);
    }
  });
  it('let no workspace name an executable', () => {
    const executables = settings.filter(([id]) => /smi|path|binary|executable/i.test(id));
    assert.deepEqual(
      executables.map(([id, { scope }]) => [id, scope]),
      [['speckitAuto.reflex.nvidiaSmi', 'machine']],
    );
  });
});

type State = Readonly<Record<string, string | boolean>>;

/** Evaluates the little of when-clauses that is used here: `a`, `!a`, `a == b`, `a != b`, joined by && within ||. */
function holds(when: string, state: State): boolean {
  const term = (text: string): boolean => {
    const [, left = '', operator, right] = /^(\S+)(?: (==|!=) (\S+))?$/.exec(text) ?? [];
    if (operator === undefined) return left.startsWith('!') ? state[left.slice(1)] !== true : state[left] === true;
    return (state[left] === right) === (operator === '==');
  };
  return when.split(' || ').some((part) => part.split(' && ').every(term));
}

describe('what an empty view says', () => {
  const folder = { workbenchState: 'folder', isWorkspaceTrusted: true };
  const cases: readonly (readonly [name: string, state: State, beginning: string | undefined])[] = [
    ['without a folder', { workbenchState: 'empty', isWorkspaceTrusted: true }, 'SpecKit takes'],
    [
      'in a workspace that is not trusted',
      { ...folder, isWorkspaceTrusted: false, 'speckitAuto.isRead': true },
      'This workspace',
    ],
    ['before anything is known', folder, undefined],
    ['without a repository', { ...folder, 'speckitAuto.isRead': true }, 'Nothing can be shown'],
    ['without specs', { ...folder, 'speckitAuto.isRead': true, 'speckitAuto.isRepository': true }, 'No specs yet.'],
    [
      'with specs',
      { ...folder, 'speckitAuto.isRead': true, 'speckitAuto.isRepository': true, 'speckitAuto.hasSpecs': true },
      undefined,
    ],
  ];
  for (const [name, state, beginning] of cases) {
    it(`is one text ${name}`, () => {
      const texts = WELCOME.filter(({ view, when }) => view === 'speckitAuto.specs' && holds(when, state));
      assert.deepEqual(
        texts.map(({ contents }) => contents.startsWith(beginning ?? 'nothing')),
        beginning === undefined ? [] : [true],
      );
    });
  }

  it('knows no context but the editor’s and ours', () => {
    const names = new Set(WELCOME.flatMap(({ when }) => when.match(/(?<![=] )\b[A-Za-z][\w.]*/g) ?? []));
    assert.deepEqual(
      [...names]
        .filter((name) => !name.startsWith('speckitAuto.'))
        .toSorted((left, right) => left.localeCompare(right)),
      ['isWorkspaceTrusted', 'workbenchState'],
    );
  });
});

describe('the walkthrough', () => {
  const steps = WALKTHROUGH.flatMap((walkthrough) => walkthrough.steps);
  it('has four or five steps that can be done, each with its page', () => {
    assert.ok(steps.length >= 4 && steps.length <= 5);
    for (const { id, media, completionEvents } of steps) {
      assert.ok(id.startsWith('speckitAuto.'), id);
      assert.ok(
        completionEvents.length > 0 && completionEvents.every((event) => event.startsWith('onCommand:speckitAuto.')),
      );
      assert.ok(readFileSync(inPackage(media.markdown), 'utf8').startsWith('## '), media.markdown);
    }
    assert.ok(existsSync(inPackage(WALKTHROUGH[0].icon)));
  });
});

describe('links in texts', () => {
  const texts = [
    ...WELCOME.map(({ contents }) => contents),
    ...WALKTHROUGH.flatMap(({ steps }) => steps.map(({ description }) => description)),
  ];
  it('run our commands, and few of the editor', () => {
    const linked = texts.flatMap((text) => [...text.matchAll(/\(command:([^)?]+)/g)].map(([, id = '']) => id));
    assert.ok(linked.length > 10);
    assert.deepEqual(
      linked.filter((id) => !id.startsWith('speckitAuto.') && !BUILT_IN.includes(id)),
      [],
    );
  });
});

describe('the icon of the activity bar', () => {
  it('is small, of one colour, and runs nothing', () => {
    const icon = readFileSync(inPackage('media/speckit.svg'), 'utf8');
    assert.match(icon, /^<svg [^>]*viewBox="0 0 24 24"/);
    assert.equal(new Set(icon.match(/#[0-9A-Fa-f]{3,8}/g)).size, 1);
    assert.doesNotMatch(icon, /<script|href|style/);
    assert.ok(icon.length < 1_000);
  });
});
