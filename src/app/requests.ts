import path from 'node:path';
import { runOwner } from '../node/lock.ts';
import type { Repository } from '../node/repository.ts';
import { askOwner, forgetRequests, wasHeard } from '../node/runRequests.ts';
import { RUN_ID, runsFolder } from '../node/runStore.ts';
import { openRun } from './openRun.ts';
import { CommandProblem } from './problem.ts';
import type { Services } from './services.ts';

/** Longest wait for a run's process to let go after it was asked to stop, or to hear that it is to pause; and how often it is looked. */
const WAIT_MS = 5_000;
const POLL_MS = 20;

/** Asks the process at work on a run to stop, and waits until it has let go. */
export async function stopRun(
  services: Services,
  repository: Repository,
  runId: string,
): Promise<'stopped' | 'notRunning'> {
  const { folder, view } = await openRun(repository.commonDir, runId);
  if ((await runOwner(folder)) === undefined) return 'notRunning';
  for (const end = services.clock.now() + WAIT_MS; services.clock.now() < end;) {
    await askOwner(folder, 'stop');
    if ((await runOwner(folder)) === undefined) return 'stopped';
    await wait();
  }
  throw new CommandProblem(
    'infrastructure',
    `Run ${runId} did not stop within ${WAIT_MS / 1000} s. Its process is ${view.owner?.pid ?? 'unknown'}.`,
  );
}

/** Asks the process at work on a run to pause, and waits until it has heard: the step in flight then ends, and nothing new begins. */
export async function pauseRun(
  services: Services,
  repository: Repository,
  runId: string,
): Promise<'pausing' | 'notRunning'> {
  const { folder, view } = await openRun(repository.commonDir, runId);
  if ((await runOwner(folder)) === undefined) return 'notRunning';
  await forgetRequests(folder, ['pause']);
  for (const end = services.clock.now() + WAIT_MS; services.clock.now() < end;) {
    await askOwner(folder, 'pause');
    await wait();
    if (await wasHeard(folder, 'pause')) return 'pausing';
    if ((await runOwner(folder)) === undefined) return 'notRunning';
  }
  throw new CommandProblem(
    'infrastructure',
    `Run ${runId} did not answer within ${WAIT_MS / 1000} s. Its process is ${view.owner?.pid ?? 'unknown'}. \`speckit stop ${runId}\` ends it at once.`,
  );
}

/** Whether a process is at work on a run. False for a run that is not there. */
export async function isAtWork({ commonDir }: Repository, runId: string): Promise<boolean> {
  if (!RUN_ID.test(runId)) return false;
  return (await runOwner(path.join(runsFolder(commonDir), runId))) !== undefined;
}

const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, POLL_MS));
