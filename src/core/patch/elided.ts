import { isElision, lineKey, looser } from './lineKey.ts';
import { locate, oldLines, type Located, type Wanted } from './locate.ts';
import { orderedChoices } from './order.ts';
import type { HunkLine, PatchHunk, Tolerance } from './patch.ts';
import { indentationWidth } from './anchors.ts';
import type { Sheet } from './sheet.ts';

/** Where each old line of a hunk stands in a file, in order; undefined for context that is not there (or an elision). */
export interface Placement {
  readonly positions: readonly (number | undefined)[];
  readonly tolerance: Tolerance;
}

/** What came of looking for a hunk with elisions: no place for its parts, a place for each, or several for a part that changes something. */
export type ElidedPlacement =
  | { readonly kind: 'missing' }
  | { readonly kind: 'placed'; readonly placement: Placement }
  | { readonly kind: 'ambiguous'; readonly indices: readonly number[] };

interface Piece extends Wanted {
  /** The index of its first line among the hunk's old lines. */
  readonly first: number;
}

/** Whether lines of the hunk stand for lines that were left out. */
export function hasElision(hunk: PatchHunk): boolean {
  return hunk.lines.some((line) => line.kind === 'context' && isElision(line.text));
}

/**
 * The place of a hunk whose context is elided: each part between two elisions stands somewhere whole, in their order. A part that only shows
 * where to look may have several places; one that changes something must have one. Where order leaves several, it is the only one in the
 * block of the part before or behind it.
 */
export function locateElided(sheet: Sheet, hunk: PatchHunk, drifts: readonly number[]): ElidedPlacement {
  const pieces = piecesOf(hunk);
  const found = pieces.map((piece) => locate(sheet, piece, drifts));
  if (found.some((item) => item.kind === 'missing' || item.kind === 'failed')) return { kind: 'missing' };
  const places = found.map(locationsIn);
  const spans = places.map((locations, index) => {
    const length = oldLines(pieces[index]?.lines ?? []).length;
    return locations.map((location) => ({ start: location.index, end: location.index + length }));
  });
  const choices = [...orderedChoices(spans)];
  for (const index of pieces.keys()) choices[index] ??= choiceInBlock(sheet, spans, choices, index);
  for (const [index, piece] of pieces.entries()) {
    const isChange = piece.lines.some((line) => line.kind !== 'context');
    if (isChange && choices[index] === undefined) {
      return { kind: 'ambiguous', indices: places[index]?.map((location) => location.index) ?? [] };
    }
  }
  return { kind: 'placed', placement: placementOf(hunk, pieces, places, choices) };
}

function locationsIn(located: Located): readonly { readonly index: number; readonly tolerance: Tolerance }[] {
  if (located.kind === 'placed') return [located.location];
  return located.kind === 'open' ? located.locations : [];
}

function piecesOf(hunk: PatchHunk): readonly Piece[] {
  const pieces: Piece[] = [];
  let lines: HunkLine[] = [];
  let nOld = 0;
  let first = 0;
  const end = (isLast: boolean): void => {
    const isStart = first === 0 && hunk.oldStart !== undefined;
    if (oldLines(lines).length > 0) {
      const numbered = isStart && hunk.oldStart !== undefined ? { oldStart: hunk.oldStart } : {};
      pieces.push({ lines, first, anchors: hunk.anchors, endOfFile: isLast && hunk.endOfFile, ...numbered });
    }
    lines = [];
    first = nOld;
  };
  for (const line of hunk.lines) {
    const isMarker = line.kind === 'context' && isElision(line.text);
    if (line.kind !== 'added') nOld += 1;
    if (isMarker) end(false);
    else lines.push(line);
  }
  end(true);
  return pieces;
}

type Spans = readonly (readonly { readonly start: number; readonly end: number }[])[];

/** The only place of a part in the block that it shares with the part before or behind it, whose place is known. */
function choiceInBlock(
  sheet: Sheet,
  spans: Spans,
  choices: readonly (number | undefined)[],
  index: number,
): number | undefined {
  const places = spans[index] ?? [];
  const before = spans[index - 1]?.[choices[index - 1] ?? -1];
  const behind = spans[index + 1]?.[choices[index + 1] ?? -1];
  const inBlock = places.filter((place) => {
    if (before && (place.start < before.end || !isOneBlock(sheet, before.start, place.end))) return false;
    return !behind || (place.end <= behind.start && isOneBlock(sheet, place.start, behind.end));
  });
  const [only] = inBlock;
  return (before || behind) && inBlock.length === 1 && only ? places.indexOf(only) : undefined;
}

/** Whether no line between is indented less than the shallowest of the two ends: that would begin another block. */
function isOneBlock(sheet: Sheet, from: number, to: number): boolean {
  const depth = Math.min(indentationWidth(sheet.texts[from] ?? ''), indentationWidth(sheet.texts[to - 1] ?? ''));
  for (let index = from + 1; index < to - 1; index += 1) {
    const text = sheet.texts[index] ?? '';
    if (lineKey(text) !== '' && indentationWidth(text) <= depth && !/^[\s)\]}>;,{]*$/.test(text)) return false;
  }
  return true;
}

function placementOf(
  hunk: PatchHunk,
  pieces: readonly Piece[],
  places: readonly (readonly { readonly index: number; readonly tolerance: Tolerance }[])[],
  choices: readonly (number | undefined)[],
): Placement {
  const positions: (number | undefined)[] = oldLines(hunk.lines).map(() => undefined);
  let tolerance: Tolerance = 'elided';
  for (const [index, piece] of pieces.entries()) {
    const location = places[index]?.[choices[index] ?? -1];
    if (!location) continue;
    tolerance = looser(tolerance, location.tolerance);
    // Elisions between two parts stay undefined: lines of `first` count the hunk's old lines, markers among them.
    const start = piece.first;
    for (const position of oldLines(piece.lines).keys()) positions[start + position] = location.index + position;
  }
  return { positions, tolerance };
}
