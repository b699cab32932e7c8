import assert from 'node:assert/strict';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileChange, FileContent, RunTree } from '../../src/core/ports.ts';
import { findRepository, type Repository } from '../../src/node/repository.ts';
import { createRunTree } from '../../src/node/runTree.ts';
import { makeRepository, userGit, type FileSeed } from './gitRepository.ts';
import { temporaryFolder } from './temporaryFolder.ts';

/** A signal that never aborts. */
export const unlimited = new AbortController().signal;
export const specFolder = 'specs/SPEC-001-login';

/** A user's repository, and where a run's tree for it goes. */
export interface Bench extends AsyncDisposable {
  readonly folder: string;
  readonly root: string;
  readonly repository: Repository;
  readonly start: {
    readonly repository: Repository;
    readonly runId: string;
    readonly worktreesFolder: string;
    readonly specFolder: string;
  };
  create(overlays?: readonly FileChange[]): Promise<RunTree>;
}

/** The repository at a folder, which must be one. */
export async function repositoryAt(root: string): Promise<Repository> {
  const found = await findRepository({ folder: root }, unlimited);
  assert.equal(found.kind, 'ok');
  return found.kind === 'ok' ? found.value : assert.fail();
}

/** A bench for a repository that exists. Disposing of it removes `folder`. */
export async function benchAt(folder: string, root: string): Promise<Bench> {
  const repository = await repositoryAt(root);
  const start = { repository, runId: 'run-1', worktreesFolder: join(folder, 'trees é'), specFolder };
  return {
    folder,
    root,
    repository,
    start,
    create: (overlays = []) => createRunTree({ ...start, overlays }, unlimited),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** A user's repository at a path with a space and an accent, and a place for run trees beside it. */
export async function bench(
  files: Readonly<Record<string, FileSeed>> = { a: 'one\n', 'in/b': 'two\n' },
): Promise<Bench> {
  const { path } = temporaryFolder();
  const root = join(path, 'my répo');
  await makeRepository(root, files);
  return benchAt(path, root);
}

/** Everything of the user's that a run must leave as it is. */
export async function userState(root: string): Promise<unknown> {
  const gitDir = (await userGit(root, 'rev-parse', '--absolute-git-dir')).trim();
  const commonDir = (await userGit(root, 'rev-parse', '--path-format=absolute', '--git-common-dir')).trim();
  const hex = async (path: string): Promise<string> => (await readFile(path)).toString('hex');
  return {
    head: await hex(join(gitDir, 'HEAD')),
    index: await hex(join(gitDir, 'index')),
    config: await hex(join(commonDir, 'config')),
    names: (await readdir(commonDir)).sort(),
    branches: await userGit(root, 'for-each-ref', 'refs/heads', 'refs/remotes', 'refs/tags', 'refs/stash'),
    worktrees: await userGit(root, 'worktree', 'list', '--porcelain'),
    status: await userGit(root, '--no-optional-locks', 'status', '--porcelain', '--ignored'),
  };
}

/** Lays changes over the files as they are on disk. */
export async function apply(tree: RunTree, changes: readonly FileChange[]): Promise<void> {
  await tree.restore(await tree.compose(await tree.snapshot(), changes));
}

/** Commits the files as they are on disk, and gives their tree. */
export async function checkpoint(tree: RunTree, label: string): Promise<string> {
  const id = await tree.snapshot();
  await tree.checkpoint(id, label);
  return id;
}

/** The files on disk that git does not ignore. */
export async function list(tree: RunTree): Promise<readonly string[]> {
  return tree.listAt(await tree.snapshot());
}

/** The id of what is on disk without the folders that no evidence is tied to. */
export async function evidenceTree(tree: RunTree): Promise<string> {
  return tree.evidenceOf(await tree.snapshot());
}

/** A change that writes a file. */
export function write(path: string, content: string, executable?: boolean): FileChange {
  return { kind: 'write', path, content, ...(executable !== undefined && { executable }) };
}

/** A text file's content. */
export function text(content: string): FileContent {
  return { kind: 'text', text: content };
}
