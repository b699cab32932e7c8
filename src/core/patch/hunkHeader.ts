/** What a line beginning with `@@` says: `-start,count +start,count` where it has numbers, and the text behind the second `@@`. */
export interface HunkHeader {
  readonly oldStart?: number;
  readonly oldCount?: number;
  readonly newCount?: number;
  readonly anchor?: string;
}

const numbered = /^@@+ -(\d{1,9})(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@+ ?([^]*)$/;

/** Reads `@@ -1,2 +1,3 @@ heading`, `@@ anchor`, `@@ anchor @@`, `@@ ... @@` and `@@`. A count left out is 1, as in the unified format. */
export function hunkHeader(text: string): HunkHeader {
  const match = numbered.exec(text.trimEnd());
  if (match) {
    return {
      oldStart: Number(match[1]),
      oldCount: Number(match[2] ?? 1),
      newCount: Number(match[3] ?? 1),
      ...anchorOf(match[4] ?? ''),
    };
  }
  return anchorOf(text.replace(/^@@ ?/, '').trimEnd().replace(/ ?@@$/, ''));
}

function anchorOf(text: string): { readonly anchor?: string } {
  const anchor = text.trim();
  return anchor === '' || anchor === '...' || anchor === '…' ? {} : { anchor };
}
