import { readFile } from 'node:fs/promises';
import { err, ok, type Result } from '../base/result.ts';
import { unreachable } from '../base/unreachable.ts';

/** Why a file that a person named cannot be taken in as text. `bytes` is its size. */
export type TextFileProblem =
  | { readonly kind: 'missing' }
  | { readonly kind: 'notAFile' }
  | { readonly kind: 'noAccess' }
  | { readonly kind: 'tooLarge'; readonly bytes: number; readonly most: number }
  | { readonly kind: 'binary' }
  | { readonly kind: 'notUtf8' };

/** A whole UTF-8 file of at most `most` bytes. What a person can put right is a value; any other failure of the disk throws. */
export async function readTextFile(file: string, most: number): Promise<Result<string, TextFileProblem>> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return err({ kind: 'missing' });
    if (code === 'EISDIR') return err({ kind: 'notAFile' });
    if (code === 'EACCES' || code === 'EPERM') return err({ kind: 'noAccess' });
    throw error;
  }
  if (bytes.length > most) return err({ kind: 'tooLarge', bytes: bytes.length, most });
  if (bytes.includes(0)) return err({ kind: 'binary' });
  try {
    return ok(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    if (error instanceof TypeError) return err({ kind: 'notUtf8' });
    throw error;
  }
}

/** A whole file as text, or `undefined` when there is none. Any other failure of the disk throws. */
export async function readTextIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A problem as a sentence about `file` that ends with what to do. `instead` says what to do when there is no such file. */
export function textFileText(problem: TextFileProblem, file: string, instead: string): string {
  switch (problem.kind) {
    case 'missing':
      return `${file} does not exist. ${instead}`;
    case 'notAFile':
      return `${file} is a folder, and a file belongs there. Move the folder away. ${instead}`;
    case 'noAccess':
      return `${file} may not be read by you. Change its permissions.`;
    case 'tooLarge':
      return `${file} has ${problem.bytes.toLocaleString('en')} bytes; at most ${problem.most.toLocaleString('en')} are read. Cut it into several specs.`;
    case 'binary':
      return `${file} is a binary file. A spec is Markdown text.`;
    case 'notUtf8':
      return `${file} is not UTF-8 text. A spec is Markdown in UTF-8: save it in that encoding.`;
  }
  return unreachable(problem);
}
