import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { counted } from '../../base/counted.ts';
import { isMissing } from '../repositoryPath.ts';

/** What a server prints, whole lines of it, in a file that stays small. */
export interface ServerLog {
  add(text: string): void;
}

const CAP_BYTES = 20 * 1024 * 1024;
/** Most bytes that are read of a log at once. */
const READ_CAP_BYTES = 256 * 1024;

export const serverLogFile = (folder: string): string => path.join(folder, 'server.log');
const olderFile = (folder: string): string => `${serverLogFile(folder)}.1`;

/**
 * Opens the log of a server for appending. At `capBytes` it becomes `server.log.1`, in the place of the one before, so that both together never hold more
 * than twice as much. What cannot be written, to a full disk for example, is left out and told: a log must not end a server.
 */
export function openServerLog(folder: string, capBytes = CAP_BYTES): ServerLog {
  mkdirSync(folder, { recursive: true });
  const file = serverLogFile(folder);
  let size = sizeOf(file);
  let lost = 0;
  return {
    add(text) {
      const told = lost === 0 ? text : `[${counted(lost, 'piece')} of output could not be written]\n${text}`;
      const bytes = Buffer.from(told, 'utf8');
      try {
        if (size > 0 && size + bytes.length > capBytes) {
          renameSync(file, olderFile(folder));
          size = 0;
        }
        appendFileSync(file, bytes, { mode: 0o600 });
        size += bytes.length;
        lost = 0;
      } catch (error) {
        if (!(error instanceof Error && 'code' in error)) throw error;
        lost += 1;
      }
    },
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** The last lines of the log, at most `lines` and 256 KiB of them, and where to read on. Empty where there is no log. */
export async function lastOfLog(
  folder: string,
  lines: number,
): Promise<{ readonly text: string; readonly position: number }> {
  const whole = await readFrom(serverLogFile(folder), (size) => size - READ_CAP_BYTES);
  const kept = whole.text.split('\n');
  const isCut = whole.start > 0;
  const shown = (isCut ? kept.slice(1) : kept).slice(-lines - 1);
  return { text: shown.join('\n'), position: whole.end };
}

/** What came to the log after a position, and the next position. After a rotation the rest of the older file comes first. */
export async function moreOfLog(
  folder: string,
  position: number,
): Promise<{ readonly text: string; readonly position: number }> {
  const size = sizeOf(serverLogFile(folder));
  if (size >= position) {
    const { text, end } = await readFrom(serverLogFile(folder), () => position);
    return { text, position: end };
  }
  const older = await readFrom(olderFile(folder), () => position);
  const newer = await readFrom(serverLogFile(folder), () => 0);
  return { text: `${older.text}${newer.text}`, position: newer.end };
}

async function readFrom(
  file: string,
  startOf: (size: number) => number,
): Promise<{ readonly text: string; readonly start: number; readonly end: number }> {
  try {
    await using handle = await open(file, 'r');
    const { size } = await handle.stat();
    const start = Math.max(0, Math.min(size, startOf(size)));
    const bytes = Buffer.alloc(Math.min(READ_CAP_BYTES, size - start));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
    return { text: bytes.subarray(0, bytesRead).toString('utf8'), start, end: start + bytesRead };
  } catch (error) {
    if (isMissing(error)) return { text: '', start: 0, end: 0 };
    throw error;
  }
}
