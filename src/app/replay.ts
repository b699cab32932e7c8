import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { sha256 } from '../base/hash.ts';
import type { RunContext } from '../core/pipeline/context.ts';
import { runChecks } from '../core/pipeline/evidence.ts';
import { runPipeline, type PipelineEnd } from '../core/pipeline/runPipeline.ts';
import type { Blobs } from '../core/ports.ts';
import { GUIDANCE_FILE } from '../core/prompt/projectGuidance.ts';
import type { Standing } from '../core/router/demotion.ts';
import type { Payload, RunEvent } from '../core/run/event.ts';
import { NORMALISER_NAMES } from '../core/run/normalise.ts';
import { droppedBlobs } from '../core/run/capture.ts';
import { compareRuns, type Compared, type ReplayComparison } from '../core/run/replayComparison.ts';
import { STAGES, type Stage } from '../core/run/stage.ts';
import type { CaptureMode } from '../core/settings.ts';
import { createBlobStore } from '../node/log/blobStore.ts';
import { openEventLog, type EventLog } from '../node/log/eventLog.ts';
import { isMissing } from '../node/repositoryPath.ts';
import { moveRef, runRefs } from '../node/runRefs.ts';
import type { LoadedRun } from '../node/runStore.ts';
import { openRun } from './openRun.ts';
import { textsOfTrees } from './exactText.ts';
import { withOverride } from './budgetOverride.ts';
import { openRedaction } from './openRedaction.ts';
import { CommandProblem } from './problem.ts';
import { readPolicySnapshot } from './policySnapshots.ts';
import { recordedPersonFiles } from './personFiles.ts';
import { recordedAnswers } from './recordedAnswers.ts';
import { replaySpending } from './replaySpending.ts';
import { redactedBlobs, redactedLog } from './redactedWriting.ts';
import { openContext } from './runContext.ts';
import { inputsOf } from './runs.ts';
import { openProject, type Project, type Services } from './services.ts';
import { loadSpec } from './specs.ts';

/** What became of running a run again, and everything that is not the same. */
export interface ReplayReport extends ReplayComparison {
  readonly runId: string;
  readonly end: PipelineEnd;
  /** What differs from run to run without meaning anything, and was taken out of command output before it was compared. */
  readonly normalisers: readonly string[];
  /** What was taken from the log and not done again, and what the log does not hold, in words. */
  readonly notes: readonly string[];
}

/** The recorded run, and everything its replay works with in place of the person's. */
interface Replaying {
  readonly services: Services;
  readonly project: Project;
  readonly recorded: LoadedRun;
  readonly blobs: Blobs;
  /** A temporary folder: everything the replay writes lies in it, but for objects and refs of git. */
  readonly folder: string;
  readonly runId: string;
}

/** Sessions of one replay at most: a run has one for each time a person answered or sent the proposal back. */
const MOST_SESSIONS = 50;

/**
 * Runs a recorded run again, without any model or person: their answers come from its log, retrieval, patches, commands and gates are done again in a
 * fresh tree from the same commit. Nothing of the person's is written, and nothing of the replay stays. Throws a CommandProblem when the run cannot be
 * read or replayed at all.
 */
