import type { TreeId } from '../core/ports.ts';
import type { TreeGit } from './gitObjects.ts';
import type { ReadObject } from './looseObjects.ts';
import { remembered } from './remembered.ts';
import {
  foldersOfListing,
  isFolder,
  listingOf,
  parseListing,
  parseTree,
  type TreeLine,
  type TreeListing,
} from './treeListing.ts';

/** Listings kept; a run looks at few at a time. */
const mostListings = 8;
/** Folders whose entries are kept. */
const mostFolders = 10_000;
/** Folders read one by one for a listing before git is asked for the whole of it. */
const mostReads = 64;

/**
 * Lists trees and remembers them. A tree that this run made shares nearly all of its folders with one that was listed before: only its new folders
 * are read, a file each, and git is asked for the whole where a folder cannot be read so. Throws a GitError on an unknown tree.
 */
export function createListings(git: TreeGit, readObject: ReadObject): (tree: TreeId) => Promise<TreeListing> {
  const folders = new Map<TreeId, readonly TreeLine[]>();
  const keep = (tree: TreeId, lines: readonly TreeLine[]): void => {
    if (folders.size >= mostFolders) folders.clear();
    folders.set(tree, lines);
  };

  /** The lines of a folder and all below it; undefined where one of them is neither known nor to be read. */
  const linesOf = async (tree: TreeId, prefix: string, budget: { reads: number }): Promise<TreeLine[] | undefined> => {
    let children = folders.get(tree);
    if (children === undefined) {
      budget.reads -= 1;
      const bytes = budget.reads < 0 ? undefined : await readObject('tree', tree);
      if (bytes === undefined) return undefined;
      children = parseTree(tree, bytes);
      keep(tree, children);
    }
    const lines: TreeLine[] = [];
    for (const child of children) {
      lines.push({ ...child, name: `${prefix}${child.name}` });
      const below = isFolder(child) ? await linesOf(child.object, `${prefix}${child.name}/`, budget) : [];
      if (below === undefined) return undefined;
      for (const line of below) lines.push(line);
    }
    return lines;
  };

  return remembered(mostListings, async (tree) => {
    const lines = await linesOf(tree, '', { reads: mostReads });
    if (lines !== undefined) return listingOf(lines);
    const listing = parseListing(await git(['ls-tree', '-r', '-t', '-z', '--full-tree', tree]));
    for (const [folder, children] of foldersOfListing(tree, listing)) keep(folder, children);
    return listing;
  });
}
