import { open } from 'node:fs/promises';
import { ok, type Result } from '../../base/result.ts';
import { FIRST_PREVIOUS, type RunEvent } from '../../core/run/event.ts';
import { isMissing } from '../repositoryPath.ts';
import { verifyLines, type LogProblem } from './eventLog.ts';

/** A log that is read as it grows, whoever writes it. `next` gives what came since, verified; a line without its end waits for it. */
export interface LogTail {
  next(): Promise<Result<readonly RunEvent[], LogProblem>>;
}

/** Bytes read at a time. A longer line is read whole all the same. */
const CHUNK = 4_000_000;

export function createLogTail(file: string): LogTail {
  let offset = 0;
  let last: Pick<RunEvent, 'seq' | 'hash'> = { seq: 0, hash: FIRST_PREVIOUS };
  return {
    async next() {
      const bytes = await wholeLines(file, offset);
      if (bytes.length === 0) return ok([]);
      const events = verifyLines(file, bytes.toString('utf8').split('\n').slice(0, -1), last);
      if (events.kind === 'error') return events;
      offset += bytes.length;
      last = events.value.at(-1) ?? last;
      return events;
    },
  };
}

/** The bytes from `offset` up to the last end of a line among the next ones; none when there is no such line yet, or no file. */
async function wholeLines(file: string, offset: number): Promise<Buffer> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (handle === undefined) return Buffer.alloc(0);
  try {
    const { size } = await handle.stat();
    for (let wanted = Math.min(CHUNK, size - offset); wanted > 0; wanted = Math.min(wanted * 2, size - offset)) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(wanted), 0, wanted, offset);
      const end = buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
      if (end > 0 || wanted >= size - offset) return buffer.subarray(0, end);
    }
    return Buffer.alloc(0);
  } finally {
    await handle.close();
  }
}
