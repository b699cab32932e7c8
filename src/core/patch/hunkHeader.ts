/** What a line beginning with `@@` says: `-start,count +start,count` where it has numbers, and the text behind the second `@@`. */
export interface HunkHeader {
  readonly oldStart?: number;
  readonly oldCount?: number;
  readonly newCount?: number;
  readonly anchor?: string;
}

const numbered = /^@@+ -(\d{1,9})(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@+ ?([^]*)$/;

/** Headers that models write for want of the numbers: part of them, none of them, or the line in words. */
const oddlyNumbered =
  /^@@+ *(?:lines? +|L|-)(\d{1,9})(?:[,-]L?\d{1,9})?(?: +\+\d{1,9}(?:,\d{1,9})?)? *(?:@@+ ?([^]*))?$/i;
const unnumbered = /^@@+ *-\D{0,2}(?:,\D{0,2})? *\+\D{0,2}(?:,\D{0,2})? *(?:@@+ ?([^]*))?$/;

/**
 * Reads `@@ -1,2 +1,3 @@ heading`, `@@ anchor`, `@@ anchor @@`, `@@ ... @@`, `@@`, and headers with odd numbers (`@@ -1 @@`, `@@ line 12 @@`,
 * `@@ -?,? +?,? @@`). A count left out is 1, as in the unified format. Line 0 is no line, and is left out.
 */
export function hunkHeader(text: string): HunkHeader {
  const header = text.trimEnd();
  const match = numbered.exec(header);
  if (match) {
    return {
      ...startOf(match[1]),
      oldCount: Number(match[2] ?? 1),
      newCount: Number(match[3] ?? 1),
      ...anchorOf(match[4] ?? ''),
    };
  }
  const odd = oddlyNumbered.exec(header);
  if (odd) return { ...startOf(odd[1]), ...anchorOf(odd[2] ?? '') };
  const without = unnumbered.exec(header);
  if (without) return anchorOf(without[1] ?? '');
  return anchorOf(header.replace(/^@@+ ?/, '').replace(/ ?@@+$/, ''));
}

function startOf(text: string | undefined): { readonly oldStart?: number } {
  const start = Number(text);
  return start > 0 ? { oldStart: start } : {};
}

function anchorOf(text: string): { readonly anchor?: string } {
  const anchor = text.trim();
  return anchor === '' || anchor === '...' || anchor === '…' ? {} : { anchor };
}
