import type { ServerState } from '../../core/reflex/serverState.ts';
import { isGroupAlive, terminateGroup } from '../processGroup.ts';
import { processStart } from '../processStart.ts';
import { readServerState } from './serverFolder.ts';

/** The server that a supervisor has left which was killed together with its guard: the process that the state names, when it is still that one. */
export async function leftOverServer(folder: string): Promise<number | undefined> {
  const state: ServerState | undefined = await readServerState(folder);
  if (state?.kind !== 'starting' && state?.kind !== 'ready') return undefined;
  // Without start times the number could be anybody's by now.
  const isSame = state.start !== undefined && processStart(state.pid) === state.start;
  return isSame && isGroupAlive(state.pid) ? state.pid : undefined;
}

/** Ends that server and its group, and returns its process id. Only while no supervisor is at work. */
export async function endLeftOverServer(folder: string, graceMs: number): Promise<number | undefined> {
  const pid = await leftOverServer(folder);
  if (pid !== undefined) await terminateGroup(pid, graceMs);
  return pid;
}
