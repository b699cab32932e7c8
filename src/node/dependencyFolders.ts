import { constants } from 'node:fs';
import { cp, lstat, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Mount, RepositoryPath } from '../core/ports.ts';
import { runRepositoryGit } from './git.ts';
import type { Repository } from './repository.ts';

/**
 * Folders that hold what a project depends on, and not what it is built to: a build of other bytes (target, dist) is no evidence about these, so
 * commands make their own.
 */
const NAMES: ReadonlySet<string> = new Set([
  'node_modules',
  'bower_components',
  'jspm_packages',
  '.venv',
  'venv',
  'vendor',
  '.bundle',
  'Pods',
]);
const NAME_PATTERNS = [/\.egg-info$/];

/** Folders directly in a dependency folder that tools write to while they only read the rest. */
const CACHES = ['.cache', '.vite', '.vite-temp', '.vitest'];

/** Most folders that are shown. */
const MOST = 200;

/**
 * The dependency folders of the user's repository: those that git ignores and whose names say so, at any depth but not in one another. Sorted; at
 * most 200. Nothing where git cannot tell in 20 s.
 */
export async function dependencyFolders(
  repository: Repository,
  signal: AbortSignal,
): Promise<readonly RepositoryPath[]> {
  const words = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory'];
  const outcome = await runRepositoryGit(repository, words, { deadlineMs: 20_000 }, signal);
  if (outcome.kind !== 'exited' || outcome.exitCode !== 0) return [];
  const paths = outcome.stdout
    .toString('utf8')
    .split('\0')
    .map((found) => found.replace(/\/$/, ''))
    .filter((found) => isDependencyFolder(path.posix.basename(found)))
    .sort()
    .slice(0, MOST);
  const areFolders = await Promise.all(paths.map((found) => isFolder(path.join(repository.root, found))));
  return paths.filter((_, index) => areFolders[index]);
}

const isDependencyFolder = (name: string): boolean =>
  NAMES.has(name) || NAME_PATTERNS.some((pattern) => pattern.test(name));

const isFolder = (file: string): Promise<boolean> =>
  stat(file).then(
    (status) => status.isDirectory(),
    () => false,
  );

/** Where the folders are shown in a run's tree: see `dependencyMounts`. */
export interface DependencyPlaces {
  /** The top of the user's repository, where commands find the tree as well. */
  readonly root: string;
  readonly tree: string;
  readonly folders: readonly RepositoryPath[];
}

/**
 * How the folders are laid over a run's tree, at the same places: read-only, but for the caches in them, which each command finds empty. A folder that
 * the tree has itself stays (its set-up made it), and so does one whose way there is no longer the plain folder it was.
 */
export async function dependencyMounts({
  root,
  tree,
  folders,
}: DependencyPlaces): Promise<{ readonly readable: readonly Mount[]; readonly scratch: readonly string[] }> {
  const readable: Mount[] = [];
  const scratch: string[] = [];
  for (const folder of folders) {
    if (!(await isFree(tree, folder))) continue;
    const at = path.join(root, folder);
    const source = await realpath(at).catch(() => undefined);
    if (source === undefined) continue;
    readable.push({ source, at });
    for (const cache of CACHES) if (await isFolder(path.join(source, cache))) scratch.push(path.join(at, cache));
  }
  return { readable, scratch };
}

/** Copies the folders into a run's tree, where there is nothing that could lay them over it. Shares the bytes on disk where the file system can. */
export async function copyDependencies({ root, tree, folders }: DependencyPlaces): Promise<void> {
  for (const folder of folders) {
    if (!(await isFree(tree, folder))) continue;
    await cp(await realpath(path.join(root, folder)), path.join(tree, folder), {
      recursive: true,
      verbatimSymlinks: true,
      mode: constants.COPYFILE_FICLONE,
    });
  }
}

/** Whether nothing stands at a place of the tree (an empty folder is left by an earlier mount), and only plain folders lead there. */
async function isFree(tree: string, folder: RepositoryPath): Promise<boolean> {
  const parent = path.dirname(path.join(tree, folder));
  const real = await realpath(parent).catch(() => undefined);
  if (real !== path.normalize(parent) || !(await isFolder(parent))) return false;
  const status = await lstat(path.join(tree, folder)).catch(() => undefined);
  if (status === undefined) return true;
  return status.isDirectory() && (await readdir(path.join(tree, folder))).length === 0;
}
