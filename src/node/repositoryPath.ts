import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RepositoryPath } from '../core/ports.ts';
import { err, ok, type Result } from '../base/result.ts';

/** Why a path may not be touched. `through` is the part of it that is a symbolic link. */
export type PathProblem =
  | { readonly kind: 'notARepositoryPath'; readonly path: string }
  | { readonly kind: 'throughLink'; readonly path: string; readonly through: string };

/**
 * Where a repository path lies below `root`, after looking at every folder on the way: none may be a symbolic link, since what it
 * points to can lie outside. The file itself may be one: whoever writes must look.
 */
export async function resolveInside(root: string, path: RepositoryPath): Promise<Result<string, PathProblem>> {
  if (!isRepositoryPath(path)) return err({ kind: 'notARepositoryPath', path });
  for (const folder of foldersOf(path)) {
    if (await isLink(join(root, folder))) return err({ kind: 'throughLink', path, through: folder });
  }
  return ok(join(root, path));
}

/** Every folder above a path, from the top: 'a/b/c' -> ['a', 'a/b']. */
export function foldersOf(path: RepositoryPath): readonly RepositoryPath[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

/**
 * Relative, `/` between the parts, no empty, `.` or `..` part, no NUL, and no part that a file system could take for `.git` (case, trailing
 * dots and spaces, the short name of Windows). A backslash is refused on Windows only, where it parts folders.
 */
export function isRepositoryPath(path: string): boolean {
  if (path === '' || path.includes('\0') || (process.platform === 'win32' && /[\\:]/.test(path))) return false;
  return path.split('/').every((part) => !['', '.', '..'].includes(part) && !/^(\.git|git~1)[. ]*$/i.test(part));
}

/** True when a symbolic link stands there. False when something else does, or nothing. */
async function isLink(absolute: string): Promise<boolean> {
  return (await lstatOrNothing(absolute))?.isSymbolicLink() ?? false;
}

/** What stands at a path, links not followed; undefined when nothing does. Any other failure throws. */
export async function lstatOrNothing(absolute: string): Promise<Awaited<ReturnType<typeof lstat>> | undefined> {
  try {
    return await lstat(absolute);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** True for the errors of a path of which a part does not exist or is no folder. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
