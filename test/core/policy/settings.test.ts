import assert from 'node:assert/strict';
import { closestWord } from '../../../src/core/policy/closestWord.ts';
import { keysIn, settingAt, settingsReference } from '../../../src/core/policy/settingsReference.ts';
import { configurationSchema } from '../../../src/core/settings.ts';

describe('the word that was meant', () => {
  const words = ['budget', 'base_url', 'checks', 'run_dollars', 'run_tokens', 'gpt-6-sol'];
  const cases: readonly [word: string, expected: string | undefined][] = [
    ['budget', 'budget'],
    ['bugdet', 'budget'],
    ['chekcs', 'checks'],
    ['check', 'checks'],
    ['Base-URL', 'base_url'],
    ['run_dollar', 'run_dollars'],
    ['run_token', 'run_tokens'],
    ['verbose', undefined],
    ['', undefined],
    ['x'.repeat(100_000), undefined],
  ];
  for (const [word, expected] of cases) {
    it(`by "${word.slice(0, 20)}" is ${expected ?? 'unknown'}`, () => assert.equal(closestWord(word, words), expected));
  }
});

describe('the reference of settings', () => {
  const references = settingsReference(configurationSchema);

  it('has every setting once, tables before what is in them', () => {
    const paths = references.map(({ path }) => path.join('.'));
    assert.equal(new Set(paths).size, paths.length);
    for (const path of ['spec.folder', 'checks.<name>.command', 'workers.<name>.extra_body', 'routing.judge']) {
      assert.ok(paths.includes(path), path);
    }
    for (const path of paths)
      assert.ok(paths.indexOf(path.slice(0, path.lastIndexOf('.'))) < paths.indexOf(path), path);
  });

  it('finds a setting by its concrete path', () => {
    assert.deepEqual(settingAt(references, ['workers', 'strong', 'structured_output']), {
      path: ['workers', '<name>', 'structured_output'],
      kind: 'value',
      type: 'one of json_schema, json_object, none',
      choices: ['json_schema', 'json_object', 'none'],
      required: false,
      default: 'json_schema',
      doc: 'what the server can be asked to constrain an answer to',
    });
    assert.equal(settingAt(references, ['workers', 'strong', 'colour']), undefined);
    assert.deepEqual(keysIn(references, ['budget']), ['run_dollars', 'day_dollars', 'run_tokens']);
    assert.deepEqual(keysIn(references, ['checks', 'test']), ['command', 'kind', 'timeout_seconds', 'network']);
    assert.deepEqual(keysIn(references, ['checks']), []);
  });
});
