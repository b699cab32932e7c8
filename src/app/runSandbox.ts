import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { RunSandbox } from '../core/pipeline/context.ts';
import type { Mount, RepositoryPath } from '../core/ports.ts';
import { writeFileAtomically } from '../node/atomicFile.ts';
import type { OwnSandboxSettings } from '../node/configuration.ts';
import { copyDependencies, dependencyFolders, dependencyMounts } from '../node/dependencyFolders.ts';
import type { Repository } from '../node/repository.ts';
import { runFolders, type RunFolders } from '../node/runFolders.ts';
import type { FoundSandbox } from '../node/sandbox.ts';

export interface RunSandboxPlace {
  readonly repository: Repository;
  readonly own: OwnSandboxSettings;
  readonly found: FoundSandbox;
  readonly home: string;
  readonly missing: readonly string[];
  /** The folder of the run's tree, absolute and real. */
  readonly tree: string;
  readonly signal: AbortSignal;
}

/** Where commands in a sandbox find the user's objects: `.git` is there the file that leads to the run's own repository. */
const OBJECTS = '/run/speckit/objects';

/** What keeps a run's commands in. Its dependency folders are looked for once, when a command first needs them. */
export function createRunSandbox(place: RunSandboxPlace): RunSandbox {
  const { repository, own, found, tree, signal } = place;
  const { root } = repository;
  const folders = runFolders(path.dirname(tree), path.basename(tree));
  let kept: Promise<readonly RepositoryPath[]> | undefined;
  const dependencies = (): Promise<readonly RepositoryPath[]> => (kept ??= dependencyFolders(repository, signal));
  const isUsed = own.sandbox === 'auto' && found.kind === 'found';
  const isMounted = isUsed && found.sandbox.mounts;
  let git: Promise<readonly Mount[]> | undefined;
  const copied = async (): Promise<void> => copyDependencies({ root, tree, folders: await dependencies() });
  return {
    kind: isUsed ? found.sandbox.kind : 'none',
    why: found.kind === 'none' ? found.why : 'your own config.toml says sandbox = "none".',
    isWaived: own.sandbox === 'none',
    trustedNetwork: own.network,
    missing: place.missing,
    shownAt: isMounted ? root : tree,
    dependencies,
    async confinement({ network, dependencies: wanted, limits }) {
      const caches = path.join(folders.treesDir, 'caches');
      const common = { kind: 'sandbox', tree, caches, network, limits } as const;
      const further = own.folders
        .map((folder) => absolute(folder, place.home))
        .filter((folder) => existsSync(folder))
        .map(atItself);
      if (!isMounted) {
        if (wanted === 'shown') await copied();
        return { ...common, shownAt: tree, readable: [...further, atItself(folders.gitDir)], scratch: [] };
      }
      const mounts = await dependencyMounts({ root, tree, folders: wanted === 'shown' ? await dependencies() : [] });
      git ??= gitMounts(repository, folders);
      const readable = [...further, ...mounts.readable, ...(await git)];
      return { ...common, shownAt: root, readable, scratch: mounts.scratch };
    },
    async waived(wanted) {
      if (wanted === 'shown') await copied();
      return { kind: 'none' };
    },
  };
}

const atItself = (folder: string): Mount => ({ source: folder, at: folder });

const absolute = (folder: string, home: string): string =>
  folder === '~' || folder.startsWith('~/') ? path.join(home, folder.slice(1)) : path.resolve('/', folder);

/**
 * The run's repository, read-only, with the file in its tree that leads to it. It borrows the user's objects, whose folder is not at its place there:
 * the file that says where they are is another one.
 */
async function gitMounts(repository: Repository, folders: RunFolders): Promise<readonly Mount[]> {
  const alternates = path.join(folders.treesDir, 'alternates');
  await mkdir(folders.treesDir, { recursive: true });
  await writeFileAtomically(alternates, Buffer.from(`${OBJECTS}\n`));
  return [
    { source: path.join(folders.root, '.git'), at: path.join(repository.root, '.git') },
    { source: folders.gitDir, at: folders.gitDir },
    { source: alternates, at: path.join(folders.gitDir, 'objects', 'info', 'alternates') },
    { source: repository.objectsDir, at: OBJECTS },
    ...(await borrowedFrom(repository.objectsDir)).filter((folder) => existsSync(folder)).map(atItself),
  ];
}

/** Further object folders that the user's repository borrows from itself: absolute paths, a line each (gitrepository-layout). At most 8. */
async function borrowedFrom(objectsDir: string): Promise<readonly string[]> {
  const text = await readFile(path.join(objectsDir, 'info', 'alternates'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => path.isAbsolute(line))
    .slice(0, 8);
}
