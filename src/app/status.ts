import path from 'node:path';
import type { Blobs, FileDifference } from '../core/ports.ts';
import type { RunEvent } from '../core/run/event.ts';
import { evidenceWarning } from '../core/run/retention.ts';
import type { RunView } from '../core/run/view.ts';
import { runOwner } from '../node/lock.ts';
import { createBlobStore } from '../node/log/blobStore.ts';
import { listRunIds, runsFolder } from '../node/runStore.ts';
import type { Repository } from '../node/repository.ts';
import { logProblemText } from './logProblem.ts';
import { needOf } from './needs.ts';
import { openRun } from './openRun.ts';
import type { Need } from './overview.ts';
import type { Review } from './review.ts';
import type { RunDigest, RunDigests } from './runDigests.ts';
import { openProject, type Services } from './services.ts';
import { listSpecFolders, SPEC_BYTES } from './specFolders.ts';
import { staleText } from './staleness.ts';
import { readTextFile } from './textFile.ts';

/** A run with whether a process is at work on it now. `interrupted`: its process is gone and left no end. */
export interface RunState {
  readonly view: RunView;
  readonly at: 'working' | 'ended' | 'interrupted';
}

/** All specs and runs of a repository; runs newest first. `broken` are runs whose log cannot be read, with why. */
export interface Status {
  readonly root: string;
  readonly specs: readonly {
    readonly folder: string;
    readonly runs: readonly RunState[];
    /** Why what its newest run made no longer belongs to spec.md. */
    readonly stale: string | undefined;
  }[];
  /** Limits that are nearly reached. */
  readonly warnings: readonly string[];
  readonly runs: readonly RunState[];
  readonly needs: readonly Need[];
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

export async function readStatus(services: Services, digests: RunDigests): Promise<Status> {
  const { repository, loaded } = await openProject(services);
  const folders = await listSpecFolders(repository.root, loaded.configuration.spec.folder);
  const { runs: digested, broken } = await readRuns(repository.commonDir, digests);
  const runs = digested.map(({ digest, at }) => ({ view: digest.view, at }));
  const specs = await Promise.all(
    folders.map(async (name) => {
      const folder = `${loaded.configuration.spec.folder}/${name}`;
      const own = runs.filter(({ view }) => view.specFolder === folder);
      const file = `${folder}/spec.md`;
      const text = await readTextFile(path.join(repository.root, file), SPEC_BYTES);
      const stale = own[0] && staleText(own[0].view, file, text.kind === 'ok' ? text.value : undefined);
      return { folder, runs: own, stale };
    }),
  );
  const { evidence_megabytes: limit } = loaded.configuration.retention;
  const warnings = specs.flatMap(({ folder }) => {
    const own = digested.filter(({ digest }) => digest.view.specFolder === folder);
    const bytes = own.reduce((sum, { digest }) => sum + digest.textBytes, 0);
    return evidenceWarning(folder, bytes, limit) ?? [];
  });
  const needs = digested.flatMap(({ digest, at }) => needOf(digest, at) ?? []);
  return { root: repository.root, specs, runs, needs, broken, warnings };
}

/** All runs of a repository, newest first, with whether a process is at work on each. */
export async function readRuns(
  commonDir: string,
  digests: RunDigests,
): Promise<{
  readonly runs: readonly { readonly digest: RunDigest; readonly at: RunState['at'] }[];
  readonly broken: Status['broken'];
}> {
  const runs: { digest: RunDigest; at: RunState['at'] }[] = [];
  const broken: { runId: string; why: string }[] = [];
  for (const runId of (await listRunIds(commonDir)).toReversed()) {
    const digest = await digests.read(commonDir, runId);
    if (digest.kind === 'error') broken.push({ runId, why: logProblemText(digest.error, runId) });
    else
      runs.push({
        digest: digest.value,
        at: await stateOf(path.join(runsFolder(commonDir), runId), digest.value.view),
      });
  }
  return { runs, broken };
}

export async function readRun(services: Services, repository: Repository, runId: string): Promise<RunDetail> {
  // Loaded here: what applies a change is no part of a list of runs.
  const [{ briefNow, readReview }, { resultsOfChoice }, { textsOfTrees }] = await Promise.all([
    import('./review.ts'),
    import('./chosen.ts'),
    import('./exactText.ts'),
  ]);
  const { events, folder, view } = await openRun(repository.commonDir, runId);
  const blobs = createBlobStore(path.join(folder, 'blobs'));
  const { proposal } = view;
  const review = await readReview(events, blobs, textsOfTrees(services, repository));
  const brief = proposal === undefined ? undefined : await blobs.get(proposal.brief);
  return {
    view,
    events,
    at: await stateOf(folder, view),
    review,
    change: await measuredChange(events, blobs),
    brief:
      brief === undefined || review === undefined ? brief : briefNow(review, brief, resultsOfChoice(events, review)),
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

/**
 * Whether a process is at work on a run, ended it, or is gone without an end. One that records a decision about a run that has ended holds it for a
 * moment and is not at work on it.
 */
export async function stateOf(folder: string, view: RunView): Promise<RunState['at']> {
  if (view.end !== undefined) return 'ended';
  return (await runOwner(folder)) === undefined ? 'interrupted' : 'working';
}
