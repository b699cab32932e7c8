import { rm } from 'node:fs/promises';
import path from 'node:path';
import { droppedBlobs, passingBlobs } from '../core/run/capture.ts';
import { foldRun } from '../core/run/view.ts';
import type { CaptureMode } from '../core/settings.ts';
import type { EventLog } from '../node/log/eventLog.ts';

/**
 * Removes from a run that has ended (its change was applied) the answers of models that its capture mode does not keep. The log says what goes before it
 * goes, and what a killed process left of that goes now. `folder` is the run's own; the caller holds its lock.
 */
export async function dropPassingTexts(
  log: Pick<EventLog, 'events' | 'append' | 'flush'>,
  folder: string,
  mode: CaptureMode,
): Promise<void> {
  if (mode === 'full_io' || foldRun(log.events).applied === undefined) return;
  const passing = passingBlobs(log.events, mode);
  if (passing.size > 0) {
    const bytes = [...passing.values()].reduce((sum, size) => sum + size, 0);
    log.append('BlobsDropped', { sha256: [...passing.keys()], bytes, why: `capture mode ${mode}` });
    await log.flush();
  }
  for (const name of droppedBlobs(log.events)) await rm(path.join(folder, 'blobs', name), { force: true });
}
