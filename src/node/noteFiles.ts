import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { parsedJson } from '../base/parsedJson.ts';
import { writeFileAtomically } from './atomicFile.ts';
import { isMissing } from './repositoryPath.ts';

/*
 * How any process tells a run something: a file per note in the run's folder, written whole, which the run's owner takes into its log and then
 * removes. A note waits there while nobody owns the run.
 */
const noteSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  text: z.string().min(1),
  about: z.string().nullable(),
  by: z.string(),
});
/** A person's words to a run. Ids sort by time. */
export type NoteFile = z.infer<typeof noteSchema>;

export const notesFolder = (runFolder: string): string => path.join(runFolder, 'notes');
const fileOf = (runFolder: string, id: string): string => path.join(notesFolder(runFolder), `${id}.json`);

export async function leaveNote(runFolder: string, note: NoteFile): Promise<void> {
  await mkdir(notesFolder(runFolder), { recursive: true });
  await writeFileAtomically(fileOf(runFolder, note.id), Buffer.from(JSON.stringify(noteSchema.parse(note)), 'utf8'));
}

/** The notes that wait, oldest first. What is no note (a file somebody else put there) is passed over. */
export async function waitingNotes(runFolder: string): Promise<readonly NoteFile[]> {
  const names = await readdir(notesFolder(runFolder)).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const notes = await Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map(async (name) => parseNote(await readFile(path.join(notesFolder(runFolder), name), 'utf8'))),
  );
  return notes.filter((note) => note !== undefined);
}

export async function removeNote(runFolder: string, id: string): Promise<void> {
  await rm(fileOf(runFolder, id), { force: true });
}

const parseNote = (text: string): NoteFile | undefined => noteSchema.safeParse(parsedJson(text)).data;
