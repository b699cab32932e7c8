import type { FileChange, FileContent, FileDifference, RepositoryPath, TreeId } from '../core/ports.ts';
import { composeTree } from './composeTree.ts';
import { readBlobs } from './gitObjects.ts';
import type { ReadObject } from './looseObjects.ts';
import { remembered } from './remembered.ts';
import { foldersOf, isRepositoryPath } from './repositoryPath.ts';
import { createListings } from './listings.ts';
import { writeObjects, type ObjectStore } from './writeObjects.ts';
import { changesBetween, idOfObject, idWithout, type ChangedFile, type TreeEntry } from './treeListing.ts';

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

/** Differences and files kept; a run looks at few at a time. */
const mostDifferences = 8;
const mostFiles = 64;

/** Where trees are read and made. */
export interface TreesPlace extends ObjectStore {
  /** Reads without a process what can be read so. */
  readonly readObject: ReadObject;
}

export function createGitTrees({ git, objectsDir, readObject }: TreesPlace): GitTrees {
  const listing = createListings(git, readObject);
  const entries = async (tree: TreeId): Promise<Entries> => (await listing(tree)).entries;
  const blob = remembered(
    mostFiles,
    async (object) => (await readObject('blob', object)) ?? (await readBlobs(git, [object]))[0],
  );
  const differences = remembered(mostDifferences, async (pair) => {
    const [from = '', to = ''] = pair.split(' ');
    const files = changesBetween(await listing(from), await listing(to));
    return differencesOf(files, await textsOf(files, readObject, git));
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
      const removed = changes.map(({ path }) => path);
      const written = changes.flatMap((change) => {
        const mode = change.kind === 'write' ? modes.get(change.path) : undefined;
        return mode === undefined || change.kind !== 'write'
          ? []
          : [{ path: change.path, mode, bytes: bytesOf(change.content) }];
      });
      const composed = composeTree(tree, await listing(tree), removed, written);
      await writeObjects({ git, objectsDir }, composed.objects);
      return composed.tree;
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

const isPlain = (mode: string): boolean => mode.startsWith('100');

/** The texts of the plain files among them by object; undefined for one that is no text. */
async function textsOf(
  files: readonly ChangedFile[],
  readObject: ReadObject,
  git: ObjectStore['git'],
): Promise<ReadonlyMap<string, string | undefined>> {
  const wanted = files.flatMap((file) => [
    ...(isPlain(file.beforeMode) ? [file.beforeObject] : []),
    ...(isPlain(file.afterMode) ? [file.afterObject] : []),
  ]);
  const found = new Map<string, Buffer | undefined>();
  for (const object of wanted) found.set(object, found.get(object) ?? (await readObject('blob', object)));
  const rest = [...found].flatMap(([object, bytes]) => (bytes === undefined ? [object] : []));
  for (const [index, bytes] of (await readBlobs(git, rest)).entries()) found.set(rest[index] ?? '', bytes);
  return new Map([...found].map(([object, bytes]) => [object, bytes && textOf(bytes)]));
}

function differencesOf(
  files: readonly ChangedFile[],
  textOfObject: ReadonlyMap<string, string | undefined>,
): readonly FileDifference[] {
  return files
    .map((file): FileDifference => {
      const before = isPlain(file.beforeMode) ? textOfObject.get(file.beforeObject) : undefined;
      const after = isPlain(file.afterMode) ? textOfObject.get(file.afterObject) : undefined;
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

/** The id git printed. */
export function idOf(output: Buffer): TreeId {
  return output.toString('ascii').trim();
}
