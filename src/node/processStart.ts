import { readFileSync } from 'node:fs';
import { isMissing } from './repositoryPath.ts';

/** True while a process of this number exists, whosever it is. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * When a process began, as text that is equal for one process and differs for another with the same number, also after a restart of the
 * machine: the boot's id and the start in clock ticks (field 22 of /proc/<pid>/stat, proc(5)). `ended` for a process that has ended and
 * only waits to be collected. Undefined where there is no /proc.
 */
export function processStart(pid: number): string | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    // The second field is the name in parentheses, which may itself hold spaces and parentheses.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : `${boot.trim()}:${fields[19] ?? ''}`;
  } catch (error) {
    if (isMissing(error) || (error instanceof Error && 'code' in error && error.code === 'ESRCH')) return undefined;
    throw error;
  }
}
