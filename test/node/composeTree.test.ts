import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import type { FileChange } from '../../src/core/ports.ts';
import { userGit, writeFiles } from '../support/gitRepository.ts';
import { bench, write } from '../support/runTreeBench.ts';

/** Few names, so that files and folders of one name, neighbours in git's order (`a`, `a-b`, `a.b`, `a/b`) and emptied folders are common. */
const paths = ['a-b/x', 'a.b', 'a/b', 'a/c/d', 'a/c/ü', 'a0', 'z/z/z', 'z/y'];
const change: fc.Arbitrary<FileChange> = fc.oneof(
  fc.record({
    kind: fc.constant('write' as const),
    path: fc.constantFrom(...paths),
    content: fc.string(),
    executable: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('delete' as const), path: fc.constantFrom(...paths) }),
);

describe('a composed tree', function () {
  this.timeout(30_000);

  it('is the one that git itself makes of the same files', async () => {
    await using it = await bench({ 'a/b': '1', 'a/c/d': '2', 'a-b/x': '3', 'z/y': '4', 'q/é': '5' });
    const tree = await it.create();
    const property = fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
      const composed = await tree.compose(tree.baseTree, changes);
      await userGit(it.root, 'read-tree', '--reset', '-u', tree.baseTree);
      for (const one of changes) {
        if (one.kind === 'delete') await rm(join(it.root, one.path), { force: true });
        else {
          await rm(join(it.root, one.path), { force: true });
          const { content: text, executable } = one;
          await writeFiles(it.root, { [one.path]: executable === true ? { text, executable } : text });
        }
      }
      await userGit(it.root, 'add', '--all');
      assert.equal(composed, (await userGit(it.root, 'write-tree')).trim());
      assert.deepEqual(
        await tree.listAt(composed),
        (await userGit(it.root, 'ls-tree', '-r', '-z', '--name-only', composed))
          .split('\0')
          .filter((name) => name !== '')
          .sort(),
      );
    });
    await fc.assert(property, { numRuns: 20, seed: 7 });
    assert.equal(await userGit(it.root, 'fsck', '--strict', '--no-dangling'), '');
  });

  it('may hold a file where a folder stood, the other way round, and nothing at all', async () => {
    await using it = await bench({ 'a/b': '1', c: '2' });
    const tree = await it.create();
    const gone = (path: string): FileChange => ({ kind: 'delete', path });
    const swapped = await tree.compose(tree.baseTree, [
      gone('a/b'),
      write('a', 'file'),
      gone('c'),
      write('c/d', 'in it'),
    ]);
    assert.deepEqual(await tree.listAt(swapped), ['a', 'c/d']);
    const empty = await tree.compose(swapped, [gone('a'), gone('c/d')]);
    assert.equal(empty, '4b825dc642cb6eb9a060e54bf8d69288fbee4904');
    assert.deepEqual(await tree.listAt(empty), []);
    assert.equal(await userGit(it.root, 'cat-file', '-t', empty), 'tree\n');
    // A folder is no file that could be deleted.
    assert.equal(await tree.compose(tree.baseTree, [gone('a')]), tree.baseTree);
  });

  it('takes files of every size', async () => {
    await using it = await bench();
    const tree = await it.create();
    for (const size of [0, 15, 16, 2047, 2048, 300_000]) {
      const composed = await tree.compose(tree.baseTree, [write('sized', 'é'.repeat(size))]);
      assert.equal(await userGit(it.root, 'cat-file', '-s', `${composed}:sized`), `${size * 2}\n`);
      assert.deepEqual(await tree.readAt(composed, 'sized'), { kind: 'text', text: 'é'.repeat(size) });
    }
  });
});
