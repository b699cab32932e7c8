import { err, ok, type Result } from '../../base/result.ts';
import type { PatchError } from './patch.ts';
import { splitLines, type TextLine } from './textLines.ts';

/** The lines of an answer that hold its patch: `lines[from]` up to, not including, `lines[to]`. Index + 1 is the line in the answer. */
export interface PatchText {
  readonly format: 'envelope' | 'unified';
  readonly lines: readonly TextLine[];
  readonly from: number;
  readonly to: number;
  /** A fence or non-blank text stands before the patch. What stands after it only the format's parser can tell. */
  readonly wrapped: boolean;
  readonly fenced: boolean;
  /** The file that hunks without a file header are about. */
  readonly path?: string;
}

/**
 * Finds the patch in a model's answer: bare, inside one Markdown fence at the left margin, or with prose around it. A fence that is never
 * closed is an answer cut short, and a second patch behind the first is refused: which of the two is meant cannot be known. Where `path` says
 * which one file is in question, hunks that begin with a bare `@@` line need no file header.
 */
export function findPatchText(text: string, path?: string): Result<PatchText, PatchError> {
  const lines = patchLines(text);
  const named = patchStarts(lines);
  const bare = path === undefined || named.length > 0 ? -1 : lines.findIndex((line) => line.text.startsWith('@@'));
  const starts: readonly PatchStart[] = bare === -1 ? named : [{ kind: 'unified', index: bare }];
  const first = starts[0];
  if (first === undefined) return err({ kind: 'noPatch' });
  const fence = openFence(lines, first.index);
  const closing = fence === undefined ? lines.length : closingFence(lines, first.index, fence);
  if (closing === undefined) {
    return err({ kind: 'truncated', line: lines.length, expected: `the end of the fence (${fence ?? ''})` });
  }
  const later = starts.find(
    (start) => start !== first && (start.index > closing || start.kind === 'envelope' || first.kind === 'envelope'),
  );
  if (later) return err({ kind: 'severalPatches', lines: [first.index + 1, later.index + 1] });
  const before = lines.slice(0, first.index).some((line) => line.text.trim() !== '');
  return ok({
    format: first.kind,
    lines,
    from: first.index,
    to: closing,
    wrapped: before || fence !== undefined,
    fenced: fence !== undefined,
    ...(bare !== -1 && path !== undefined && { path }),
  });
}

/** Where the file header of a unified diff begins: `diff --git` or `--- ` directly followed by `+++ `. */
export function isFileHeader(lines: readonly TextLine[], index: number): boolean {
  const text = lines[index]?.text ?? '';
  if (text.startsWith('diff --git ')) return true;
  return text.startsWith('--- ') && (lines[index + 1]?.text ?? '').startsWith('+++ ');
}

/** The lines of a patch's text. A patch that is CRLF throughout was only carried that way; one that mixes ends shows the ends of the file's own lines. */
export function patchLines(text: string): readonly TextLine[] {
  const { lines } = splitLines(text);
  const isCrlfThroughout = lines.every((line) => line.eol !== '\n');
  return lines.map((line) => ({ text: line.text, eol: isCrlfThroughout || line.eol === '' ? '\n' : line.eol }));
}

interface PatchStart {
  readonly kind: 'envelope' | 'unified';
  readonly index: number;
}

/** Every line that begins a patch. Inside an envelope a unified header is file text, so those are only counted outside of it. */
function patchStarts(lines: readonly TextLine[]): readonly PatchStart[] {
  const starts: PatchStart[] = [];
  let isInEnvelope = false;
  for (const [index, line] of lines.entries()) {
    const text = line.text.trimEnd();
    if (text === '*** Begin Patch') {
      starts.push({ kind: 'envelope', index });
      isInEnvelope = true;
    } else if (text === '*** End Patch') {
      isInEnvelope = false;
    } else if (!isInEnvelope && isFileHeader(lines, index)) {
      starts.push({ kind: 'unified', index });
    }
  }
  return starts;
}

const fencePattern = /^(`{3,}|~{3,})/;

/** The fence that is open at a line, read from the top as Markdown reads it. */
function openFence(lines: readonly TextLine[], index: number): string | undefined {
  let open: string | undefined;
  for (const { text } of lines.slice(0, index)) {
    const fence = fencePattern.exec(text)?.[1];
    if (fence === undefined) continue;
    if (open === undefined) open = fence;
    else if (closes(text, open)) open = undefined;
  }
  return open;
}

function closingFence(lines: readonly TextLine[], from: number, fence: string): number | undefined {
  const index = lines.findIndex((line, position) => position > from && closes(line.text, fence));
  return index === -1 ? undefined : index;
}

function closes(text: string, fence: string): boolean {
  const marker = fence.charAt(0);
  return text.startsWith(fence) && text.trimEnd() === marker.repeat(text.trimEnd().length);
}
