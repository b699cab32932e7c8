import { lineWeight } from './lineKey.ts';
import type { HunkLine } from './patch.ts';
import { keyIn, type Sheet } from './sheet.ts';

/** An old line of a hunk, as it is compared. */
export interface OldLine {
  readonly kind: 'context' | 'removed';
  readonly key: string;
  readonly weight: number;
}

/**
 * A way to lay the old lines of a hunk along a file: where each stands (undefined for one that is not there), how much of them is there (0 to
 * 1, by weight), and how good it is beside others.
 */
export interface Alignment {
  readonly positions: readonly (number | undefined)[];
  readonly isSame: readonly boolean[];
  readonly score: number;
  readonly share: number;
}

/** Old lines as they are compared with this file. */
export function comparedLines(sheet: Sheet, old: readonly HunkLine[]): readonly OldLine[] {
  return old.map((line) => {
    const key = keyIn(sheet, line.text);
    return { kind: line.kind === 'removed' ? 'removed' : 'context', key, weight: lineWeight(key) };
  });
}

/**
 * Most places of a file that are compared line by line, and most lines that may have come or gone at one of them. More would let the alignment of
 * one place slip to a copy of it close by, which is a place of its own.
 */
const windowCap = 10;
const slack = 4;

/** A place to which less than this share of the strongest votes point can be no rival of it. */
const leastStrength = 0.35;

/** Most places of one line that vote: a line that stands everywhere shows nothing. */
const placeCap = 60;

/**
 * The best alignments of old lines with a file, best first, no two of them with the same positions. Only places that some lines with weight
 * point to are looked at, so that the time does not grow with the file's length times the hunk's.
 */
export function alignments(sheet: Sheet, old: readonly OldLine[]): readonly Alignment[] {
  const found = new Map<string, Alignment>();
  for (const start of likelyStarts(sheet, old)) {
    const alignment = alignedAt(sheet, old, start);
    const key = alignment.positions.join();
    const known = found.get(key);
    if (!known || known.score < alignment.score) found.set(key, alignment);
  }
  return [...found.values()].sort((left, right) => right.score - left.score);
}

function likelyStarts(sheet: Sheet, old: readonly OldLine[]): readonly number[] {
  const votes = new Map<number, number>();
  for (const [position, line] of old.entries()) {
    const places = line.weight < 0.4 ? [] : sheet.placesOf(line.key);
    if (places.length > placeCap) continue;
    for (const place of places) votes.set(place - position, (votes.get(place - position) ?? 0) + line.weight);
  }
  // Lines that came or went move what stands behind them: neighbouring starts speak for each other.
  const strength = (start: number): number => {
    let sum = 0;
    for (let near = start - 3; near <= start + 3; near += 1) sum += votes.get(near) ?? 0;
    return sum + (votes.get(start) ?? 0);
  };
  const starts = [...votes.keys()].map((start) => ({ start, strength: strength(start) }));
  starts.sort((left, right) => right.strength - left.strength || left.start - right.start);
  const chosen: number[] = [];
  const least = (starts[0]?.strength ?? 0) * leastStrength;
  for (const { start, strength: own } of starts) {
    if (chosen.length >= windowCap || own < least) break;
    if (!chosen.some((other) => Math.abs(other - start) <= 2)) chosen.push(start);
  }
  return chosen;
}

/** What it costs to leave a line of the file out, to leave an old line out, and to put another line in an old one's place. */
const costs = { inserted: 0.3, missing: 0.5, other: 0.6, removedMissing: 1.2, removedOther: 1 } as const;

/** How a cell of the table was reached: a line of each side, an old line alone, a line of the file alone. */
const moved = { pair: 1, missing: 2, inserted: 3 } as const;

