import { lstat, mkdir, readFile, realpath } from 'node:fs/promises';
import { relative } from 'node:path';
import type { FileChange, FileContent, RepositoryPath, RunTree, TreeId } from '../core/ports.ts';
import { repositoryGitOutput } from './git.ts';
import { looseObjects } from './looseObjects.ts';
import { commitTree, moveRef, readRef, runRefs } from './runRefs.ts';
import type { TreeGit } from './gitObjects.ts';
import { contentOf, createGitTrees, idOf, type GitTrees } from './gitTrees.ts';
import type { Repository } from './repository.ts';
import { lstatOrNothing, resolveInside } from './repositoryPath.ts';
import {
  clearLeftovers,
  finishRunFolders,
  isWhole,
  makeRunFolders,
  removeRunFolders,
  runFolders,
  treesGit,
  type RunFolders,
} from './runFolders.ts';

export interface RunTreePlace {
  readonly repository: Repository;
  readonly runId: string;
  /** Absolute, outside the repository's work tree; made when it does not exist. */
  readonly worktreesFolder: string;
}

export interface RunTreeStart extends RunTreePlace {
  /** The folder of the run's spec, e.g. `specs/SPEC-001-login`. */
  readonly specFolder: RepositoryPath;
}

/** Making a tree takes as long as its files need. */
const makingDeadlineMs = 600_000;

/**
 * Makes a run's tree: the files of the repository's HEAD with `overlays` over them, as bytes, converted by nothing. Writes to the user's
 * repository only objects and `refs/speckit/<runId>/base`. What an earlier attempt that did not end left behind is removed.
 * Throws when the run already has a checkpoint (then it is to be opened), and on a worktreesFolder inside the repository.
 */
export async function createRunTree(
  start: RunTreeStart & { readonly overlays: readonly FileChange[] },
  signal: AbortSignal,
): Promise<RunTree> {
  const { repository, runId } = start;
  const folders = await prepareFolders(start);
  const refs = runRefs(runId);
  const [checkpoint, headTree] = await Promise.all([
    readRef(repository, refs.checkpoint, signal),
    treeOf(repository, repository.head, signal),
  ]);
  if (checkpoint !== undefined) throw new Error(`run ${runId} has begun already`);
  await makeRunFolders(folders, repository, signal);
  const git = treesGit(folders, repository, signal);
  const trees = treesOf(start, folders, signal);
  const baseTree = await trees.compose(headTree, start.overlays);
  const commit = { tree: baseTree, parent: repository.head, label: 'where the run started' };
  // With nothing laid over it, the user's own commit is the base, and tags and versions read in the tree stay what they are.
  const base = baseTree === headTree ? repository.head : await commitTree(repository, commit, signal);
  await Promise.all([moveRef(repository, { name: refs.base, to: base }, signal), checkOut(git, baseTree)]);
  await finishRunFolders(folders, base);
  return runTreeAt(start, { folders, trees, baseTree, indexTree: baseTree, parent: base }, signal);
}

/**
 * Opens a run's tree again and makes its files exactly `tree` (a checkpoint's, or the base tree). One that is half-made or gone is made
 * anew. Throws when the run has no base in this repository, or when `tree` is no longer there.
 */
export async function openRunTree(
  start: RunTreeStart & { readonly tree: TreeId },
  signal: AbortSignal,
): Promise<RunTree> {
  const { repository, runId, tree } = start;
  const folders = await prepareFolders(start);
  const refs = runRefs(runId);
  const [base, last] = await Promise.all([
    readRef(repository, refs.base, signal),
    readRef(repository, refs.checkpoint, signal),
  ]);
  if (base === undefined) throw new Error(`run ${runId} has no base in this repository`);
  const git = treesGit(folders, repository, signal);
  const whole = await isWhole(folders, base);
  if (whole) await clearLeftovers(folders);
  else {
    await makeRunFolders(folders, repository, signal);
    await checkOut(git, tree);
    await finishRunFolders(folders, base);
  }
  const standing = {
    folders,
    trees: treesOf(start, folders, signal),
    baseTree: await treeOf(repository, base, signal),
    indexTree: whole ? idOf(await git(['write-tree'])) : tree,
    parent: last ?? base,
  };
  const runTree = await runTreeAt(start, standing, signal);
  if (whole && (await runTree.snapshot()) !== tree) await runTree.restore(tree);
  return runTree;
}

