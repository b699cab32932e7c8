import { structuredPatch } from 'diff';

/** One line of a patch before it is written out. */
export interface DraftLine {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** One hunk before it is written out. `header` replaces the numbers; `anchor` is the text behind `@@`. */
export interface DraftHunk {
  readonly oldStart: number;
  readonly oldCount: number;
  readonly newStart: number;
  readonly newCount: number;
  readonly header?: string;
  readonly anchor?: string;
  readonly lines: readonly DraftLine[];
  /** The last old and new line has no end in the file, and the patch says so. */
  readonly isWithoutNewline?: boolean;
}

export type Format = 'unified' | 'envelope' | 'blocks';

/** The change between two texts as hunks with so many lines of context. Both end with a newline. */
export function draftOf(before: readonly string[], after: readonly string[], context: number): readonly DraftHunk[] {
  const patch = structuredPatch('a', 'b', `${before.join('\n')}\n`, `${after.join('\n')}\n`, undefined, undefined, {
    context,
  });
  return patch.hunks.map((hunk) => ({
    oldStart: hunk.oldStart,
    oldCount: hunk.oldLines,
    newStart: hunk.newStart,
    newCount: hunk.newLines,
    lines: hunk.lines
      .filter((line) => !line.startsWith('\\'))
      .map((line): DraftLine => ({ sign: signOf(line), text: line.slice(1) })),
  }));
}

function signOf(line: string): DraftLine['sign'] {
  return line.startsWith('+') ? '+' : line.startsWith('-') ? '-' : ' ';
}

/** The hunks as a patch of one file, as a person or a model writes it in this format. */
export function written(path: string, hunks: readonly DraftHunk[], format: Format): string {
  switch (format) {
    case 'unified':
      return `--- a/${path}\n+++ b/${path}\n${hunks.map((hunk) => `${headerOf(hunk)}\n${bodyOf(hunk)}`).join('')}`;
    case 'envelope': {
      const sections = hunks.map(
        (hunk) => `${hunk.header ?? ['@@', hunk.anchor].filter(Boolean).join(' ')}\n${bodyOf(hunk)}`,
      );
      return `*** Begin Patch\n*** Update File: ${path}\n${sections.join('').replaceAll('\\ No newline at end of file\n', '')}*** End Patch\n`;
    }
    case 'blocks':
      return hunks
        .map((hunk) => `${path}\n<<<<<<< SEARCH\n${side(hunk, '+')}=======\n${side(hunk, '-')}>>>>>>> REPLACE\n`)
        .join('\n');
  }
}

function headerOf(hunk: DraftHunk): string {
  const numbers = `@@ -${hunk.oldStart},${hunk.oldCount} +${hunk.newStart},${hunk.newCount} @@`;
  return hunk.header ?? [numbers, hunk.anchor].filter(Boolean).join(' ');
}

function bodyOf(hunk: DraftHunk): string {
  const lastOld = hunk.lines.findLastIndex((line) => line.sign !== '+');
  const lastNew = hunk.lines.findLastIndex((line) => line.sign !== '-');
  return hunk.lines
    .map((line, index) => {
      const isEnd = hunk.isWithoutNewline === true && (index === lastOld || index === lastNew);
      return `${line.sign}${line.text}\n${isEnd ? '\\ No newline at end of file\n' : ''}`;
    })
    .join('');
}

function side(hunk: DraftHunk, without: '-' | '+'): string {
  return hunk.lines
    .filter((line) => line.sign !== without)
    .map((line) => `${line.text}\n`)
    .join('');
}
