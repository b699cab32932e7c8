import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { serverStateSchema, type ServerState } from '../../core/reflex/serverState.ts';
import { writeFileAtomically } from '../atomicFile.ts';
import { isMissing } from '../repositoryPath.ts';

/*
 * What is kept of the local server lies in one folder of the person's state: the lock of its supervisor (lock.ts), the state that the supervisor writes,
 * the server's log, and the request to stop (runRequests.ts). There is one supervised server a person and computer.
 */

/** Absolute; it need not exist. */
export const serverFolder = (stateFolder: string): string => path.join(stateFolder, 'reflex-server');

const stateFile = (folder: string): string => path.join(folder, 'state.json');

/** What was last written down; undefined where there is nothing, or nothing that this version understands. */
export async function readServerState(folder: string): Promise<ServerState | undefined> {
  try {
    const parsed = serverStateSchema.safeParse(JSON.parse(await readFile(stateFile(folder), 'utf8')));
    return parsed.data;
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export async function writeServerState(folder: string, state: ServerState): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFileAtomically(stateFile(folder), Buffer.from(JSON.stringify(state), 'utf8'), 0o600);
}

export async function forgetServerState(folder: string): Promise<void> {
  await rm(stateFile(folder), { force: true });
}