/** The best alignment in the window around `start`: the usual table of best scores (Needleman and Wunsch), free at the window's ends. */
export function alignedAt(sheet: Sheet, old: readonly OldLine[], start: number): Alignment {
  const from = Math.max(0, start - slack);
  const keys = sheet.keys().slice(from, Math.max(from, start + old.length + slack));
  const width = keys.length + 1;
  const scores = new Float64Array((old.length + 1) * width);
  const moves = new Uint8Array((old.length + 1) * width);
  for (const [row, line] of old.entries()) {
    const missing = line.weight * (line.kind === 'removed' ? costs.removedMissing : costs.missing) + 0.01;
    for (let column = 0; column < width; column += 1) {
      const at = (row + 1) * width + column;
      let best = (scores[at - width] ?? 0) - missing;
      let move: number = moved.missing;
      const present = keys[column - 1];
      const isNear = Math.abs(from + column - 1 - (start + row)) <= slack;
      if (present !== undefined) {
        const pair = (scores[at - width - 1] ?? 0) + pairScore(line, present);
        if (isNear && pair > best) [best, move] = [pair, moved.pair];
        // Behind the last old line the window goes on for nothing.
        const inserted =
          (scores[at - 1] ?? 0) - (row === old.length - 1 ? 0 : costs.inserted * (present === '' ? 0.3 : 1));
        if (inserted > best) [best, move] = [inserted, moved.inserted];
      }
      scores[at] = best;
      moves[at] = move;
    }
  }
  return tracedBack({ old, keys, from, width, moves, score: scores[(old.length + 1) * width - 1] ?? 0 });
}

function pairScore(line: OldLine, present: string): number {
  if (line.key === present) return sameScore(line);
  if (line.kind === 'removed') return -line.weight * costs.removedOther;
  const alike = likeness(line.key, present);
  return alike >= 0.5 ? line.weight * (alike - 0.3) : -line.weight * costs.other;
}

function sameScore(line: OldLine): number {
  return line.weight * (line.kind === 'removed' ? 1.5 : 1);
}

/**
 * How near an alignment is to one where every old line stands as it is, at most 1. A line that was made up between two that touch in the file
 * costs little; one in whose place the file has another, or at the hunk's edge, speaks for another place that only looks alike.
 */
export function qualityOf(sheet: Sheet, old: readonly OldLine[], { positions }: Alignment): number {
  let score = 0;
  let best = 0;
  let last: number | undefined;
  for (const [index, line] of old.entries()) {
    const position = positions[index];
    const next = positions.slice(index).find((other) => other !== undefined);
    if (position === undefined && last !== undefined && next === last + 1) {
      score -= line.weight * costs.inserted;
      continue;
    }
    best += sameScore(line);
    score += position === undefined ? -line.weight * costs.other : pairScore(line, sheet.keys()[position] ?? '');
    if (position === undefined) continue;
    if (last !== undefined) score -= costs.inserted * (position - last - 1);
    last = position;
  }
  return best === 0 ? 0 : score / best;
}

/** The share of a line's characters that its beginning and end have in common with another: one altered place leaves the rest. */
export function likeness(left: string, right: string): number {
  const longest = Math.max(left.length, right.length);
  const shortest = Math.min(left.length, right.length);
  if (shortest === 0) return 0;
  let begin = 0;
  while (begin < shortest && left.charCodeAt(begin) === right.charCodeAt(begin)) begin += 1;
  let end = 0;
  while (end < shortest - begin && left.charCodeAt(left.length - 1 - end) === right.charCodeAt(right.length - 1 - end))
    end += 1;
  return (begin + end) / longest;
}

interface Table {
  readonly old: readonly OldLine[];
  readonly keys: readonly string[];
  readonly from: number;
  readonly width: number;
  readonly moves: Uint8Array;
  readonly score: number;
}

function tracedBack(table: Table): Alignment {
  const { old, keys, from, width } = table;
  const positions: (number | undefined)[] = old.map(() => undefined);
  let row = old.length;
  let column = width - 1;
  while (row > 0) {
    const move = table.moves[row * width + column];
    if (move === moved.inserted) column -= 1;
    else {
      row -= 1;
      if (move !== moved.pair) continue;
      column -= 1;
      positions[row] = from + column;
    }
  }
  const isSame = old.map((line, index) => line.key === keys[(positions[index] ?? -1) - from]);
  const weight = (lines: readonly OldLine[]): number => lines.reduce((sum, line) => sum + line.weight, 0);
  const share = weight(old.filter((_, index) => isSame[index])) / Math.max(0.01, weight(old));
  return { positions, isSame, score: table.score, share };
}
