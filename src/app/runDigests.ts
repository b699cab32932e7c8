import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { err, ok, type Result } from '../base/result.ts';
import type { Climb } from '../core/ledger/costClimbs.ts';
import { blobReferences } from '../core/run/blobReferences.ts';
import type { RunEvent } from '../core/run/event.ts';
import { createRunFold, type RunFold, type RunView } from '../core/run/view.ts';
import type { LogProblem } from '../node/log/eventLog.ts';
import { createLogTail, type LogTail } from '../node/log/logTail.ts';
import { runsFolder } from '../node/runStore.ts';
import { createBlobStore } from '../node/log/blobStore.ts';
import type { EvidenceOverview } from './overview.ts';
import type { ReviewProgress } from './reviewProgress.ts';

/** One task as a run's log tells of it: its newest attempt, and what the gate said of that. */
export interface TaskDigest {
  readonly id: string;
  readonly attempt: number;
  readonly state: 'running' | 'done' | 'failed';
}

/** What is kept of a run that nobody has opened: its fold, and what a list shows beside it. The events themselves are let go. */
export interface RunDigest {
  readonly view: RunView;
  readonly tasks: readonly TaskDigest[];
  readonly evidence: readonly EvidenceOverview[];
  /** The newest MOST_CLIMBS of them. */
  readonly climbs: readonly Climb[];
  /** Bytes of the texts beside its log. */
  readonly textBytes: number;
  /** Of a proposal that waits: how far a person has come with it. */
  readonly review?: ReviewProgress;
}

/** Digests of a repository's runs. A log is read again only when its size or its time of change is another one. */
export interface RunDigests {
  read(commonDir: string, runId: string): Promise<Result<RunDigest, LogProblem>>;
}

/** A log as far as it has been read. Of a damaged one only what is wrong is kept. */
interface Kept {
  readonly size: number;
  readonly mtimeMs: number;
  readonly tail: LogTail;
  readonly fold: DigestFold;
  readonly digest: Result<RunDigest, LogProblem>;
}

/** Digests kept at most: beyond it the one that was kept longest is read anew. */
const MOST_KEPT = 1_000;

export function createRunDigests(): RunDigests {
  const kept = new Map<string, Kept>();
  return {
    async read(commonDir, runId) {
      const file = path.join(runsFolder(commonDir), runId, 'events.jsonl');
      // Looked at before it is read: what is added meanwhile makes the next look differ.
      const found = await stat(file).catch(() => undefined);
      const known = kept.get(file);
      if (found !== undefined && known?.size === found.size && known.mtimeMs === found.mtimeMs) return known.digest;
      // A log only ever grows. One that was read without a problem is read on from there; any other from its beginning.
      const isGrown = found !== undefined && known?.digest.kind === 'ok' && found.size > known.size;
      const tail = isGrown && known !== undefined ? known.tail : createLogTail(file);
      const fold = isGrown && known !== undefined ? known.fold : createDigestFold();
      const digest = await readOn(file, tail, fold);
      kept.delete(file);
      if (found !== undefined) kept.set(file, { size: found.size, mtimeMs: found.mtimeMs, tail, fold, digest });
      const [oldest] = kept.keys();
      if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
      return digest;
    },
  };
}

async function readOn(file: string, tail: LogTail, fold: DigestFold): Promise<Result<RunDigest, LogProblem>> {
  for (;;) {
    const events = await tail.next();
    if (events.kind === 'error') return events;
    if (events.value.length === 0) {
      const digest = fold.digest();
      if (digest !== undefined) return ok(await withProgress(digest, path.dirname(file), fold.reviewing()));
      return err({ kind: existsSync(file) ? 'empty' : 'missing', file });
    }
    for (const event of events.value) fold.add(event);
  }
}

async function withProgress(digest: RunDigest, folder: string, events: readonly RunEvent[]): Promise<RunDigest> {
  // Most runs wait for nobody, and what reads a proposal is not loaded for them.
  if (digest.view.end?.outcome !== 'proposed' || !events.some(({ kind }) => kind === 'ApprovalDecision')) return digest;
  const { progressOf, readReview } = await import('./review.ts');
  // A proposal whose text is gone or damaged is told of where it is opened: a list of runs is no place for it.
  // Nor are the true bytes read of a file that holds a secret: what is decided about it counts as open here.
  const review = await readReview(events, createBlobStore(path.join(folder, 'blobs')), async () => undefined).catch(
    () => undefined,
  );
  return review?.state === 'waiting' ? { ...digest, review: progressOf(review) } : digest;
}

