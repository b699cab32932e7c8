import assert from 'node:assert/strict';
import { rankedFiles } from '../../../src/core/pipeline/fileList.ts';

describe('the files of a repository, where not all of their names fit', () => {
  it('stand in the order of how likely a spec is about them', () => {
    const files = [
      '.github/a.yml',
      'docs/b.md',
      'lib/cache/index.js',
      'lib/cache/least-recent.js',
      'lib/z.js',
      'test/c.test.js',
    ];
    assert.deepEqual(rankedFiles('Change `least-recent.js` so that it counts.', files), [
      'lib/cache/least-recent.js',
      'lib/cache/index.js',
      'lib/z.js',
      'test/c.test.js',
      '.github/a.yml',
      'docs/b.md',
    ]);
  });

  it('have the data of tests behind the tests that read it', () => {
    const data = ['tests/data/invalid/a.toml', 'tests/data/valid/b.json'];
    const files = ['.flake8', 'CHANGELOG.md', 'pyproject.toml', 'src/tomli/_parser.py', ...data, 'tests/test_error.py'];
    assert.deepEqual(rankedFiles('Errors say more.', files), [
      'src/tomli/_parser.py',
      'CHANGELOG.md',
      'pyproject.toml',
      'tests/test_error.py',
      '.flake8',
      ...data,
    ]);
  });
});
