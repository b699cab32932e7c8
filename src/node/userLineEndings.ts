import { contentOf } from './gitTrees.ts';
import { readUserFile } from './moveFiles.ts';
import type { UserChange } from './userTree.ts';

/**
 * Changes as the user's files spell them. A run's tree holds the bytes of the commit; where git converts line ends (core.autocrlf, eol in
 * .gitattributes) the same file ends its lines with CRLF on the user's disk, and every proposal for it would be stale. A file whose only
 * difference from `before` is that every line ends with CRLF gets its change with CRLF on both sides; every other change stays as it
 * is, stale ones too. To be called before a proposal is shown, so that what is approved is what is written.
 */
export async function withUserLineEndings(
  root: string,
  changes: readonly UserChange[],
): Promise<readonly UserChange[]> {
  return Promise.all(
    changes.map(async (change) => {
      const { before, after } = change;
      if (before === undefined || before.includes('\r')) return change;
      const file = await readUserFile(root, change.path);
      if (file === undefined || file === 'notAFile') return change;
      const content = contentOf(file.bytes);
      if (content.kind === 'binary' || content.text === before || content.text !== withCrlf(before)) return change;
      return { ...change, before: content.text, ...(after !== undefined && { after: withCrlf(after) }) };
    }),
  );
}

/** The text with every line ended by CR LF. */
export function withCrlf(text: string): string {
  return text.replaceAll(/\r?\n/g, '\r\n');
}
