import { mkdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { err, ok, type Result } from '../base/result.ts';
import { hashOfBytes, readSide, type ApplyJournal, type JournalFile, type Side } from './applyJournal.ts';
import { isMissing, lstatOrNothing, resolveInside } from './repositoryPath.ts';
import { syncFolder, writeSynced } from './atomicFile.ts';

/** Where a file on disk stands: at a side of the journal, or at neither, because somebody else wrote it. */
export type Standing = Side | 'neither';

export type MoveProblem =
  | { readonly kind: 'changed'; readonly paths: readonly string[] }
  | { readonly kind: 'writeFailed'; readonly path: string; readonly message: string };

/**
 * Where each file of a journal stands. Bytes decide; the executable bit decides only between two sides with equal bytes. Where both sides
 * are the same in all, `preferred` is told.
 */
export async function standingsOf(journal: ApplyJournal, preferred: Side): Promise<readonly Standing[]> {
  return Promise.all(journal.files.map((file) => standingOf(journal.root, file, preferred)));
}

async function standingOf(root: string, file: JournalFile, preferred: Side): Promise<Standing> {
  const disk = await readUserFile(root, file.path);
  if (disk === 'notAFile') return 'neither';
  const hash = disk && hashOfBytes(disk.bytes);
  const other: Side = preferred === 'after' ? 'before' : 'after';
  const matches = [preferred, other].filter((side) => (file[side]?.sha256 ?? undefined) === hash);
  const exact = matches.find((side) => isExecutable(file[side]?.mode) === isExecutable(disk?.mode));
  return exact ?? matches[0] ?? 'neither';
}

export interface UserFile {
  readonly bytes: Buffer;
  readonly mode: number;
}

/** A plain file's bytes; undefined when nothing is there; `notAFile` for a link, a folder, or a path through a link. */
export async function readUserFile(root: string, path: string): Promise<UserFile | 'notAFile' | undefined> {
  const resolved = await resolveInside(root, path);
  if (resolved.kind === 'error') return 'notAFile';
  const status = await lstatOrNothing(resolved.value);
  if (status === undefined) return undefined;
  if (!status.isFile()) return 'notAFile';
  return { bytes: await readFile(resolved.value), mode: Number(status.mode) & 0o777 };
}

/**
 * Brings every file that stands at the other side to `side`: all new bytes are first written beside their places and made durable, then
 * renamed into place one after the other. A file is looked at once more right before it is replaced; when somebody has just written
 * it, the move ends there. Files that stand at neither side are left alone. On a problem the move is part done: move back.
 */
export async function moveFiles(
  journalFolder: string,
  journal: ApplyJournal,
  side: Side,
): Promise<Result<undefined, MoveProblem>> {
  const standings = await standingsOf(journal, side);
  const pending = journal.files.flatMap((file, index) =>
    standings[index] === side || standings[index] === 'neither' ? [] : [{ file, index }],
  );
  try {
    for (const { file, index } of pending) {
      const bytes = await readSide(journalFolder, journal, index, side);
      const written = await attempt(file.path, () => writeBeside(journal.root, file, bytes, file[side]?.mode));
      if (written.kind === 'error') return written;
    }
    for (const { file } of pending) {
      if ((await standingOf(journal.root, file, side)) === 'neither') {
        return err({ kind: 'changed', paths: [file.path] });
      }
      const moved = await attempt(file.path, () => putInPlace(journal.root, file, side));
      if (moved.kind === 'error') return moved;
    }
  } finally {
    await removeTemporaries(journal);
  }
  if (side === 'before') await removeMadeFolders(journal);
  return syncFolders(journal);
}

async function attempt(path: string, work: () => Promise<void>): Promise<Result<undefined, MoveProblem>> {
  try {
    await work();
    return ok(undefined);
  } catch (error) {
    return err({ kind: 'writeFailed', path, message: error instanceof Error ? error.message : String(error) });
  }
}

async function writeBeside(
  root: string,
  file: JournalFile,
  bytes: Buffer | undefined,
  mode: number | undefined,
): Promise<void> {
  if (bytes === undefined) return;
  await mkdir(dirname(join(root, file.path)), { recursive: true });
  await writeSynced(temporaryOf(root, file), bytes, mode);
}

async function putInPlace(root: string, file: JournalFile, side: Side): Promise<void> {
  if (file[side] === null) return rm(join(root, file.path), { force: true });
  await rename(temporaryOf(root, file), join(root, file.path));
}

/** Beside the file, so that a rename can put it in place; a name by which a later recovery finds what a kill left behind. */
function temporaryOf(root: string, file: JournalFile): string {
  return join(dirname(join(root, file.path)), `.speckit-${hashOfBytes(Buffer.from(file.path)).slice(0, 16)}.tmp`);
}

async function removeTemporaries(journal: ApplyJournal): Promise<void> {
  for (const file of journal.files) {
    try {
      await rm(temporaryOf(journal.root, file));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}

/** Only the ones that are empty. */
async function removeMadeFolders(journal: ApplyJournal): Promise<void> {
  for (const folder of [...journal.madeFolders].reverse()) {
    try {
      await rmdir(join(journal.root, folder));
    } catch (error) {
      const stays =
        error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST');
      if (!stays && !isMissing(error)) throw error;
    }
  }
}

async function syncFolders(journal: ApplyJournal): Promise<Result<undefined, MoveProblem>> {
  for (const folder of new Set(journal.files.map((file) => dirname(join(journal.root, file.path))))) {
    if ((await lstatOrNothing(folder)) !== undefined) await syncFolder(folder);
  }
  return ok(undefined);
}

function isExecutable(mode: number | undefined): boolean {
  return ((mode ?? 0) & 0o111) !== 0;
}
