import { createHash } from 'node:crypto';
import type { FileDifference, RepositoryPath, TreeId } from '../core/ports.ts';

/** What stands in a tree under one path. `mode` as git writes it: 100644, 100755, 120000 (a link), 160000 (a submodule's commit). */
export interface TreeEntry {
  readonly mode: string;
  readonly object: string;
}

/** A whole tree. `entries` holds files, links and submodules; `lines` the folders too, in git's order. */
export interface TreeListing {
  readonly entries: ReadonlyMap<RepositoryPath, TreeEntry>;
  readonly lines: readonly TreeLine[];
}

/** `name` is the path's bytes, one character each: names need not be UTF-8. */
export interface TreeLine extends TreeEntry {
  readonly name: string;
}

const FOLDER_MODE = '040000';

/** Reads the answer of `git ls-tree -r -t -z --full-tree`. Format: git-ls-tree(1), "output format". */
export function parseListing(output: Buffer): TreeListing {
  const lines: TreeLine[] = [];
  for (const line of output.toString('latin1').split('\0')) {
    const tab = line.indexOf('\t');
    const [mode, , object] = line.slice(0, tab).split(' ');
    if (mode === undefined || object === undefined) continue;
    lines.push({ mode, object, name: line.slice(tab + 1) });
  }
  return listingOf(lines);
}

/** The listing with these lines. */
export function listingOf(lines: readonly TreeLine[]): TreeListing {
  const entries = new Map<RepositoryPath, TreeEntry>();
  for (const { mode, object, name } of lines) if (mode !== FOLDER_MODE) entries.set(pathOf(name), { mode, object });
  return { entries, lines };
}

const pathOf = (name: string): RepositoryPath => Buffer.from(name, 'latin1').toString('utf8');

export function isFolder({ mode }: TreeEntry): boolean {
  return mode === FOLDER_MODE;
}

/** What stands directly in a tree, from the object's bytes; `tree` is its id. Format: gitformat-pack and git's tree.c, `mode SP name NUL id`. */
export function parseTree(tree: TreeId, bytes: Buffer): readonly TreeLine[] {
  const idBytes = tree.length / 2;
  const lines: TreeLine[] = [];
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const end = bytes.indexOf(0, space);
    if (space < 0 || end < 0 || end + 1 + idBytes > bytes.length) throw new Error(`tree ${tree} is no tree`);
    const mode = bytes.toString('ascii', at, space).padStart(6, '0');
    const object = bytes.toString('hex', end + 1, end + 1 + idBytes);
    lines.push({ mode, object, name: bytes.toString('latin1', space + 1, end) });
    at = end + 1 + idBytes;
  }
  return lines;
}

/** What stands directly in each folder of a listing, by the folder's tree; `tree` is the listed one. */
export function foldersOfListing(tree: TreeId, { lines }: TreeListing): ReadonlyMap<TreeId, readonly TreeLine[]> {
  const childrenOfFolder = new Map<string, TreeLine[]>([['', []]]);
  for (const line of lines) {
    if (isFolder(line)) childrenOfFolder.set(line.name, []);
    const cut = line.name.lastIndexOf('/');
    childrenOfFolder.get(line.name.slice(0, Math.max(cut, 0)))?.push({ ...line, name: line.name.slice(cut + 1) });
  }
  const treeOfFolder = new Map([
    ['', tree],
    ...lines.filter(isFolder).map(({ name, object }) => [name, object] as const),
  ]);
  return new Map([...childrenOfFolder].map(([folder, children]) => [treeOfFolder.get(folder) ?? tree, children]));
}

/** A file that differs between two trees. A mode of 000000 says that it does not exist on that side; its object is then ''. */
export interface ChangedFile {
  readonly path: RepositoryPath;
  readonly change: FileDifference['change'];
  readonly beforeMode: string;
  readonly afterMode: string;
  readonly beforeObject: string;
  readonly afterObject: string;
}

/** The files in which two trees differ, renames as a deletion and an addition: what `git diff-tree -r --no-renames` tells of them. */
export function changesBetween(from: TreeListing, to: TreeListing): readonly ChangedFile[] {
  const NOTHING: TreeEntry = { mode: '000000', object: '' };
  const files = ({ lines }: TreeListing): ReadonlyMap<string, TreeEntry> =>
    new Map(lines.filter((line) => !isFolder(line)).map((line) => [line.name, line]));
  const [before, after] = [files(from), files(to)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [old = NOTHING, now = NOTHING] = [before.get(name), after.get(name)];
    if (old.mode === now.mode && old.object === now.object) return [];
    const change = old === NOTHING ? 'added' : now === NOTHING ? 'deleted' : 'modified';
    const modes = { beforeMode: old.mode, afterMode: now.mode };
    return [{ path: pathOf(name), change, ...modes, beforeObject: old.object, afterObject: now.object }];
  });
}

/**
 * The id git would give to the listed tree without these folders (or files). The tree object itself need not exist: nothing is written.
 * `tree` is the id of the listed tree; its length says which hash the repository uses.
 */
export function idWithout(tree: TreeId, { lines }: TreeListing, folders: readonly RepositoryPath[]): TreeId {
  const gone = folders.map((folder) => Buffer.from(folder, 'utf8').toString('latin1'));
  const remaining = (folder: string): TreeId | undefined => {
    const kept = childrenOf(lines, folder).flatMap((child) => {
      if (gone.includes(child.name)) return [];
      if (child.mode !== FOLDER_MODE || !gone.some((name) => name.startsWith(`${child.name}/`))) return [child];
      const object = remaining(`${child.name}/`);
      return object === undefined ? [] : [{ ...child, object }];
    });
    // Git knows no empty folder, except for the whole tree.
    return kept.length === 0 && folder !== '' ? undefined : idOfTree(tree, kept, folder.length);
  };
  return remaining('') ?? tree;
}

/** What stands directly in a folder, which is '' or ends with '/'. */
function childrenOf(lines: readonly TreeLine[], folder: string): readonly TreeLine[] {
  return lines.filter(({ name }) => name.startsWith(folder) && !name.includes('/', folder.length));
}

function idOfTree(like: TreeId, children: readonly TreeLine[], prefixLength: number): TreeId {
  const parts = children.flatMap(({ mode, object, name }) => [
    Buffer.from(`${mode.replace(/^0/, '')} ${name.slice(prefixLength)}\0`, 'latin1'),
    Buffer.from(object, 'hex'),
  ]);
  return idOfObject(like, 'tree', Buffer.concat(parts));
}

/** What git keeps, tags aside. */
export type ObjectKind = 'blob' | 'tree' | 'commit';

/** The id of an object with these bytes, by the hash that `like`, another id of the same repository, was made with. Format: gitformat-loose-object. */
export function idOfObject(like: string, kind: ObjectKind, bytes: Uint8Array): string {
  const hash = createHash(like.length === 64 ? 'sha256' : 'sha1');
  return hash.update(`${kind} ${bytes.length}\0`).update(bytes).digest('hex');
}
