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
      '.github/a.yml',
      'docs/b.md',
      'test/c.test.js',
    ]);
  });
});
