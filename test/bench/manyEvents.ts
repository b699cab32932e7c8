import { utimesSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventKind, Payload, RunEvent } from '../../src/core/run/event.ts';
import { openEventLog, readEventLog, type EventLog } from '../../src/node/log/eventLog.ts';
import { runsFolder } from '../../src/node/runStore.ts';

/*
 * Logs that are longer or more than a test would wait for, made of the events of a real run.
 */

const BATCH = 25;

export const logOf = (root: string, runId: string): string =>
  path.join(runsFolder(path.join(root, '.git')), runId, 'events.jsonl');

/** Copies a run's log under other ids, as `count` finished runs of the same spec. Their blobs are those of no run: only the explorer shows them. */
export async function copyRuns(root: string, runId: string, count: number, makeFolder: (folder: string) => void) {
  const events = await eventsOf(logOf(root, runId));
  for (let index = 1; index <= count; index += 1) {
    const id = `${runId}-${String(index).padStart(3, '0')}`;
    makeFolder(path.dirname(logOf(root, id)));
    const log = await opened(logOf(root, id));
    for (const event of events) {
      const payload = event.kind === 'RunStart' ? { ...event.payload, runId: id } : event.payload;
      append(log, event.kind, payload);
    }
    await log.close();
  }
}

/**
 * Lets a finished run go on in another process's name (this one's): the events of its implement stage over and over, each time of another task, until its
 * log has `total` events. With every batch a file of the spec is touched, so that the editor also looks at the folder as often as it does for itself.
 */
export async function growLog(root: string, runId: string, total: number, pauseMs: number): Promise<void> {
  const file = logOf(root, runId);
  const events = await eventsOf(file);
  const from = events.findIndex(isStage('implement', 'entered')) + 1;
  const round = events.slice(from, events.findIndex(isStage('implement', 'done')));
  const start = events.find((event) => event.kind === 'RunStart');
  if (round.length === 0 || start?.kind !== 'RunStart') throw new Error(`${file} has no implement stage`);
  const touched = path.join(root, start.payload.specFolder, 'spec.md');
  const log = await opened(file);
  for (let task = 2; log.events.length < total; task += 1) {
    for (const event of round) {
      // Hashes are lower-case hexadecimal: none of them holds the name of a task.
      append(log, event.kind, JSON.parse(JSON.stringify(event.payload).replaceAll('T1', `T${task}`)));
      if (log.events.length % BATCH !== 0) continue;
      await log.flush();
      const now = new Date();
      utimesSync(touched, now, now);
      await delay(pauseMs);
    }
  }
  await log.close();
}

const isStage =
  (stage: string, to: string) =>
  (event: RunEvent): boolean =>
    event.kind === 'StageTransition' && event.payload.stage === stage && event.payload.to === to;

async function eventsOf(file: string): Promise<readonly RunEvent[]> {
  const content = await readEventLog(file);
  if (content.kind === 'error') throw new Error(`${file}: ${JSON.stringify(content.error)}`);
  return content.value.events;
}

async function opened(file: string): Promise<EventLog> {
  const log = await openEventLog(file, { now: Date.now }, () => undefined);
  if (log.kind === 'error') throw new Error(`${file}: ${JSON.stringify(log.error)}`);
  return log.value;
}

function append(log: EventLog, kind: EventKind, payload: unknown): void {
  log.append(kind, payload as Payload<EventKind>);
}

// Run as a program it is the other process.
const [, program, root, runId, total, pauseMs] = process.argv;
if (program === import.meta.filename && root !== undefined && runId !== undefined)
  await growLog(root, runId, Number(total), Number(pauseMs));
