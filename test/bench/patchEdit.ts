import type { Chance } from './patchChance.ts';
import { draftOf, type DraftHunk } from './patchDraft.ts';
import type { Source } from './patchSource.ts';

/** A change somebody might make to a real file: the lines before and after, and the hunks between them. */
export interface Edit {
  readonly path: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly hunks: readonly DraftHunk[];
}

/** What kind of change an edit must hold somewhere. */
export type Wanted = 'any' | 'removal';

/** One to three changes at places of a source that lie apart, with so many lines of context. */
export function editOf(chance: Chance, source: Source, context: number, wanted: Wanted): Edit {
  for (;;) {
    const after = [...source.lines];
    const nChanges = chance.oneOf([1, 1, 1, 2, 2, 3]);
    for (let index = 0; index < nChanges; index += 1) changeOne(chance, after);
    const hunks = draftOf(source.lines, after, context);
    const hasRemoval = hunks.some((hunk) => hunk.lines.some((line) => line.sign === '-'));
    if (hunks.length > 0 && (wanted === 'any' || hasRemoval)) {
      return { path: source.path, before: source.lines, after, hunks };
    }
  }
}

function changeOne(chance: Chance, lines: string[]): void {
  const at = chance.whole(0, lines.length - 1);
  const nRemoved = Math.min(chance.oneOf([0, 1, 1, 1, 2, 3, 4]), lines.length - at);
  const nAdded = nRemoved === 0 ? chance.whole(1, 6) : chance.oneOf([0, 1, 1, 1, 2, 3, 5]);
  const removed = lines.slice(at, at + nRemoved);
  const added = Array.from({ length: nAdded }, (_, index) => {
    const like = removed[index];
    // Half of the changed lines are small changes of the line they replace; the rest are new lines of the file's own kind.
    if (like !== undefined && /\w/.test(like) && chance.happens(0.6)) return reworded(chance, like);
    return newLine(chance, lines, at);
  });
  lines.splice(at, nRemoved, ...added);
}

/** A line of another place of the file, with the indentation that is usual here and another word in it. */
function newLine(chance: Chance, lines: readonly string[], at: number): string {
  const model = chance.oneOf(lines).trim();
  const near = lines[at] ?? lines[at - 1] ?? '';
  return model === '' ? '' : indentationOf(near) + reworded(chance, model).trimStart();
}

export function indentationOf(line: string): string {
  return /^\s*/.exec(line)?.[0] ?? '';
}

const WORDS = [
  'value',
  'result',
  'nextItem',
  'options',
  'limit',
  'handler',
  'source',
  'target',
  'state',
  'index',
  'buffer',
  'timeout',
];

/** The line with one word replaced, or with a word more at its end: a change that means something. */
export function reworded(chance: Chance, line: string): string {
  const words = [...line.matchAll(/[A-Za-z_]\w*/g)];
  const word = chance.oneOf(WORDS) + String(chance.whole(1, 99));
  if (words.length === 0) return `${line} ${word}`;
  const match = chance.oneOf(words);
  return line.slice(0, match.index) + word + line.slice(match.index + match[0].length);
}
