import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileChange, FileContent, FileDifference, RepositoryPath, TreeId } from '../core/ports.ts';
import { changedFiles, readBlobs, type TreeGit } from './gitObjects.ts';
import { remembered } from './remembered.ts';
import { foldersOf, isRepositoryPath } from './repositoryPath.ts';
import { idOfObject, idWithout, parseListing, type TreeEntry } from './treeListing.ts';

type Entries = ReadonlyMap<RepositoryPath, TreeEntry>;

/** Tree objects: read, listed, compared and composed, with nothing on disk involved. Every function throws a GitError on an unknown tree. */
export interface GitTrees {
  readonly entries: (tree: TreeId) => Promise<Entries>;
  /** Files and links, sorted by code unit. Submodules are no files. */
  readonly list: (tree: TreeId) => Promise<readonly RepositoryPath[]>;
  readonly read: (tree: TreeId, path: RepositoryPath) => Promise<FileContent | undefined>;
  readonly compose: (tree: TreeId, changes: readonly FileChange[]) => Promise<TreeId>;
  /** The id git would give to the tree without these folders; no such object need exist. */
  readonly without: (tree: TreeId, folders: readonly RepositoryPath[]) => Promise<TreeId>;
  readonly differences: (from: TreeId, to: TreeId) => Promise<readonly FileDifference[]>;
}

/** Listings, differences and files kept; a run looks at few at a time. */
const mostListings = 8;
const mostDifferences = 8;
const mostFiles = 64;

/** `scratch` is an existing folder for indexes and contents that are gone again when a call ends. */
export function createGitTrees(git: TreeGit, scratch: string): GitTrees {
  const listing = remembered(mostListings, async (tree) =>
    parseListing(await git(['ls-tree', '-r', '-t', '-z', '--full-tree', tree])),
  );
  const entries = async (tree: TreeId): Promise<Entries> => (await listing(tree)).entries;
  const blob = remembered(mostFiles, async (object) => (await readBlobs(git, [object]))[0]);
  const differences = remembered(mostDifferences, async (pair) => {
    const [from = '', to = ''] = pair.split(' ');
    return differencesBetween(git, from, to);
  });
  return {
    entries,
    list: async (tree) =>
      [...(await entries(tree))].flatMap(([path, entry]) => (entry.mode === '160000' ? [] : [path])).sort(),
    read: async (tree, path) => {
      const entry = (await entries(tree)).get(path);
      if (entry === undefined || entry.mode === '160000') return undefined;
      const bytes = await blob(entry.object);
      if (bytes === undefined) return undefined;
      return entry.mode === '120000' ? { kind: 'binary', bytes: bytes.length } : contentOf(bytes);
    },
    compose: async (tree, changes) => {
      if (changes.length === 0) return tree;
      const present = await entries(tree);
      const modes = plannedModes(present, changes);
      if (changes.every((change) => changesNothing(change, { tree, present, modes }))) return tree;
      return inScratch(scratch, (folder) => composeIn(git, folder, { tree, changes, modes }));
    },
    without: async (tree, folders) => idWithout(tree, await listing(tree), folders),
    differences: (from, to) => differences(`${from} ${to}`),
  };
}

/** True when the tree holds exactly this already. Only for all changes of a list together: one can undo what another did. */
function changesNothing(
  change: FileChange,
  { tree, present, modes }: { tree: TreeId; present: Entries; modes: ReadonlyMap<RepositoryPath, string> },
): boolean {
  const entry = present.get(change.path);
  if (change.kind === 'delete') return entry === undefined;
  return entry?.mode === modes.get(change.path) && entry?.object === idOfObject(tree, 'blob', bytesOf(change.content));
}

/** Text when the bytes are UTF-8 without NUL, so that the text gives the same bytes back; a size otherwise. A byte order mark stays. */
export function contentOf(bytes: Uint8Array): FileContent {
  const text = textOf(bytes);
  return text === undefined ? { kind: 'binary', bytes: bytes.length } : { kind: 'text', text };
}

function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** The bytes of a text. Throws on half a surrogate pair, which no bytes stand for. */
export function bytesOf(text: string): Buffer {
  if (!text.isWellFormed()) throw new Error('the text holds half a surrogate pair');
  return Buffer.from(text, 'utf8');
}

