import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isMissing } from './repositoryPath.ts';
import { watchFolder } from './watchFolder.ts';

/*
 * How one process asks another to stop or pause a run: a file in the run's folder, named after what is asked. A signal would not do, because the
 * owner may be an editor. The owner renames the file to say that it has heard.
 */
export type RunRequest = 'stop' | 'pause';
const REQUESTS: readonly RunRequest[] = ['stop', 'pause'];

/** Looked for this often even where watching a folder brings nothing: well under the half second a stop may take. */
const POLL_MS = 150;

const fileOf = (runFolder: string, request: RunRequest): string => path.join(runFolder, request);
const heardFileOf = (runFolder: string, request: RunRequest): string => `${fileOf(runFolder, request)}.heard`;

/** Asks the owner of a run. Ask again until it was heard: a process that has only just begun forgets requests from before its time. */
export async function askOwner(runFolder: string, request: RunRequest): Promise<void> {
  await mkdir(runFolder, { recursive: true });
  await writeFile(fileOf(runFolder, request), '');
}

/** Whether the owner has heard a request made since `forgetRequests`. */
export async function wasHeard(runFolder: string, request: RunRequest): Promise<boolean> {
  return isThere(heardFileOf(runFolder, request));
}

export async function forgetRequests(runFolder: string, requests: readonly RunRequest[] = REQUESTS): Promise<void> {
  for (const request of requests) {
    await rm(fileOf(runFolder, request), { force: true });
    await rm(heardFileOf(runFolder, request), { force: true });
  }
}

/** Calls `onRequest` once for each kind of request; those from before are forgotten first. Dispose to end the watching. */
export async function watchRequests(runFolder: string, onRequest: (request: RunRequest) => void): Promise<Disposable> {
  await forgetRequests(runFolder);
  const told = new Set<RunRequest>();
  const look = (name?: string): void => {
    // The log lies in the same folder and changes all the time.
    for (const request of name === undefined ? REQUESTS : REQUESTS.filter((other) => other === name)) {
      hear(runFolder, request).then((isAsked) => {
        if (!isAsked || told.has(request)) return;
        told.add(request);
        onRequest(request);
      }, failLater);
    }
  };
  // The log grows in the same folder, several times for each step of the run.
  return watchFolder(runFolder, POLL_MS, look, REQUESTS);
}

/** A fault of the disk ends the process as any other that nobody expected. */
function failLater(error: unknown): never {
  throw error;
}

/** Every asking is answered, also a second one: whoever asked waits for it. */
async function hear(runFolder: string, request: RunRequest): Promise<boolean> {
  try {
    await rename(fileOf(runFolder, request), heardFileOf(runFolder, request));
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function isThere(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
