import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { EndOfLine, Range, WorkspaceEdit, workspace, type TextDocument } from 'vscode';
import type { UnsavedDocuments } from '../../app/services.ts';

/**
 * The user's own files as far as they are open with unsaved changes. Such a document gets an approved change as an edit and stays unsaved: its next
 * save is the person's. Files are compared by their places on the disk, because a folder may be open through a link.
 */
export const unsavedDocuments: UnsavedDocuments = {
  async texts(files) {
    const open = await unsavedByPlace();
    const found = await Promise.all(files.map(async (file) => ({ file, document: open.get(await realPlace(file)) })));
    return found.flatMap(({ file, document }) =>
      document === undefined ? [] : [{ file, text: document === 'notebook' ? null : document.getText() }],
    );
  },
  async replace(changes) {
    const open = await unsavedByPlace();
    const edit = new WorkspaceEdit();
    for (const { file, before, after } of changes) {
      const document = open.get(await realPlace(file));
      if (document === undefined || document === 'notebook') return false;
      const [expected, wanted] = [before, after].map((text) => inItsLineEnds(document, text)) as [string, string];
      if (document.getText() !== expected) return false;
      const { start, end, text } = difference(expected, wanted);
      edit.replace(document.uri, new Range(document.positionAt(start), document.positionAt(end)), text);
    }
    return workspace.applyEdit(edit);
  },
};

async function unsavedByPlace(): Promise<ReadonlyMap<string, TextDocument | 'notebook'>> {
  const isOpen = ({ isDirty, uri }: { readonly isDirty: boolean; readonly uri: TextDocument['uri'] }): boolean =>
    isDirty && uri.scheme === 'file';
  const texts = workspace.textDocuments.filter(isOpen).map((document) => ({ uri: document.uri, document }));
  const notebooks = workspace.notebookDocuments
    .filter(isOpen)
    .map(({ uri }) => ({ uri, document: 'notebook' as const }));
  const places = [...texts, ...notebooks].map(
    async ({ uri, document }) => [await realPlace(uri.fsPath), document] as const,
  );
  return new Map(await Promise.all(places));
}

function inItsLineEnds({ eol }: TextDocument, text: string): string {
  const plain = text.replaceAll('\r\n', '\n');
  return eol === EndOfLine.CRLF ? plain.replaceAll('\n', '\r\n') : plain;
}

/** The one place in which two texts differ, in characters of the first: what stands around it keeps its cursors and folds. Never between CR and LF, or within a pair. */
function difference(
  before: string,
  after: string,
): { readonly start: number; readonly end: number; readonly text: string } {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  start = before.lastIndexOf('\n', start - 1) + 1;
  let tail = 0;
  while (tail < most - start && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  // Back to the end of a line.
  while (tail > 0 && before[before.length - tail - 1] !== '\n') tail -= 1;
  return { start, end: before.length - tail, text: after.slice(start, after.length - tail) };
}

/** A file that is not there yet keeps its name. */
async function realPlace(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return path.normalize(file);
    throw error;
  }
}