/**
 * The mode each written file gets. Throws where a change would leave the tree or replace what is no plain file: a path through a link
 * or a file, a link, a submodule or a folder as its end. A deletion earlier in the list makes room.
 */
function plannedModes(entries: Entries, changes: readonly FileChange[]): ReadonlyMap<RepositoryPath, string> {
  const modes = new Map([...entries].map(([path, { mode }]) => [path, mode]));
  const planned = new Map<RepositoryPath, string>();
  for (const change of changes) {
    if (!isRepositoryPath(change.path)) throw new Error(`not a repository path: ${change.path}`);
    for (const folder of foldersOf(change.path)) {
      if (modes.has(folder)) throw new Error(`${change.path} would lie below ${folder}, which is no folder`);
    }
    const present = modes.get(change.path);
    if (change.kind === 'delete') {
      modes.delete(change.path);
      planned.delete(change.path);
      continue;
    }
    if (present !== undefined && !present.startsWith('100')) throw new Error(`${change.path} is no plain file`);
    if ([...modes.keys()].some((path) => path.startsWith(`${change.path}/`)))
      throw new Error(`${change.path} is a folder`);
    const executable = change.executable ?? present === '100755';
    modes.set(change.path, executable ? '100755' : '100644');
    planned.set(change.path, executable ? '100755' : '100644');
  }
  return planned;
}

interface Composition {
  readonly tree: TreeId;
  readonly changes: readonly FileChange[];
  readonly modes: ReadonlyMap<RepositoryPath, string>;
}

async function composeIn(git: TreeGit, folder: string, { tree, changes, modes }: Composition): Promise<TreeId> {
  const environment = { GIT_INDEX_FILE: join(folder, 'index') };
  const writes = changes.filter((change) => change.kind === 'write');
  const files = await Promise.all(
    writes.map(async (change, index) => {
      const file = join(folder, String(index));
      await writeFile(file, bytesOf(change.content));
      return file;
    }),
  );
  const hashing = git(['hash-object', '-w', '--no-filters', '--stdin-paths'], { input: files.join('\n') });
  const [hashes] = await Promise.all([hashing, git(['read-tree', tree], { environment })]);
  const objects = hashes.toString('ascii').split('\n');
  const objectOf = new Map(writes.map((change, index) => [change, objects[index] ?? '']));
  // Removals first: a file can make room for a folder of its name.
  const removals = changes.map(({ path }) => `0 ${'0'.repeat(tree.length)}\t${path}\0`);
  const additions = writes.flatMap((change) => {
    const mode = modes.get(change.path);
    return mode === undefined ? [] : [`${mode} ${objectOf.get(change) ?? ''}\t${change.path}\0`];
  });
  await git(['update-index', '-z', '--index-info'], { environment, input: [...removals, ...additions].join('') });
  return idOf(await git(['write-tree'], { environment }));
}

async function differencesBetween(git: TreeGit, from: TreeId, to: TreeId): Promise<readonly FileDifference[]> {
  const files = await changedFiles(git, from, to);
  const plain = (mode: string): boolean => mode.startsWith('100');
  const wanted = files.flatMap((file) => [
    ...(plain(file.beforeMode) ? [file.beforeObject] : []),
    ...(plain(file.afterMode) ? [file.afterObject] : []),
  ]);
  const blobs = await readBlobs(git, wanted);
  const textOfObject = new Map(wanted.map((object, index) => [object, textOf(blobs[index] ?? Buffer.from([0]))]));
  return files
    .map((file): FileDifference => {
      const before = plain(file.beforeMode) ? textOfObject.get(file.beforeObject) : undefined;
      const after = plain(file.afterMode) ? textOfObject.get(file.afterObject) : undefined;
      const lacksBefore = file.change !== 'added' && before === undefined;
      const lacksAfter = file.change !== 'deleted' && after === undefined;
      return {
        path: file.path,
        change: file.change,
        ...(before !== undefined && { before }),
        ...(after !== undefined && { after }),
        binary: lacksBefore || lacksAfter,
      };
    })
    .sort((left, right) => (left.path < right.path ? -1 : 1));
}

async function inScratch<Value>(scratch: string, work: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = await mkdtemp(join(scratch, 'tree-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The id git printed. */
export function idOf(output: Buffer): TreeId {
  return output.toString('ascii').trim();
}
