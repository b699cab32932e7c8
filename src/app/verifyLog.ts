import path from 'node:path';
import type { BlobReference, Blobs } from '../core/ports.ts';
import { blobReferences } from '../core/run/blobReferences.ts';
import { droppedBlobs } from '../core/run/capture.ts';
import { LOG_VERSION, type RunEvent } from '../core/run/event.ts';
import { createBlobStore } from '../node/log/blobStore.ts';
import { readEventLog } from '../node/log/eventLog.ts';
import type { Repository } from '../node/repository.ts';
import { openRun } from './openRun.ts';
import { CommandProblem } from './problem.ts';

/** What a run's log was found to be. `version` is the highest format written in it; `droppedBlobs` were removed by `speckit gc` or as the capture mode says, and the log says which. */
export interface LogReport {
  readonly runId: string;
  readonly events: number;
  readonly version: number;
  readonly blobs: number;
  readonly droppedBlobs: number;
  /** Bytes of a last line that a crash cut off: it never counted, and the next process that goes on with the run removes it. */
  readonly tornBytes: number;
}

/** Lines told of a log whose blobs are damaged; `N more` stands for the rest. */
const LINES_TOLD = 20;

/**
 * Verifies a run's log: form, order and hash chain of every line, and that each text it refers to is there with the bytes it was written with.
 * Throws a CommandProblem that names what is wrong by its line. Changes nothing.
 */
export async function verifyLog({ commonDir }: Repository, runId: string): Promise<LogReport> {
  const { folder, events } = await openRun(commonDir, runId);
  const content = await readEventLog(path.join(folder, 'events.jsonl'));
  const blobs = createBlobStore(path.join(folder, 'blobs'));
  const dropped = droppedBlobs(events);
  const seen = new Set<string>();
  const problems: string[] = [];
  for (const event of events) {
    for (const reference of blobReferences(event.payload)) {
      if (seen.has(reference.sha256) || dropped.has(reference.sha256)) continue;
      seen.add(reference.sha256);
      const problem = await blobProblem(blobs, reference);
      if (problem !== undefined) problems.push(`line ${event.seq} (${event.kind}): ${problem}`);
    }
  }
  if (problems.length > 0) throw new CommandProblem('infrastructure', problemText(runId, problems));
  return {
    runId,
    events: events.length,
    version: Math.max(...events.map(versionOf)),
    blobs: seen.size,
    droppedBlobs: dropped.size,
    tornBytes: content.kind === 'ok' ? content.value.tornBytes : 0,
  };
}

function problemText(runId: string, problems: readonly string[]): string {
  const more = problems.length - LINES_TOLD;
  return [
    `The log of run ${runId} is whole, but texts it refers to are damaged:`,
    ...problems.slice(0, LINES_TOLD).map((problem) => `  ${problem}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join('\n');
}

function versionOf(event: RunEvent): number {
  if (event.kind === 'RunStart') return event.payload.version;
  // The first format did not say with which one a process went on.
  return event.kind === 'OwnerChange' ? Math.min(event.payload.version ?? 1, LOG_VERSION) : 1;
}

async function blobProblem(blobs: Blobs, reference: BlobReference): Promise<string | undefined> {
  try {
    const text = await blobs.get(reference);
    if (Buffer.byteLength(text) !== reference.bytes)
      return `blob ${reference.sha256} is not ${reference.bytes} bytes long`;
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ('code' in error) {
      if (error.code === 'ENOENT') return `blob ${reference.sha256} is missing`;
      return `blob ${reference.sha256} cannot be read (${String(error.code)})`;
    }
    return error.message;
  }
}
