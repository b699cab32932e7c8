import { mkdir } from 'node:fs/promises';
import type { Redaction } from '../core/run/redaction.ts';
import type { RunLog } from '../core/run/runLog.ts';
import { notesFolder, removeNote, waitingNotes } from '../node/noteFiles.ts';
import { watchFolder } from '../node/watchFolder.ts';

/** How often waiting notes are looked for where watching their folder brings nothing. */
const POLL_MS = 200;

/**
 * Takes what people tell a run into its log, now and as long as it is not disposed of: each note once, also when a process was killed between the
 * log and the removal of the note's file. The caller holds the run's lock.
 */
export async function takeNotesIn(runFolder: string, log: RunLog, redaction: Redaction): Promise<AsyncDisposable> {
  const known = new Set(log.events.flatMap((event) => (event.kind === 'PersonNote' ? [event.payload.id] : [])));
  let isOver = false;
  const take = async (): Promise<void> => {
    for (const note of await waitingNotes(runFolder)) {
      if (isOver) return;
      if (!known.has(note.id)) {
        known.add(note.id);
        log.append('PersonNote', {
          ...note,
          text: redaction.text(note.text),
          about: note.about === null ? null : redaction.text(note.about),
        });
        await log.flush();
      }
      await removeNote(runFolder, note.id);
    }
  };
  await mkdir(notesFolder(runFolder), { recursive: true });
  await take();
  let taking: Promise<void> = Promise.resolve();
  let isDue = false;
  const watching = watchFolder(notesFolder(runFolder), POLL_MS, () => {
    if (isDue) return;
    isDue = true;
    taking = taking.then(() => {
      isDue = false;
      return take();
    });
    // A failure is thrown by whoever disposes of this, and must not also end the process.
    taking.then(undefined, () => undefined);
  });
  return {
    async [Symbol.asyncDispose]() {
      isOver = true;
      watching[Symbol.dispose]();
      await taking;
    },
  };
}
