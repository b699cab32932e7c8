import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { copyDependencies, dependencyFolders, dependencyMounts } from '../../src/node/dependencyFolders.ts';
import { findRepository, type Repository } from '../../src/node/repository.ts';
import { makeRepository } from '../support/gitRepository.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporaryFolder.ts';

const { signal } = new AbortController();

async function repositoryWith(
  folder: TemporaryFolder,
  folders: readonly string[],
  ignored: string,
): Promise<{ repository: Repository; tree: string }> {
  const root = folder.join('repository');
  await makeRepository(root, { '.gitignore': ignored, 'packages/a/index.js': '', 'vendor/tracked.go': '' });
  for (const name of folders) {
    await mkdir(path.join(root, name), { recursive: true });
    await writeFile(path.join(root, name, 'file'), name);
  }
  const found = await findRepository({ folder: root }, signal);
  assert.ok(found.kind === 'ok');
  const tree = folder.join('tree');
  await mkdir(path.join(tree, 'packages/a'), { recursive: true });
  return { repository: found.value, tree };
}

const IGNORED = 'node_modules\n.venv/\ntarget/\n.env\n*.egg-info/\n';
const FOLDERS = [
  'node_modules/x',
  'packages/a/node_modules/y',
  '.venv/bin',
  'target/debug',
  'a.egg-info',
  'node_modules/.cache',
];

describe('the dependency folders of a repository', () => {
  it('are those that git ignores and that are called so, at any depth', async () => {
    using folder = temporaryFolder();
    const { repository } = await repositoryWith(folder, FOLDERS, IGNORED);
    assert.deepEqual(await dependencyFolders(repository, signal), [
      '.venv',
      'a.egg-info',
      'node_modules',
      'packages/a/node_modules',
    ]);
  });

  it('are none where git ignores none: a folder that is tracked, or new, is the work itself', async () => {
    using folder = temporaryFolder();
    const { repository } = await repositoryWith(folder, FOLDERS, '');
    assert.deepEqual(await dependencyFolders(repository, signal), []);
  });

  it('are found through a link of the user as well', async () => {
    using folder = temporaryFolder();
    const { repository, tree } = await repositoryWith(folder, [], IGNORED);
    await mkdir(folder.join('elsewhere'));
    await symlink(folder.join('elsewhere'), path.join(repository.root, 'node_modules'));
    const folders = await dependencyFolders(repository, signal);
    const { readable } = await dependencyMounts({ root: repository.root, tree, folders });
    assert.deepEqual(readable, [{ source: folder.join('elsewhere'), at: path.join(repository.root, 'node_modules') }]);
  });

  it('are laid over the tree where nothing of its own is in the way, with their caches free', async () => {
    using folder = temporaryFolder();
    const { repository, tree } = await repositoryWith(folder, FOLDERS, IGNORED);
    const { root } = repository;
    await mkdir(path.join(tree, '.venv'), { recursive: true });
    await writeFile(path.join(tree, '.venv/own'), '');
    await symlink('/etc', path.join(tree, 'packages/a/node_modules'));
    const folders = await dependencyFolders(repository, signal);
    assert.deepEqual(await dependencyMounts({ root, tree, folders }), {
      readable: ['a.egg-info', 'node_modules'].map((name) => ({
        source: path.join(root, name),
        at: path.join(root, name),
      })),
      scratch: [path.join(root, 'node_modules/.cache')],
    });
  });

  it('are copied as they are, links too, and never through a link of the tree', async () => {
    using folder = temporaryFolder();
    const { repository, tree } = await repositoryWith(folder, ['node_modules/x', 'packages/a/node_modules/y'], IGNORED);
    await symlink('../packages/a', path.join(repository.root, 'node_modules/a'));
    await mkdir(folder.join('outside'));
    const { rm, readlink, readFile, readdir } = await import('node:fs/promises');
    await rm(path.join(tree, 'packages/a'), { recursive: true });
    await symlink(folder.join('outside'), path.join(tree, 'packages/a'));
    const folders = await dependencyFolders(repository, signal);
    await copyDependencies({ root: repository.root, tree, folders });
    assert.equal(await readFile(path.join(tree, 'node_modules/x/file'), 'utf8'), 'node_modules/x');
    assert.equal(await readlink(path.join(tree, 'node_modules/a')), '../packages/a');
    assert.deepEqual(await readdir(folder.join('outside')), []);
  });
});
