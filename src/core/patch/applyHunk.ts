import { err, ok, type Result } from '../../base/result.ts';
import { locate, type LocateFailure, type Location } from './locate.ts';
import type { HunkLine, PatchHunk } from './patch.ts';
import { commonEol, type FileText, type TextLine } from './textLines.ts';

/** A hunk taken into a file, and where. `outcome` is `alreadyApplied` when the file already was as the hunk wants it. */
export interface AppliedHunk {
  readonly file: FileText;
  readonly location: Location;
  readonly outcome: 'applied' | 'alreadyApplied';
}

/**
 * The file with one hunk applied. Context keeps the file's own text, added lines are the patch's text as it stands. Each added line gets
 * the line end of the line it replaces, or of its neighbour; only a patch whose old lines carry the file's very line ends sets new ones.
 * A byte order mark and a missing final newline stay unless the patch changes them in so many words.
 */
export function applyHunk(
  file: FileText,
  hunk: PatchHunk,
  drift: readonly number[],
): Result<AppliedHunk, LocateFailure> {
  const texts = file.lines.map((line) => line.text);
  const old = withoutMark(hunk.lines.filter((line) => line.kind !== 'added'));
  const located = locate(texts, hunk, old, drift);
  if (located.kind === 'ok') {
    const applied = replaced(file, hunk, located.value.index);
    const outcome = isSameText(applied, file) ? 'alreadyApplied' : 'applied';
    return ok({ file: applied, location: located.value, outcome });
  }
  if (located.error.kind !== 'notFound') return err(located.error);
  const present = locatePresent(texts, hunk, drift);
  return present ? ok({ file, location: present, outcome: 'alreadyApplied' }) : err(located.error);
}

/**
 * Where the hunk's new lines already stand, exactly. One added line without any context shows nothing (a lone `}` is everywhere), unless it
 * is the whole file; a removal shows itself only between two lines that now touch.
 */
function locatePresent(texts: readonly string[], hunk: PatchHunk, drift: readonly number[]): Location | undefined {
  const newLines = hunk.lines.filter((line) => line.kind !== 'removed');
  const isAddition = newLines.some((line) => line.kind === 'added');
  const isBetween = hunk.lines[0]?.kind === 'context' && hunk.lines.at(-1)?.kind === 'context';
  const shows = isAddition ? newLines.length >= 2 || newLines.length === texts.length : isBetween;
  if (!shows) return undefined;
  const located = locate(texts, hunk, withoutMark(newLines), drift);
  return located.kind === 'ok' && located.value.tolerance === 'exact' ? located.value : undefined;
}

function withoutMark(lines: readonly HunkLine[]): readonly string[] {
  return lines.map((line, index) => (index === 0 ? line.text.replace(/^\uFEFF/, '') : line.text));
}

function replaced(file: FileText, hunk: PatchHunk, index: number): FileText {
  const nOld = hunk.lines.filter((line) => line.kind !== 'added').length;
  const lines = [...file.lines.slice(0, index), ...newLines(file, hunk, index), ...file.lines.slice(index + nOld)];
  const finalNewline = index + nOld === file.lines.length ? statedFinalNewline(hunk) : 'kept';
  return {
    byteOrderMark: index === 0 ? keepsMark(file, hunk) : file.byteOrderMark,
    lines: withFinalNewline(file, lines, finalNewline),
  };
}

function newLines(file: FileText, hunk: PatchHunk, index: number): readonly TextLine[] {
  const setsEols = hasSameEols(file, hunk, index);
  const result: TextLine[] = [];
  const freed: TextLine['eol'][] = [];
  let position = index;
  for (const line of hunk.lines) {
    const present = file.lines[position];
    if (line.kind === 'added') {
      const neighbour = result.at(-1) ?? file.lines[index - 1] ?? present;
      const eol = freed.shift() ?? neighbour?.eol ?? '';
      const text = result.length === 0 && index === 0 ? line.text.replace(/^\uFEFF/, '') : line.text;
      result.push({ text, eol: setsEols ? line.eol : eol });
    } else {
      position += 1;
      if (line.kind === 'removed') freed.push(present?.eol ?? '');
      else freed.length = 0;
      if (line.kind === 'context' && present) result.push(present);
    }
  }
  return result;
}

/**
 * Whether the ends of the patch's added lines are meant: its old lines end as the file's do. Where no old line has an end to compare, only
 * a CRLF in the patch shows that it knows of line ends.
 */
function hasSameEols(file: FileText, hunk: PatchHunk, index: number): boolean {
  const ends = hunk.lines
    .filter((line) => line.kind !== 'added')
    .map((line, position) => ({ stated: line.eol, present: file.lines[index + position]?.eol ?? '' }))
    .filter((end) => end.stated !== '' && end.present !== '');
  if (ends.length > 0) return ends.every((end) => end.stated === end.present);
  return hunk.lines.some((line) => line.eol === '\r\n') || file.lines.every((line) => line.eol === '');
}

/** A patch changes the final newline when exactly one of its sides carries the `\ No newline` mark. */
function statedFinalNewline(hunk: PatchHunk): 'kept' | 'added' | 'removed' {
  const isOldWithout = hunk.lines.findLast((line) => line.kind !== 'added')?.eol === '';
  const isNewWithout = hunk.lines.findLast((line) => line.kind !== 'removed')?.eol === '';
  if (isOldWithout === isNewWithout) return 'kept';
  return isNewWithout ? 'removed' : 'added';
}

function withFinalNewline(
  file: FileText,
  lines: readonly TextLine[],
  finalNewline: 'kept' | 'added' | 'removed',
): readonly TextLine[] {
  const eol = commonEol(file.lines);
  const isWithout = finalNewline === 'removed' || (finalNewline === 'kept' && file.lines.at(-1)?.eol === '');
  return lines.map((line, index): TextLine => {
    if (index === lines.length - 1 && isWithout) return { text: line.text, eol: '' };
    return line.eol === '' ? { text: line.text, eol } : line;
  });
}

/** The mark stays unless the hunk replaces the first line by one that says otherwise. */
function keepsMark(file: FileText, hunk: PatchHunk): boolean {
  const oldFirst = hunk.lines.find((line) => line.kind !== 'added');
  const newFirst = hunk.lines.find((line) => line.kind !== 'removed');
  if (newFirst?.kind === 'added' && newFirst.text.startsWith('\uFEFF')) return true;
  if (oldFirst?.kind === 'removed' && oldFirst.text.startsWith('\uFEFF')) return false;
  return file.byteOrderMark;
}

function isSameText(left: FileText, right: FileText): boolean {
  if (left.byteOrderMark !== right.byteOrderMark || left.lines.length !== right.lines.length) return false;
  return left.lines.every(
    (line, index) => line.text === right.lines[index]?.text && line.eol === right.lines[index]?.eol,
  );
}
