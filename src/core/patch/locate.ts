import { err, ok, type Result } from '../../base/result.ts';
import type { PatchHunk, Tolerance } from './patch.ts';

/** Where a hunk's old lines stand: `index` counts from 0. */
export interface Location {
  readonly index: number;
  readonly tolerance: Tolerance;
}

export type LocateFailure =
  | { readonly kind: 'notFound' }
  | { readonly kind: 'ambiguous'; readonly indices: readonly number[] }
  | { readonly kind: 'noContext' };

/**
 * The one place in a file that a hunk means. `wanted` are the lines to find, `drift` is how far the lines below the hunk before it have
 * moved from where the patch says they are. Places that match more exactly come before all others; among equally good ones the `@@`
 * anchors decide, then the end-of-file mark, then the line number in the header. When none of them leaves exactly one place, the hunk is
 * ambiguous: the first or nearest place would be a guess.
 */
export function locate(
  fileLines: readonly string[],
  hunk: PatchHunk,
  wanted: readonly string[],
  drift: readonly number[],
): Result<Location, LocateFailure> {
  if (wanted.length === 0) return locateInsertion(fileLines, hunk);
  for (const { tolerance, normal } of tolerances) {
    const indices = placesOf(fileLines.map(normal), wanted.map(normal));
    if (indices.length === 0) continue;
    const index = decided(fileLines, hunk, { indices, length: wanted.length, drift });
    return index === undefined ? err({ kind: 'ambiguous', indices }) : ok({ index, tolerance });
  }
  return err({ kind: 'notFound' });
}

const tolerances: readonly { readonly tolerance: Tolerance; readonly normal: (line: string) => string }[] = [
  { tolerance: 'exact', normal: (line) => line },
  { tolerance: 'trailing', normal: (line) => line.trimEnd() },
  { tolerance: 'indentation', normal: (line) => line.trim() },
  { tolerance: 'punctuation', normal: plainPunctuation },
];

function plainPunctuation(line: string): string {
  return line
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/[\u2018-\u201b]/g, "'")
    .replace(/[\u201c-\u201f]/g, '"')
    .replace(/[\u00a0\u2002-\u200a\u202f\u205f\u3000]/g, ' ')
    .trim();
}

/** Without old lines nothing can be compared, so only an empty file and the end of a file are places without doubt. */
function locateInsertion(fileLines: readonly string[], hunk: PatchHunk): Result<Location, LocateFailure> {
  if (fileLines.length > 0 && !hunk.endOfFile) return err({ kind: 'noContext' });
  return ok({ index: fileLines.length, tolerance: 'exact' });
}

function placesOf(fileLines: readonly string[], wanted: readonly string[]): readonly number[] {
  const places: number[] = [];
  for (let index = 0; index + wanted.length <= fileLines.length; index += 1) {
    if (wanted.every((line, position) => fileLines[index + position] === line)) places.push(index);
  }
  return places;
}

interface Places {
  readonly indices: readonly number[];
  readonly length: number;
  readonly drift: readonly number[];
}

function decided(fileLines: readonly string[], hunk: PatchHunk, places: Places): number | undefined {
  if (places.indices.length === 1) return places.indices[0];
  const anchored = hunk.anchors.length === 0 ? places.indices : byAnchors(fileLines, hunk.anchors, places.indices);
  if (anchored.length === 1) return anchored[0];
  // Anchors that name no place at all are wrong, and leave the choice open.
  const open = anchored.length === 0 ? places.indices : anchored;
  const isAtEnd = hunk.endOfFile || hunk.lines.findLast((line) => line.kind !== 'added')?.eol === '';
  if (isAtEnd && open.includes(fileLines.length - places.length)) return fileLines.length - places.length;
  if (hunk.oldStart === undefined) return undefined;
  const stated = hunk.oldStart - 1;
  const atLine = open.filter((index) => places.drift.some((drift) => index === stated + drift));
  return atLine.length === 1 ? atLine[0] : undefined;
}

/** The places inside the blocks that the anchors open, or behind them when the blocks hold none. */
function byAnchors(
  fileLines: readonly string[],
  anchors: readonly string[],
  indices: readonly number[],
): readonly number[] {
  let blocks: readonly Block[] = [{ from: 0, to: fileLines.length }];
  for (const anchor of anchors) blocks = blocks.flatMap((block) => blocksOf(fileLines, anchor, block));
  const inside = indices.filter((index) => blocks.some((block) => index >= block.from && index < block.to));
  if (inside.length > 0) return inside;
  return indices.filter((index) => blocks.some((block) => index >= block.from));
}

interface Block {
  readonly from: number;
  readonly to: number;
}

/** A block begins at its anchor's line and ends before the next line that is indented no deeper, closing brackets aside. */
function blocksOf(fileLines: readonly string[], anchor: string, within: Block): readonly Block[] {
  const blocks: Block[] = [];
  for (let from = within.from; from < within.to; from += 1) {
    if (fileLines[from]?.trim() !== anchor) continue;
    const depth = indentation(fileLines[from] ?? '');
    let to = from + 1;
    while (to < within.to && !endsBlock(fileLines[to] ?? '', depth)) to += 1;
    blocks.push({ from, to });
  }
  return blocks;
}

function endsBlock(line: string, depth: number): boolean {
  return line.trim() !== '' && indentation(line) <= depth && !/^[\s)\]}>;,{]*$/.test(line);
}

function indentation(line: string): number {
  return line.length - line.trimStart().length;
}
