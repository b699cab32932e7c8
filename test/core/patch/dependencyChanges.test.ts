import assert from 'node:assert/strict';
import { dependencyChanges } from '../../../src/core/patch/dependencyChanges.ts';

function check(path: string, before: string | undefined, after: string | undefined, expected: readonly string[]): void {
  const difference = { path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
  assert.deepEqual(dependencyChanges([difference]), expected.length === 0 ? [] : [{ path, changes: expected }]);
}

describe('a change of dependencies', () => {
  it('is told with what is added, removed and wanted otherwise', () => {
    check(
      'package.json',
      '{"name":"a","dependencies":{"x":"1","y":"1"}}',
      '{"name":"b","dependencies":{"x":"2"},"devDependencies":{"z":"^3.0.0"}}',
      ['x 2 instead of 1', 'z ^3.0.0 added', 'y removed'],
    );
    check('lib/Cargo.toml', '[dependencies]\na = "1"\n', '[dependencies]\na = { version = "2" }\n', [
      'a {"version":"2"} instead of 1',
    ]);
    check('pyproject.toml', '[project]\ndependencies = ["a>=1"]\n', '[project]\ndependencies = ["a>=1", "b"]\n', [
      'b added',
    ]);
    check('requirements-dev.txt', 'a==1 # one\n', 'a==1\nb==2\n', ['b==2 added']);
    check('go.mod', 'module a\n', 'module a\nrequire b v1\n', ['require b v1 added']);
  });

  it('is none where only other things change', () => {
    check('package.json', '{"dependencies":{"x":"1"}}', '{"scripts":{"a":"b"},"dependencies":{"x":"1"}}', []);
    check('src/package.js', '1', '2', []);
    check('constructor', '1', '2', []);
    check('requirements.txt', 'a\n', '# ours\na\n', []);
  });

  it('is told of a new, a deleted and an unreadable manifest', () => {
    check('package.json', undefined, '{"dependencies":{"x":"1"}}', ['x 1 added']);
    check('package.json', '{"dependencies":{"x":"1"}}', undefined, ['x removed']);
    check('package.json', '{}', '{', ['its dependencies cannot be read']);
  });

  it('is capped', () => {
    const after = JSON.stringify({
      dependencies: Object.fromEntries([...Array(20).keys()].map((n) => [`d${n}`, '1'])),
    });
    const [change] = dependencyChanges([{ path: 'package.json', after }]);
    assert.deepEqual([change?.changes.length, change?.changes.at(-1)], [13, '8 more']);
  });
});
