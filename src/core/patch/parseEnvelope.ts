import { err, ok, type Result } from '../../base/result.ts';
import { hunkHeader } from './hunkHeader.ts';
import { quoted, type FilePatch, type HunkLine, type PatchError, type PatchHunk } from './patch.ts';
import type { PatchText } from './patchText.ts';

interface Cursor {
  readonly text: PatchText;
  index: number;
}

/** The file sections of an apply_patch envelope, and the index of the first line behind `*** End Patch`. */
export function parseEnvelope(text: PatchText): Result<{ files: readonly FilePatch[]; end: number }, PatchError> {
  const cursor: Cursor = { text, index: text.from + 1 };
  const files: FilePatch[] = [];
  for (;;) {
    const line = peek(cursor);
    if (line === undefined) return err({ kind: 'truncated', line: text.to, expected: '*** End Patch' });
    if (line.trimEnd() === '*** End Patch') break;
    if (line.trim() === '') {
      cursor.index += 1;
      continue;
    }
    const file = parseFile(cursor);
    if (file.kind === 'error') return file;
    files.push(file.value);
  }
  if (files.length === 0) return err(malformed(cursor, 'a file section before *** End Patch'));
  return ok({ files, end: cursor.index + 1 });
}

function parseFile(cursor: Cursor): Result<FilePatch, PatchError> {
  const header = /^\*\*\* (Add|Delete|Update) File: ?(.*)$/.exec((peek(cursor) ?? '').trimEnd());
  if (!header) return err(malformed(cursor, '*** Add File:, *** Delete File:, *** Update File: or *** End Patch'));
  const line = cursor.index + 1;
  const path = plainPath(header[2] ?? '');
  cursor.index += 1;
  if (header[1] === 'Add') return ok({ kind: 'add', path, line, content: addedContent(cursor) });
  if (header[1] === 'Delete') return ok({ kind: 'delete', path, line, hunks: [] });
  return parseUpdate(cursor, path, line);
}

function parseUpdate(cursor: Cursor, path: string, line: number): Result<FilePatch, PatchError> {
  const move = /^\*\*\* Move to: ?(.*)$/.exec((peek(cursor) ?? '').trimEnd());
  if (move) cursor.index += 1;
  const hunks: PatchHunk[] = [];
  for (;;) {
    skipBlankBeforeSection(cursor);
    const next = peek(cursor);
    if (next === undefined || next.startsWith('*** ')) break;
    const hunk = parseHunk(cursor);
    if (hunk.kind === 'error') return hunk;
    hunks.push(hunk.value);
  }
  if (hunks.length === 0 && !move) return err(malformed(cursor, 'a hunk or *** Move to: after *** Update File:'));
  return ok({ kind: 'update', path, line, hunks, ...(move && { moveTo: plainPath(move[1] ?? '') }) });
}

function parseHunk(cursor: Cursor): Result<PatchHunk, PatchError> {
  const line = cursor.index + 1;
  const anchors: string[] = [];
  let oldStart: number | undefined;
  let heading: string | undefined;
  for (let text = peek(cursor); text?.startsWith('@@'); text = peek(cursor)) {
    const header = hunkHeader(text);
    const isNumbered = header.oldStart !== undefined || header.oldCount !== undefined;
    if (header.anchor !== undefined && isNumbered) heading = header.anchor;
    else if (header.anchor !== undefined) anchors.push(header.anchor);
    oldStart = header.oldStart ?? oldStart;
    cursor.index += 1;
  }
  const lines: HunkLine[] = [];
  while (isBodyLine(peek(cursor) ?? '*')) {
    lines.push(bodyLine(cursor));
    cursor.index += 1;
  }
  const endOfFile = peek(cursor)?.trimEnd() === '*** End of File';
  if (endOfFile) cursor.index += 1;
  const next = peek(cursor);
  if (next !== undefined && !next.startsWith('@@') && !next.startsWith('*** ') && next.trim() !== '') {
    return err(malformed(cursor, "a line starting with ' ', '+', '-', '@@' or '***'"));
  }
  if (!endOfFile) dropTrailingBlanks(cursor, lines);
  if (!lines.some((item) => item.kind !== 'context')) {
    return err(malformed(cursor, "a hunk with at least one line starting with '+' or '-'"));
  }
  const told = { ...(heading !== undefined && { heading }), ...(oldStart !== undefined && { oldStart }) };
  return ok({ line, lines, anchors, endOfFile, ...told });
}

/** Blank lines without the leading space, right before the next section, part the sections; they are no context. */
function dropTrailingBlanks(cursor: Cursor, lines: HunkLine[]): void {
  while (cursor.text.lines[cursor.index - 1]?.text === '' && lines.length > 0) {
    lines.pop();
    cursor.index -= 1;
  }
}

function skipBlankBeforeSection(cursor: Cursor): void {
  let index = cursor.index;
  while (index < cursor.text.to && cursor.text.lines[index]?.text.trim() === '') index += 1;
  const next = cursor.text.lines[index]?.text ?? '';
  if (index >= cursor.text.to || next.startsWith('*** ') || next.startsWith('@@')) cursor.index = index;
}

function addedContent(cursor: Cursor): string {
  let content = '';
  for (let line = cursor.text.lines[cursor.index]; line?.text.startsWith('+'); line = cursor.text.lines[cursor.index]) {
    if (cursor.index >= cursor.text.to) break;
    content += line.text.slice(1) + line.eol;
    cursor.index += 1;
  }
  return content;
}

function isBodyLine(text: string): boolean {
  return text === '' || text.startsWith(' ') || text.startsWith('+') || text.startsWith('-');
}

function bodyLine(cursor: Cursor): HunkLine {
  const { text, eol } = cursor.text.lines[cursor.index] ?? { text: '', eol: '\n' as const };
  const sign = text.charAt(0);
  const kind = sign === '+' ? 'added' : sign === '-' ? 'removed' : 'context';
  return { kind, text: text.slice(1), eol };
}

/** A leading `./` names the same file and models write it often. */
function plainPath(path: string): string {
  return path.trim().replace(/^(\.\/)+/, '');
}

function peek(cursor: Cursor): string | undefined {
  return cursor.index < cursor.text.to ? cursor.text.lines[cursor.index]?.text : undefined;
}

function malformed(cursor: Cursor, expected: string): PatchError {
  return { kind: 'malformed', line: cursor.index + 1, expected, found: quoted(peek(cursor) ?? 'the end of the patch') };
}
