import { diff3Merge } from 'node-diff3';

/** The three texts of one file: what the change was made from, what a person has made of that since, and the change. */
export interface ThreeTexts {
  readonly base: string;
  readonly yours: string;
  readonly proposed: string;
}

/** Lines of the person's own text that both sides changed, or between which both put something: `lines` is 0 there. Counted from 1. */
export interface MergeConflict {
  readonly startLine: number;
  readonly lines: number;
}

/** Both changes in one text, or where they cannot be: `draft` holds both sides of every conflict between marks, and the rest merged. */
export type Merge =
  | { readonly kind: 'clean'; readonly text: string }
  | { readonly kind: 'conflict'; readonly draft: string; readonly conflicts: readonly MergeConflict[] };

/** Lines that differ on some side. Beyond it nothing is aligned, because the time grows with the square: the whole is one conflict then. */
const LINE_CAP = 20_000;

const BOM = '\ufeff';

/** Marks of a draft, as git writes them. The first of each is a whole line but for its end. */
const MARKS = { yours: '<<<<<<< yours', base: '||||||| before', middle: '=======', proposed: '>>>>>>> proposed' };

/**
 * Merges by whole lines, line ends included, so that every byte of the result stands in one of the two changed texts. Changes that touch each other
 * are a conflict; the same change on both sides is none. A byte order mark is merged by itself.
 */
export function mergeTexts({ base, yours, proposed }: ThreeTexts): Merge {
  const marked = [base, yours, proposed].map((text) => text.startsWith(BOM)) as [boolean, boolean, boolean];
  const mark = (marked[1] === marked[0] ? marked[2] : marked[1]) ? BOM : '';
  const [old, own, other] = [base, yours, proposed].map(linesOf) as [string[], string[], string[]];
  const head = equalLines(old, own, other, (lines, index) => lines[index]);
  const rest = [old, own, other].map((lines) => lines.slice(head)) as [string[], string[], string[]];
  const tail = equalLines(...rest, (lines, index) => lines[lines.length - 1 - index]);
  const middle = rest.map((lines) => lines.slice(0, lines.length - tail)) as [string[], string[], string[]];
  const merged = mergeLines(...middle);
  const text = [
    mark,
    ...old.slice(0, head),
    ...merged.flatMap((region) => (region.kind === 'lines' ? region.lines : draftOf(region))),
    ...old.slice(old.length - tail),
  ].join('');
  const conflicts = merged.flatMap((region) =>
    region.kind === 'conflict' ? [{ startLine: head + region.index + 1, lines: region.yours.length }] : [],
  );
  return conflicts.length === 0 ? { kind: 'clean', text } : { kind: 'conflict', draft: text, conflicts };
}

/** Whether a text still holds a mark of a draft: then it is not yet what anybody wants. */
export function hasConflictMarks(text: string): boolean {
  return linesOf(text).some((line) => [MARKS.yours, MARKS.proposed].includes(line.trimEnd()));
}

type Region =
  | { readonly kind: 'lines'; readonly lines: readonly string[] }
  | {
      readonly kind: 'conflict';
      /** Of the first line of `yours` in the person's text. */
      readonly index: number;
      readonly yours: readonly string[];
      readonly base: readonly string[];
      readonly proposed: readonly string[];
    };

function mergeLines(base: string[], yours: string[], proposed: string[]): readonly Region[] {
  if (Math.max(base.length, yours.length, proposed.length) > LINE_CAP)
    return [{ kind: 'conflict', index: 0, yours, base, proposed }];
  return diff3Merge(yours, base, proposed, { excludeFalseConflicts: true }).map((region): Region => {
    if (region.conflict === undefined) return { kind: 'lines', lines: region.ok ?? [] };
    const { a, aIndex, o, b } = region.conflict;
    return { kind: 'conflict', index: aIndex, yours: a, base: o, proposed: b };
  });
}

/** Every mark begins a line of its own, also where a side does not end with one. */
function draftOf({ yours, base, proposed }: Extract<Region, { readonly kind: 'conflict' }>): readonly string[] {
  const end = [...yours, ...base, ...proposed].some((line) => line.endsWith('\r\n')) ? '\r\n' : '\n';
  const ended = (lines: readonly string[]): readonly string[] =>
    lines.map((line) => (line.endsWith('\n') ? line : `${line}${end}`));
  return [
    `${MARKS.yours}${end}`,
    ...ended(yours),
    `${MARKS.base}${end}`,
    ...ended(base),
    `${MARKS.middle}${end}`,
    ...ended(proposed),
    `${MARKS.proposed}${end}`,
  ];
}

/** How many lines all three have in common, looked up by `at`. */
function equalLines(
  base: readonly string[],
  yours: readonly string[],
  proposed: readonly string[],
  at: (lines: readonly string[], index: number) => string | undefined,
): number {
  const most = Math.min(base.length, yours.length, proposed.length);
  let nEqual = 0;
  while (nEqual < most && at(base, nEqual) === at(yours, nEqual) && at(base, nEqual) === at(proposed, nEqual))
    nEqual += 1;
  return nEqual;
}

/** Lines with their ends and without a byte order mark. */
function linesOf(text: string): string[] {
  return (text.startsWith(BOM) ? text.slice(1) : text).match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
