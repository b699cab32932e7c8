import { reviewHunks, type Hunk } from '../../core/patch/hunks.ts';
import type { ReviewedFile } from '../engine/api.ts';

/** Lines of one side, counted from 0, both ends included, context included. */
export interface LineSpan {
  readonly first: number;
  readonly last: number;
}

/** One hunk as it stands in the document that a person looks at, which may be ahead of what is saved. Lines count from 0. */
export interface HunkView {
  readonly id: string;
  readonly decision: 'approved' | 'rejected' | 'open';
  /** A person wrote it or changed it. */
  readonly isYours: boolean;
  /** The first changed line of the right side; for a pure deletion the line that follows it. */
  readonly line: number;
  readonly left: LineSpan;
  readonly right: LineSpan;
}

/** A document's text as the editor holds it. */
export interface EditorText {
  readonly text: string;
  readonly isDirty: boolean;
}

/**
 * The hunks between a file's base and the document, in order. They are found anew in the text, so that they follow typing; what was decided comes from
 * the saved hunk with the same identity (path, removed and added lines), and a hunk nobody has decided about is open.
 */
export function hunkViews(file: ReviewedFile, document: EditorText): readonly HunkView[] {
  const text = proposedText(file, document);
  const decisions = new Map(file.hunks.map((hunk) => [hunk.id, hunk.decision]));
  const written = modelIds(file);
  const lastLine = text.split('\n').length - 1;
  return reviewHunks({ ...file, after: text }).map((hunk) => ({
    id: hunk.id,
    decision: decisions.get(hunk.id) ?? 'open',
    isYours: !written.has(hunk.id),
    line: Math.min(firstChange(hunk), lastLine),
    left: span(hunk.oldStart, hunk.oldLines),
    right: span(hunk.newStart, hunk.newLines),
  }));
}

/**
 * What would be saved. An unchanged document stands for the file's exact text: the editor drops the byte order mark and makes mixed line ends one, which
 * would look like changes that nobody made. The mark is put back before an edited text is compared, as saving puts it back.
 */
function proposedText(file: ReviewedFile, { text, isDirty }: EditorText): string {
  if (!isDirty) return file.after;
  return file.after.startsWith('\uFEFF') && !text.startsWith('\uFEFF') ? `\uFEFF${text}` : text;
}

/** The hunks that the model wrote. Where a person's text was saved and the model's is not known any more, none is taken for the model's. */
function modelIds(file: ReviewedFile): ReadonlySet<string> {
  if (file.proposed !== undefined)
    return new Set(reviewHunks({ ...file, after: file.proposed }).map((hunk) => hunk.id));
  return new Set(file.isEdited ? [] : file.hunks.map((hunk) => hunk.id));
}

function firstChange(hunk: Hunk): number {
  const context = hunk.lines.findIndex((line) => !line.startsWith(' '));
  return span(hunk.newStart, hunk.newLines).first + Math.max(0, context);
}

/** A side without lines stands behind the line it names, which is how unified diffs write it. */
function span(start: number, lines: number): LineSpan {
  return lines === 0 ? { first: start, last: start } : { first: start - 1, last: start + lines - 2 };
}

/** The hunk a line of one side lies in. */
export function hunkAt(hunks: readonly HunkView[], side: 'left' | 'right', line: number): HunkView | undefined {
  return hunks.find((hunk) => hunk[side].first <= line && line <= hunk[side].last);
}

/** The next hunk below a line that still waits, from the top again when there is none below; with nothing open, the next hunk of any kind. */
export function nextHunkAfter(hunks: readonly HunkView[], line: number): HunkView | undefined {
  const open = hunks.filter((hunk) => hunk.decision === 'open');
  const among = open.length > 0 ? open : hunks;
  return among.find((hunk) => hunk.line > line) ?? among[0];
}
