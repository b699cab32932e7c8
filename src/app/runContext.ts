import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { sha256 } from '../base/hash.ts';
import type { FileChange, PersonFiles, Processes, RunTree, Blobs } from '../core/ports.ts';
import type { RunContext, SpecInput } from '../core/pipeline/context.ts';
import type { Ledger } from '../core/ledger/ledger.ts';
import { createWorkspace } from '../core/pipeline/workspace.ts';
import { createCircuits } from '../core/router/circuits.ts';
import { GUIDANCE_FILE, shownGuidance } from '../core/prompt/projectGuidance.ts';
import type { Standing } from '../core/router/demotion.ts';
import { withCallLimits } from '../core/policy/forbiddenCall.ts';
import { policySnapshot } from '../core/policy/snapshot.ts';
import { LOG_VERSION } from '../core/run/event.ts';
import { PausedError } from '../core/run/paused.ts';
import type { Redaction } from '../core/run/redaction.ts';
import { createSteps } from '../core/run/steps.ts';
import type { Configuration } from '../core/settings.ts';
import { openLedger } from '../node/ledger.ts';
import type { EventLog } from '../node/log/eventLog.ts';
import { missingDependencies } from '../node/missingDependencies.ts';
import { loadPrompts } from '../node/prompts.ts';
import type { Repository } from '../node/repository.ts';
import { ledgerRun } from '../node/repositoryKey.ts';
import { readRef, runRefs } from '../node/runRefs.ts';
import { createRunTree, openRunTree } from '../node/runTree.ts';
import { budgetOverrideOf } from './budgetOverride.ts';
import { writeCostSummary } from './cost.ts';
import { createDocuments, documentsMemory } from './documents.ts';
import { createLineJudge } from './commandPolicy.ts';
import { settleInterruptedCalls } from './interruptedCalls.ts';
import { takeNotesIn } from './noteIntake.ts';
import { INSIDE_RUN } from './insideRun.ts';
import { personFilesOf } from './personFiles.ts';
import { CommandProblem } from './problem.ts';
import { createProviders } from './providers.ts';
import { guidanceOf, noteGuidance } from './guidanceIntake.ts';
import { keysOf } from './openRedaction.ts';
import { redactedDocuments, redactedProcesses, redactedProvider, redactedSteps } from './redactedWriting.ts';
import { createRunSandbox } from './runSandbox.ts';
import { createReflexMode, recordedReflex } from './reflexMode.ts';
import type { Project, Services } from './services.ts';
import { readPolicySnapshot } from './policySnapshots.ts';
import { readStandings } from './scorecards.ts';
import { createSpending } from './spending.ts';
import { redactedSpec } from './specs.ts';
import { readTextIfThere } from './textFile.ts';
import { treesFolder } from './trees.ts';
import type { Running } from './withRun.ts';

/** In place of the person's own files, and of what is decided by what lies there. */
export interface Place {
  readonly root: string;
  readonly memory: string;
  readonly standings: readonly Standing[];
  readonly personFiles: (tree: RunTree) => PersonFiles;
  /** Whose dependencies and objects its commands find, where the run's own repository only borrows them. */
  readonly commandsIn?: Repository;
}

interface Opened {
  readonly folder: string;
  /** Both redact what is written: see redactedWriting.ts. */
  readonly log: EventLog;
  readonly blobs: Blobs;
  readonly redaction: Redaction;
  readonly signal: AbortSignal;
  /** Aborts when a pause was asked for: no step begins from then on, and no wait goes on. */
  readonly pause: AbortSignal;
  /** Where spec, constitution and speckit.toml are read and documents are written, in place of the person's own files: for a replay. */
  readonly place?: Place;
}