export async function replayRun(services: Services, runId: string): Promise<ReplayReport> {
  const project = await openProject(services);
  const recorded = await openRun(project.repository.commonDir, runId);
  if (!recorded.events.some(({ kind }) => kind === 'OwnerChange'))
    throw new CommandProblem('usage', `Run ${runId} ended before it began: there is nothing to replay.`);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'speckit-replay-'));
  const replaying: Replaying = {
    services: withFolders(services, folder),
    project,
    recorded,
    blobs: createBlobStore(path.join(recorded.folder, 'blobs')),
    folder,
    runId: `replay-${path.basename(folder).replaceAll(/[^A-Za-z0-9]/g, '')}`,
  };
  try {
    return await replayIn(replaying);
  } catch (error) {
    if (!isMissing(error) || !String(error).includes(path.join(recorded.folder, 'blobs'))) throw error;
    throw new CommandProblem(
      'infrastructure',
      `A text that the log of run ${runId} refers to is not there any more, so it cannot be replayed. \`speckit log verify ${runId}\` says which.`,
    );
  } finally {
    const refs = runRefs(replaying.runId);
    // Also after a stop: the refs are all that is left in the person's repository.
    const cleaning = AbortSignal.timeout(10_000);
    for (const name of [refs.base, refs.checkpoint])
      await moveRef(project.repository, { name, to: undefined }, cleaning);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The person's own ledger and trees stay what they are. */
function withFolders(services: Services, folder: string): Services {
  const folders = { ...services.folders, data: path.join(folder, 'data'), state: path.join(folder, 'state') };
  return { ...services, folders };
}

async function replayIn(replaying: Replaying): Promise<ReplayReport> {
  const { folder, recorded, services } = replaying;
  const gone = droppedBlobs(recorded.events);
  const isWhole = !recorded.events.some(
    ({ kind, payload }) => kind === 'LLMCall' && gone.has(payload.answer?.sha256 ?? ''),
  );
  const answers = await recordedAnswers(recorded.events, replaying.blobs, gone);
  const isOverBudget = recorded.events.some(({ kind }) => kind === 'BudgetOverride');
  const host = {
    ...services.host,
    // Nobody is asked: each call is answered from the log.
    provider: () => answers,
    onEvent: () => undefined,
    ...(isOverBudget ? { environment: withOverride(services.host.environment) } : {}),
  };
  const project = await recordedProject(replaying);
  const spec = await loadSpec(
    path.join(folder, 'files'),
    project.loaded.configuration,
    path.posix.basename(recorded.view.specFolder),
  );
  const notes = notesByTurn(recorded.events);
  // A person's word is heard again where it was heard: after the turn that ended before it.
  const hearAgain = (event: RunEvent): void => {
    if (event.kind !== 'StepEnd') return;
    for (const note of notes.get(event.payload.key) ?? []) log.append('PersonNote', note);
    notes.delete(event.payload.key);
  };
  const store = createBlobStore(path.join(folder, 'run', 'blobs'));
  const file = path.join(folder, 'run', 'events.jsonl');
  const opened = await openEventLog(file, services.clock, hearAgain, store.settle);
  if (opened.kind === 'error') throw new Error(`a new log cannot be opened: ${opened.error.kind}`);
  const redaction = await openRedaction(host, project.repository.root, project.loaded.configuration);
  const log = redactedLog(opened.value, redaction);
  const blobs = redactedBlobs(store, redaction);
  const never = new AbortController();
  const { standings } = project;
  const place = {
    root: path.join(folder, 'files'),
    memory: path.join(folder, 'documents'),
    standings,
    personFiles: recordedPersonFiles(recorded.events, replaying.blobs),
  };
  const session = async <Value>(work: (context: RunContext) => Promise<Value>): Promise<Value> => {
    const { signal } = services.host;
    const opened = { folder: path.join(folder, 'run'), log, blobs, redaction, signal, pause: never.signal, place };
    await using held = await openContext({ ...services, host }, project, { runId: replaying.runId, spec }, opened);
    const spending = replaySpending(recorded.events, held.context.spending);
    return await work({ ...held.context, spending, wait: async () => undefined, jitter: () => 0 });
  };
  try {
    const end = isWhole
      ? await sessions(replaying, log, session)
      : await session((context) => unanswered(recorded, context));
    return {
      runId: recorded.view.runId,
      end,
      ...compareRuns(recorded.events, log.events, isWhole ? undefined : owedBy(recorded.events)),
      normalisers: NORMALISER_NAMES,
      notes: notesOf(recorded.events, project.loaded.configuration.capture.mode, isWhole),
    };
  } finally {
    await log.close();
  }
}

/** Runs the pipeline as often as a person's recorded answers and rejections send it on, each time from its log as another process would. */
async function sessions(
  replaying: Replaying,
  log: EventLog,
  session: <Value>(work: (context: RunContext) => Promise<Value>) => Promise<Value>,
): Promise<PipelineEnd> {
  const { events } = replaying.recorded;
  const until = lastStage(events);
  for (let number = 1; ; number += 1) {
    const { end, acts } = await session(async (context) => {
      if (number === 1)
        for (const event of events) if (event.kind === 'RoutingDecision') log.append('RoutingDecision', event.payload);
      log.append('OwnerChange', { pid: process.pid, host: os.hostname(), why: 'start', inputs: inputsOf(context) });
      const reached = await runPipeline(context, until);
      const { outcome, stage, text } = reached;
      log.append('RunEnd', { outcome, stage, text, tree: context.workspace.current.tree });
      await log.flush();
      return { end: reached, acts: await nextActs(replaying, context, reached) };
    });
    if (acts.length === 0 || number === MOST_SESSIONS) return end;
    for (const act of acts) act(log);
  }
}

/** The stage the recorded run was let go to: one that was paused after the plan is replayed so far. */
function lastStage(events: readonly RunEvent[]): Stage {
  const end = events.findLast((event) => event.kind === 'RunEnd');
  const isLetGo = end?.kind === 'RunEnd' && end.payload.outcome === 'paused';
  return (isLetGo ? end.payload.stage : null) ?? STAGES.at(-1) ?? 'unlock';
}

/** What a person did next in the recorded run, as events of the replay's log. None when the recorded run went no further. */
async function nextActs(
  { recorded, blobs }: Replaying,
  context: RunContext,
  end: PipelineEnd,
): Promise<readonly ((log: EventLog) => void)[]> {
  if (end.outcome === 'needsInput') {
    const answered = new Set(
      context.log.events.flatMap((event) => (event.kind === 'QuestionAnswer' ? [event.payload.id] : [])),
    );
    const asked = new Set(
      context.log.events.flatMap((event) => (event.kind === 'QuestionAsk' ? [event.payload.id] : [])),
    );
    const withdrawn = new Set(
      context.log.events.flatMap((event) => (event.kind === 'QuestionWithdraw' ? [event.payload.id] : [])),
    );
    return recorded.events.flatMap((event) => {
      // Nobody answered it: the run went on and found its reason gone, as the replay will.
      if (event.kind === 'QuestionWithdraw' && asked.has(event.payload.id) && !withdrawn.has(event.payload.id))
        return [() => undefined];
      return event.kind === 'QuestionAnswer' && asked.has(event.payload.id) && !answered.has(event.payload.id)
        ? [(log: EventLog) => void log.append('QuestionAnswer', event.payload)]
        : [];
    });
  }
  if (end.outcome !== 'proposed') return [];
  const round = context.log.events.filter(({ kind }) => kind === 'ProposalCreate').length;
  const isSentBack = recorded.events.some((event) => event.kind === 'ProposalCreate' && event.payload.round > round);
  if (!isSentBack) return [];
  const acts: ((log: EventLog) => void)[] = [];
  for (const event of recorded.events) {
    if (event.kind === 'ProposalEdit' && event.payload.round === round) {
      await context.blobs.put(await blobs.get(event.payload.blob));
      acts.push((log) => void log.append('ProposalEdit', event.payload));
    }
    if (event.kind === 'ApprovalDecision' && event.payload.round === round)
      acts.push((log) => void log.append('ApprovalDecision', event.payload));
  }
  return acts;
}

/** The project as the run found it: its commit, its frozen policy, and its spec, constitution and speckit.toml, which are written into `files`. */
async function recordedProject({
  services,
  project,
  recorded,
  blobs,
  folder,
}: Replaying): Promise<Project & { readonly standings: readonly Standing[] }> {
  const { repository } = project;
  const start = recorded.events.find((event) => event.kind === 'RunStart');
  const policy = recorded.events.find((event) => event.kind === 'PolicySnapshotRef');
  if (start?.kind !== 'RunStart' || policy?.kind !== 'PolicySnapshotRef')
    throw new CommandProblem(
      'usage',
      `Run ${recorded.view.runId} ended before its policy was frozen: it cannot be replayed.`,
    );
  const base = await baseTreeOf(recorded, blobs);
  const textAt = textsOfTrees(services, repository);
  const files = path.join(folder, 'files');
  const wanted = [
    `${recorded.view.specFolder}/spec.md`,
    '.specify/memory/constitution.md',
    'memory/constitution.md',
    'speckit.toml',
    // Runs of before it was read go on without it.
    ...(start.payload.inputs.some(({ path: file }) => file === GUIDANCE_FILE) ? [GUIDANCE_FILE] : []),
  ];
  for (const file of wanted) {
    const text = await textAt(base, file);
    if (text === undefined) continue;
    await mkdir(path.dirname(path.join(files, file)), { recursive: true });
    await writeFile(path.join(files, file), text);
  }
  await mkdir(path.join(folder, 'run'), { recursive: true });
  const { configuration, standings } = readPolicySnapshot(await blobs.get(policy.payload.blob));
  return {
    standings,
    repository: { ...repository, head: start.payload.baseCommit },
    loaded: {
      ...project.loaded,
      configuration,
      priceVersion: policy.payload.priceVersion,
    },
  };
}

/** The tree the run ended on as its base: with the spec as its last process read it. */
async function baseTreeOf(recorded: LoadedRun, blobs: Blobs): Promise<string> {
  const made = recorded.events.findLast((event) => event.kind === 'StepEnd' && event.payload.key === 'start/base');
  if (made?.kind !== 'StepEnd' || made.payload.outcome !== 'done')
    throw new CommandProblem(
      'usage',
      `Run ${recorded.view.runId} ended before its tree was made: it cannot be replayed.`,
    );
  const { output } = made.payload;
  const value = 'inline' in output ? output.inline : (JSON.parse(await blobs.get(output.blob)) as unknown);
  return (value as { readonly tree: string }).tree;
}

/** What each mode leaves unrecorded, in words. */
const CAPTURED: Readonly<Record<CaptureMode, string>> = {
  full_io: 'every request to a model and every answer is in the log.',
  prompts_only:
    'requests to models are in the log; answers, and the arguments of tool calls, are not once the run has ended. What was compared hangs on none of them: policy, base, the first prompt, and the proposed changes with their checks, measured again.',
  none: 'neither requests to models nor answers nor what tools were told and said are in the log once the run has ended, only their hashes. What was compared hangs on none of them: policy, base, the first prompt by its hash, and the proposed changes with their checks, measured again.',
};

/**
 * What can be done again without the answers: the run up to its first call, and every proposed change with its checks.
 */
async function unanswered(recorded: LoadedRun, context: RunContext): Promise<PipelineEnd> {
  const { log } = context;
  for (const event of recorded.events)
    if (event.kind === 'RoutingDecision') log.append('RoutingDecision', event.payload);
  log.append('OwnerChange', { pid: process.pid, host: os.hostname(), why: 'start', inputs: inputsOf(context) });
  const end = await runPipeline(context, lastStage(recorded.events));
  for (const event of recorded.events) {
    if (event.kind !== 'ProposalCreate') continue;
    const { tree, evidence } = event.payload;
    context.workspace.moveTo({ tree, evidence });
    await context.workspace.ready();
    await runChecks(context);
    const changed = await context.tree.differences(context.workspace.base.tree, tree);
    const files = changed.map(({ path: file, change, after }) => ({
      path: file,
      change,
      sha256: after === undefined ? null : sha256(after),
    }));
    // Documents that were offered beside a person's own stand in no tree.
    const offered = event.payload.files.filter(
      ({ path: file }) =>
        file.startsWith(`${recorded.view.specFolder}/`) && !changed.some((difference) => difference.path === file),
    );
    const measured = { files: [...files, ...offered], evidence: await context.tree.evidenceOf(tree) };
    log.append('ProposalCreate', { ...event.payload, ...measured });
  }
  return end;
}

/** What a replay without answers has to come to all the same. */
function owedBy(events: readonly RunEvent[]): (what: Compared, key: string) => boolean {
  const proposed = new Set(
    events.flatMap((event) => (event.kind === 'ProposalCreate' ? [event.payload.evidence] : [])),
  );
  return (what, key) => {
    if (what === 'policy' || what === 'base' || what === 'proposal') return true;
    return (what === 'check' || what === 'output') && proposed.has(key.slice(key.lastIndexOf('/') + 1));
  };
}

/** What a person told the run, under the key of the last step that had ended before it was given to a worker. */
function notesByTurn(events: readonly RunEvent[]): Map<string, readonly Payload<'PersonNote'>[]> {
  const told = new Map<string, Payload<'PersonNote'>>();
  const byTurn = new Map<string, readonly Payload<'PersonNote'>[]>();
  let lastEnd = '';
  for (const event of events) {
    if (event.kind === 'PersonNote') told.set(event.payload.id, event.payload);
    if (event.kind === 'StepEnd') lastEnd = event.payload.key;
    if (event.kind !== 'NotesGiven') continue;
    const given = event.payload.notes.flatMap((id) => told.get(id) ?? []);
    for (const { id } of given) told.delete(id);
    byTurn.set(lastEnd, [...(byTurn.get(lastEnd) ?? []), ...given]);
  }
  return byTurn;
}

function notesOf(events: readonly RunEvent[], mode: CaptureMode, isWhole: boolean): readonly string[] {
  const unanswered = events.filter((event) => event.kind === 'LLMCall' && event.payload.answer === null).length;
  return [
    'Taken from the log and not done again: the answers of models and of the person, and the choice of workers, which hung on who could be reached and what was spent then.',
    `Capture mode ${mode}: ${CAPTURED[mode]}${isWhole && mode !== 'full_io' ? ' This run has not ended, so its answers are still there to go on with, and all of it was replayed.' : ''}`,
    'Of command output the log holds what is compared, without colours, times and the like.',
    ...(unanswered === 0
      ? []
      : [
          `${unanswered} calls of models brought no answer; how they failed is replayed where the run went on from it.`,
        ]),
  ];
}
