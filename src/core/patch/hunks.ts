import { structuredPatch } from 'diff';
import { sha256 } from '../../base/hash.ts';
import type { FileDifference, RepositoryPath } from '../ports.ts';

/**
 * One reviewable change of a file. Starts are 1-based line numbers (the line before, where the count is 0, as unified diffs write it).
 * `lines` carry their sign (' ', '+', '-') and keep a CR that is part of the line; `\ No newline at end of file` stands as git prints it.
 */
export interface Hunk {
  readonly id: string;
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: readonly string[];
}

/**
 * The changes between two texts of a file, in order, with `context` lines around them (three in a review). An id is the first 12 hexadecimal digits of the SHA-256
 * over the path, the removed lines, the added lines and how many equal hunks came before: it stays when other parts of the file change.
 */
export function hunksOf(path: RepositoryPath, before: string, after: string, context = 3): readonly Hunk[] {
  const nBefore = new Map<string, number>();
  return rawHunks(before, after, context).map((hunk) => {
    const content = JSON.stringify([path, signed(hunk, '-'), signed(hunk, '+')]);
    const nth = nBefore.get(content) ?? 0;
    nBefore.set(content, nth + 1);
    return { ...hunk, id: sha256(`${content}\n${nth}`).slice(0, 12) };
  });
}

/**
 * The parts of a change that a person decides about: its hunks. A file that comes or goes without a line in it has one hunk without lines, which stands
 * for the file itself, so that nothing is applied that nobody decided about.
 */
export function reviewHunks({ path, change, before, after }: ReviewedChange): readonly Hunk[] {
  const hunks = hunksOf(path, before ?? '', after ?? '');
  if (hunks.length > 0 || change === 'modified') return hunks;
  const id = sha256(JSON.stringify([path, change])).slice(0, 12);
  return [{ id, oldStart: 0, oldLines: 0, newStart: 0, newLines: 0, lines: [] }];
}

/** What a decision about a hunk is bound to: its place in the base, which stays for a whole round, and every one of its bytes. */
export function hunkBytes(path: RepositoryPath, { oldStart, lines }: Hunk): string {
  return sha256(JSON.stringify([path, oldStart, lines]));
}

type ReviewedChange = Pick<FileDifference, 'path' | 'change' | 'before' | 'after'>;

/** `before` with only the approved hunks of `hunksOf` applied, byte for byte. Ids that name no hunk of this change throw a RangeError. */
export function selectHunks(
  path: RepositoryPath,
  before: string,
  after: string,
  approvedIds: ReadonlySet<string>,
): string {
  const hunks = hunksOf(path, before, after);
  const known = new Set(hunks.map((hunk) => hunk.id));
  for (const id of approvedIds) if (!known.has(id)) throw new RangeError(`no hunk ${id} in ${path}`);
  const oldLines = terminatedLines(before);
  const newLines = terminatedLines(after);
  let text = '';
  let position = 0;
  for (const hunk of hunks) {
    const oldIndex = hunk.oldLines === 0 ? hunk.oldStart : hunk.oldStart - 1;
    const newIndex = hunk.newLines === 0 ? hunk.newStart : hunk.newStart - 1;
    text += oldLines.slice(position, oldIndex).join('');
    text += approvedIds.has(hunk.id)
      ? newLines.slice(newIndex, newIndex + hunk.newLines).join('')
      : oldLines.slice(oldIndex, oldIndex + hunk.oldLines).join('');
    position = oldIndex + hunk.oldLines;
  }
  return text + oldLines.slice(position).join('');
}

type RawHunk = Omit<Hunk, 'id'>;

/** Edits beyond this many lines are not aligned: the whole file is one hunk then. It bounds the time, which grows with its square. */
const editCap = 2500;

function rawHunks(before: string, after: string, context: number): readonly RawHunk[] {
  if (before === after) return [];
  const patch = structuredPatch('', '', before, after, undefined, undefined, { context, maxEditLength: editCap });
  if (!patch) return [wholeFile(before, after)];
  return patch.hunks.map((hunk) => ({
    oldStart: hunk.oldLines === 0 ? hunk.oldStart - 1 : hunk.oldStart,
    oldLines: hunk.oldLines,
    newStart: hunk.newLines === 0 ? hunk.newStart - 1 : hunk.newStart,
    newLines: hunk.newLines,
    lines: hunk.lines,
  }));
}

function wholeFile(before: string, after: string): RawHunk {
  const oldLines = terminatedLines(before);
  const newLines = terminatedLines(after);
  return {
    oldStart: Math.min(1, oldLines.length),
    oldLines: oldLines.length,
    newStart: Math.min(1, newLines.length),
    newLines: newLines.length,
    lines: [...oldLines.flatMap((line) => printed('-', line)), ...newLines.flatMap((line) => printed('+', line))],
  };
}

function printed(sign: '-' | '+', line: string): readonly string[] {
  return line.endsWith('\n') ? [sign + line.slice(0, -1)] : [sign + line, '\\ No newline at end of file'];
}

function terminatedLines(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function signed(hunk: RawHunk, sign: '-' | '+'): readonly string[] {
  return hunk.lines.flatMap((line, index) => {
    if (!line.startsWith(sign)) return [];
    return hunk.lines[index + 1]?.startsWith('\\') ? [line.slice(1), '\\'] : [line.slice(1)];
  });
}
