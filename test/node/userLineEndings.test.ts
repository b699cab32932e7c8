import assert from 'node:assert/strict';
import { join } from 'node:path';
import { withUserLineEndings } from '../../src/node/userLineEndings.ts';
import { applyToUserTree, type UserChange } from '../../src/node/userTree.ts';
import { folderContents } from '../support/folderContents.ts';
import { userGit, writeFiles, type FileSeed } from '../support/gitRepository.ts';
import { apply, bench, unlimited, write } from '../support/runTreeBench.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

async function check(
  disk: FileSeed | undefined,
  change: Omit<UserChange, 'path'>,
  expected: Omit<UserChange, 'path'>,
): Promise<void> {
  using folder = temporaryFolder();
  if (disk !== undefined) await writeFiles(folder.path, { f: disk });
  assert.deepEqual(await withUserLineEndings(folder.path, [{ path: 'f', ...change }]), [{ path: 'f', ...expected }]);
}

describe('a change in the user’s line ends', () => {
  const change = { before: 'a\nb\n', after: 'a\nc\r\nd', executable: true };
  it('takes CRLF where every line of the file ends so', async () => {
    await check('a\r\nb\r\n', change, { before: 'a\r\nb\r\n', after: 'a\r\nc\r\nd', executable: true });
    await check('a\r\nb\r\n', { before: 'a\nb\n' }, { before: 'a\r\nb\r\n' });
  });
  it('stays as it is for every other file', async () => {
    for (const disk of ['a\nb\n', 'a\r\nb\n', 'a\r\nx\r\n', Buffer.from([0xff]), undefined])
      await check(disk, change, change);
    await check('a\r\nb\r\n', { after: 'x' }, { after: 'x' });
    await check('a\r\nb\r\n', { before: 'a\r\nb\r\n', after: 'x\n' }, { before: 'a\r\nb\r\n', after: 'x\n' });
  });

  it('carries a run’s change to a user whose git converts line ends', async () => {
    await using it = await bench({ 'a.txt': 'one\ntwo\n', '.gitattributes': '*.txt eol=crlf\n' });
    await userGit(it.root, 'rm', '--quiet', '--cached', 'a.txt');
    await userGit(it.root, 'reset', '--quiet', '--hard');
    assert.equal((await folderContents(it.root))['a.txt'], 'one\r\ntwo\r\n');
    const tree = await it.create();
    await apply(tree, [write('a.txt', 'one\nTWO\n')]);
    const changes = await tree.differences(tree.baseTree, await tree.snapshot());
    const asked = { root: it.root, journalFolder: join(it.folder, 'journal') };
    assert.equal((await applyToUserTree({ ...asked, changes }, unlimited)).kind, 'error');
    const aligned = await withUserLineEndings(it.root, changes);
    assert.equal((await applyToUserTree({ ...asked, changes: aligned }, unlimited)).kind, 'ok');
    assert.equal((await folderContents(it.root))['a.txt'], 'one\r\nTWO\r\n');
    assert.equal(await userGit(it.root, 'diff', '--numstat'), '1\t1\ta.txt\n');
  });
});
