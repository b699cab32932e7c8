import { err, ok, type Result } from '../../base/result.ts';
import { isLikelyAt, locateAltered } from './altered.ts';
import { applyHunk, type AppliedHunk } from './applyHunk.ts';
import { hasElision, locateElided, type Placement } from './elided.ts';
import { isElision, lineKey } from './lineKey.ts';
import {
  closeness,
  isIndented,
  isShifted,
  locate,
  locationsOf,
  oldLines,
  wantedOf,
  type Located,
  type LocateFailure,
  type Location,
  type Wanted,
} from './locate.ts';
import { orderedChoices, type Span } from './order.ts';
import type { HunkLine, PatchHunk, Tolerance } from './patch.ts';
import { sheetAfter, sheetOf, type Sheet } from './sheet.ts';
import type { FileText } from './textLines.ts';

/** What became of one hunk. `at` is the 0-based line in the text as it was when the hunk's turn came. */
export interface HunkOutcome {
  readonly hunk: PatchHunk;
  readonly at: number;
  readonly tolerance: Tolerance;
  readonly outcome: 'applied' | 'alreadyApplied';
}

export interface AppliedHunks {
  readonly file: FileText;
  readonly outcomes: readonly HunkOutcome[];
}

/** The first hunk with no place, why, and the lines of the text it was looked for in. */
export interface HunkFailure {
  readonly hunk: PatchHunk;
  readonly failure: LocateFailure;
  readonly texts: readonly string[];
}

/** The file as the hunks so far leave it. `origins` are its lines' indices in the file before all hunks, -1 for lines that are new. */
interface Work {
  sheet: Sheet;
  origins: number[];
  grown: number;
  offset: number;
  /** Whether a hunk that was found shows that the patch indents as the file does. */
  readonly isIndentedAlike: boolean;
}

/**
 * A file with all hunks in it, or the first that has no place. Every hunk is looked for in the file as it was, so that the hunks tell each
 * other's places; one that is not there is looked for in what the hunks before it made (hunks may stack), then with elided and altered
 * context. `order` says whether the hunks stand in the file's order: then it decides between equal places.
 */
export function applyHunks(
  file: FileText,
  hunks: readonly PatchHunk[],
  order: 'ordered' | 'anyOrder',
): Result<AppliedHunks, HunkFailure> {
  const before = sheetOf(file);
  const located = locateAll(before, hunks, order);
  const origins = before.texts.map((_, index) => index);
  const work: Work = { sheet: before, origins, grown: 0, offset: 0, isIndentedAlike: isIndentedAlike(hunks, located) };
  const outcomes: HunkOutcome[] = [];
  for (const [position, hunk] of hunks.entries()) {
    const fail = (failure: LocateFailure): Result<AppliedHunks, HunkFailure> =>
      err({ hunk, failure, texts: work.sheet.texts });
    const elision = elidedChange(before, hunk);
    if (elision) return fail({ kind: 'elided', text: elision });
    const found = located[position] ?? { kind: 'missing' };
    if (found.kind === 'open') return fail({ kind: 'ambiguous', indices: found.locations.map((item) => item.index) });
    if (found.kind === 'failed') return fail(found.failure);
    const moved = found.kind === 'placed' ? moveToNow(work, wholePlacement(hunk, found.location)) : undefined;
    const placed = moved ? { kind: 'placed' as const, placement: moved } : placedLater(work, before, hunk);
    if (placed.kind === 'failed') return fail(placed.failure);
    if (placed.kind === 'placed' && !isWrittenAlike(work, hunk, placed.placement)) {
      return fail({ kind: 'notFound' });
    }
    if (placed.kind === 'present') {
      outcomes.push({ hunk, at: placed.index, tolerance: 'exact', outcome: 'alreadyApplied' });
      continue;
    }
    const applied = applyHunk(work.sheet.file, hunk, placed.placement);
    if (!applied) return fail({ kind: 'noContext' });
    const at = placed.placement.positions.find((index) => index !== undefined) ?? applied.edits[0]?.at ?? 0;
    const outcome = applied.isSame ? 'alreadyApplied' : 'applied';
    outcomes.push({ hunk, at, tolerance: placed.placement.tolerance, outcome });
    goOn(work, hunk, at, applied);
  }
  return ok({ file: work.sheet.file, outcomes });
}