/** Events that a review of the newest proposal is made of. */
const REVIEWING = new Set<RunEvent['kind']>([
  'ProposalCreate',
  'ProposalEdit',
  'ProposalMerge',
  'ApprovalDecision',
  'ProposalApply',
  'ApplyUndo',
]);

/** A digest that grows with its log, each event at the same price. */
interface DigestFold {
  add(event: RunEvent): void;
  /** What the newest proposal's review is made of; empty before there is one. */
  reviewing(): readonly RunEvent[];
  /** Undefined before the first event. */
  digest(): RunDigest | undefined;
}

function createDigestFold(): DigestFold {
  let run: RunFold | undefined;
  const tasks = new Map<string, TaskDigest>();
  const evidence = createEvidenceFold();
  const texts = new Map<string, number>();
  let reviewing: RunEvent[] = [];
  let climbs: readonly Climb[] = [];
  return {
    reviewing: () => reviewing,
    add(event) {
      if (event.kind === 'ProposalCreate') reviewing = [];
      if (REVIEWING.has(event.kind)) reviewing.push(event);
      if (run === undefined) run = createRunFold(event);
      else run.add(event);
      const task = taskAfter(event, tasks);
      if (task !== undefined) tasks.set(task.id, task);
      evidence.add(event);
      if (event.kind === 'Escalation' || event.kind === 'FallbackActivated')
        climbs = [...climbs, climbOf(event, run.view.specId)].slice(-MOST_CLIMBS);
      for (const { sha256, bytes } of blobReferences(event.payload)) texts.set(sha256, bytes);
      if (event.kind === 'BlobsDropped') for (const sha256 of event.payload.sha256) texts.delete(sha256);
    },
    digest: () =>
      run === undefined
        ? undefined
        : {
            view: run.view,
            tasks: [...tasks.values()],
            evidence: evidence.newest(run.view),
            climbs,
            textBytes: [...texts.values()].reduce((sum, bytes) => sum + bytes, 0),
          },
  };
}

/** Climbs of one run that are kept: far more than a run that ends has. */
const MOST_CLIMBS = 100;

function climbOf(event: RunEvent & { readonly kind: 'Escalation' | 'FallbackActivated' }, spec: string): Climb {
  const { stage, from, to, text } = event.payload;
  return { at: event.time, kind: event.kind === 'Escalation' ? 'escalation' : 'fallback', spec, stage, from, to, text };
}

/** Keys of the implement stage begin `implement/<task>/<attempt>/`: see core/pipeline/implement.ts. */
const ATTEMPT = /^implement\/([^/]+)\/(\d+)\//;

function taskAfter(event: RunEvent, tasks: ReadonlyMap<string, TaskDigest>): TaskDigest | undefined {
  if (event.kind !== 'StepStart' && event.kind !== 'GateDecision') return undefined;
  const match = ATTEMPT.exec(event.payload.key);
  if (match === null) return undefined;
  const [, id = '', number] = match;
  const attempt = Number(number);
  if (event.kind === 'StepStart')
    return tasks.get(id)?.attempt === attempt ? undefined : { id, attempt, state: 'running' };
  const { verdict, to } = event.payload;
  if (verdict === 'proceed') return { id, attempt, state: 'done' };
  return { id, attempt, state: verdict === 'retry' || to === 'nextWorker' ? 'running' : 'failed' };
}

/** The newest result of each check on the change itself, in the order they were first measured. */
function createEvidenceFold(): {
  add(event: RunEvent): void;
  newest(view: RunView): readonly EvidenceOverview[];
} {
  const newest = new Map<string, { readonly tree: string; readonly seq: number } & Omit<EvidenceOverview, 'isFresh'>>();
  let changedAt = 0;
  let isEdited = false;
  return {
    add(event) {
      if (event.kind === 'PatchApply' && event.payload.outcome === 'applied') changedAt = event.seq;
      if (event.kind === 'ProposalCreate') isEdited = false;
      if (event.kind === 'ProposalEdit' || event.kind === 'ProposalMerge') {
        changedAt = event.seq;
        isEdited = true;
      }
      if (event.kind !== 'EvidenceRecord' || event.payload.on !== 'proposal') return;
      const { check, outcome, output, tree } = event.payload;
      newest.set(check, { check, outcome, output, tree, seq: event.seq });
    },
    newest: (view) =>
      [...newest.values()].map(({ check, outcome, output, tree, seq }) => ({
        check,
        outcome,
        output,
        isFresh: view.proposal !== undefined && !isEdited ? tree === view.proposal.evidence : seq > changedAt,
      })),
  };
}
