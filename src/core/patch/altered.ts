import { alignedAt, alignments, comparedLines, qualityOf, type Alignment, type OldLine } from './align.ts';
import type { Placement } from './elided.ts';
import { oldLines, type LocateFailure } from './locate.ts';
import { isOtherPlace } from './otherPlace.ts';
import type { HunkLine, PatchHunk } from './patch.ts';
import type { Sheet } from './sheet.ts';

/** What came of looking for a hunk whose context is not in the file as it stands. */
export type AlteredPlacement =
  | { readonly kind: 'placed'; readonly placement: Placement }
  | { readonly kind: 'failed'; readonly failure: LocateFailure };

/**
 * The share of the old lines, by weight, that must be in the file: with the line number speaking for the place, and without. Without it the
 * place must also be this near to one where nothing is altered: lines that came between or stand in other order count there.
 */
const shares = { numbered: 0.4, unnumbered: 0.65, quality: 0.7 } as const;

/** What must be there at least, in lines with weight. */
const leastWeight = 1.1;

/** How much better than any other place the best one must be: more than one line with words, so that two places that each lack one are equal. */
const margin = 1.3;

/** The same for the lines that are there as they are, however much others are like them. */
const sameMargin = 0.5;

/** How much more context makes a place without the line to take away the one that was meant. */
const moreContext = 0.3;

/**
 * The place of a hunk of which some context lines are altered, missing or new in the file. Every line it takes away must be there, and the
 * lines between which it adds must be next to each other. The best place must be better than any other by a margin, places included at which
 * a line to take away was changed: such a place may be the one that was meant.
 */
export function locateAltered(sheet: Sheet, hunk: PatchHunk, drifts: readonly number[]): AlteredPlacement {
  const old = comparedLines(sheet, oldLines(hunk.lines));
  const found = alignments(sheet, old);
  const [best] = found;
  if (!best) return failed({ kind: 'notFound' });
  const isEnough = (alignment: Alignment): boolean => {
    if (weightOf(old, alignment) < leastWeight) return false;
    const quality = qualityOf(sheet, old, alignment);
    if (isAtNumber(hunk, alignment, drifts)) return alignment.share >= shares.numbered && quality >= shares.numbered;
    return alignment.share >= shares.unnumbered && quality >= shares.quality;
  };
  const changed = changedLine(sheet, hunk, old, best);
  if (changed) return failed(isContextThere(old, best) ? changed : { kind: 'notFound' });
  if (!isEnough(best)) return failed({ kind: 'notFound' });
  const others = found.filter((other) => other !== best && !isSameChange(hunk, best, other));
  const isNumbered = isAtNumber(hunk, best, drifts);
  for (const other of others) {
    if (isNumbered && !isAtNumber(hunk, other, drifts)) continue;
    const meant = hasMoreContext(old, other, best) ? changedLine(sheet, hunk, old, other) : undefined;
    if (meant) return failed(meant);
  }
  const rivals = others.filter(
    (other) => best.score - other.score < margin || weightOf(old, best) - weightOf(old, other) < sameMargin,
  );
  const isTold = isNumbered && !rivals.some((rival) => isAtNumber(hunk, rival, drifts));
  if (rivals.length > 0 && !isTold) {
    return failed({ kind: 'ambiguous', indices: [best, ...rivals].map(startOf).sort((left, right) => left - right) });
  }
  if (!isPlaceClear(sheet, hunk, best) || !areTwinsHeld(sheet, old, best)) return failed({ kind: 'notFound' });
  const lead = best.score - (others[0]?.score ?? 0);
  if (isOtherPlace(sheet, old, best, { lead, isTold })) return failed({ kind: 'notFound' });
  return { kind: 'placed', placement: { positions: best.positions, tolerance: 'altered' } };
}

function failed(failure: LocateFailure): AlteredPlacement {
  return { kind: 'failed', failure };
}

function weightOf(old: readonly OldLine[], alignment: Alignment): number {
  return old.reduce((sum, line, index) => sum + (alignment.isSame[index] === true ? line.weight : 0), 0);
}

/**
 * Whether more of the context stands at another place, or all of it, line after line, and not here: where a line to take away was changed at that place, it is
 * the one that was meant.
 */
function hasMoreContext(old: readonly OldLine[], other: Alignment, best: Alignment): boolean {
  const isAllThere = ({ positions, isSame }: Alignment): boolean =>
    old.every((line, index) => {
      const isNext = positions[index] === (positions[0] ?? 0) + index;
      return isNext && (line.kind === 'removed' || isSame[index] === true);
    });
  if (isAllThere(other) && !isAllThere(best)) return true;
  return contextWeight(old, other) >= contextWeight(old, best) + moreContext;
}

/** Whether most of the context is there, so that the lines in it are the ones that were meant. */
function isContextThere(old: readonly OldLine[], alignment: Alignment): boolean {
  const context = old.filter((line) => line.kind === 'context');
  const there = contextWeight(old, alignment);
  return there >= leastWeight && there >= shares.unnumbered * context.reduce((sum, line) => sum + line.weight, 0);
}

function contextWeight(old: readonly OldLine[], alignment: Alignment): number {
  return old.reduce(
    (sum, line, index) => sum + (line.kind === 'context' && alignment.isSame[index] === true ? line.weight : 0),
    0,
  );
}

function startOf(alignment: Alignment): number {
  return alignment.positions.find((position) => position !== undefined) ?? 0;
}

