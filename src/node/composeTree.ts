import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import type { RepositoryPath, TreeId } from '../core/ports.ts';
import { idOfObject, isFolder, type TreeListing } from './treeListing.ts';

/** An object that is to be written. */
interface NewObject {
  readonly kind: 'tree' | 'blob';
  readonly bytes: Buffer;
}

/** A tree worked out, and the objects it needs that its original did not have. */
export interface ComposedTree {
  readonly tree: TreeId;
  readonly objects: readonly NewObject[];
}

/** What is to stand at a path: `mode` as git writes it. */
export interface PlannedFile {
  readonly path: RepositoryPath;
  readonly mode: string;
  readonly bytes: Buffer;
}

/** A folder whose `tree` is undefined has changed. Names are bytes, one character each. */
interface Folder {
  tree: TreeId | undefined;
  readonly children: Map<string, Folder | { readonly mode: string; readonly object: string }>;
}

/**
 * The listed tree without the `removed` files and with the `written` ones, which may stand where a removed one stood. Folders left empty go. Nothing
 * is written: `packOf` makes what git writes.
 */
export function composeTree(
  tree: TreeId,
  listing: TreeListing,
  removed: readonly RepositoryPath[],
  written: readonly PlannedFile[],
): ComposedTree {
  const root = folderOf(tree, listing);
  const objects: NewObject[] = [];
  for (const path of removed) setChild(root, path, undefined);
  for (const { path, mode, bytes } of written) {
    objects.push({ kind: 'blob', bytes });
    setChild(root, path, { mode, object: idOfObject(tree, 'blob', bytes) });
  }
  // Git knows no empty folder, except for the whole tree.
  return { tree: treeOf(tree, root, objects) ?? addTree(tree, Buffer.alloc(0), objects), objects };
}

function folderOf(tree: TreeId, { lines }: TreeListing): Folder {
  const root: Folder = { tree, children: new Map() };
  const folders = new Map([['', root]]);
  for (const line of lines) {
    const cut = line.name.lastIndexOf('/');
    const parent = folders.get(line.name.slice(0, Math.max(cut, 0)));
    const name = line.name.slice(cut + 1);
    if (isFolder(line)) {
      const folder: Folder = { tree: line.object, children: new Map() };
      parent?.children.set(name, folder);
      folders.set(line.name, folder);
    } else parent?.children.set(name, { mode: line.mode, object: line.object });
  }
  return root;
}

function setChild(
  root: Folder,
  path: RepositoryPath,
  file: { readonly mode: string; readonly object: string } | undefined,
): void {
  const parts = Buffer.from(path, 'utf8').toString('latin1').split('/');
  const name = parts.pop() ?? '';
  let folder = root;
  for (const part of parts) {
    folder.tree = undefined;
    const present = folder.children.get(part);
    if (present !== undefined && 'children' in present) folder = present;
    else if (file === undefined) return;
    else {
      const made: Folder = { tree: undefined, children: new Map() };
      folder.children.set(part, made);
      folder = made;
    }
  }
  folder.tree = undefined;
  const present = folder.children.get(name);
  if (file !== undefined) folder.children.set(name, file);
  else if (present !== undefined && !('children' in present)) folder.children.delete(name);
}

/** The folder's tree, with those that are new added to `objects`; undefined for a folder without any file. */
function treeOf(like: TreeId, folder: Folder, objects: NewObject[]): TreeId | undefined {
  if (folder.tree !== undefined) return folder.tree;
  const entries = [...folder.children].flatMap(([name, child]) => {
    if (!('children' in child)) return [{ name, sorted: name, mode: child.mode, object: child.object }];
    const object = treeOf(like, child, objects);
    // Git sorts a folder as if its name ended with a slash.
    return object === undefined ? [] : [{ name, sorted: `${name}/`, mode: '40000', object }];
  });
  if (entries.length === 0) return undefined;
  entries.sort((left, right) => (left.sorted < right.sorted ? -1 : 1));
  const parts = entries.flatMap(({ name, mode, object }) => [
    Buffer.from(`${mode} ${name}\0`, 'latin1'),
    Buffer.from(object, 'hex'),
  ]);
  return addTree(like, Buffer.concat(parts), objects);
}

function addTree(like: TreeId, bytes: Buffer, objects: NewObject[]): TreeId {
  objects.push({ kind: 'tree', bytes });
  return idOfObject(like, 'tree', bytes);
}

/** The objects as a pack for `git unpack-objects`; `like` is an id of the repository, whose hash closes the pack. Format: gitformat-pack(5), version 2. */
export function packOf(like: TreeId, objects: readonly NewObject[]): Buffer {
  const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  header.writeUInt32BE(objects.length, 8);
  const body = Buffer.concat([
    header,
    ...objects.flatMap(({ kind, bytes }) => [objectHeader(kind, bytes.length), deflateSync(bytes)]),
  ]);
  return Buffer.concat([
    body,
    createHash(like.length === 64 ? 'sha256' : 'sha1')
      .update(body)
      .digest(),
  ]);
}

/** Three bits of type, then the size in little-endian groups of seven bits, of which the first byte holds only four. */
function objectHeader(kind: NewObject['kind'], size: number): Buffer {
  const bytes = [((kind === 'tree' ? 2 : 3) << 4) | (size & 15)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(rest & 0x7f);
  }
  return Buffer.from(bytes);
}