/** Everything a run works with, of a new run or of one that goes on. The caller holds the run's lock and its log. */
export async function openContext(
  services: Services,
  project: Project,
  running: Running,
  { folder, log, blobs, redaction, signal, pause, place }: Opened,
): Promise<AsyncDisposable & { readonly context: RunContext }> {
  const { host } = services;
  const root = place?.root ?? project.repository.root;
  const isBegun = log.events.some((event) => event.kind === 'Checkpoint' && event.payload.key === TREE_MADE);
  const [prompts, own, guidance] = await Promise.all([
    loadPrompts(path.join(host.installation, 'prompts')),
    readOverlays(root, running.spec),
    guidanceOf(root, log.events),
  ]);
  const documents = guidance === undefined ? own : [...own, { path: GUIDANCE_FILE, content: guidance.text }];
  // The policy is frozen when a run begins, and with it speckit.toml in the run's tree.
  const overlays = isBegun ? documents : [...documents, await readOverlay(root, 'speckit.toml')];
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
  const frozen = await frozenPolicy({ log, blobs, redaction }, project, {
    sha256: prompts.sha256,
    standings: () => place?.standings ?? readStandings(root, project.loaded.configuration, prompts.templates),
  });
  // Whoever goes on with a run may forbid more than it began with, never less.
  const configuration = { ...withCallLimits(frozen.configuration, host.calls), standings: frozen.standings };
  noteGuidance(log, guidance, project.loaded.roleOverrides);
  await log.flush();
  // The workers of this run are those of its frozen policy.
  for (const [name, value] of await keysOf(host, configuration.workers)) redaction.know(name, value);
  const tree = await openTree(services, project, running, { overlays, signal, log });
  const durable = createSteps(log, blobs, () => {
    if (pause.aborted) throw new PausedError('paused');
  });
  const steps = redactedSteps(durable, redaction);
  const baseTree = await tree.compose(tree.baseTree, overlayChanges(overlays));
  const { output: base } = await steps.step(
    { key: 'start/base', effect: 'tree' },
    { tree: baseTree },
    async () => {
      return { outcome: 'done', output: { tree: baseTree, evidence: await tree.evidenceOf(baseTree) } };
    },
    signal,
  );
  const workspace = createWorkspace({ tree, steps, redaction }, base, signal);
  const providers = await createProviders(host, configuration);
  const ledger = openLedger(path.join(services.folders.data, 'ledger.sqlite'));
  if (ledger.kind === 'error') throw new CommandProblem('infrastructure', ledger.error.message);
  const inLedger = ledgerRun(project.repository, running.runId);
  const spending = createSpending(ledger.value, {
    run: inLedger,
    spec: running.spec.id,
    configuration,
    overrides: project.loaded.prices,
    override: await budgetOverrideOf(services, project.repository.root, running.budgetLifted),
    now: () => services.clock.now(),
    log,
  });
  const commandsIn = { ...project, repository: place?.commandsIn ?? project.repository };
  const sandbox = await sandboxOf(services, commandsIn, tree, signal);
  const notes = await takeNotesIn(folder, log, redaction);
  await settleInterruptedCalls({ run: inLedger, ledger: ledger.value, spending, log, blobs });
  const { reflex: frozenReflex } = frozen.configuration;
  const ground = { reflex: frozenReflex, root, prompts: prompts.templates, log, signal };
  // The one setting that does not stay as it was frozen: whoever switches reflex off, has it off from the next decision on.
  const isEnabled = project.loaded.configuration.reflex.enabled;
  const reflexMode = place === undefined ? createReflexMode(services, { ...ground, isEnabled }) : recordedReflex();
  const circuits = createCircuits({ configuration, log, now: () => services.clock.now() });
  const context: RunContext = {
    runId: running.runId,
    log,
    steps,
    blobs,
    tree,
    workspace,
    personFiles: place?.personFiles(tree) ?? personFilesOf(services, root, tree),
    redaction,
    processes: redactedProcesses(insideRun(services.processes, running.runId), redaction),
    sandbox,
    judge: createLineJudge(services, configuration, sandbox.shownAt),
    spending,
    documents: redactedDocuments(
      createDocuments(
        {
          root,
          specFolder: running.spec.folder,
          memory: place?.memory ?? documentsMemory(project.repository.commonDir),
        },
        steps,
        signal,
      ),
      redaction,
    ),
    configuration,
    prompts: prompts.templates,
    spec: redactedSpec(running.spec, redaction),
    size: running.spec.size,
    constitution: redaction.text(overlays.find((overlay) => overlay.path.endsWith('constitution.md'))?.content ?? ''),
    projectGuidance: shownGuidance(redaction.text(guidance?.text ?? '')),
    treeGeneration: createHash('sha256').update(tree.root).digest('hex').slice(0, 16),
    health: (worker) => {
      const { state, why } = circuits.state(worker);
      return state === 'open' ? { kind: 'down', cause: 'circuitOpen', why } : providers.health(worker);
    },
    circuits,
    ...(frozenReflex.enabled ? { reflex: reflexMode } : {}),
    provider: (worker) => redactedProvider(providers.provider(worker), redaction),
    now: () => services.clock.now(),
    wait: (milliseconds, waitSignal) => waitFor(milliseconds, AbortSignal.any([waitSignal, pause])),
    jitter: () => Math.random(),
    progress: (progress) => host.onProgress(running.runId, progress),
    signal,
  };
  return {
    context,
    [Symbol.asyncDispose]: async () => {
      // A replay's spending is its own and is thrown away with it.
      if (place === undefined) await tellCosts(project, ledger.value, { configuration, spec: running.spec });
      ledger.value[Symbol.dispose]();
      await notes[Symbol.asyncDispose]();
    },
  };
}