/** Whether most of what is there stands where the line number says; lines that came or went may have moved the rest. */
function isAtNumber(hunk: PatchHunk, alignment: Alignment, drifts: readonly number[]): boolean {
  const stated = hunk.oldStart;
  if (stated === undefined) return false;
  const nSame = alignment.isSame.filter((isSame) => isSame).length;
  return drifts.some((drift) => {
    const isThere = (position: number | undefined, index: number): boolean =>
      alignment.isSame[index] === true && position === stated - 1 + drift + index;
    return alignment.positions.filter(isThere).length * 2 >= nSame;
  });
}

/** The first line to take away that the place does not have, or that another line has come between. */
function changedLine(
  sheet: Sheet,
  hunk: PatchHunk,
  old: readonly OldLine[],
  alignment: Alignment,
): LocateFailure | undefined {
  const lines = oldLines(hunk.lines);
  for (const [index, line] of old.entries()) {
    if (line.kind !== 'removed') continue;
    const position = alignment.positions[index];
    const before = alignment.positions[index - 1];
    const isTornApart = old[index - 1]?.kind === 'removed' && before !== undefined && position !== before + 1;
    if (alignment.isSame[index] === true && !isTornApart) continue;
    const at = isTornApart ? before + 1 : (position ?? nextPosition(alignment, index));
    return { kind: 'changed', index: at, wanted: lines[index]?.text ?? '', present: sheet.texts[at] ?? '' };
  }
  return undefined;
}

function nextPosition(alignment: Alignment, index: number): number {
  return alignment.positions.slice(index).find((position) => position !== undefined) ?? startOf(alignment);
}

/** Whether two alignments take the same lines away and add at the same places: then it does not matter which is taken. */
function isSameChange(hunk: PatchHunk, left: Alignment, right: Alignment): boolean {
  return changeOf(hunk, left) === changeOf(hunk, right);
}

function changeOf(hunk: PatchHunk, alignment: Alignment): string {
  const places: (number | undefined)[] = [];
  let index = 0;
  for (const line of hunk.lines) {
    if (line.kind === 'added') places.push(neighbours(alignment, index).before);
    else {
      if (line.kind === 'removed') places.push(alignment.positions[index]);
      index += 1;
    }
  }
  return places.join();
}

/** The places in the file of the nearest old lines before and from `index` on. */
function neighbours(
  alignment: Alignment,
  index: number,
): { readonly before: number | undefined; readonly behind: number | undefined } {
  const before = alignment.positions.slice(0, index).findLast((position) => position !== undefined);
  const behind = alignment.positions.slice(index).find((position) => position !== undefined);
  return { before, behind };
}

/**
 * Whether lines that are only added have one place: between two lines that are next to each other in the file, one of them as the patch has
 * it; at the hunk's edge, at the very line beside them.
 */
function isPlaceClear(sheet: Sheet, hunk: PatchHunk, alignment: Alignment): boolean {
  let index = 0;
  for (const [at, line] of hunk.lines.entries()) {
    if (line.kind !== 'added') {
      index += 1;
      continue;
    }
    const isFirst = hunk.lines[at - 1]?.kind !== 'added';
    const next = hunk.lines.slice(at).find((other) => other.kind !== 'added');
    const isReplacing = hunk.lines[at - 1]?.kind === 'removed' || next?.kind === 'removed';
    if (isFirst && !isReplacing && !isBetween(sheet, alignment, index)) return false;
  }
  return true;
}

function isBetween(sheet: Sheet, alignment: Alignment, index: number): boolean {
  const { before, behind } = neighbours(alignment, index);
  // Between two equal lines the gap beside them could as well be the one that was meant.
  const above = before ?? (behind ?? 0) - 1;
  if (sheet.keys()[above] === sheet.keys()[behind ?? above + 1]) return false;
  const isSameBefore = alignment.isSame[index - 1] === true;
  const isSameBehind = alignment.isSame[index] === true;
  if (before === undefined) return isSameBehind;
  if (behind === undefined) return isSameBefore;
  return behind === before + 1 && (isSameBefore || isSameBehind);
}

/**
 * Whether removed lines that have twins close by (a bracket, a blank line, one of several equal lines) are held in place: where the line beside
 * them in the hunk is not beside them in the file, no twin may stand up to the next line that is, or it could as well be the one that was meant.
 */
function areTwinsHeld(sheet: Sheet, old: readonly OldLine[], alignment: Alignment): boolean {
  return old.every((line, index) => {
    const position = alignment.positions[index];
    if (line.kind !== 'removed' || position === undefined) return true;
    return [-1, 1].every((step) => {
      let other = index + step;
      while (old[other] !== undefined && alignment.isSame[other] !== true) other += step;
      const end =
        old[other] === undefined ? position + step * (other - index) : (alignment.positions[other] ?? position);
      if (end === position + step && other === index + step) return true;
      const between = sheet.keys().slice(Math.min(position + 1, end), Math.max(position, end + 1));
      return !between.includes(line.key);
    });
  });
}

/** Whether the place that the number tells has every line to take away and most of the context: then it may be the one that was meant. */
export function isLikelyAt(sheet: Sheet, lines: readonly HunkLine[], start: number): boolean {
  const old = comparedLines(sheet, oldLines(lines));
  const alignment = alignedAt(sheet, old, start);
  const isNear = alignment.positions.some(
    (position, index) => alignment.isSame[index] === true && position === start + index,
  );
  const areRemovedThere = old.every((line, index) => line.kind === 'context' || alignment.isSame[index] === true);
  return isNear && areRemovedThere && alignment.share >= shares.numbered;
}
