import assert from 'node:assert/strict';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../../src/base/result.ts';
import {
  findRepository,
  findRepositoryAndBranches,
  type GitProblem,
  type Repository,
} from '../../src/node/repository.ts';
import { commitAll, makeRepository, userGit, writeFiles } from '../support/gitRepository.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const unlimited = new AbortController().signal;

async function check(folder: string, expected: Result<Repository, GitProblem>, environment = {}): Promise<void> {
  assert.deepEqual(await findRepository({ folder, environment }, unlimited), expected);
}

/** Starts an operation that git cannot finish: both branches changed the same line. */
async function conflict(root: string, ...operation: readonly string[]): Promise<void> {
  await makeRepository(root, { a: 'one\n' });
  await userGit(root, 'checkout', '--quiet', '-b', 'other');
  await writeFiles(root, { a: 'two\n' });
  await commitAll(root, 'two');
  await userGit(root, 'checkout', '--quiet', 'main');
  await writeFiles(root, { a: 'three\n' });
  await commitAll(root, 'three');
  await userGit(root, ...operation).catch(() => undefined);
}

describe('finding a repository', () => {
  it('describes it from any folder in it', async () => {
    using folder = temporaryFolder('repo é with space-');
    const root = join(folder.path, 'r');
    await makeRepository(root, { 'in/a': 'x' });
    const head = (await userGit(root, 'rev-parse', 'HEAD')).trim();
    const gitDir = join(root, '.git');
    const objectsDir = join(gitDir, 'objects');
    const value = { root, gitDir, commonDir: gitDir, objectsDir, head, objectFormat: 'sha1' } as const;
    await check(root, { kind: 'ok', value: { ...value, branch: 'main' } });
    await check(join(root, 'in'), { kind: 'ok', value: { ...value, branch: 'main' } });
    await userGit(root, 'checkout', '--quiet', '--detach');
    await check(root, { kind: 'ok', value });
  });

  it('is not misled by a tag of the branch’s name or a path with a line end', async () => {
    using folder = temporaryFolder();
    const root = join(folder.path, 'two\nlines');
    await makeRepository(root, { a: 'x' });
    await userGit(root, 'tag', 'main');
    const head = (await userGit(root, 'rev-parse', 'HEAD')).trim();
    const gitDir = join(root, '.git');
    const value = {
      root,
      gitDir,
      commonDir: gitDir,
      objectsDir: join(gitDir, 'objects'),
      head,
      objectFormat: 'sha1',
    } as const;
    const branch = (await userGit(root, 'symbolic-ref', '--short', 'HEAD')).trim();
    await check(root, { kind: 'ok', value: { ...value, branch } });
    const plain = join(folder.path, 'plain');
    await rename(root, plain);
    const at = {
      root: plain,
      gitDir: join(plain, '.git'),
      commonDir: join(plain, '.git'),
      objectsDir: join(plain, '.git', 'objects'),
    };
    await check(plain, { kind: 'ok', value: { ...value, ...at, branch } });
  });

  it('describes a linked work tree and another object format', async () => {
    using folder = temporaryFolder();
    const main = join(folder.path, 'main');
    const linked = join(folder.path, 'linked');
    await mkdir(main);
    await userGit(main, 'init', '--quiet', '--object-format=sha256');
    await commitAll(main, 'first');
    await userGit(main, 'worktree', 'add', '--quiet', '-b', 'side', linked);
    const commonDir = join(main, '.git');
    await check(linked, {
      kind: 'ok',
      value: {
        root: linked,
        gitDir: join(commonDir, 'worktrees', 'linked'),
        commonDir,
        objectsDir: join(commonDir, 'objects'),
        head: (await userGit(main, 'rev-parse', 'HEAD')).trim(),
        branch: 'side',
        objectFormat: 'sha256',
      },
    });
  });

  it('says what is in the way', async () => {
    using folder = temporaryFolder();
    const at = (name: string): string => join(folder.path, name);
    await check(at('none'), { kind: 'error', error: { kind: 'notAFolder', folder: at('none') } });
    await writeFile(at('file'), '');
    await check(at('file'), { kind: 'error', error: { kind: 'notAFolder', folder: at('file') } });
    await check(folder.path, { kind: 'error', error: { kind: 'notARepository', folder: folder.path } });
    await mkdir(at('empty'));
    await userGit(at('empty'), 'init', '--quiet');
    await check(at('empty'), { kind: 'error', error: { kind: 'emptyRepository', root: at('empty') } });
    const gitDirectory = join(at('empty'), '.git');
    await check(gitDirectory, { kind: 'error', error: { kind: 'insideGitDirectory', folder: gitDirectory } });
    await userGit(folder.path, 'init', '--quiet', '--bare', 'bare');
    await check(at('bare'), { kind: 'error', error: { kind: 'bare', folder: at('bare') } });
  });

  it('says when git is missing or distrusts the owner', async () => {
    using folder = temporaryFolder();
    await makeRepository(folder.path, {});
    const missing = { kind: 'gitMissing', message: 'git cannot be started: spawn git ENOENT' } as const;
    await check(folder.path, { kind: 'error', error: missing }, { PATH: folder.path });
    const environment = { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' };
    const result = await findRepository({ folder: folder.path, environment }, unlimited);
    assert.ok(result.kind === 'error' && result.error.kind === 'unsafeOwnership');
    assert.match(result.error.message, /safe\.directory/);
  });

  const operations = [
    { operation: 'merge', start: ['merge', 'other'] },
    { operation: 'rebase', start: ['rebase', 'other'] },
    { operation: 'rebase', start: ['rebase', '--apply', 'other'] },
    { operation: 'cherryPick', start: ['cherry-pick', 'other'] },
    { operation: 'revert', start: ['revert', '--no-edit', 'HEAD^', 'HEAD'] },
    { operation: 'bisect', start: ['bisect', 'start'] },
  ] as const;
  for (const { operation, start } of operations) {
    it(`does not start in the middle of \`git ${start.join(' ')}\``, async () => {
      using folder = temporaryFolder();
      await conflict(folder.path, ...start);
      await check(folder.path, { kind: 'error', error: { kind: 'inProgress', root: folder.path, operation } });
    });
  }

  for (const name of ['plain', 'with a\nline end']) {
    it(`tells all branches with it, below a folder named ${JSON.stringify(name)}`, async () => {
      using folder = temporaryFolder();
      const root = join(folder.path, name);
      await makeRepository(root, { a: '1' });
      await userGit(root, 'branch', 'feature/SPEC-011-elsewhere');
      await userGit(root, 'update-ref', 'refs/remotes/origin/SPEC-012-there', 'HEAD');
      await userGit(root, 'tag', 'SPEC-013-no-branch');
      const found = await findRepositoryAndBranches({ folder: root }, unlimited);
      const own = (await userGit(root, 'branch', '--show-current')).trim();
      assert.ok(found.kind === 'ok');
      assert.deepEqual(
        found.value.branches.toSorted(),
        ['feature/SPEC-011-elsewhere', own, 'origin/SPEC-012-there'].toSorted(),
      );
      assert.deepEqual(await findRepository({ folder: root }, unlimited), {
        kind: 'ok',
        value: found.value.repository,
      });
    });
  }

  it('stops when asked to', async () => {
    using folder = temporaryFolder();
    await assert.rejects(findRepository({ folder: folder.path }, AbortSignal.abort()), { name: 'AbortedError' });
  });
});
