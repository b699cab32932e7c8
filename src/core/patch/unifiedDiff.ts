import type { RepositoryPath } from '../ports.ts';
import { printedGitName } from './gitName.ts';
import { hunksOf, type Hunk } from './hunks.ts';

/**
 * The change of one file as `git diff` prints it, without the index line (its ids name blobs that need not exist) and without function
 * headings, so that `git apply` takes it. `context` lines stand around a change. `undefined` stands for a file that does not exist on that side; '' comes back when nothing
 * changed. Format: git-diff documentation, "Generating patch text with -p".
 */
export function unifiedDiff(
  path: RepositoryPath,
  before: string | undefined,
  after: string | undefined,
  context = 3,
): string {
  if (before === after) return '';
  const oldName = printedGitName(`a/${path}`);
  const newName = printedGitName(`b/${path}`);
  let text = `diff --git ${oldName} ${newName}\n`;
  if (before === undefined) text += 'new file mode 100644\n';
  if (after === undefined) text += 'deleted file mode 100644\n';
  const hunks = hunksOf(path, before ?? '', after ?? '', context);
  if (hunks.length === 0) return text;
  text += `--- ${before === undefined ? '/dev/null' : nameEnd(oldName)}\n`;
  text += `+++ ${after === undefined ? '/dev/null' : nameEnd(newName)}\n`;
  return text + hunks.map(printedHunk).join('');
}

/** A tab behind a name with a space tells where it ends. */
function nameEnd(name: string): string {
  return name.includes(' ') ? `${name}\t` : name;
}

function printedHunk(hunk: Hunk): string {
  const header = `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@\n`;
  return header + hunk.lines.map((line) => `${line}\n`).join('');
}

function range(start: number, nLines: number): string {
  return nLines === 1 ? String(start) : `${start},${nLines}`;
}
