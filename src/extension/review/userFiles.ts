import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { workspace } from 'vscode';

/** Those of the user's own files (relative to a repository's root) that are open with unsaved changes: applying would race with their next save. */
export async function unsavedFiles(root: string, paths: readonly string[]): Promise<readonly string[]> {
  const open = [...workspace.textDocuments, ...workspace.notebookDocuments].filter(
    (document) => document.isDirty && document.uri.scheme === 'file',
  );
  if (open.length === 0) return [];
  const dirty = new Set(await Promise.all(open.map((document) => realPlace(document.uri.fsPath))));
  const places = await Promise.all(paths.map((file) => realPlace(path.join(root, file))));
  return paths.filter((_, index) => dirty.has(places[index] ?? ''));
}

/** A folder may be open through a link, so places are compared and not names. A file that is not there yet keeps its name. */
async function realPlace(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return path.normalize(file);
    throw error;
  }
}
