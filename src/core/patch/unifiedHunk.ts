import { err, ok, type Result } from '../../base/result.ts';
import { hunkHeader, type HunkHeader } from './hunkHeader.ts';
import { quoted, type HunkLine, type PatchError, type PatchHunk } from './patch.ts';
import { isFileHeader, type PatchText } from './patchText.ts';

/**
 * The hunk whose `@@` line is at `index`, and the index behind it. The header's counts are followed when they fit the lines. Models count
 * badly, so counts that do not fit are set aside where the lines alone show where the hunk ends; where they do not, the hunk is refused.
 */
export function parseUnifiedHunk(text: PatchText, index: number): Result<{ hunk: PatchHunk; end: number }, PatchError> {
  const header = hunkHeader(text.lines[index]?.text ?? '');
  const end = bodyEnd(text, index + 1, header);
  if (end.kind === 'error') return end;
  const lines = bodyLines(text, index + 1, end.value);
  if (!lines.some((line) => line.kind !== 'context')) {
    const found = quoted(text.lines[index]?.text ?? '');
    return err({
      kind: 'malformed',
      line: index + 1,
      expected: "a hunk with at least one line starting with '+' or '-'",
      found,
    });
  }
  return ok({ hunk: { line: index + 1, lines, endOfFile: false, ...placeOf(header) }, end: end.value });
}

/**
 * What the header says of the place. The heading behind numbers is git's guess at the enclosing function, cut to 80 columns, and one behind
 * counts that were followed (an insertion at line 0 has a place too): it may only decide between equal places.
 */
function placeOf(header: HunkHeader): Pick<PatchHunk, 'anchors' | 'heading' | 'oldStart'> {
  const { anchor, oldStart, oldCount } = header;
  const isNumbered = oldStart !== undefined || oldCount !== undefined;
  return {
    anchors: anchor === undefined || isNumbered ? [] : [anchor],
    ...(anchor !== undefined && isNumbered && { heading: anchor }),
    ...(oldStart !== undefined && { oldStart }),
  };
}

function bodyEnd(text: PatchText, from: number, header: HunkHeader): Result<number, PatchError> {
  const counted = countedEnd(text, from, header);
  if (counted !== undefined) {
    const rest = afterBlanks(text, counted);
    if (isBoundary(text, rest)) return ok(counted);
    // Behind a blank line, a line that can be no part of a hunk begins prose.
    const isProse = !text.fenced && rest > counted && !isBodyLike(text, rest);
    if (isProse) return ok(counted);
    if (!text.fenced && rest > counted) return unclear(text, rest);
  }
  let end = from;
  while (end < text.to && isBodyLike(text, end) && !isFileHeader(text.lines, end) && !isSignature(text, end)) end += 1;
  while (end > from && text.lines[end - 1]?.text === '') end -= 1;
  const rest = afterBlanks(text, end);
  if (isBoundary(text, rest)) return ok(end);
  if (text.fenced || hasBodyLikeLines(text, rest)) return unclear(text, rest);
  return ok(end);
}

function unclear(text: PatchText, index: number): Result<number, PatchError> {
  const expected = "the hunk's next line (starting with ' ', '+' or '-') or its end where its counts say";
  return err({ kind: 'malformed', line: index + 1, expected, found: quoted(text.lines[index]?.text ?? '') });
}

/** Where the header's counts say the body ends, or undefined when the lines run out before. */
function countedEnd(text: PatchText, from: number, header: HunkHeader): number | undefined {
  if (header.oldCount === undefined || header.newCount === undefined) return undefined;
  let nOld = 0;
  let nNew = 0;
  let index = from;
  while (nOld < header.oldCount || nNew < header.newCount) {
    if (index >= text.to || !isBodyLike(text, index)) return undefined;
    const sign = (text.lines[index]?.text ?? '').charAt(0);
    if (sign !== '+' && sign !== '\\') nOld += 1;
    if (sign !== '-' && sign !== '\\') nNew += 1;
    index += 1;
  }
  while (index < text.to && (text.lines[index]?.text ?? '').startsWith('\\')) index += 1;
  return nOld === header.oldCount && nNew === header.newCount ? index : undefined;
}

function bodyLines(text: PatchText, from: number, to: number): readonly HunkLine[] {
  const lines: HunkLine[] = [];
  for (const line of text.lines.slice(from, to)) {
    const sign = line.text.charAt(0);
    const last = lines.at(-1);
    if (sign !== '\\') {
      const kind = sign === '+' ? 'added' : sign === '-' ? 'removed' : 'context';
      lines.push({ kind, text: line.text.slice(1), eol: line.eol });
    } else if (last) {
      lines[lines.length - 1] = { ...last, eol: '' };
    }
  }
  return lines;
}

function isBodyLike(text: PatchText, index: number): boolean {
  const line = text.lines[index]?.text ?? '';
  return line === '' || /^[ +\-\\]/.test(line);
}

function hasBodyLikeLines(text: PatchText, from: number): boolean {
  for (let index = from; index < text.to; index += 1) {
    if (isBoundary(text, index)) return false;
    if (text.lines[index]?.text !== '' && isBodyLike(text, index)) return true;
  }
  return false;
}

function isBoundary(text: PatchText, index: number): boolean {
  if (index >= text.to || isFileHeader(text.lines, index) || isSignature(text, index)) return true;
  return (text.lines[index]?.text ?? '').startsWith('@@');
}

/** The `-- ` line and version that end what git format-patch writes. */
function isSignature(text: PatchText, index: number): boolean {
  const isDashes = text.lines[index]?.text === '-- ' || text.lines[index]?.text === '--';
  return isDashes && /^\d+\.\d+/.test(text.lines[index + 1]?.text ?? '');
}

function afterBlanks(text: PatchText, from: number): number {
  let index = from;
  while (index < text.to && text.lines[index]?.text === '') index += 1;
  return index;
}
