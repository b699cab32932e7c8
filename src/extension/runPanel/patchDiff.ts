import { hunksOf } from '../../core/patch/hunks.ts';
import type { DiffCell } from '../../protocol/runPanel.ts';
import { cut } from './cut.ts';

/** One file before and after a patch; '' where it did not exist on that side. */
export interface PatchedText {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** What one cell shows: files, lines of all files together, and characters of a line. */
const FILES = 6;
const LINES = 300;
const LINE = 300;

/** A patch as the panel shows it beside its attempt: the lines of a unified diff by file, cut where it is long. */
export function patchDiff(files: readonly PatchedText[]): DiffCell {
  let left = LINES;
  const shown = files.slice(0, FILES).map(({ path, before, after }) => {
    const all = hunksOf(path, before, after).flatMap((hunk) => [
      `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
      ...hunk.lines,
    ]);
    const lines = all.slice(0, left).map((line) => cut(line, LINE));
    left -= lines.length;
    return { path: cut(path, 300), lines, nLines: all.length };
  });
  return {
    files: shown.map(({ path, lines }) => ({ path, lines })),
    isCut: files.length > FILES || shown.some(({ lines, nLines }) => lines.length < nLines),
  };
}
