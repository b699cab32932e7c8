import { readdirSync, readFileSync, readlinkSync, statfsSync } from 'node:fs';
import type { ProcessLimits } from '../core/ports.ts';

/** How often a command is looked at. A process more or a gigabyte more can come and go between two looks. */
const LOOK_MS = 200;

export interface WatchedCommand {
  readonly limits: ProcessLimits;
  /** The disk on which the command writes, by a folder on it. */
  readonly folder: string;
  /** The namespace of processes that holds the command and all it started: the inode in /proc/<pid>/ns/pid. Undefined until it is known. */
  readonly namespace: () => number | undefined;
  /** Called once, with what was too much. */
  readonly onLimit: (message: string) => void;
}

/**
 * Watches what a command in a namespace of its own takes: processes, memory that is theirs alone (what two of them share after a fork counts twice),
 * and by how much the disk fills meanwhile, whoever fills it. Reads /proc, so Linux only. It ends when it is disposed of.
 */
export function watchLimits(watched: WatchedCommand): Disposable {
  const freeAtStart = freeBytes(watched.folder);
  const timer = setInterval(() => {
    const message = tooMuch(watched, freeAtStart);
    if (message === undefined) return;
    clearInterval(timer);
    watched.onLimit(message);
  }, LOOK_MS);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function tooMuch({ limits, folder, namespace }: WatchedCommand, freeAtStart: number): string | undefined {
  const written = freeAtStart - freeBytes(folder);
  if (Number.isFinite(freeAtStart) && written > limits.diskBytes)
    return `the disk lost more than ${megabytes(limits.diskBytes)} of free space while it ran`;
  const inode = namespace();
  if (inode === undefined) return undefined;
  const members = membersOf(inode);
  if (members.length > limits.processes) return `it had more than ${limits.processes} processes`;
  const memory = members.reduce((sum, processId) => sum + memoryOf(processId), 0);
  if (memory > limits.memoryBytes) return `it took more than ${megabytes(limits.memoryBytes)} of memory`;
  return undefined;
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;

/** Infinity where nothing can be told, as when the folder is gone: then the disk is not watched. */
function freeBytes(folder: string): number {
  const status = reading(() => statfsSync(folder));
  return status === undefined ? Infinity : status.bavail * status.bsize;
}

function membersOf(inode: number): readonly string[] {
  const name = `pid:[${inode}]`;
  return readdirSync('/proc').filter((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    return reading(() => readlinkSync(`/proc/${entry}/ns/pid`)) === name;
  });
}

/** Bytes of the memory that is not a file's: RssAnon of proc_pid_status(5), in kilobytes. */
function memoryOf(processId: string): number {
  const status = reading(() => readFileSync(`/proc/${processId}/status`, 'utf8')) ?? '';
  return Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}

/** Undefined for what is gone meanwhile (a process that has ended) or belongs to somebody else. */
function reading<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
