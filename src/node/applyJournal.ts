import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isMissing } from './repositoryPath.ts';
import { syncFolder, writeFileAtomically, writeSynced } from './atomicFile.ts';

/*
 * What is written before the first of the user's files changes, so that a change begun can be finished or taken back whatever happens:
 * `<folder>/journal.json`, and the bytes of both sides of file n in `<folder>/<n>.before` and `<folder>/<n>.after`.
 */

export type Side = 'before' | 'after';

const sideSchema = z.strictObject({ sha256: z.string(), mode: z.int() }).nullable();

const journalSchema = z.strictObject({
  version: z.literal(1),
  /** `applying` and `undoing` are begun and not ended. */
  state: z.enum(['applying', 'applied', 'undoing', 'undone']),
  root: z.string(),
  /** A side is null where the file does not exist. */
  files: z.array(z.strictObject({ path: z.string(), before: sideSchema, after: sideSchema })),
  /** Folders that did not exist before, outermost first. */
  madeFolders: z.array(z.string()),
});

/** One change of the user's files, as it is remembered. */
export type ApplyJournal = z.infer<typeof journalSchema>;
export type JournalFile = ApplyJournal['files'][number];

/** The journal in a folder; undefined when there is none. Throws on one that cannot be read: guessing could cost a file. */
export async function readJournal(folder: string): Promise<ApplyJournal | undefined> {
  try {
    return journalSchema.parse(JSON.parse(await readFile(journalFile(folder), 'utf8')));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Durable when it resolves. */
export async function writeJournal(folder: string, journal: ApplyJournal): Promise<void> {
  await writeFileAtomically(journalFile(folder), Buffer.from(`${JSON.stringify(journal, undefined, 1)}\n`));
}

/** Removes the journal but not the folder: nothing was begun. */
export async function dropJournal(folder: string): Promise<void> {
  await rm(journalFile(folder), { force: true });
  await syncFolder(folder);
}

/** Writes the bytes of both sides, durably, before the journal that speaks of them. */
export async function writeSides(
  folder: string,
  sides: readonly Readonly<Record<Side, Uint8Array | undefined>>[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [index, side] of sides.entries()) {
    if (side.before !== undefined) await writeSynced(sideFile(folder, index, 'before'), side.before);
    if (side.after !== undefined) await writeSynced(sideFile(folder, index, 'after'), side.after);
  }
  await syncFolder(folder);
}

/** The bytes of one side of file `index`. Throws when they are not what the journal says. */
export async function readSide(
  folder: string,
  journal: ApplyJournal,
  index: number,
  side: Side,
): Promise<Buffer | undefined> {
  const expected = journal.files[index]?.[side];
  if (expected === undefined || expected === null) return undefined;
  const bytes = await readFile(sideFile(folder, index, side));
  if (hashOfBytes(bytes) !== expected.sha256) throw new Error(`the journal's copy of file ${index} is damaged`);
  return bytes;
}

/** SHA-256 as hexadecimal digits; node's own, as the files are compared by it again and again. */
export function hashOfBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function journalFile(folder: string): string {
  return join(folder, 'journal.json');
}

function sideFile(folder: string, index: number, side: Side): string {
  return join(folder, `${index}.${side}`);
}
