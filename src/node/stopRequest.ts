import { watch } from 'node:fs';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

/*
 * How one process asks another to stop a run: a file in the run's folder. A signal would not do, because the owner may be an editor.
 */
const FILE = 'stop';
/** Looked for this often even where watching a folder brings nothing (some network file systems): well under the half second a stop may take. */
const POLL_MS = 150;

export async function requestStop(runFolder: string): Promise<void> {
  await mkdir(runFolder, { recursive: true });
  await writeFile(path.join(runFolder, FILE), '');
}

/** Calls `onStop` once when a stop is asked for; a request from before is forgotten first. Dispose to end the watching. */
export async function watchStopRequest(runFolder: string, onStop: () => void): Promise<Disposable> {
  const file = path.join(runFolder, FILE);
  await rm(file, { force: true });
  let isHeard = false;
  const look = (): void => {
    if (isHeard) return;
    stat(file).then(
      () => {
        if (isHeard) return;
        isHeard = true;
        onStop();
      },
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      },
    );
  };
  const watcher = watch(runFolder, { persistent: false }, look);
  // A watcher that breaks leaves the polling, which is enough.
  watcher.on('error', () => watcher.close());
  const timer = setInterval(look, POLL_MS);
  timer.unref();
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
      watcher.close();
    },
  };
}