/** Every hunk's place in the file as it was, as far as it has one. */
function locateAll(sheet: Sheet, hunks: readonly PatchHunk[], order: 'ordered' | 'anyOrder'): readonly Located[] {
  const wanted = hunks.map(wantedOf);
  const places = wanted.map((item) => locationsOf(sheet, item));
  const sure = wanted.map((item, index) => locate(sheet, item, [], places[index]));
  const located = wanted.map((item, index) => {
    const drifts = driftsFor(wanted, sure, index);
    return notElsewhere(sheet, item, drifts, locate(sheet, item, drifts, places[index]));
  });
  if (order === 'anyOrder' || !located.some((item) => item.kind === 'open')) return located;
  const spans = located.map((item, index) => locationSpans(item, wanted[index]?.lines ?? []));
  const choices = orderedChoices(spans);
  return located.map((item, index): Located => {
    const choice = choices[index];
    const location = item.kind === 'open' && choice !== undefined ? item.locations[choice] : undefined;
    return location ? { kind: 'placed', location } : item;
  });
}

/**
 * The hunks of a patch are written alike: where one shows that the patch indents as the file does, a place at which another one is indented
 * otherwise only looks like the one that was meant, unless the line number tells it.
 */
function isWrittenAlike(work: Work, hunk: PatchHunk, { positions, tolerance }: Placement): boolean {
  if (!work.isIndentedAlike || tolerance === 'exact' || tolerance === 'trailing') return true;
  return hunk.oldStart === (positions[0] ?? 0) + 1 || !isShifted(work.sheet, hunk.lines, positions);
}

function isIndentedAlike(hunks: readonly PatchHunk[], located: readonly Located[]): boolean {
  return hunks.some((hunk, index) => {
    const item = located[index];
    return item?.kind === 'placed' && closeness(item.location) === 1 && isIndented(hunk);
  });
}

/** A place that the line number does not tell is taken only if the one it tells cannot be meant: there somebody may have changed the context. */
function notElsewhere(sheet: Sheet, wanted: Wanted, drifts: readonly number[], located: Located): Located {
  const { oldStart, lines } = wanted;
  if (located.kind !== 'placed' || oldStart === undefined) return located;
  const found = located.location.index;
  const nOld = oldLines(lines).length;
  const told = drifts
    .map((drift) => oldStart - 1 + drift)
    .find((start) => start >= 0 && Math.abs(start - found) >= nOld && isLikelyAt(sheet, lines, start));
  if (told === undefined) return located;
  return { kind: 'failed', failure: { kind: 'ambiguous', indices: [found, told].sort((left, right) => left - right) } };
}

/** How far lines have moved from where the patch says they are: as the nearest hunks with a sure place have, or not at all. */
function driftsFor(wanted: readonly Wanted[], sure: readonly Located[], index: number): readonly number[] {
  const drifts = wanted.map((item, other) => {
    const found = sure[other];
    if (other === index || item.oldStart === undefined || found?.kind !== 'placed') return undefined;
    return found.location.index - (item.oldStart - 1);
  });
  const near = [
    drifts.slice(0, index).findLast((drift) => drift !== undefined),
    drifts.slice(index + 1).find((drift) => drift !== undefined),
  ];
  const known = near.filter((drift) => drift !== undefined);
  return known.length > 0 ? known : [0];
}

/**
 * The lines that change at each possible place; context on either side may be shared with a neighbouring hunk. Counted in half lines: lines from
 * `from` to `to` take 2 * from + 1 up to 2 * to, and what is only added takes the gap before a line, so that no two hunks add at one place.
 */
function locationSpans(located: Located, lines: readonly HunkLine[]): readonly Span[] {
  const first = lines.findIndex((line) => line.kind !== 'context');
  const behind = lines.length - lines.findLastIndex((line) => line.kind !== 'context') - 1;
  const length = oldLines(lines).length;
  const span = (index: number): Span => {
    const [from, to] = [index + first, index + length - behind];
    return from < to ? { start: 2 * from + 1, end: 2 * to } : { start: 2 * from, end: 2 * from + 1 };
  };
  if (located.kind === 'placed') return [span(located.location.index)];
  return located.kind === 'open' ? located.locations.map((location) => span(location.index)) : [];
}

function wholePlacement(hunk: PatchHunk, location: Location): Placement {
  const positions = oldLines(hunk.lines).map((_, position) => location.index + position);
  return { positions, tolerance: location.tolerance };
}

