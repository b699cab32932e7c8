import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { sha256 } from '../base/hash.ts';
import { AbortedError } from '../base/withAbort.ts';
import type { FileChange, RunTree } from '../core/ports.ts';
import type { RunContext, SpecInput } from '../core/pipeline/context.ts';
import { runPipeline, type PipelineEnd } from '../core/pipeline/runPipeline.ts';
import { createWorkspace } from '../core/pipeline/workspace.ts';
import { policySnapshot } from '../core/policy/snapshot.ts';
import { LOG_VERSION, type RunEvent } from '../core/run/event.ts';
import type { Stage } from '../core/run/stage.ts';
import { createSteps } from '../core/run/steps.ts';
import { foldRun, type RunView } from '../core/run/view.ts';
import { configurationSchema, type Configuration } from '../core/settings.ts';
import { openLedger } from '../node/ledger.ts';
import { acquireRunLock, type RunLock } from '../node/lock.ts';
import { createBlobStore } from '../node/log/blobStore.ts';
import { openEventLog, type EventLog } from '../node/log/eventLog.ts';
import { loadPrompts } from '../node/prompts.ts';
import { listRunIds, loadRun, newRunId, RUN_ID, runsFolder } from '../node/runStore.ts';
import { readRef, runRefs } from '../node/runRefs.ts';
import { createRunTree, openRunTree } from '../node/runTree.ts';
import { watchStopRequest } from '../node/stopRequest.ts';
import { createDocuments } from './documents.ts';
import { settleInterruptedCalls } from './interruptedCalls.ts';
import { logProblemText } from './logProblem.ts';
import { openRun } from './openRun.ts';
import { CommandProblem } from './problem.ts';
import { createProviders } from './providers.ts';
import { redactorFor, type Project, type Services } from './services.ts';
import { loadSpec } from './specs.ts';
import { createSpending } from './spending.ts';
import { readTextIfThere } from './textFile.ts';

/** How a run ended for now, and what it looks like. */
export interface RunReport {
  readonly end: PipelineEnd;
  readonly view: RunView;
  readonly events: readonly RunEvent[];
  /** What a person reads first about the proposal, where there is one. */
  readonly brief: string | undefined;
}

/** A new run of a spec, up to and including `until`. */
export interface StartRequest {
  readonly specId: string;
  readonly until: Stage;
  readonly runId?: string;
  /** A new run although an unfinished one could go on: with the policy as it is now, not as that one froze it. */
  readonly start?: 'new';
}

/** Starts a run. Throws a CommandProblem when it cannot begin; how it ends is in the report. */
export async function startRun(services: Services, project: Project, request: StartRequest): Promise<RunReport> {
  const configuration = project.loaded.configuration;
  const spec = await loadSpec(project.repository.root, configuration, request.specId);
  const runId = request.runId ?? newRunId(services.clock.now());
  if (!RUN_ID.test(runId))
    throw new CommandProblem('usage', `${runId} cannot be a run id: letters, digits, dots and dashes, at most 64.`);
  if (await isTaken(project, runId))
    throw new CommandProblem('usage', `There is a run ${runId} already. \`speckit resume ${runId}\` goes on with it.`);
  requireWorkers(configuration, spec.size);
  return withRun(services, project, { runId, spec }, (context) => goOn(context, request.until));
}

/** A run that was killed before its first event was written is none: its id is still free. */
async function isTaken(project: Project, runId: string): Promise<boolean> {
  const loaded = await loadRun(project.repository.commonDir, runId);
  return loaded.kind === 'ok' || loaded.error.kind === 'damaged' || loaded.error.kind === 'newer';
}

/** Goes on with a run from its first incomplete step. `until` defaults to the end of the pipeline. */
export async function resumeRun(services: Services, project: Project, runId: string, until: Stage): Promise<RunReport> {
  const running = await findRunning(project, runId);
  return withRun(services, project, running, (context) => goOn(context, until));
}

