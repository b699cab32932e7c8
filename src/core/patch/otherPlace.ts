import type { Alignment, OldLine } from './align.ts';
import { lineWeight } from './lineKey.ts';
import { nameParts, without } from './nameParts.ts';
import type { Sheet } from './sheet.ts';

/*
 * A hunk of which one context line is not in the file was meant for this place, and somebody mistyped or changed the line; or it was meant for
 * another place that is gone, and this one only looks like it (`FIFOQueue` beside `LIFOQueue`). Nothing was overwritten by refusing.
 */

/** One way in which the old lines of a hunk and a place differ. */
type Difference =
  | { readonly kind: 'missing'; readonly weight: number; readonly line: string }
  | { readonly kind: 'other'; readonly weight: number; readonly line: string; readonly at: number }
  | { readonly kind: 'between'; readonly nLines: number };

/** So much of the lines around a place, by weight, around another one as well: then the place has had a twin. */
const copied = { some: 2, much: 3.5 } as const;

/** How much worse the next best place must be where few words tell this one. */
const clearLead = 2.5;

/** What else is known of a best place: how much worse the next one is, and whether the line number tells it. */
interface Telling {
  readonly lead: number;
  readonly isTold: boolean;
}

/**
 * Whether what differs speaks for another place than this best one. More than one difference does; and, where no line number tells the place, a
 * line that names something else of the file, so that nothing in it was mistyped or is new.
 */
export function isOtherPlace(
  sheet: Sheet,
  old: readonly OldLine[],
  alignment: Alignment,
  { lead, isTold }: Telling,
): boolean {
  const differences = differencesAt(sheet, old, alignment);
  const [only] = differences;
  if (differences.length > 1) return true;
  if (isTold) return false;
  // Blank lines alone came or went.
  if (only === undefined) return copiedAround(sheet, alignment) >= copied.much;
  switch (only.kind) {
    case 'between':
      return only.nLines > 1;
    case 'missing':
      // Blank lines are made up; brackets and the stars of comments hold a place together.
      if (only.weight < worded) return only.line !== '' || copiedAround(sheet, alignment) >= copied.much;
      return nameParts(only.line).every((word) => sheet.nLinesNaming(word) > 0);
    case 'other':
      if (only.weight < worded && goesOn(only.line, sheet.keys()[only.at] ?? '')) return true;
      if (only.weight < worded) return copiedAround(sheet, alignment) >= copied.much;
      return namesAnother(sheet, alignment, only, lead);
  }
}

/** The line of the file beside the lines that are there, where the first or last old line is not: it stands in its place. */
function edgePosition({ positions }: Alignment, index: number): number | undefined {
  const [next, before] = [positions[1], positions[index - 1]];
  if (index === 0) return next === undefined ? undefined : next - 1;
  return index === positions.length - 1 && before !== undefined ? before + 1 : undefined;
}

/** The least weight of a line with a word in it. */
const worded = 0.4;

function differencesAt(sheet: Sheet, old: readonly OldLine[], alignment: Alignment): readonly Difference[] {
  const differences: Difference[] = [];
  let last: number | undefined;
  for (const [index, line] of old.entries()) {
    const at = alignment.positions[index];
    const between = last === undefined || at === undefined ? [] : sheet.keys().slice(last + 1, at);
    // Blank lines come and go.
    const nLines = between.filter((key) => key !== '').length;
    if (nLines > 0) differences.push({ kind: 'between', nLines });
    last = at ?? last;
    if (alignment.isSame[index] === true) continue;
    const stands = at ?? edgePosition(alignment, index);
    const present = stands === undefined ? undefined : sheet.keys()[stands];
    if (stands === undefined || present === undefined)
      differences.push({ kind: 'missing', weight: line.weight, line: line.key });
    else differences.push({ kind: 'other', weight: line.weight, line: line.key, at: stands });
  }
  return differences;
}

