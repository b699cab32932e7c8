import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { App } from '../../app/createApp.ts';
import { CommandProblem } from '../../app/problem.ts';
import type { Progress } from '../../core/pipeline/context.ts';
import { configurationSchema } from '../../core/settings.ts';
import type { Json } from '../../base/json.ts';
import type { Payload, RunEvent } from '../../core/run/event.ts';
import type { Redaction } from '../../core/run/redaction.ts';
import { STAGES, type Stage } from '../../core/run/stage.ts';
import { createFeed, feedMessageSchema, SHORTEST_MS, type FeedMessage } from '../../protocol/feed.ts';
import { createRunCells, type RunCells, type WantedText } from '../runPanel/cells.ts';
import type { RunFacts } from '../runPanel/runFacts.ts';
import { inEditorWords } from './editorWords.ts';
import type { DiffCell } from '../../protocol/runPanel.ts';
import { newestOnly, type NewestOnly } from './newestOnly.ts';
import { patchDiff, type PatchedText } from '../runPanel/patchDiff.ts';
import { engineReview } from './engineReview.ts';

/** One panel's run: its log as it grows, folded into cells and sent in numbered messages. */
export interface RunFeed extends Disposable {
  restart(): void;
  acknowledge(seq: number): void;
  /** What happens between two events of a run at work in this thread. */
  progress(progress: Progress): void;
  /** Tells in the panel what could not be done. */
  notice(text: string | null): void;
}

export interface FollowedRun {
  readonly app: App;
  readonly runId: string;
  /** Whether this thread works on it. */
  isOwn(): boolean;
  requested(): 'pausing' | 'stopping' | undefined;
  /** What its present call has said before anybody followed: see presentCall.ts. */
  saidSoFar(): readonly Progress[];
}

/** How often it is looked who works on the run and whether its inputs changed. Milliseconds. */
const FACTS_MS = 1_000;
/** Characters of a document that are shown. */
const DOCUMENT_CHARACTERS = 60_000;

export async function openRunFeed(run: FollowedRun, send: (message: FeedMessage) => void): Promise<RunFeed> {
  const [detail, redaction] = await Promise.all([run.app.detail(run.runId), run.app.redaction()]);
  // What enters a run is redacted there; this is for what others wrote: documents of a person, logs of before.
  const feed = createFeed((message) => send(feedMessageSchema.parse(redaction.json(message as Json))));
  const known = { budget: await budgetOf(detail.events, detail.blob), unpriced: await unpricedWorkers(run.app) };
  const following = new AbortController();
  const cells = createRunCells(feed, await factsOf(run, known));
  const showProblem = (error: unknown): void =>
    cells.notice(inEditorWords(error instanceof Error ? error.message : String(error)), Date.now());

  const patches = newestOnly<Payload<'PatchApply'>>(
    { most: PATCHES_SHOWN, restMs: PATCHES_REST_MS },
    async (patch) => cells.diff(patch.key, await diffOf(run, redaction, patch)),
    { onProblem: showProblem, signal: following.signal },
  );
  const state: FollowState = { cells, patches, run, redaction, specFolder: detail.view.specFolder };
  const flushing = setInterval(() => {
    cells.tick();
    feed.flush(Date.now());
  }, SHORTEST_MS);
  const looking = setInterval(() => {
    factsOf(run, known).then((facts) => cells.facts(facts), showProblem);
  }, FACTS_MS);
  let isFirst = true;
  const onEvents = (events: readonly RunEvent[]): void => {
    // The cells have all of these events before this returns: what is said after them is of the call that is on its way.
    void takeEvents(state, events).catch(showProblem);
    if (isFirst) for (const progress of run.saidSoFar()) cells.progress(progress, Date.now());
    isFirst = false;
  };
  run.app.follow(run.runId, onEvents, following.signal).catch((error: unknown) => {
    if (!following.signal.aborted) showProblem(error);
  });

  return {
    restart: () => {
      feed.restart();
      feed.flush(Date.now());
    },
    acknowledge: (seq) => feed.acknowledge(seq),
    progress: (progress) => cells.progress(progress, Date.now()),
    notice: (text) => cells.notice(text, Date.now()),
    [Symbol.dispose]: () => {
      following.abort('closed');
      clearInterval(flushing);
      clearInterval(looking);
    },
  };
}

interface FollowState {
  readonly cells: RunCells;
  readonly patches: NewestOnly<Payload<'PatchApply'>>;
  readonly run: FollowedRun;
  readonly redaction: Redaction;
  readonly specFolder: string;
}