/** Removes a run's files. Its refs (and with them the trees its log speaks of) stay unless they are to go too. */
export async function removeRunTree(
  place: RunTreePlace & { readonly refs: 'keep' | 'delete' },
  signal: AbortSignal,
): Promise<void> {
  await removeRunFolders(await prepareFolders(place));
  if (place.refs === 'keep') return;
  const refs = runRefs(place.runId);
  for (const name of [refs.checkpoint, refs.base]) await moveRef(place.repository, { name, to: undefined }, signal);
}

/** The worktrees folder by its real path: git reports real paths, and nothing may lead through a link into the repository. */
async function prepareFolders({ repository, runId, worktreesFolder }: RunTreePlace): Promise<RunFolders> {
  await mkdir(worktreesFolder, { recursive: true });
  const folder = await realpath(worktreesFolder);
  const fromRoot = relative(repository.root, folder);
  if (fromRoot === '' || !/^\.\.([\\/]|$)|^[A-Za-z]:/.test(fromRoot))
    throw new Error('run trees must lie outside the repository');
  return runFolders(folder, runId);
}

async function checkOut(git: TreeGit, tree: TreeId): Promise<void> {
  await git(['read-tree', '--reset', '-u', tree], { deadlineMs: makingDeadlineMs });
}

async function treeOf(repository: Repository, commit: string, signal: AbortSignal): Promise<TreeId> {
  return idOf(await repositoryGitOutput(repository, ['rev-parse', '--verify', `${commit}^{tree}`], {}, signal));
}

function treesOf({ repository }: RunTreePlace, folders: RunFolders, signal: AbortSignal): GitTrees {
  return createGitTrees({
    git: treesGit(folders, repository, signal),
    objectsDir: repository.objectsDir,
    readObject: looseObjects(repository.objectsDir),
  });
}

/** What is known of a run's tree that was just made or found. `parent` is the commit the next checkpoint follows. */
interface Standing {
  readonly folders: RunFolders;
  readonly trees: GitTrees;
  readonly baseTree: TreeId;
  /** What our index holds. */
  readonly indexTree: TreeId;
  readonly parent: string;
}

/** The signal ends every later operation too: a git that hangs must not keep a run from stopping, and what it leaves is cleared on opening. */
async function runTreeAt(start: RunTreeStart, standing: Standing, signal: AbortSignal): Promise<RunTree> {
  const { folders, trees, baseTree } = standing;
  const turn = createTurns();
  const disk = await openDisk(treesGit(folders, start.repository, signal), standing);
  // The run's one owner moves the ref, so that it need not be read before each move.
  let { parent } = standing;
  const commit = async (tree: TreeId, label: string): Promise<void> => {
    const to = await commitTree(start.repository, { tree, parent, label }, signal);
    await moveRef(start.repository, { name: runRefs(start.runId).checkpoint, to }, signal);
    parent = to;
  };
  return {
    root: folders.root,
    baseTree,
    read: disk.read,
    written: (path) => writtenOnDisk(folders.root, path),
    snapshot: () => turn(disk.snapshot),
    restore: (tree) => turn(() => disk.restore(tree)),
    checkpoint: (tree, label) =>
      turn(async () => {
        await disk.restore(tree);
        await commit(tree, label);
      }),
    evidenceOf: (tree) => trees.without(tree, [start.specFolder, '.speckit']),
    readAt: trees.read,
    listAt: trees.list,
    compose: trees.compose,
    differences: trees.differences,
  };
}

/** Runs one piece of work after the other: git locks the index, and a tree that changes while it is read is nobody's. */
function createTurns(): <Value>(work: () => Promise<Value>) => Promise<Value> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
}

