import { anchoredBlock, anchoredPlaces } from './anchors.ts';
import { indentationOf } from './indentation.ts';
import { lineKey, lineTolerance, lineWeight, looser, tolerances } from './lineKey.ts';
import type { HunkLine, PatchHunk, Tolerance } from './patch.ts';
import { keyIn, type Sheet } from './sheet.ts';

/** A place where all old lines of a hunk stand, one after the other. `index` counts from 0. */
export interface Location {
  readonly index: number;
  readonly tolerance: Tolerance;
}

export type LocateFailure =
  | { readonly kind: 'notFound' }
  | { readonly kind: 'ambiguous'; readonly indices: readonly number[] }
  /** The lines around stand at `index`, but a line that the hunk takes away is another one there. */
  | { readonly kind: 'changed'; readonly index: number; readonly wanted: string; readonly present: string }
  /** The hunk takes away or adds a line that only stands for others. */
  | { readonly kind: 'elided'; readonly text: string }
  | { readonly kind: 'noContext' };

/** Lines to find one after the other, with what tells their place: a hunk, or the part of one between two elisions. */
export interface Wanted {
  readonly lines: readonly HunkLine[];
  readonly anchors: readonly string[];
  readonly oldStart?: number;
  readonly endOfFile: boolean;
}

/** What is known of a place: nothing fits, one place is meant, or these are still open (order may decide). */
export type Located =
  | { readonly kind: 'missing' }
  | { readonly kind: 'placed'; readonly location: Location }
  | { readonly kind: 'open'; readonly locations: readonly Location[] }
  | { readonly kind: 'failed'; readonly failure: LocateFailure };

/** Without its added lines. */
export function oldLines(lines: readonly HunkLine[]): readonly HunkLine[] {
  return lines.filter((line) => line.kind !== 'added');
}

export function wantedOf(hunk: PatchHunk): Wanted {
  const { lines, anchors, heading, oldStart, endOfFile } = hunk;
  const told = anchors.length === 0 && heading !== undefined ? [heading] : anchors;
  return { lines, anchors: told, endOfFile, ...(oldStart !== undefined && { oldStart }) };
}

/**
 * Where the old lines stand in a file, white space and typographic forms aside. Places that match more exactly come before all others; among
 * equally good ones the anchors decide, then the end-of-file mark, then the line number (`drifts` are how far lines there may have moved).
 * A place that what tells the place speaks against is not taken: then the lines that were meant have been changed, and these are others.
 */
export function locate(
  sheet: Sheet,
  wanted: Wanted,
  drifts: readonly number[],
  all: readonly Location[] = locationsOf(sheet, wanted),
): Located {
  if (oldLines(wanted.lines).length === 0) return insertion(sheet, wanted);
  if (all.length === 0) return { kind: 'missing' };
  const closest = Math.min(...all.map(closeness));
  const best = all.filter((location) => closeness(location) === closest);
  const told = toldPlaces(sheet, wanted, best, drifts);
  const [only] = told;
  if (told.length > 1 || only === undefined) return { kind: 'open', locations: told };
  if (!isAtNumber(wanted, only, drifts) && isOnlyBrackets(sheet, wanted, only)) return { kind: 'missing' };
  const others = all.filter((location) => closeness(location) !== closest);
  const isToldOtherwise =
    !isAtNumber(wanted, only, drifts) && others.some((other) => isAtNumber(wanted, other, drifts));
  if (isToldOtherwise) return { kind: 'open', locations: [only, ...others] };
  const changed = changedPlace(sheet, wanted, only.index, drifts);
  return changed ? { kind: 'failed', failure: changed } : { kind: 'placed', location: only };
}

/** Brackets and blank lines with another indentation are everywhere: without a word among them they are no place. */
function isOnlyBrackets(sheet: Sheet, { lines }: Wanted, location: Location): boolean {
  return closeness(location) > 1 && oldLines(lines).every((line) => lineWeight(keyIn(sheet, line.text)) < 0.4);
}

/** Whether no line with words stands where the patch has it, but all of them further left or right. `positions` are those of the old lines. */
export function isShifted(
  sheet: Sheet,
  lines: readonly HunkLine[],
  positions: readonly (number | undefined)[],
): boolean {
  const pairs = oldLines(lines).flatMap((line, index) => {
    const present = sheet.texts[positions[index] ?? -1];
    const isWorded = lineWeight(lineKey(line.text)) >= 0.4;
    return isWorded && present !== undefined
      ? [{ own: indentationOf(line.text), present: indentationOf(present) }]
      : [];
  });
  return pairs.length > 0 && pairs.every(({ own, present }) => own !== present);
}

/** Whether a line with words is indented, and so shows how the patch indents. */
export function isIndented({ lines }: Wanted): boolean {
  return oldLines(lines).some((line) => indentationOf(line.text).length > 1 && lineWeight(lineKey(line.text)) >= 0.4);
}

