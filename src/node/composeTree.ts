import type { RepositoryPath, TreeId } from '../core/ports.ts';
import { isFolder, type TreeListing } from './treeListing.ts';
import { newObject, type NewObject } from './writeObjects.ts';

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
 * is written: `writeObjects` does that.
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
    const object = newObject(tree, 'blob', bytes);
    objects.push(object);
    setChild(root, path, { mode, object: object.id });
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
  const object = newObject(like, 'tree', bytes);
  objects.push(object);
  return object.id;
}
