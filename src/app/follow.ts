import { existsSync } from 'node:fs';
import path from 'node:path';
import { createLogTail } from '../node/log/logTail.ts';
import type { Repository } from '../node/repository.ts';
import { RUN_ID, runsFolder } from '../node/runStore.ts';
import { watchFolder } from '../node/watchFolder.ts';
import type { RunEvent } from '../core/run/event.ts';
import { logProblem } from './logProblem.ts';
import { openRun } from './openRun.ts';

/** How often the log is looked at where watching its folder brings nothing. */
const POLL_MS = 200;

/**
 * Hands on a run's events from its first as they land in its log, whichever process writes them, a few at a time and each once. Ends when the
 * signal aborts. Throws a CommandProblem when there is no such run or its log is damaged.
 */
export async function followRun(
  { commonDir }: Repository,
  runId: string,
  onEvents: (events: readonly RunEvent[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const folder = path.join(runsFolder(commonDir), runId);
  // The words for a run that is not there are openRun's.
  if (!RUN_ID.test(runId) || !existsSync(folder)) await openRun(commonDir, runId);
  const tail = createLogTail(path.join(folder, 'events.jsonl'));
  let wake: () => void = () => undefined;
  let isDue = false;
  const look = (): void => {
    isDue = true;
    wake();
  };
  using _watch = watchFolder(folder, POLL_MS, look);
  signal.addEventListener('abort', look, { once: true });
  while (!signal.aborted) {
    isDue = false;
    const events = await tail.next();
    if (events.kind === 'error') throw logProblem(events.error, runId);
    if (events.value.length > 0) onEvents(events.value);
    else if (!isDue) await new Promise<void>((resolve) => (wake = resolve));
  }
  signal.removeEventListener('abort', look);
}
