import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { err, ok, type Result } from '../base/result.ts';
import { sha256 } from '../base/hash.ts';
import type { RepositoryPath } from '../core/ports.ts';
import { writeFileAtomically } from './atomicFile.ts';
import { bytesOf } from './gitTrees.ts';
import { isMissing, lstatOrNothing, resolveInside, type PathProblem } from './repositoryPath.ts';

export interface DocumentWrite {
  /** The top of the user's work tree. */
  readonly root: string;
  readonly path: RepositoryPath;
  readonly content: string;
  /** The SHA-256 of the bytes SpecKit wrote there last; left out when it never wrote there. */
  readonly lastWritten?: string;
}

/** `foreign`: the bytes there are not SpecKit's, so the document is to be offered as a proposal. `found` is their SHA-256. */
export type DocumentProblem =
  | { readonly kind: 'foreign'; readonly path: RepositoryPath; readonly found: string; readonly lastWritten?: string }
  | { readonly kind: 'notAFile'; readonly path: RepositoryPath }
  | { readonly kind: 'unsafePath'; readonly problem: PathProblem };

/** `unchanged`: the very bytes were there already, and nothing was written. `sha256` is the next call's `lastWritten`. */
export interface WrittenDocument {
  readonly kind: 'written' | 'unchanged';
  readonly sha256: string;
}

/**
 * Writes one of SpecKit's own documents, at once and durably, making its folders. Never over bytes SpecKit did not write last; a document
 * somebody has deleted is written again. Throws on a fault of the disk. Whoever saves the file in the very moment between the look and
 * the rename loses that save: a moment of microseconds, and the reason why all other files are applied through a journal.
 */
export async function writeDocument(write: DocumentWrite): Promise<Result<WrittenDocument, DocumentProblem>> {
  const { path, lastWritten } = write;
  const resolved = await resolveInside(write.root, path);
  if (resolved.kind === 'error') return err({ kind: 'unsafePath', problem: resolved.error });
  const status = await lstatOrNothing(resolved.value);
  if (status !== undefined && !status.isFile()) return err({ kind: 'notAFile', path });
  const bytes = bytesOf(write.content);
  const wanted = sha256(bytes);
  const present = await readOrNothing(resolved.value);
  if (present !== undefined) {
    const found = sha256(present);
    if (found === wanted) return ok({ kind: 'unchanged', sha256: wanted });
    if (found !== lastWritten)
      return err({ kind: 'foreign', path, found, ...(lastWritten !== undefined && { lastWritten }) });
  }
  await mkdir(dirname(resolved.value), { recursive: true });
  await writeFileAtomically(resolved.value, bytes, status === undefined ? undefined : Number(status.mode) & 0o777);
  return ok({ kind: 'written', sha256: wanted });
}

async function readOrNothing(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
