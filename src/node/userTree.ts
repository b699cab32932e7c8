import { join } from 'node:path';
import { throwIfAborted } from '../base/withAbort.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { RepositoryPath } from '../core/ports.ts';
import {
  dropJournal,
  hashOfBytes,
  readJournal,
  writeJournal,
  writeSides,
  type ApplyJournal,
  type Side,
} from './applyJournal.ts';
import { bytesOf } from './gitTrees.ts';
import { moveFiles, readUserFile, standingsOf, type MoveProblem, type UserFile } from './moveFiles.ts';
import { foldersOf, lstatOrNothing, resolveInside } from './repositoryPath.ts';

/** One approved change of a user's file. `undefined` text stands for a file that does not exist. `executable` defaults to what it was. */
export interface UserChange {
  readonly path: RepositoryPath;
  readonly before?: string;
  readonly after?: string;
  readonly executable?: boolean;
}

export interface ApplyRequest {
  /** The top of the user's work tree. */
  readonly root: string;
  readonly changes: readonly UserChange[];
  /** A folder for this one change, outside the work tree; made when it does not exist. `undoApply` needs it later. */
  readonly journalFolder: string;
}

export interface Applied {
  readonly paths: readonly RepositoryPath[];
}

/** Why nothing was applied. In every case the user's files are what they were (`rollBackBlocked` names the exception). */
export type ApplyProblem =
  /** These files are not the ones the proposal was made for. */
  | { readonly kind: 'stale'; readonly paths: readonly RepositoryPath[] }
  /** These lead out of the work tree or through a symbolic link. */
  | { readonly kind: 'unsafePath'; readonly paths: readonly RepositoryPath[] }
  | { readonly kind: 'journalInUse'; readonly state: ApplyJournal['state'] }
  | { readonly kind: 'writeFailed'; readonly path: RepositoryPath; readonly message: string }
  /** A write failed, and so did taking back the ones before it: the journal stands, `recoverApply` is to be called. */
  | { readonly kind: 'rollBackBlocked'; readonly message: string };

/**
 * Applies an approved proposal to the user's files, all of it or nothing: every file is first compared with `before`, byte for byte; then
 * a journal is written; then each file is replaced by a rename. Killed at any moment, `recoverApply` ends it one way or the other.
 * The signal counts until the journal is written; from there on it is a matter of milliseconds, and stopping would take as long.
 */
export async function applyToUserTree(
  request: ApplyRequest,
  signal: AbortSignal,
): Promise<Result<Applied, ApplyProblem>> {
  const { root, changes, journalFolder } = request;
  if (new Set(changes.map(({ path }) => path)).size < changes.length) throw new Error('a path is changed twice');
  const earlier = await readJournal(journalFolder);
  if (earlier !== undefined) return err({ kind: 'journalInUse', state: earlier.state });

  const checked = await checkChanges(root, changes);
  if (checked.kind === 'error') return checked;
  throwIfAborted(signal);
  await writeSides(
    journalFolder,
    checked.value.map(({ file, after }) => ({ before: file?.bytes, after })),
  );
  throwIfAborted(signal);
  const journal: ApplyJournal = {
    version: 1,
    state: 'applying',
    root,
    files: checked.value.map(({ change, file, after }) => ({
      path: change.path,
      before: file === undefined ? null : { sha256: hashOfBytes(file.bytes), mode: file.mode },
      after: after === undefined ? null : { sha256: hashOfBytes(after), mode: modeAfter(change, file) },
    })),
    madeFolders: await missingFolders(root, changes),
  };
  await writeJournal(journalFolder, journal);

  const moved = await moveFiles(journalFolder, journal, 'after');
  if (moved.kind === 'ok') {
    await writeJournal(journalFolder, { ...journal, state: 'applied' });
    return ok({ paths: changes.map(({ path }) => path) });
  }
  const back = await moveFiles(journalFolder, journal, 'before');
  if (back.kind === 'error') return err({ kind: 'rollBackBlocked', message: wordsOf(back.error) });
  await dropJournal(journalFolder);
  return moved.error.kind === 'changed' ? err({ kind: 'stale', paths: moved.error.paths }) : err(moved.error);
}

export type Recovery =
  /** Nothing had been begun, or what had been begun was ended already. */
  | { readonly kind: 'nothingToDo'; readonly state: 'none' | 'applied' | 'undone' }
  | { readonly kind: 'recovered'; readonly state: 'applied' | 'undone' };

/** Why a change begun cannot be ended yet. The journal stands: `recoverApply` can be called again. */
export type RecoveryProblem =
  /** Somebody else has changed these in the meantime. */
  | { readonly kind: 'blocked'; readonly paths: readonly RepositoryPath[] }
  | { readonly kind: 'writeFailed'; readonly message: string };

/**
 * Ends what a kill interrupted: `finish` does the rest of it, `rollBack` takes back what was done. Afterwards all of the change is in
 * the user's files or none of it. A file that somebody has written since blocks both, and nothing is written.
 */
