import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** How long a group has to end by itself after SIGTERM. */
const graceMs = 250;
/** How long we look on while the kernel takes a group away after SIGKILL. */
const afterKillMs = 100;
const pollMs = 10;

/**
 * Ends every process of a group: SIGTERM, then SIGKILL for what is left after the grace, 250 ms when left out. Resolves once none is left, 100 ms
 * after the grace at most (a process that waits for a disk cannot be ended by anybody). The group's id is its leader's process id.
 * A process that has made itself the leader of another group or session is out of reach.
 */
export async function terminateGroup(groupId: number, withinMs = graceMs): Promise<void> {
  if (!signalGroup(groupId, 'SIGTERM')) return;
  if (await groupEnds(groupId, withinMs)) return;
  signalGroup(groupId, 'SIGKILL');
  await groupEnds(groupId, afterKillMs);
}

/** Sends SIGKILL without waiting: for the moment in which this process ends. */
export function killGroupNow(groupId: number): void {
  signalGroup(groupId, 'SIGKILL');
}

/** True while a process of the group exists (on Windows never: there are no groups, and the tree is ended in one go). */
export function isGroupAlive(groupId: number): boolean {
  return process.platform !== 'win32' && signalGroup(groupId, 0);
}

async function groupEnds(groupId: number, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (isGroupAlive(groupId)) {
    if (performance.now() >= until) return false;
    await wait(pollMs);
  }
  return true;
}

/** Returns whether there was anything to send the signal to. Signal 0 only asks. */
function signalGroup(groupId: number, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  if (process.platform === 'win32') return endTreeOnWindows(groupId);
  try {
    return process.kill(-groupId, signal);
  } catch (error) {
    // EPERM: members exist which have taken another user's identity. ESRCH: nobody is left.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Windows knows no groups and no signals: taskkill ends a process and its descendants at once. */
function endTreeOnWindows(processId: number): boolean {
  const taskkill = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'taskkill.exe');
  return spawnSync(taskkill, ['/pid', String(processId), '/T', '/F'], { windowsHide: true }).status === 0;
}
