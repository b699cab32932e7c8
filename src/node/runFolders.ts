import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gitOutput, repositoryGitOutput, runRepositoryGit } from './git.ts';
import type { TreeGit } from './gitObjects.ts';
import type { Repository } from './repository.ts';
import { writeFileAtomically } from './atomicFile.ts';

/*
 * A run's tree is a work tree of its own at a detached HEAD, outside the user's repository, and not one that `git worktree add` registers:
 * - a registered one appears in VS Code's Source Control view, whatever its settings say;
 * - any git command run in it could change the user's branches, configuration and stash, which all its work trees share;
 * - .git/info/attributes, the only place that overrules .gitattributes, would be the user's.
 * So there are three folders side by side:
 *   <runId>/        the files
 *   <runId>.git/    the repository that commands run in the tree see: the user's objects and tags, borrowed; no remotes, branches or hooks
 *   <runId>.trees/  ours: the index for snapshots, and attributes under which bytes are never converted. No command is told of it.
 */

export interface RunFolders {
  /** The files. */
  readonly root: string;
  /** The repository for commands. */
  readonly gitDir: string;
  /** Ours. */
  readonly treesDir: string;
  readonly index: string;
  /** Written last: a run tree without it is half-made. Holds the base commit. */
  readonly marker: string;
}

const runIdPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;

/** Throws on a run id that is more than letters, digits, `_` and `-`: it becomes a file name and a part of a ref name. */
export function runFolders(worktreesFolder: string, runId: string): RunFolders {
  if (!runIdPattern.test(runId)) throw new Error(`not a run id: ${runId}`);
  const treesDir = join(worktreesFolder, `${runId}.trees`);
  return {
    root: join(worktreesFolder, runId),
    gitDir: join(worktreesFolder, `${runId}.git`),
    treesDir,
    index: join(treesDir, 'index'),
    marker: join(treesDir, 'ready'),
  };
}

/** Git over our own directory: writes objects into the user's store, reads no configuration but ours. */
export function treesGit(folders: RunFolders, repository: Repository, signal: AbortSignal): TreeGit {
  const environment = {
    ...withoutUserConfiguration,
    GIT_DIR: folders.treesDir,
    GIT_WORK_TREE: folders.root,
    GIT_INDEX_FILE: folders.index,
    GIT_OBJECT_DIRECTORY: repository.objectsDir,
  };
  return (commandArguments, options = {}) =>
    gitOutput(
      folders.root,
      commandArguments,
      { ...options, environment: { ...environment, ...options.environment } },
      signal,
    );
}

const withoutUserConfiguration = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };

/** Overrules every .gitattributes: what is on disk is what is in the tree, to the byte, and no filter of anybody's runs. */
const verbatimAttributes = '* -text -eol -filter -ident -working-tree-encoding\n';

/** Makes the three folders, with no file in the tree yet. What an earlier attempt left there is removed first. */
export async function makeRunFolders(folders: RunFolders, repository: Repository, signal: AbortSignal): Promise<void> {
  await removeRunFolders(folders);
  await mkdir(folders.root, { recursive: true });
  const init = [
    'init',
    '--quiet',
    '--template=',
    '--initial-branch=speckit',
    `--object-format=${repository.objectFormat}`,
  ];
  const environment = withoutUserConfiguration;
  const own = { ...environment, GIT_DIR: folders.treesDir, GIT_WORK_TREE: folders.root };
  const [ignored, exclude, tags] = await Promise.all([
    userIgnoreFile(repository, signal),
    readFile(join(repository.commonDir, 'info', 'exclude')).catch(() => Buffer.alloc(0)),
    repositoryGitOutput(repository, ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/tags'], {}, signal),
    gitOutput(folders.root, [...init, `--separate-git-dir=${folders.gitDir}`], { environment }, signal),
    gitOutput(folders.root, init, { environment: own }, signal),
  ]);

  for (const gitDir of [folders.gitDir, folders.treesDir]) {
    await mkdir(join(gitDir, 'info'), { recursive: true });
    await writeFile(join(gitDir, 'info', 'exclude'), exclude);
    await writeFile(join(gitDir, 'config'), configurationText(ignored), { flag: 'a' });
    // A shallow clone says in this file where its history ends.
    await copyFile(join(repository.commonDir, 'shallow'), join(gitDir, 'shallow')).catch(() => undefined);
  }
  await writeFile(join(folders.treesDir, 'info', 'attributes'), verbatimAttributes);
  await lendToCommands(folders, repository, tags);
}

/** Marks the run tree as whole, standing on `baseCommit`. */
export async function finishRunFolders(folders: RunFolders, baseCommit: string): Promise<void> {
  await writeFile(join(folders.gitDir, 'HEAD'), `${baseCommit}\n`);
  await copyFile(folders.index, join(folders.gitDir, 'index'));
  await writeFileAtomically(folders.marker, Buffer.from(`${baseCommit}\n`));
}

/** True when the run tree was once made whole on this commit and its folders are still there. */
export async function isWhole(folders: RunFolders, baseCommit: string): Promise<boolean> {
  const needed = [folders.marker, join(folders.root, '.git'), join(folders.gitDir, 'HEAD'), folders.index];
  const contents = await Promise.all(needed.map((path) => readFile(path).catch(() => undefined)));
  return contents.every((bytes) => bytes !== undefined) && contents[0]?.toString('utf8') === `${baseCommit}\n`;
}

/** Removes what a killed git may have left in our directory. Only for the run's one owner. */
export async function clearLeftovers(folders: RunFolders): Promise<void> {
  await rm(`${folders.index}.lock`, { force: true });
}

export async function removeRunFolders(folders: RunFolders): Promise<void> {
  // The marker's folder goes first: what is left of the rest is then recognised as half-made.
  for (const path of [folders.treesDir, folders.gitDir, folders.root]) {
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The objects of the user's repository by reference, and its tags (tools read version numbers from them). */
async function lendToCommands(folders: RunFolders, repository: Repository, tags: Buffer): Promise<void> {
  await mkdir(join(folders.gitDir, 'objects', 'info'), { recursive: true });
  await writeFile(join(folders.gitDir, 'objects', 'info', 'alternates'), `${repository.objectsDir}\n`);
  await writeFile(join(folders.gitDir, 'packed-refs'), tags);
}

/** The user's own ignore file, where one is configured; git finds the default one by itself. */
async function userIgnoreFile(repository: Repository, signal: AbortSignal): Promise<string | undefined> {
  const question = ['config', '--type=path', '--get', 'core.excludesFile'];
  const outcome = await runRepositoryGit(repository, question, {}, signal);
  if (outcome.kind !== 'exited' || outcome.exitCode !== 0) return undefined;
  return outcome.stdout.toString('utf8').replace(/\n$/, '');
}

function configurationText(ignoreFile: string | undefined): string {
  const quoted = ignoreFile?.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  const excludesFile = quoted === undefined ? '' : `\texcludesFile = "${quoted}"\n`;
  return `[core]\n\tautocrlf = false\n\tsafecrlf = false\n\tfsmonitor = false\n${excludesFile}[gc]\n\tauto = 0\n`;
}
