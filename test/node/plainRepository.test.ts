import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { lookAtPlainRepository } from '../../src/node/plainRepository.ts';
import { findRepositoryAndBranches } from '../../src/node/repository.ts';
import { makeRepository, userGit } from '../support/gitRepository.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

interface Case {
  readonly name: string;
  /** Changes the repository at the root, and returns the folder to stand in when it is another one. */
  readonly make: (root: string) => Promise<string | void>;
}

const git = userGit;
const config = (root: string, text: string): Promise<void> =>
  writeFile(path.join(root, '.git/config'), text, { flag: 'a' });

const plain: readonly Case[] = [
  { name: 'one branch', make: async () => undefined },
  { name: 'a folder below', make: async (root) => path.join(root, 'in/deep') },
  {
    name: 'a link to it',
    make: async (root) => {
      await symlink(root, `${root}-link`);
      return `${root}-link/in`;
    },
  },
  {
    name: 'branches with folders in their names, and those of others',
    make: async (root) => {
      await git(root, 'branch', 'feature/SPEC-011/elsewhere');
      await git(root, 'update-ref', 'refs/remotes/origin/SPEC-012-there', 'HEAD');
      await git(root, 'tag', 'SPEC-013-no-branch');
    },
  },
  {
    name: 'packed refs, one of them loose again',
    make: async (root) => {
      for (const name of ['SPEC-001-a', 'SPEC-002-b', 'é/SPEC-003']) await git(root, 'branch', name);
      await git(root, 'pack-refs', '--all');
      await git(root, 'branch', '-D', 'SPEC-001-a');
      await git(root, 'branch', 'SPEC-004-d');
      await git(root, 'commit', '--quiet', '--allow-empty', '--message', 'loose again');
    },
  },
  { name: 'no branch', make: async (root) => void (await git(root, 'checkout', '--quiet', '--detach')) },
  {
    name: 'settings of its own',
    make: (root) =>
      config(root, '[core]\n\tbare = false\n[remote "origin"]\n\turl = https://example.com/worktrees.git\n'),
  },
];

const leftToGit: readonly Case[] = [
  {
    name: 'a linked work tree',
    make: async (root) => {
      await git(root, 'worktree', 'add', '--quiet', '-b', 'linked', `${root}-linked`);
      return `${root}-linked`;
    },
  },
  {
    name: 'the folder of git itself',
    make: async (root) => path.join(root, '.git'),
  },
  {
    name: 'a bare repository',
    make: async (root) => {
      await git(path.dirname(root), 'clone', '--quiet', '--bare', root, 'bare.git');
      return path.join(path.dirname(root), 'bare.git/refs');
    },
  },
  {
    name: 'a branch without a commit',
    make: async (root) => void (await git(root, 'checkout', '--quiet', '--orphan', 'empty')),
  },
  {
    name: 'a merge in progress',
    make: (root) => writeFile(path.join(root, '.git/MERGE_HEAD'), '0'.repeat(40)),
  },
  {
    name: 'a repository that calls itself bare',
    make: async (root) => void (await git(root, 'config', 'core.bare', 'yes')),
  },
  { name: 'bare said without a value', make: (root) => config(root, '[core]\n\tbare\n') },
  { name: 'bare said beside the name of its part', make: (root) => config(root, '[core] bare = true\n') },
  { name: 'another work tree', make: (root) => config(root, `[core]\n\tworktree = ${root}/in\n`) },
  { name: 'included settings', make: (root) => config(root, '[include]\n\tpath = other\n') },
  {
    name: 'settings included for some folders',
    make: (root) => config(root, '[includeIf "gitdir:/"]\n\tpath = other\n'),
  },
  { name: 'an extension', make: (root) => config(root, '[Extensions]\n\tworktreeConfig = true\n') },
  {
    name: 'no repository at all',
    make: async (root) => {
      await mkdir(`${root}-none`);
      return `${root}-none`;
    },
  },
  { name: 'no such folder', make: async (root) => `${root}-none` },
];

async function made({ make }: Case, at: string): Promise<string> {
  const root = path.join(at, 'repo é');
  await makeRepository(root, { 'in/deep/a': '1' });
  return (await make(root)) ?? root;
}

describe('a plain repository, read from its files', () => {
  for (const one of plain)
    it(`is what git says of ${one.name}`, async () => {
      using folder = temporaryFolder();
      const at = await made(one, folder.path);
      const asked = await findRepositoryAndBranches({ folder: at }, new AbortController().signal);
      assert.ok(asked.kind === 'ok');
      const { root, commonDir } = asked.value.repository;
      const read = lookAtPlainRepository(at);
      assert.deepEqual(
        { ...read, branches: read?.branches.toSorted() },
        { root, commonDir, branches: asked.value.branches.toSorted() },
      );
    });

  for (const one of leftToGit)
    it(`is left to git for ${one.name}`, async () => {
      using folder = temporaryFolder();
      assert.equal(lookAtPlainRepository(await made(one, folder.path)), undefined);
    });
});
