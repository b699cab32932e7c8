import { modelDrift, type ModelDrift } from '../core/run/drift.ts';
import type { RunEvent } from '../core/run/event.ts';
import { listRunIds, loadRun } from '../node/runStore.ts';
import { openRepository, type Services } from './services.ts';

/** Newest runs that are read. */
const MOST_RUNS = 500;

/** `unread` are runs whose log is damaged or newer than this program. */
export interface DriftReport {
  readonly runs: number;
  readonly unread: readonly string[];
  readonly models: readonly ModelDrift[];
}

/** Quality and cost of each model over the runs of this repository, from their logs. Comparisons of workers are no runs and count nowhere. */
export async function readDrift(services: Services): Promise<DriftReport> {
  const { commonDir } = await openRepository(services);
  const logs: (readonly RunEvent[])[] = [];
  const unread: string[] = [];
  for (const runId of (await listRunIds(commonDir)).slice(-MOST_RUNS)) {
    const loaded = await loadRun(commonDir, runId);
    if (loaded.kind === 'ok') logs.push(loaded.value.events);
    else if (loaded.error.kind === 'damaged' || loaded.error.kind === 'newer') unread.push(runId);
  }
  return { runs: logs.length, unread, models: modelDrift(logs) };
}