export async function recoverApply(
  request: { readonly journalFolder: string; readonly direction: 'finish' | 'rollBack' },
  signal: AbortSignal,
): Promise<Result<Recovery, RecoveryProblem>> {
  const { journalFolder, direction } = request;
  throwIfAborted(signal);
  const journal = await readJournal(journalFolder);
  if (journal === undefined) return ok({ kind: 'nothingToDo', state: 'none' });
  if (journal.state === 'applied' || journal.state === 'undone') {
    return ok({ kind: 'nothingToDo', state: journal.state });
  }
  const side: Side = (journal.state === 'applying') === (direction === 'finish') ? 'after' : 'before';
  const paths = await pathsNotAt(journal, [side, side === 'after' ? 'before' : 'after']);
  if (paths.length > 0) return err({ kind: 'blocked', paths });
  const moved = await moveFiles(journalFolder, journal, side);
  if (moved.kind === 'error') {
    if (moved.error.kind === 'changed') return err({ kind: 'blocked', paths: moved.error.paths });
    return err({ kind: 'writeFailed', message: moved.error.message });
  }
  const state = side === 'after' ? 'applied' : 'undone';
  await writeJournal(journalFolder, { ...journal, state });
  return ok({ kind: 'recovered', state });
}

/** Why nothing was undone, and nothing written. */
export type UndoProblem =
  | { readonly kind: 'notApplied'; readonly state: 'none' | ApplyJournal['state'] }
  /** These files are not as the proposal left them. */
  | { readonly kind: 'differs'; readonly paths: readonly RepositoryPath[] }
  | { readonly kind: 'writeFailed'; readonly message: string }
  /** The exception: a part was undone and could not be put back. The journal stands, `recoverApply` is to be called. */
  | { readonly kind: 'rollBackBlocked'; readonly message: string };

/** Restores `before` in every file, when every file still has the bytes of `after`. Killed at any moment, `recoverApply` ends it. */
export async function undoApply(
  request: { readonly journalFolder: string },
  signal: AbortSignal,
): Promise<Result<Applied, UndoProblem>> {
  const { journalFolder } = request;
  throwIfAborted(signal);
  const journal = await readJournal(journalFolder);
  if (journal?.state !== 'applied') return err({ kind: 'notApplied', state: journal?.state ?? 'none' });
  const paths = await pathsNotAt(journal, ['after']);
  if (paths.length > 0) return err({ kind: 'differs', paths });
  await writeJournal(journalFolder, { ...journal, state: 'undoing' });
  const moved = await moveFiles(journalFolder, journal, 'before');
  if (moved.kind === 'ok') {
    await writeJournal(journalFolder, { ...journal, state: 'undone' });
    return ok({ paths: journal.files.map(({ path }) => path) });
  }
  const forward = await moveFiles(journalFolder, journal, 'after');
  if (forward.kind === 'error') return err({ kind: 'rollBackBlocked', message: wordsOf(forward.error) });
  await writeJournal(journalFolder, journal);
  if (moved.error.kind === 'changed') return err({ kind: 'differs', paths: moved.error.paths });
  return err({ kind: 'writeFailed', message: moved.error.message });
}

function wordsOf(problem: MoveProblem): string {
  if (problem.kind === 'writeFailed') return problem.message;
  return `${problem.paths.slice(0, 10).join(', ')} changed in the meantime`;
}

/** The first of `sides` is told where both are the same. */
async function pathsNotAt(
  journal: ApplyJournal,
  sides: readonly [Side, ...Side[]],
): Promise<readonly RepositoryPath[]> {
  const standings = await standingsOf(journal, sides[0]);
  return journal.files.flatMap(({ path }, index) => {
    const standing = standings[index];
    return standing !== undefined && standing !== 'neither' && sides.includes(standing) ? [] : [path];
  });
}

interface CheckedChange {
  readonly change: UserChange;
  readonly file: UserFile | undefined;
  readonly after: Buffer | undefined;
}

async function checkChanges(
  root: string,
  changes: readonly UserChange[],
): Promise<Result<readonly CheckedChange[], ApplyProblem>> {
  const unsafe: string[] = [];
  const stale: string[] = [];
  const checked: CheckedChange[] = [];
  for (const change of changes) {
    const after = change.after === undefined ? undefined : bytesOf(change.after);
    const resolved = await resolveInside(root, change.path);
    const file = resolved.kind === 'ok' ? await readUserFile(root, change.path) : undefined;
    if (resolved.kind === 'error') unsafe.push(change.path);
    else if (file === 'notAFile' || !hasBytes(file, change.before)) stale.push(change.path);
    else checked.push({ change, file, after });
  }
  if (unsafe.length > 0) return err({ kind: 'unsafePath', paths: unsafe });
  return stale.length > 0 ? err({ kind: 'stale', paths: stale }) : ok(checked);
}

function hasBytes(file: UserFile | undefined, text: string | undefined): boolean {
  if (file === undefined || text === undefined) return file === undefined && text === undefined;
  return file.bytes.equals(bytesOf(text));
}

function modeAfter(change: UserChange, file: UserFile | undefined): number {
  const present = file?.mode ?? 0o666 & ~process.umask();
  if (change.executable === undefined) return present;
  // Whoever may read may execute, as chmod +x and git do it.
  return change.executable ? present | ((present & 0o444) >> 2) : present & ~0o111;
}

async function missingFolders(root: string, changes: readonly UserChange[]): Promise<string[]> {
  const folders = changes.filter(({ after }) => after !== undefined).flatMap(({ path }) => foldersOf(path));
  const missing: string[] = [];
  for (const folder of [...new Set(folders)].sort()) {
    if ((await lstatOrNothing(join(root, folder))) === undefined) missing.push(folder);
  }
  return missing;
}