/** A run of this repository with its spec as it stands now. Throws a CommandProblem when there is no such run. */
export async function findRunning(project: Project, runId: string): Promise<Running> {
  const { view } = await openRun(project.repository.commonDir, runId);
  // By its folder: two specs may have got one id since.
  const spec = await loadSpec(
    project.repository.root,
    project.loaded.configuration,
    path.posix.basename(view.specFolder),
  );
  return { runId, spec };
}

/** The newest run of a spec that is neither applied nor rejected, if there is one. */
export async function unfinishedRun(project: Project, specFolder: string): Promise<string | undefined> {
  const ids = await listRunIds(project.repository.commonDir);
  for (const runId of ids.toReversed()) {
    const loaded = await loadRun(project.repository.commonDir, runId);
    if (loaded.kind === 'error' || loaded.value.view.specFolder !== specFolder) continue;
    return loaded.value.view.applied === undefined ? runId : undefined;
  }
  return undefined;
}

function requireWorkers(configuration: Configuration, size: 'hotfix' | 'standard'): void {
  const needed = size === 'hotfix' ? (['implementer'] as const) : (['architect', 'implementer'] as const);
  const missing = needed.filter((role) => configuration.routing[role].length === 0);
  if (missing.length === 0) return;
  throw new CommandProblem(
    'configuration',
    `No model is configured for: ${missing.join(', ')}. \`speckit doctor\` shows what was found here, \`speckit init\` writes it into speckit.toml. To look around first without any model: \`speckit sample\`.`,
  );
}

export interface Running {
  readonly runId: string;
  readonly spec: SpecInput & { readonly size: 'hotfix' | 'standard' };
}

async function goOn(context: RunContext, until: Stage): Promise<RunReport> {
  const isFirst = !context.log.events.some((event) => event.kind === 'OwnerChange');
  context.log.append('OwnerChange', { pid: process.pid, host: os.hostname(), why: isFirst ? 'start' : 'resume' });
  const end = await runPipeline(context, until);
  context.log.append('RunEnd', {
    outcome: end.outcome,
    stage: end.stage,
    text: end.text,
    tree: context.workspace.current.tree,
  });
  await context.log.flush();
  const view = foldRun(context.log.events);
  const brief = view.proposal === undefined ? undefined : await context.blobs.get(view.proposal.brief);
  return { end, view, events: context.log.events, brief };
}

/** Does `work` as the one owner of a run, with everything of it open. */
export async function withRun<Value>(
  services: Services,
  project: Project,
  running: Running,
  work: (context: RunContext) => Promise<Value>,
): Promise<Value> {
  const folder = path.join(runsFolder(project.repository.commonDir), running.runId);
  const lock = await acquireRunLock(folder).catch((error: unknown) => {
    throw diskProblem(error, folder);
  });
  if (lock.kind === 'error') {
    const { owner } = lock.error;
    const where = owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.host}`;
    throw new CommandProblem(
      'usage',
      `Run ${running.runId} is at work in ${where}. Follow it with \`speckit watch ${running.runId}\`, end it with \`speckit stop ${running.runId}\`.`,
    );
  }
  try {
    return await withLock(services, project, running, work);
  } finally {
    await release(lock.value);
  }
}

/** What a disk says when a run's folder cannot be written: a person can mend that. Anything else is a fault and stays one. */
function diskProblem(error: unknown, folder: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EEXIST'].includes(code)) return error;
  const text = `The run cannot be recorded, so it does not go on: ${folder} cannot be written (${code}). Nothing of yours was changed.`;
  return new CommandProblem('infrastructure', text);
}

const release = (lock: RunLock): Promise<void> => lock.release();