/** 1 for the closest. White space at line ends tells no place from another: it comes and goes unseen. */
export function closeness({ tolerance }: Location): number {
  return Math.max(1, tolerances.indexOf(tolerance));
}

/** Without old lines nothing can be compared, so only an empty file and the end of a file are places without doubt. */
function insertion(sheet: Sheet, wanted: Wanted): Located {
  const index = sheet.texts.length;
  if (index > 0 && !wanted.endOfFile) return { kind: 'failed', failure: { kind: 'noContext' } };
  return { kind: 'placed', location: { index, tolerance: 'exact' } };
}

/** Every place where the old lines stand, ascending. */
export function locationsOf(sheet: Sheet, { lines }: Wanted): readonly Location[] {
  const old = oldLines(lines);
  if (old.length === 0) return [];
  const keys = sheet.keys();
  const wanted = old.map((line) => keyIn(sheet, line.text));
  // The longest line is looked for first: it is the rarest as a rule, and few places are left to compare whole.
  const pivot = wanted.reduce((best, key, index) => (key.length > (wanted[best] ?? '').length ? index : best), 0);
  const locations: Location[] = [];
  const last = keys.length - wanted.length;
  for (let index = 0; index <= last; index += 1) {
    if (keys[index + pivot] !== wanted[pivot]) continue;
    if (wanted.every((key, position) => keys[index + position] === key)) {
      locations.push({ index, tolerance: toleranceAt(sheet, old, index) });
    }
  }
  return locations;
}

function toleranceAt(sheet: Sheet, old: readonly HunkLine[], index: number): Tolerance {
  let tolerance: Tolerance = 'exact';
  for (const [position, line] of old.entries()) {
    tolerance = looser(tolerance, lineTolerance(line.text, sheet.texts[index + position] ?? ''));
  }
  return tolerance;
}

/** The places that are left when all that tells the place has been asked; what fits none of them tells nothing. */
function toldPlaces(
  sheet: Sheet,
  wanted: Wanted,
  locations: readonly Location[],
  drifts: readonly number[],
): readonly Location[] {
  if (locations.length <= 1) return locations;
  let open = locations;
  if (wanted.anchors.length > 0) {
    const places = anchoredPlaces(
      sheet,
      wanted.anchors,
      locations.map((location) => location.index),
    );
    const inside = locations.filter((location) => places.includes(location.index));
    if (inside.length > 0) open = inside;
  }
  if (open.length === 1) return open;
  const old = oldLines(wanted.lines);
  const isAtEnd = wanted.endOfFile || old.at(-1)?.eol === '';
  const end = open.filter((location) => location.index + old.length === sheet.texts.length);
  if (isAtEnd && end.length === 1) return end;
  const numbered = open.filter((location) => isAtNumber(wanted, location, drifts));
  return numbered.length === 1 ? numbered : open;
}

function isAtNumber(wanted: Wanted, location: Location, drifts: readonly number[]): boolean {
  const stated = wanted.oldStart;
  return stated !== undefined && drifts.some((drift) => location.index === stated - 1 + drift);
}

/**
 * Whether another place was meant: what tells the place leads elsewhere, there all context stands as the hunk has it, and only lines that it
 * takes away differ. Two lines with words of context are needed to say so, or four of any kind.
 */
function changedPlace(
  sheet: Sheet,
  wanted: Wanted,
  found: number,
  drifts: readonly number[],
): LocateFailure | undefined {
  const old = oldLines(wanted.lines);
  const context = old.filter((line) => line.kind === 'context');
  const nWorded = context.filter((line) => lineWeight(lineKey(line.text)) >= 0.4).length;
  const isEnough = nWorded >= 2 || context.length >= 4;
  if (!isEnough || context.length === old.length) return undefined;
  for (const index of toldStarts(sheet, wanted, found, drifts)) {
    const differing = old.findIndex((line, position) => keyIn(sheet, line.text) !== sheet.keys()[index + position]);
    const isContextThere = old.every(
      (line, position) => line.kind === 'removed' || keyIn(sheet, line.text) === sheet.keys()[index + position],
    );
    if (!isContextThere || differing === -1) continue;
    const present = sheet.texts[index + differing] ?? '';
    return { kind: 'changed', index: index + differing, wanted: old[differing]?.text ?? '', present };
  }
  return undefined;
}

/** Most lines of an anchor's block that are looked through. */
const blockCap = 2_000;

function toldStarts(sheet: Sheet, wanted: Wanted, found: number, drifts: readonly number[]): readonly number[] {
  const { oldStart, anchors } = wanted;
  const numbered = oldStart === undefined ? [] : drifts.map((drift) => oldStart - 1 + drift);
  const block = anchoredBlock(sheet, anchors);
  const isOutside = block !== undefined && (found < block.from || found >= block.to);
  const length = isOutside ? Math.min(block.to - block.from, blockCap) : 0;
  const anchored = Array.from({ length }, (_, position) => (block?.from ?? 0) + position);
  return numbered.includes(found) ? anchored : [...numbered, ...anchored];
}
