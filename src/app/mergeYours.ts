import { mergeTexts, type MergeConflict } from '../core/patch/merge.ts';
import type { FileDifference } from '../core/ports.ts';
import type { UserChange } from '../node/userTree.ts';
import type { Yours } from './yours.ts';

/** A file whose change and what the person made of it meanwhile do not go together. `lines`: both changed the same lines, told by the person's own. */
export type FileConflict = { readonly path: string } & (
  | {
      readonly kind: 'lines';
      readonly places: readonly MergeConflict[];
      readonly base: string;
      readonly yours: string;
      readonly proposed: string;
      /** The merged text with both sides of each conflict between marks. */
      readonly draft: string;
    }
  | { readonly kind: 'youDeleted' | 'proposalDeletes' | 'notText' }
);

/** `asItWas`: every file is what the change was made from. */
export type Rebased =
  | { readonly kind: 'asItWas' }
  | { readonly kind: 'merged'; readonly content: readonly FileDifference[] }
  | { readonly kind: 'conflict'; readonly conflicts: readonly FileConflict[] };

/** Brings each change onto what the person has in its place now. One conflict is enough to leave all as they are. */
export function mergeYours(changes: readonly UserChange[], yours: ReadonlyMap<string, Yours>): Rebased {
  const merged: FileDifference[] = [];
  const conflicts: FileConflict[] = [];
  for (const change of changes) {
    const result = mergeOne(change, yours.get(change.path) ?? { kind: 'missing' });
    if (result === undefined) continue;
    if ('change' in result) merged.push(result);
    else conflicts.push(result);
  }
  if (conflicts.length > 0) return { kind: 'conflict', conflicts };
  return merged.length > 0 ? { kind: 'merged', content: merged } : { kind: 'asItWas' };
}

function mergeOne({ path, before, after }: UserChange, yours: Yours): FileDifference | FileConflict | undefined {
  if (yours.kind === 'notText') return { path, kind: 'notText' };
  const now = yours.kind === 'text' ? yours.text : undefined;
  if (now === before) return undefined;
  // Somebody has made the same change already: there is nothing left to do here.
  if (now === after) return mergedDifference(path, now, now);
  if (now === undefined) return { path, kind: 'youDeleted' };
  if (after === undefined) return { path, kind: 'proposalDeletes' };
  const texts = { base: before ?? '', yours: now, proposed: after };
  const merge = mergeTexts(texts);
  if (merge.kind === 'clean') return mergedDifference(path, now, merge.text);
  return { path, kind: 'lines', places: merge.conflicts, draft: merge.draft, ...texts };
}

/** The change of a file from the person's own text to the merged one. */
export function mergedDifference(path: string, yours: string | undefined, after: string | undefined): FileDifference {
  return {
    path,
    change: 'modified',
    ...(yours === undefined ? {} : { before: yours }),
    ...(after === undefined ? {} : { after }),
    binary: false,
  };
}