/** A place in the file as it was, in the text as it is now; undefined when an earlier hunk has changed lines of it. */
function moveToNow(work: Work, { positions, tolerance }: Placement): Placement | undefined {
  const moved: (number | undefined)[] = [];
  let from = 0;
  let last: { readonly was: number; readonly now: number } | undefined;
  for (const position of positions) {
    const now = position === undefined ? undefined : work.origins.indexOf(position, from);
    if (now === -1) return undefined;
    moved.push(now);
    if (position === undefined || now === undefined) continue;
    // Lines that touched and have been parted are no longer the place that was found.
    if (last && position === last.was + 1 && now !== last.now + 1) return undefined;
    last = { was: position, now };
    from = now;
  }
  return { positions: moved, tolerance };
}

type PlacedLater =
  | { readonly kind: 'placed'; readonly placement: Placement }
  | { readonly kind: 'present'; readonly index: number }
  | { readonly kind: 'failed'; readonly failure: LocateFailure };

/** The place of a hunk that the file as it was did not have as it stands. */
function placedLater(work: Work, before: Sheet, hunk: PatchHunk): PlacedLater {
  const { sheet } = work;
  const drifts = [work.grown, work.grown + work.offset];
  const stacked: Located = sheet === before ? { kind: 'missing' } : locate(sheet, wantedOf(hunk), drifts);
  if (stacked.kind === 'placed') return { kind: 'placed', placement: wholePlacement(hunk, stacked.location) };
  if (stacked.kind === 'failed') return stacked;
  if (stacked.kind === 'open') {
    return { kind: 'failed', failure: { kind: 'ambiguous', indices: stacked.locations.map((item) => item.index) } };
  }
  const present = presentAt(sheet, hunk, drifts);
  if (present !== undefined) return { kind: 'present', index: present };
  if (!hasElision(hunk)) return placedAltered(work, before, hunk);
  const elided = locateElided(sheet, hunk, drifts);
  if (elided.kind === 'placed') return elided;
  if (elided.kind === 'ambiguous') return { kind: 'failed', failure: elided };
  return { kind: 'failed', failure: { kind: 'notFound' } };
}

/** Looked for in the file as it was, which is read once for all hunks; where earlier hunks have been at work, in what they made. */
function placedAltered(work: Work, before: Sheet, hunk: PatchHunk): PlacedLater {
  const found = locateAltered(before, hunk, [0, work.offset]);
  if (work.sheet === before) return found;
  const moved = found.kind === 'placed' ? moveToNow(work, found.placement) : undefined;
  if (moved) return { kind: 'placed', placement: moved };
  return locateAltered(work.sheet, hunk, [work.grown, work.grown + work.offset]);
}

/**
 * Where the hunk's new lines already stand, exactly. One added line without any context shows nothing (a lone `}` is everywhere), unless it
 * is the whole file; a removal shows itself only between two lines that now touch.
 */
function presentAt(sheet: Sheet, hunk: PatchHunk, drifts: readonly number[]): number | undefined {
  const lines = hunk.lines.filter((line) => line.kind !== 'removed');
  const isAddition = lines.some((line) => line.kind === 'added');
  const isBetween = hunk.lines[0]?.kind === 'context' && hunk.lines.at(-1)?.kind === 'context';
  const shows = isAddition ? lines.length >= 2 || lines.length === sheet.texts.length : isBetween;
  if (!shows) return undefined;
  const wanted: Wanted = { ...wantedOf(hunk), lines: lines.map((line) => ({ ...line, kind: 'context' })) };
  const located = locate(sheet, wanted, drifts);
  return located.kind === 'placed' && located.location.tolerance === 'exact' ? located.location.index : undefined;
}

/** An elision among the lines a hunk takes away or adds, where the file has no such line: whoever wrote it left out what he did not see. */
function elidedChange(sheet: Sheet, hunk: PatchHunk): string | undefined {
  const line = hunk.lines.find(
    (item) =>
      item.kind !== 'context' &&
      isElision(item.text) &&
      sheet.placesOf(lineKey(item.text)).length === 0 &&
      isSpoken(item),
  );
  return line?.text;
}

/** Bare dots may be code (Python's `...`) when they are added; a line that says what was left out is none. */
function isSpoken(line: HunkLine): boolean {
  return line.kind === 'removed' || /existing|unchanged|rest of|remaining|as before|previous/i.test(line.text);
}

function goOn(work: Work, hunk: PatchHunk, at: number, applied: AppliedHunk): void {
  if (hunk.oldStart !== undefined) work.offset = at - (hunk.oldStart - 1 + work.grown);
  for (const edit of [...applied.edits].reverse()) {
    work.origins.splice(edit.at, edit.nRemoved, ...edit.added.map(() => -1));
    work.grown += edit.added.length - edit.nRemoved;
  }
  work.sheet = sheetAfter(work.sheet, applied.file, applied.edits);
}
