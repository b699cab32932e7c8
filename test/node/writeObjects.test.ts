import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TreeGit } from '../../src/node/gitObjects.ts';
import { repositoryGitOutput } from '../../src/node/git.ts';
import { newObject, writeObjects } from '../../src/node/writeObjects.ts';
import { commitAll, makeRepository, userGit, writeFiles } from '../support/gitRepository.ts';
import { repositoryAt, unlimited } from '../support/runTreeBench.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** Writes a blob of each size into the repository at `root`, asks git for them, and gives the git commands that were needed. */
async function check(root: string): Promise<readonly string[]> {
  const repository = await repositoryAt(root);
  const asked: string[] = [];
  const git: TreeGit = (words, options = {}) => {
    asked.push(words[0] ?? '');
    return repositoryGitOutput(repository, words, options, unlimited);
  };
  const blobs = [0, 1, 15, 16, 5_000].map((size) =>
    newObject(repository.head, 'blob', Buffer.alloc(size, root.length)),
  );
  await writeObjects({ objectsDir: repository.objectsDir, git }, blobs);
  await writeObjects({ objectsDir: repository.objectsDir, git }, blobs);
  for (const { id, bytes } of blobs) assert.equal(await userGit(root, 'cat-file', 'blob', id), bytes.toString('utf8'));
  assert.equal(await userGit(root, 'fsck', '--strict', '--no-dangling'), '');
  for (const { id } of blobs) {
    const names = await readdir(join(repository.objectsDir, id.slice(0, 2)));
    assert.deepEqual(
      names.filter((name) => name.startsWith('tmp_')),
      [],
    );
  }
  return asked;
}

describe('writing objects', () => {
  it('needs no git, with either hash', async () => {
    using folder = temporaryFolder();
    await makeRepository(folder.join('one'), { a: 'one' });
    assert.deepEqual(await check(folder.join('one')), []);
    await mkdir(folder.join('modern'));
    await userGit(folder.join('modern'), 'init', '--quiet', '--object-format=sha256');
    await writeFiles(folder.join('modern'), { a: 'x' });
    await commitAll(folder.join('modern'), 'first');
    assert.deepEqual(await check(folder.join('modern')), []);
  });

  it('is left to git in a store that several users share', async () => {
    using folder = temporaryFolder();
    const root = folder.join('shared');
    await makeRepository(root, { a: 'one' });
    await userGit(root, 'config', 'core.sharedRepository', 'group');
    await chmod(join(root, '.git/objects'), 0o2775);
    assert.deepEqual(await check(root), ['unpack-objects', 'unpack-objects']);
    const folders = (await readdir(join(root, '.git/objects'))).filter((name) => name.length === 2);
    const modes = await Promise.all(folders.map(async (name) => (await stat(join(root, '.git/objects', name))).mode));
    assert.ok(modes.some((mode) => (mode & 0o2070) === 0o2070));
  });
});