async function withLock<Value>(
  services: Services,
  project: Project,
  running: Running,
  work: (context: RunContext) => Promise<Value>,
): Promise<Value> {
  const folder = path.join(runsFolder(project.repository.commonDir), running.runId);
  const { host } = services;
  const opened = await openEventLog(path.join(folder, 'events.jsonl'), services.clock, (event) =>
    host.onEvent(running.runId, event),
  );
  if (opened.kind === 'error') throw new CommandProblem('infrastructure', logProblemText(opened.error, running.runId));
  const log = opened.value;
  const stop = new AbortController();
  const signal = AbortSignal.any([host.signal, stop.signal]);
  using _watch = await watchStopRequest(folder, () => stop.abort('stopped'));
  try {
    using opened = await openContext(services, project, running, { folder, log, signal });
    return await work(opened.context);
  } catch (error) {
    // An unexpected fault is kept in the run's own record before it goes on to the host.
    const isExpected = error instanceof CommandProblem || error instanceof AbortedError;
    if (log.events.length > 0 && !isExpected)
      log.append('ErrorEvent', {
        key: 'run',
        error: error instanceof Error ? error.name : 'Error',
        text: String(error instanceof Error ? error.message : error).slice(0, 2_000),
      });
    throw error;
  } finally {
    await log.close();
  }
}

interface Opened {
  readonly folder: string;
  readonly log: EventLog;
  readonly signal: AbortSignal;
}

async function openContext(
  services: Services,
  project: Project,
  running: Running,
  { folder, log, signal }: Opened,
): Promise<Disposable & { readonly context: RunContext }> {
  const { host } = services;
  const blobs = createBlobStore(path.join(folder, 'blobs'));
  const isBegun = log.events.some((event) => event.kind === 'Checkpoint' && event.payload.key === TREE_MADE);
  const [prompts, documents] = await Promise.all([
    loadPrompts(path.join(host.installation, 'prompts')),
    readOverlays(project.repository.root, running.spec),
  ]);
  // The policy is frozen when a run begins, and with it speckit.toml in the run's tree.
  const overlays = isBegun ? documents : [...documents, await readOverlay(project.repository.root, 'speckit.toml')];
  const isNew = log.events.length === 0;
  if (isNew) {
    log.append('RunStart', {
      version: LOG_VERSION,
      runId: running.runId,
      specId: running.spec.id,
      specFolder: running.spec.folder,
      title: running.spec.title,
      size: running.spec.size,
      baseCommit: project.repository.head,
      inputs: overlays.map(({ path: file, content }) => ({
        path: file,
        sha256: content === undefined ? null : sha256(content),
      })),
      program: host.program,
    });
  }
  const configuration = await frozenPolicy({ log, blobs }, project, prompts.sha256);
  await log.flush();
  const redact = await redactorFor(host, configuration.workers);
  const tree = await openTree(services, project, running, { overlays, signal, log });
  const steps = createSteps(log, blobs);
  const baseTree = await tree.compose(tree.baseTree, overlayChanges(overlays));
  const { output: base } = await steps.step(
    { key: 'start/base', effect: 'tree' },
    { tree: baseTree },
    async () => {
      await tree.restore(baseTree);
      return { outcome: 'done', output: { tree: baseTree, evidence: await tree.evidenceTree() } };
    },
    signal,
  );
  const workspace = createWorkspace(tree, steps, base, signal);
  const providers = await createProviders(host, configuration.workers);
  const ledger = openLedger(path.join(services.folders.data, 'ledger.sqlite'));
  if (ledger.kind === 'error') throw new CommandProblem('infrastructure', ledger.error.message);
  const spending = createSpending(ledger.value, {
    runId: running.runId,
    spec: running.spec.id,
    configuration,
    overrides: project.loaded.prices,
    now: () => services.clock.now(),
    log,
  });
  await settleInterruptedCalls({ runId: running.runId, ledger: ledger.value, spending, log, blobs });
  const context: RunContext = {
    runId: running.runId,
    log,
    steps,
    blobs,
    tree,
    workspace,
    processes: redacting(services, redact),
    spending,
    documents: createDocuments(
      {
        root: project.repository.root,
        specFolder: running.spec.folder,
        memory: path.join(project.repository.commonDir, 'speckit', 'documents'),
      },
      steps,
      signal,
    ),
    configuration,
    prompts: prompts.templates,
    spec: running.spec,
    size: running.spec.size,
    constitution: overlays.find((overlay) => overlay.path.endsWith('constitution.md'))?.content ?? '',
    base,
    treeGeneration: createHash('sha256').update(tree.root).digest('hex').slice(0, 16),
    ...providers,
    now: () => services.clock.now(),
    wait: (milliseconds, waitSignal) => waitFor(milliseconds, waitSignal),
    jitter: () => Math.random(),
    progress: (progress) => host.onProgress(running.runId, progress),
    signal,
  };
  return { context, [Symbol.dispose]: () => ledger.value[Symbol.dispose]() };
}