function namesAnother(
  sheet: Sheet,
  alignment: Alignment,
  { line, at }: Difference & { readonly kind: 'other' },
  lead: number,
): boolean {
  const present = sheet.keys()[at] ?? '';
  const [own, theirs] = [nameParts(line), nameParts(present)];
  const [more, less] = [without(own, theirs), without(theirs, own)];
  const isKnown = (word: string): boolean => sheet.nLinesNaming(word) > (theirs.includes(word) ? 1 : 0);
  if (more.length === 0 && less.length === 0) return bare(line) !== bare(present);
  if (less.length === 0) return more.every(isKnown);
  // A line cut short, or one that goes on where its twin ends.
  if (more.length === 0) return copiedAround(sheet, alignment) >= copied.some;
  if (!isOneName(line, present)) return true;
  if (isNumberedOtherwise(more.join(), less.join())) return true;
  // One of a thing for several of it is a slip.
  if (more.join() + 's' === less.join() || more.join() === less.join() + 's') return false;
  const areOwnKnown = more.every(isKnown);
  const areTheirsKnown = less.every(isKnown);
  if (areOwnKnown !== areTheirsKnown) return false;
  return areOwnKnown || lead < clearLead || copiedAround(sheet, alignment) >= copied.much;
}

/** Whether two names differ only in their numbers: `fn1` and `fn2` are two things. */
function isNumberedOtherwise(own: string, theirs: string): boolean {
  return /\d/.test(own) && /\d/.test(theirs) && own.replaceAll(/\d/g, '') === theirs.replaceAll(/\d/g, '');
}

/** Whether a line is more than the bracket it begins or ends with: `} else {` for `}`. */
function goesOn(bracket: string, line: string): boolean {
  if (bracket === '' || nameParts(line).length === 0) return false;
  return line.startsWith(bracket) || line.endsWith(bracket);
}

/** Whether two lines differ in one name at most: what stands before and behind it is the same. A slip or a renaming changes no more. */
function isOneName(line: string, present: string): boolean {
  const [own, theirs] = [line, present].map((text) => text.match(/[\p{L}\p{N}_$]+|[^\p{L}\p{N}_$\s]/gu) ?? []);
  if (!own || !theirs) return true;
  const shortest = Math.min(own.length, theirs.length);
  let begin = 0;
  while (begin < shortest && own[begin] === theirs[begin]) begin += 1;
  let end = 0;
  while (end < shortest - begin && own.at(-1 - end) === theirs.at(-1 - end)) end += 1;
  // What one of the two has besides, in one piece, was added or left out.
  if (begin + end === shortest) return true;
  const nNames = (pieces: readonly string[]): number =>
    pieces.slice(begin, pieces.length - end).filter((piece) => /[\p{L}\p{N}]/u.test(piece)).length;
  return nNames(own) <= 1 && nNames(theirs) <= 1;
}

/** Without the marks that a slip adds or leaves out: those at the line's end, and the kind of quotes. */
function bare(line: string): string {
  return line.replace(/[;,\s]+$/, '').replaceAll(/["'`]/g, '"');
}

/** How far above and below a place its lines are compared with others. */
const reach = 40;

/** Most places of one line that are counted: a line that stands everywhere shows nothing. */
const placeCap = 20;

/** How much of the lines above a place, or below it, stands in the same distances around another one: the larger weight of the two. */
function copiedAround(sheet: Sheet, { positions }: Alignment): number {
  const known = positions.filter((position) => position !== undefined);
  const [from, to] = [Math.min(...known), Math.max(...known) + 1];
  const weight = (start: number, end: number): number => {
    const weights = new Map<number, number>();
    for (let index = Math.max(0, start); index < Math.min(end, sheet.texts.length); index += 1) {
      const key = sheet.keys()[index] ?? '';
      const places = lineWeight(key) < 0.5 ? [] : sheet.placesOf(key);
      if (places.length > placeCap) continue;
      for (const place of places) {
        if (place >= from && place < to) continue;
        if (place !== index) weights.set(place - index, (weights.get(place - index) ?? 0) + lineWeight(key));
      }
    }
    return Math.max(0, ...weights.values());
  };
  return Math.max(weight(from - reach, from), weight(to, to + reach));
}
