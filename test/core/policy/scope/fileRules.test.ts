import assert from 'node:assert/strict';
import { FILE_RULES, fileRuleOf, isLockFile, type FileFacts } from '../../../../src/core/policy/scope/fileRules.ts';

const facts = (path: string, more: Partial<FileFacts> = {}): FileFacts => ({
  path,
  named: ['src/greet.js'],
  isPersons: false,
  isGenerated: false,
  isCheckDefinition: false,
  risks: [],
  isTest: false,
  ...more,
});

describe('a file that a plan does not name', () => {
  const rows: readonly (readonly [facts: FileFacts, rule: string, by: string])[] = [
    [facts('speckit.toml', { isPersons: true, isCheckDefinition: true }), 'persons-file', 'nobody'],
    [facts('src/yarn.lock', { isGenerated: true }), 'lock-file', 'person'],
    [facts('src/table.js', { isGenerated: true }), 'generated-file', 'person'],
    [facts('src/jest.config.js', { isCheckDefinition: true }), 'check-definition', 'person'],
    [facts('src/session.js', { risks: ['authentication'] }), 'high-risk', 'person'],
    [facts('src/words.js'), 'near', 'architect'],
    [facts('test/greet.test.js', { isTest: true }), 'near', 'architect'],
    [facts('tests/test_greet.py', { isTest: true }), 'near', 'architect'],
    [facts('test/other.test.js', { isTest: true }), 'elsewhere', 'person'],
    [facts('lib/greet.js'), 'elsewhere', 'person'],
    [facts('src/deep/words.js'), 'elsewhere', 'person'],
    [facts('words.js'), 'elsewhere', 'person'],
  ];
  for (const [given, rule, by] of rows) {
    it(`${given.path} is ${rule}: ${by}`, () => {
      const found = fileRuleOf(given);
      assert.deepEqual([found.id, found.amendedBy], [rule, by]);
    });
  }

  it('always falls under a rule, and only the nearest ones are given without a person', () => {
    assert.equal(FILE_RULES.at(-1)?.applies(facts('x', { named: [] })), true);
    assert.deepEqual(
      FILE_RULES.flatMap(({ id, amendedBy }) => (amendedBy === 'architect' ? [id] : [])),
      ['near'],
    );
  });
});

describe('a lock file', () => {
  const locks =
    'package-lock.json npm-shrinkwrap.json pnpm-lock.yaml packages/a/yarn.lock bun.lock deno.lock Cargo.lock go.sum poetry.lock uv.lock Pipfile.lock Gemfile.lock composer.lock flake.lock'.split(
      ' ',
    );
  for (const path of locks) it(`is ${path}`, () => assert.ok(isLockFile(path)));
  for (const path of ['package.json', 'src/lock.js', 'Cargo.toml', 'go.mod', 'yarn.lock.md'])
    it(`is not ${path}`, () => assert.ok(!isLockFile(path)));
});
