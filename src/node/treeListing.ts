import { createHash } from 'node:crypto';
import type { RepositoryPath, TreeId } from '../core/ports.ts';

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
interface TreeLine extends TreeEntry {
  readonly name: string;
}

const FOLDER_MODE = '040000';

/** Reads the answer of `git ls-tree -r -t -z --full-tree`. Format: git-ls-tree(1), "output format". */
export function parseListing(output: Buffer): TreeListing {
  const entries = new Map<RepositoryPath, TreeEntry>();
  const lines: TreeLine[] = [];
  for (const line of output.toString('latin1').split('\0')) {
    const tab = line.indexOf('\t');
    const [mode, , object] = line.slice(0, tab).split(' ');
    if (mode === undefined || object === undefined) continue;
    const name = line.slice(tab + 1);
    lines.push({ mode, object, name });
    if (mode !== FOLDER_MODE) entries.set(Buffer.from(name, 'latin1').toString('utf8'), { mode, object });
  }
  return { entries, lines };
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

/** The id of an object with these bytes, by the hash that `like`, another id of the same repository, was made with. Format: gitformat-loose-object. */
export function idOfObject(like: string, kind: 'blob' | 'tree', bytes: Uint8Array): string {
  const hash = createHash(like.length === 64 ? 'sha256' : 'sha1');
  return hash.update(`${kind} ${bytes.length}\0`).update(bytes).digest('hex');
}