async function takeEvents(
  { cells, patches, run, redaction, specFolder }: FollowState,
  events: readonly RunEvent[],
): Promise<void> {
  const wanted = new Map<WantedText['kind'], WantedText>();
  const documents = new Set<Stage>();
  const applied: Payload<'PatchApply'>[] = [];
  let isReviewed = false;
  for (const event of events) {
    for (const text of cells.event(event)) wanted.set(text.kind, text);
    if (event.kind === 'StageTransition' && event.payload.to === 'done') documents.add(event.payload.stage);
    if (event.kind === 'PatchApply' && event.payload.outcome === 'applied') applied.push(event.payload);
    if (REVIEWING.has(event.kind)) isReviewed = true;
  }
  patches.add(applied);
  if (wanted.size === 0 && documents.size === 0 && !isReviewed) return;
  const detail = await run.app.detail(run.runId);
  // The texts of an old run may have been removed to keep within a limit: its log says which.
  const dropped = new Set(
    detail.events.flatMap(({ kind, payload }) => (kind === 'BlobsDropped' ? payload.sha256 : [])),
  );
  for (const text of wanted.values())
    if (!dropped.has(text.blob.sha256)) cells.text(text, await detail.blob(text.blob));
  const { root } = await run.app.overview();
  for (const stage of documents) {
    const shown = await documentOf(root, specFolder, stage);
    // Before it is cut: a part of a secret is not recognised.
    if (shown !== undefined)
      cells.document({ ...shown, markdown: redaction.text(shown.markdown).slice(0, DOCUMENT_CHARACTERS) });
  }
  const review = isReviewed ? engineReview(detail) : undefined;
  if (review !== undefined) cells.review(review);
}

/**
 * Patches that are drawn beside their attempts in this time: of a long log, or one that grows faster, only the newest are. Each is read from the whole
 * log and by git, which a run of thousands of events would otherwise do thousands of times. Milliseconds.
 */
const PATCHES_SHOWN = 5;
const PATCHES_REST_MS = 1_000;

async function diffOf(
  { app, runId }: FollowedRun,
  redaction: Redaction,
  { key, files }: Payload<'PatchApply'>,
): Promise<DiffCell> {
  const texts: PatchedText[] = [];
  for (const file of files.slice(0, 6)) {
    const text = await app.patch(runId, key, file).catch((error: unknown) => {
      // A binary file has no lines to show.
      if (error instanceof CommandProblem) return undefined;
      throw error;
    });
    if (text !== undefined)
      texts.push({ path: file, before: redaction.text(text.before), after: redaction.text(text.after) });
  }
  return patchDiff(texts);
}

/** Events after which a proposal looks different. */
const REVIEWING = new Set<RunEvent['kind']>([
  'ProposalCreate',
  'ProposalEdit',
  'ProposalMerge',
  'ApprovalDecision',
  'ProposalApply',
  'ApplyUndo',
]);

/** What each stage leaves for a person to read. */
const DOCUMENTS: Readonly<Partial<Record<Stage, string>>> = {
  specify: 'task_brief.md',
  plan: 'plan.md',
  tasks: 'tasks.md',
  validate: 'validation.md',
  audit: 'audit.md',
};

async function documentOf(root: string, specFolder: string, stage: Stage) {
  const name = DOCUMENTS[stage];
  if (name === undefined) return undefined;
  const file = `${specFolder}/${name}`;
  const text = await readFile(path.join(root, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    // A person may have moved it away: then there is nothing to show.
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : { name, path: file, markdown: text };
}

/** The run's budget as its policy was frozen, in microdollars. */
async function budgetOf(
  events: readonly RunEvent[],
  blob: (reference: { readonly sha256: string; readonly bytes: number }) => Promise<string>,
): Promise<number> {
  const reference = events.find((event) => event.kind === 'PolicySnapshotRef');
  if (reference?.kind !== 'PolicySnapshotRef') return 0;
  const snapshot = JSON.parse(await blob(reference.payload.blob)) as { readonly configuration: unknown };
  return Math.round(configurationSchema.parse(snapshot.configuration).budget.run_dollars * 1_000_000);
}

/** None while the configuration cannot be read, which is told elsewhere. */
async function unpricedWorkers(app: App): Promise<readonly string[]> {
  try {
    const { workers } = await app.models();
    return workers.filter(({ pricing }) => pricing === 'unpriced').map(({ worker }) => worker);
  } catch (error) {
    if (error instanceof CommandProblem) return [];
    throw error;
  }
}

async function factsOf(
  { app, runId, isOwn, requested }: FollowedRun,
  known: Pick<RunFacts, 'budget' | 'unpriced'>,
): Promise<RunFacts> {
  const overview = await app.overview();
  const summary = overview.runs.find((candidate) => candidate.runId === runId);
  const spec = overview.specs.find(({ runs }) => runs[0]?.runId === runId);
  const stale = spec?.stages.filter(({ state }) => state === 'stale') ?? [];
  const why = stale[0]?.document?.why ?? stale[0]?.text ?? '';
  return {
    owner: isOwn() ? 'here' : summary?.at === 'working' ? 'elsewhere' : 'nobody',
    requested: requested() ?? null,
    stale:
      stale.length === 0
        ? null
        : {
            text: `${why}. What followed from it is made anew when the run goes on.`,
            stages: STAGES.filter((stage) => stale.some((row) => row.stage === stage)),
          },
    ...known,
  };
}