function redacting(services: Services, redact: (text: string) => string): RunContext['processes'] {
  return {
    run: async (request, onOutput, signal) => {
      const result = await services.processes.run(request, (text) => onOutput(redact(text)), signal);
      return { ...result, output: redact(result.output) };
    },
  };
}

function waitFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** The policy of a run is what its first process froze: later changes of speckit.toml count for the next run. */
async function frozenPolicy(
  record: Pick<RunContext, 'log' | 'blobs'>,
  project: Project,
  promptHash: string,
): Promise<Configuration> {
  const reference = record.log.events.find((event) => event.kind === 'PolicySnapshotRef');
  if (reference?.kind === 'PolicySnapshotRef') {
    const snapshot = JSON.parse(await record.blobs.get(reference.payload.blob)) as { configuration: unknown };
    return configurationSchema.parse(snapshot.configuration);
  }
  const { configuration, priceVersion } = project.loaded;
  const snapshot = policySnapshot(configuration, { all: promptHash }, priceVersion);
  record.log.append('PolicySnapshotRef', {
    sha256: snapshot.sha256,
    blob: await record.blobs.put(snapshot.json),
    priceVersion,
  });
  return configuration;
}

/** The saved bytes a run takes in beside HEAD. `undefined` content: the file does not exist. */
interface Overlay {
  readonly path: string;
  readonly content: string | undefined;
}

async function readOverlays(root: string, spec: SpecInput): Promise<readonly Overlay[]> {
  const own = await readOverlay(root, '.specify/memory/constitution.md');
  const constitution = own.content === undefined ? await readOverlay(root, 'memory/constitution.md') : own;
  return [{ path: spec.path, content: spec.text }, constitution];
}

async function readOverlay(root: string, file: string): Promise<Overlay> {
  return { path: file, content: await readTextIfThere(path.join(root, file)) };
}

function overlayChanges(overlays: readonly Overlay[]): readonly FileChange[] {
  return overlays.flatMap(({ path: file, content }) =>
    content === undefined ? [] : [{ kind: 'write' as const, path: file, content }],
  );
}

async function openTree(
  services: Services,
  project: Project,
  running: Running,
  { overlays, signal, log }: { overlays: readonly Overlay[]; signal: AbortSignal; log: EventLog },
): Promise<RunTree> {
  const place = {
    repository: project.repository,
    runId: running.runId,
    worktreesFolder: path.join(services.folders.state, 'trees'),
    specFolder: running.spec.folder,
  };
  const start = log.events.find((event) => event.kind === 'Checkpoint' && event.payload.key === TREE_MADE);
  if (start?.kind === 'Checkpoint') {
    const base = await readRef(project.repository, runRefs(running.runId).base, signal);
    if (base !== undefined) return openRunTree({ ...place, tree: start.payload.tree }, signal);
    throw new CommandProblem(
      'infrastructure',
      `refs/speckit/${running.runId} is gone from this repository, and with it where run ${running.runId} stood. Start a new run: speckit auto ${running.spec.id} --run-id NAME. Your files were not touched.`,
    );
  }
  const tree = await createRunTree({ ...place, overlays: overlayChanges(overlays) }, signal);
  log.append('Checkpoint', { key: TREE_MADE, tree: tree.baseTree });
  return tree;
}

/** The key of the checkpoint that says that the run's tree was made: without it a killed run makes its tree anew. */
const TREE_MADE = 'start/tree';
