import { readdir, readFile } from 'node:fs/promises';

/*
 * A command's processes that have left its group (setsid, a double fork) are found again by a variable which every descendant inherits: it names us and
 * the folder the command runs in. A process that clears its environment on purpose is out of reach here; a sandbox with processes of its own is not.
 */

/** The variable's name. */
export const MARK = 'SPECKIT_COMMAND_OF';

/** Its value for a folder (absolute). Our number is part of it, because a resumed run's commands stand in the same folder as those of a killed one. */
export const markOf = (folder: string): string => `${process.pid} ${folder}`;

/** Times it is looked again: what is found may start another process before it is ended. */
const ROUNDS = 3;

/** Sends SIGKILL to every process that bears our mark of a folder. Reads /proc, so on Linux only; elsewhere it does nothing. */
export async function killMarked(folder: string): Promise<void> {
  if (process.platform !== 'linux') return;
  for (let round = 0; round < ROUNDS; round += 1) {
    const found = await marked(folder);
    if (found.length === 0) return;
    for (const pid of found) endNow(pid);
  }
}

async function marked(folder: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const entry = Buffer.from(`\0${MARK}=${markOf(folder)}\0`);
  const looks = pids.map(async (pid) => {
    // A process that ended meanwhile, or is another user's, is none of ours.
    const environment = await readFile(`/proc/${pid}/environ`).catch(() => Buffer.alloc(0));
    return Buffer.concat([Buffer.from('\0'), environment]).includes(entry) ? [pid] : [];
  });
  return (await Promise.all(looks)).flat();
}

function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))) throw error;
  }
}
