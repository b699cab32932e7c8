import type { Placement } from './elided.ts';
import { indentationOf, reindented, type IndentationPair } from './indentation.ts';
import { isSameLine } from './lineKey.ts';
import type { HunkLine, PatchHunk } from './patch.ts';
import { commonEol, type FileText, type TextLine } from './textLines.ts';
import { keepingCharacters, plainCharacters, type LinePair } from './typography.ts';

/** Lines of a file that are replaced: `nRemoved` from `at` on. */
export interface LineEdit {
  readonly at: number;
  readonly nRemoved: number;
  readonly added: readonly TextLine[];
}

/** A file with a hunk in it, and the lines that were replaced for it, ascending and counted in the file before. */
export interface AppliedHunk {
  readonly file: FileText;
  readonly edits: readonly LineEdit[];
  readonly isSame: boolean;
}

/**
 * The file with one hunk at its place. Context keeps the file's own text; added lines are the patch's text with the file's indentation and, where
 * they repeat the line they replace, its characters. Each
 * gets the line end of the line it replaces, or of its neighbour; only a patch whose old lines carry the file's very line ends sets new ones.
 * A byte order mark and a missing final newline stay unless the patch changes them in so many words. Undefined when added lines stand
 * between two lines of which neither is in the file: then nothing says where they go.
 */
export function applyHunk(file: FileText, hunk: PatchHunk, { positions }: Placement): AppliedHunk | undefined {
  const edits = editsOf(file, hunk, positions);
  if (!edits) return undefined;
  const lines: TextLine[] = [];
  let from = 0;
  for (const edit of edits) {
    for (let index = from; index < edit.at; index += 1) pushLine(lines, file.lines[index]);
    lines.push(...edit.added);
    from = edit.at + edit.nRemoved;
  }
  for (let index = from; index < file.lines.length; index += 1) pushLine(lines, file.lines[index]);
  const isAtStart = positions.includes(0) || (positions.length === 0 && edits[0]?.at === 0);
  const isAtEnd =
    positions.includes(file.lines.length - 1) || edits.some((edit) => edit.at + edit.nRemoved === file.lines.length);
  const applied: FileText = {
    byteOrderMark: isAtStart ? keepsMark(file, hunk) : file.byteOrderMark,
    lines: withFinalNewline(file, lines, isAtEnd ? statedFinalNewline(hunk) : 'kept'),
  };
  return { file: applied, edits, isSame: isSameText(applied, file) };
}

function pushLine(lines: TextLine[], line: TextLine | undefined): void {
  if (line) lines.push(line);
}

function editsOf(
  file: FileText,
  hunk: PatchHunk,
  positions: readonly (number | undefined)[],
): readonly LineEdit[] | undefined {
  const written = writer(file, hunk, positions);
  const edits: LineEdit[] = [];
  let index = 0;
  for (let at = 0; at < hunk.lines.length;) {
    if (hunk.lines[at]?.kind === 'context') {
      at += 1;
      index += 1;
      continue;
    }
    const run = hunk.lines.slice(at, endOfRun(hunk.lines, at));
    const nRemoved = run.filter((line) => line.kind === 'removed').length;
    const place = placeOf(file, positions, index, nRemoved);
    if (place === undefined) return undefined;
    const freed = file.lines.slice(place, place + nRemoved).map((line) => line.eol);
    const neighbour = file.lines[place - 1]?.eol ?? file.lines[place]?.eol ?? '';
    const removed = run.filter((line) => line.kind === 'removed');
    const added = run
      .filter((line) => line.kind === 'added')
      .map((line, position) => {
        const [old, present] = [removed[position]?.text, file.lines[place + position]?.text];
        const isReplaced = old !== undefined && present !== undefined;
        const text = isReplaced ? keepingCharacters(line.text, { patch: old, file: present }) : line.text;
        const eol = freed[position] ?? freed.at(-1) ?? neighbour;
        return written({ ...line, text }, eol, place === 0 && position === 0);
      });
    edits.push({ at: place, nRemoved, added });
    at += run.length;
    index += nRemoved;
  }
  return edits;
}

function endOfRun(lines: readonly HunkLine[], from: number): number {
  let end = from;
  while (end < lines.length && lines[end]?.kind !== 'context') end += 1;
  return end;
}

/** Where a run of removed and added lines stands: at its first removed line, behind the line before it, or before the one behind it. */
function placeOf(
  file: FileText,
  positions: readonly (number | undefined)[],
  index: number,
  nRemoved: number,
): number | undefined {
  if (nRemoved > 0) return positions[index];
  const before = positions[index - 1];
  if (before !== undefined) return before + 1;
  const behind = positions[index];
  if (behind !== undefined) return behind;
  // Old lines that are not in the file say nothing; the nearest one that is does.
  const known = positions.slice(0, index).findLast((position) => position !== undefined);
  if (known !== undefined && positions.slice(index).includes(known + 1)) return known + 1;
  return positions.length === 0 ? file.lines.length : undefined;
}

type Writer = (line: HunkLine, eol: TextLine['eol'], isFirst: boolean) => TextLine;

function writer(file: FileText, hunk: PatchHunk, positions: readonly (number | undefined)[]): Writer {
  const old = hunk.lines.filter((line) => line.kind !== 'added');
  const pairs: IndentationPair[] = [];
  const found: LinePair[] = [];
  for (const [index, line] of old.entries()) {
    const present = file.lines[positions[index] ?? -1];
    if (!present || line.text.trim() === '' || !isSameLine(line.text, present.text)) continue;
    const kind = line.kind === 'removed' ? 'removed' : 'context';
    const patch = indentationOf(line.text.replace(/^\uFEFF/, ''));
    pairs.push({ kind, patch, file: indentationOf(present.text) });
    if (line.text !== present.text) found.push({ patch: line.text, file: present.text });
  }
  const setsEols = hasSameEols(file, hunk, positions);
  // A numbered hunk that fits is a tool's: its bytes are meant, and the file's habits say nothing against them.
  const isByTool = hunk.oldStart !== undefined;
  const fileLines = (): readonly string[] => (isByTool ? [] : file.lines.map((line) => line.text));
  const indent = reindented(
    pairs,
    hunk.lines.map((line) => line.text),
    fileLines,
  );
  const plain = plainCharacters(found, file.lines);
  return (line, eol, isFirst) => {
    const text = isFirst ? line.text.replace(/^\uFEFF/, '') : line.text;
    return { text: indent(plain(text)), eol: setsEols ? line.eol : eol };
  };
}

/**
 * Whether the ends of the patch's added lines are meant: its old lines end as the file's do. Where no old line has an end to compare, only
 * a CRLF in the patch shows that it knows of line ends.
 */
function hasSameEols(file: FileText, hunk: PatchHunk, positions: readonly (number | undefined)[]): boolean {
  const ends = hunk.lines
    .filter((line) => line.kind !== 'added')
    .map((line, index) => ({ stated: line.eol, present: file.lines[positions[index] ?? -1]?.eol ?? '' }))
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
  const isWithout = finalNewline === 'removed' || (finalNewline === 'kept' && file.lines.at(-1)?.eol === '');
  if (!isWithout && lines.every((line) => line.eol !== '')) return lines;
  const eol = commonEol(file.lines);
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