/** Brings the spec's cost_summary.json up to date. */
async function tellCosts(
  { repository }: Project,
  ledger: Ledger,
  { configuration, spec }: { readonly configuration: Configuration; readonly spec: SpecInput },
): Promise<void> {
  try {
    await writeCostSummary({ repository, ledger }, configuration, spec);
  } catch (error) {
    // It says nothing that the ledger does not, and is written again when the next run ends: a full disk ends no run here.
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

async function sandboxOf(
  services: Services,
  { repository, loaded }: Project,
  tree: RunTree,
  signal: AbortSignal,
): Promise<RunContext['sandbox']> {
  const { environment } = services.host;
  const home = environment['HOME'] ?? os.homedir();
  const [found, missing] = await Promise.all([
    services.sandbox(),
    missingDependencies({ root: repository.root, environment, home }),
  ]);
  const certain = missing.flatMap(({ text, isCertain }) => (isCertain ? [text] : []));
  return createRunSandbox({ repository, own: loaded.own, found, home, missing: certain, tree: tree.root, signal });
}

/** What runs can tell that it is a run's command, and SpecKit then decides nothing for it. */
function insideRun(processes: Processes, runId: string): Processes {
  return {
    run: (request, onOutput, signal) =>
      processes.run({ ...request, environment: { ...request.environment, [INSIDE_RUN]: runId } }, onOutput, signal),
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
  record: Pick<RunContext, 'log' | 'blobs' | 'redaction'>,
  project: Project,
  now: { readonly sha256: string; standings(): Promise<readonly Standing[]> | readonly Standing[] },
): Promise<{ readonly configuration: Configuration; readonly standings: readonly Standing[] }> {
  const reference = record.log.events.find((event) => event.kind === 'PolicySnapshotRef');
  if (reference?.kind === 'PolicySnapshotRef') {
    return readPolicySnapshot(await record.blobs.get(reference.payload.blob));
  }
  const { configuration, priceVersion } = project.loaded;
  const standings = await now.standings();
  const snapshot = policySnapshot(configuration, { all: now.sha256 }, priceVersion, { standings });
  if (record.redaction.text(snapshot.json) !== snapshot.json)
    throw new CommandProblem(
      'configuration',
      'A setting holds what looks like a secret, and a run keeps its settings in its log. Move it out of speckit.toml (and your own config.toml): a key belongs into an environment variable that key_env names, what a check needs into a file that the check reads.',
    );
  record.log.append('PolicySnapshotRef', {
    sha256: snapshot.sha256,
    blob: await record.blobs.put(snapshot.json),
    priceVersion,
  });
  // As a process that goes on reads it, with its members in the same order: both send the same bytes.
  return readPolicySnapshot(snapshot.json);
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
    worktreesFolder: treesFolder(services, project.repository),
    specFolder: running.spec.folder,
  };
  const start = log.events.find((event) => event.kind === 'Checkpoint' && event.payload.key === TREE_MADE);
  if (start?.kind === 'Checkpoint') {
    const base = await readRef(project.repository, runRefs(running.runId).base, signal);
    if (base !== undefined) return openRunTree({ ...place, tree: start.payload.tree }, signal);
    throw new CommandProblem(
      'infrastructure',
      `refs/speckit/${running.runId} is gone from this repository, and with it where run ${running.runId} stood. Start a new run: \`speckit auto ${running.spec.id} --run-id NAME\`. Your files were not touched.`,
    );
  }
  const tree = await createRunTree({ ...place, overlays: overlayChanges(overlays) }, signal);
  log.append('Checkpoint', { key: TREE_MADE, tree: tree.baseTree });
  return tree;
}

/** The key of the checkpoint that says that the run's tree was made: without it a killed run makes its tree anew. */
const TREE_MADE = 'start/tree';
