import path from 'node:path';
import type { Blobs, FileDifference } from '../core/ports.ts';
import type { RunEvent } from '../core/run/event.ts';
import type { RunView } from '../core/run/view.ts';
import { runOwner } from '../node/lock.ts';
import { createBlobStore } from '../node/log/blobStore.ts';
import { listRunIds, loadRun, runsFolder } from '../node/runStore.ts';
import type { Repository } from '../node/repository.ts';
import { requestStop } from '../node/stopRequest.ts';
import type { Review } from './approval.ts';
import { logProblemText } from './logProblem.ts';
import { openRun } from './openRun.ts';
import { CommandProblem } from './problem.ts';
import { openProject, type Services } from './services.ts';
import { listSpecFolders } from './specs.ts';

/** A run with whether a process is at work on it now. `interrupted`: its process is gone and left no end. */
export interface RunState {
  readonly view: RunView;
  readonly at: 'working' | 'ended' | 'interrupted';
}

/** All specs and runs of a repository; runs newest first. `broken` are runs whose log cannot be read, with why. */
export interface Status {
  readonly root: string;
  readonly specs: readonly { readonly folder: string; readonly runs: readonly RunState[] }[];
  readonly runs: readonly RunState[];
  readonly broken: readonly { readonly runId: string; readonly why: string }[];
}

/** One run with its events, its proposal where there is one, and a reader for its blobs. */
export interface RunDetail extends RunState {
  readonly events: readonly RunEvent[];
  readonly review: Review | undefined;
  readonly brief: string | undefined;
  /** The change as it was last measured against the base: what a person reads before there is a proposal. */
  readonly change: readonly FileDifference[] | undefined;
  blob(reference: { readonly sha256: string; readonly bytes: number }): Promise<string>;
}

export async function readStatus(services: Services): Promise<Status> {
  const { repository, loaded } = await openProject(services);
  const folders = await listSpecFolders(repository.root, loaded.configuration);
  const runs: RunState[] = [];
  const broken: { runId: string; why: string }[] = [];
  for (const runId of (await listRunIds(repository.commonDir)).toReversed()) {
    const run = await loadRun(repository.commonDir, runId);
    if (run.kind === 'error') broken.push({ runId, why: logProblemText(run.error, runId) });
    else runs.push({ view: run.value.view, at: await stateOf(run.value.folder, run.value.view) });
  }
  const specs = folders.map((name) => ({
    folder: `${loaded.configuration.spec.folder}/${name}`,
    runs: runs.filter(({ view }) => view.specFolder === `${loaded.configuration.spec.folder}/${name}`),
  }));
  return { root: repository.root, specs, runs, broken };
}

export async function readRun(_services: Services, repository: Repository, runId: string): Promise<RunDetail> {
  // Loaded here: what applies a change is no part of a list of runs.
  const { reviewOf } = await import('./approval.ts');
  const { events, folder, view } = await openRun(repository.commonDir, runId);
  const blobs = createBlobStore(path.join(folder, 'blobs'));
  const { proposal } = view;
  const content =
    proposal === undefined ? undefined : (JSON.parse(await blobs.get(proposal.content)) as readonly FileDifference[]);
  return {
    view,
    events,
    at: await stateOf(folder, view),
    review: proposal === undefined || content === undefined ? undefined : reviewOf(events, content, proposal),
    change: await measuredChange(events, blobs),
    brief: proposal === undefined ? undefined : await blobs.get(proposal.brief),
    blob: (reference) => blobs.get(reference),
  };
}

/** The output of the newest step `differences/<tree>`: see core/pipeline/attemptSignals.ts. */
async function measuredChange(
  events: readonly RunEvent[],
  blobs: Blobs,
): Promise<readonly FileDifference[] | undefined> {
  const end = events.findLast(
    (event) => event.kind === 'StepEnd' && /^differences\/[0-9a-f]+$/.test(event.payload.key),
  );
  if (end?.kind !== 'StepEnd') return undefined;
  const { output } = end.payload;
  return 'inline' in output
    ? (output.inline as unknown as readonly FileDifference[])
    : (JSON.parse(await blobs.get(output.blob)) as readonly FileDifference[]);
}

async function stateOf(folder: string, view: RunView): Promise<RunState['at']> {
  if ((await runOwner(folder)) !== undefined) return 'working';
  return view.end === undefined ? 'interrupted' : 'ended';
}

/** Longest wait for a run's process to let go after it was asked to stop. */
const STOP_WAIT_MS = 5_000;

/** Asks the process at work on a run to stop, and waits until it has let go. */
export async function stopRun(
  services: Services,
  repository: Repository,
  runId: string,
): Promise<'stopped' | 'notRunning'> {
  const { folder, view } = await openRun(repository.commonDir, runId);
  if ((await stateOf(folder, view)) !== 'working') return 'notRunning';
  for (const end = services.clock.now() + STOP_WAIT_MS; services.clock.now() < end;) {
    // Asked again and again: a process that has only just begun forgets requests from before its time.
    await requestStop(path.join(runsFolder(repository.commonDir), runId));
    if ((await runOwner(folder)) === undefined) return 'stopped';
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new CommandProblem(
    'infrastructure',
    `Run ${runId} did not stop within ${STOP_WAIT_MS / 1000} s. Its process is ${view.owner?.pid ?? 'unknown'}.`,
  );
}