/** The part of a run's tree that is files. */
interface Disk {
  readonly read: (path: RepositoryPath) => Promise<FileContent | undefined>;
  readonly snapshot: () => Promise<TreeId>;
  readonly restore: (tree: TreeId) => Promise<void>;
}

async function openDisk(git: TreeGit, { folders, trees, ...found }: Standing): Promise<Disk> {
  const submodulesIn = async (tree: TreeId): Promise<readonly RepositoryPath[]> =>
    [...(await trees.entries(tree))].flatMap(([path, { mode }]) => (mode === '160000' ? [path] : []));
  let submodules = await submodulesIn(found.indexTree);
  let indexTree: TreeId | undefined = found.indexTree;

  /**
   * Brings our index up to what is on disk. Repositories inside the tree are never entered: submodules stay as they were. Where git sees
   * neither a changed file nor a new one, the index and the tree it was last known to hold stay, and the answer is false.
   */
  const refreshIndex = async (): Promise<boolean> => {
    const seen = await git(['ls-files', '-z', '--others', '--modified', '--deleted', '--exclude-standard']);
    if (seen.length === 0) return false;
    indexTree = undefined;
    const repositories = seen
      .toString('utf8')
      .split('\0')
      .filter((path) => path.endsWith('/'));
    const inner = [...repositories, ...submodules];
    if (inner.length === 0) {
      await git(['add', '--all']);
      return true;
    }
    const paths = ['.', ...inner.map((path) => `:(exclude,top,literal)${path}`)];
    await git(['add', '--all', '--pathspec-from-file=-', '--pathspec-file-nul'], { input: paths.join('\0') });
    return true;
  };
  const ignoredBy = async (tree: TreeId): Promise<string> =>
    [...(await trees.entries(tree))]
      .flatMap(([path, { object }]) => (/(?:^|\/)\.gitignore$/.test(path) ? [`${path}\0${object}`] : []))
      .sort()
      .join('\0');

  return {
    read: (path) => readFromDisk(folders.root, path),
    snapshot: async () => {
      await refreshIndex();
      return (indexTree ??= idOf(await git(['write-tree'])));
    },
    restore: async (tree) => {
      submodules = await submodulesIn(tree);
      // The index knows every file that is not ignored before it changes, so that the ones not in `tree` go.
      const hadOthers = await refreshIndex();
      if (indexTree === tree) return;
      // What no index knows stays on disk: repositories inside the tree, and files that were ignored and now are not.
      const mayLeave = hadOthers || indexTree === undefined || (await ignoredBy(indexTree)) !== (await ignoredBy(tree));
      indexTree = undefined;
      await checkOut(git, tree);
      if (mayLeave) await git(['clean', '-f', '-f', '-d', '--quiet']);
      indexTree = tree;
    },
  };
}

async function resolveOrThrow(root: string, path: RepositoryPath): Promise<string> {
  const resolved = await resolveInside(root, path);
  if (resolved.kind === 'ok') return resolved.value;
  const { error } = resolved;
  throw new Error(
    error.kind === 'notARepositoryPath'
      ? `not a repository path: ${path}`
      : `${path} leads through the symbolic link ${error.through}`,
  );
}

/** A link is reported as binary: it is listed, and neither followed nor shown. */
async function readFromDisk(root: string, path: RepositoryPath): Promise<FileContent | undefined> {
  const file = await resolveOrThrow(root, path);
  const status = await lstatOrNothing(file);
  if (status?.isSymbolicLink()) return { kind: 'binary', bytes: Number(status.size) };
  return status?.isFile() ? contentOf(await readFile(file)) : undefined;
}

/** By the time of the last change of the file or of its inode, which no command can set back. */
async function writtenOnDisk(
  root: string,
  path: RepositoryPath,
): Promise<{ readonly mark: string; readonly bytes: number } | undefined> {
  const resolved = await resolveInside(root, path);
  if (resolved.kind === 'error') return undefined;
  const status = await lstat(resolved.value, { bigint: true }).catch(() => undefined);
  if (!status?.isFile()) return undefined;
  return { mark: `${status.ino}:${status.ctimeNs}`, bytes: Number(status.size) };
}
