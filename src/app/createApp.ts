import type { Supposed } from '../core/router/explain.ts';
import type { ScoredSpec } from '../core/router/scorecard.ts';
import type { RunEvent } from '../core/run/event.ts';
import type { Redaction } from '../core/run/redaction.ts';
import type { Stage } from '../core/run/stage.ts';
import type { OpenMarker } from './answers.ts';
import type { ApprovalReport, Approving, Selection } from './approval.ts';
import type { Collected, CollectRequest } from './collect.ts';
import type { KnownModels } from '../core/ledger/knownModels.ts';
import type { Reconciliation } from '../core/ledger/reconcile.ts';
import type { CostReport, CostRequest } from './cost.ts';
import type { CostChoice } from '../core/ledger/costChoice.ts';
import type { CostListener } from './followCosts.ts';
import type { DoctorReport } from './doctor.ts';
import type { Analysis, Checklist } from './documentChecks.ts';
import type { DriftReport } from './drift.ts';
import type { BakeoffOutcome, BakeoffProgress, BakeoffRequest } from './bakeoff.ts';
import type { EvalReport, EvalRequest } from './evaluate.ts';
import type { ExportReport, ExportRequest } from './exportRun.ts';
import type { Edit } from './edit.ts';
import type { InitOptions, InitReport } from './initialise.ts';
import type { NewSpec, NewSpecRequest } from './newSpec.ts';
import type { Overview } from './overview.ts';
import type { Preview } from './preview.ts';
import type { ToldPolicy } from './policies.ts';
import { CommandProblem } from './problem.ts';
import type { RunDigests } from './runDigests.ts';
import type { createReflexReader, ReflexReading, ReflexRequest } from './reflex.ts';
import type { StandingListener } from './reflexStanding.ts';
import type { ReflexCheckReport, ReflexPlanReport, ReflexPlanRequest } from './reflexPlan.ts';
import type { ReflexHealth } from './reflexHealth.ts';
import type { ServerLogPart, ServerStarting, ServerStatus, StartReport, StopReport } from './reflexServer.ts';
import type { ReplayReport } from './replay.ts';
import type { RunReport, StartRequest } from './runs.ts';
import type { RouteExplained } from './routeExplain.ts';
import { createServices, openProject, openRepository, readableConfiguration, type Host } from './services.ts';
import type { AllowedCommand } from './allowCommand.ts';
import type { RuleTest } from './commandPolicy.ts';
import type { CommandJudge } from '../core/policy/commands/judge.ts';
import type { RunDetail, Status } from './status.ts';
import type { Note } from './tell.ts';
import type { PatchedFile } from './trees.ts';
import type { LogReport } from './verifyLog.ts';

/** Everything a host can ask for. Each member throws a CommandProblem for what a person can mend, and anything else only for a fault. */
export interface App {
  newSpec(request: NewSpecRequest): Promise<NewSpec>;
  initialise(options: InitOptions): Promise<InitReport>;
  doctor(): Promise<DoctorReport>;
  /** Compares two workers at a stage over some specs and writes a scorecard: see evaluate.ts. */
  evaluate(request: EvalRequest, onSpec: (scored: ScoredSpec) => void): Promise<EvalReport>;
  /** Lets the local worker and one of the cloud do the same tasks, and writes the report that reflex is promoted by: see bakeoff.ts. */
  bakeoff(
    request: BakeoffRequest,
    onTrial: (progress: BakeoffProgress) => void,
    say?: (text: string) => void,
  ): Promise<BakeoffOutcome>;
  /** How quality and cost of each model went from week to week: see drift.ts. */
  drift(): Promise<DriftReport>;
  /** Which prices are known, and what the configured workers cost. */
  models(): Promise<KnownModels>;
  /** What the ledger holds of a spec, a day or a month. */
  cost(request: CostRequest): Promise<CostReport>;
  /** Hands on what the cost panel shows, now and whenever the ledger, the limits or a run's log have changed. Ends when the signal aborts. */
  followCosts(choice: CostChoice, listener: CostListener, signal: AbortSignal): Promise<void>;
  /** The ledger against a provider's CSV export, model by model. */
  reconcileCosts(file: string): Promise<Reconciliation>;
  /** The names of the keys that the configured workers use; none while the configuration cannot be read. */
  keyNames(): Promise<readonly string[]>;
  /** One look at the local server and its GPU: see reflex.ts. */
  reflex(request: ReflexRequest, signal: AbortSignal): Promise<ReflexReading>;
  /** Hands on what [reflex] has to reach and what its bake-offs found, now and whenever that has changed. Ends when the signal aborts. */
  followStanding(listener: StandingListener, signal: AbortSignal): Promise<void>;
  /** An estimate of what a model needs on a card, and the command that serves it; beside it what the configured server reports: see reflexPlan.ts. */
  planReflex(request: ReflexPlanRequest, signal: AbortSignal): Promise<ReflexPlanReport>;
  /** What is unsafe or does not fit in a launch command that somebody has. Asks no server. */
  checkLaunch(command: string, request: ReflexPlanRequest, signal: AbortSignal): Promise<ReflexCheckReport>;
  /** Whether the server of a local worker (the first one when none is named) can be used, and what to do where it cannot. */
  checkReflex(worker: string | undefined, signal: AbortSignal): Promise<ReflexHealth>;
  /**
   * Starts the local server with the command of the person's own config.toml and waits until it is ready or has failed; aborting ends the wait and not
   * the server. A host asks for it only in a folder that the person trusts.
   */
  startServer(starting: ServerStarting, signal: AbortSignal): Promise<StartReport>;
  stopServer(): Promise<StopReport>;
  restartServer(starting: ServerStarting, signal: AbortSignal): Promise<StartReport>;
  /** Owns the server until it is stopped or has failed for good: what the process does that `startServer` starts. */
  superviseServer(worker: string | undefined, signal: AbortSignal): Promise<void>;
  serverStatus(): Promise<ServerStatus>;
  /** The last lines of the server's log; given the position of an earlier reading, what came since. */
  serverLog(from: { readonly lines: number } | { readonly position: number }): Promise<ServerLogPart>;
  analyze(specId: string): Promise<Analysis>;
  checklist(specId: string): Promise<Checklist>;
  /** Starts a run, or goes on with the spec's newest unfinished one unless `runId` names a new one. */
  run(request: StartRequest): Promise<RunReport>;
  /** Goes on with a run; `budgetLifted` is the act by which a person lets it pass its limits in dollars, e.g. `in the run panel`. */
  resume(runId: string, until: Stage, budgetLifted?: string): Promise<RunReport>;
  /** Answers a question of a run; `intoSpec` also writes the answer into the spec's own text, which makes what was made of it stale. */
  answer(runId: string, question: string, answer: string, where?: 'intoSpec'): Promise<void>;
  /** Answers a marker of a spec that has no run. */
  answerSpec(specId: string, marker: string, answer: string): Promise<void>;
  openMarkers(specId: string): Promise<readonly OpenMarker[]>;
  stop(runId: string): Promise<'stopped' | 'notRunning'>;
  /**
   * Asks the process at work on a run to pause, and answers when it has heard: the step in flight ends and is recorded, nothing new begins, and the
   * run ends `paused`, to be resumed. A stop asked for meanwhile still stops at once.
   */
  pause(runId: string): Promise<'pausing' | 'notRunning'>;
  /**
   * Tells a run something, at most 4,000 characters, whichever process it is at work in: its implementer hears it before its next call. `waits`: nobody
   * is at work, and the next process takes it in.
   */
  tell(runId: string, note: Note): Promise<'atWork' | 'waits'>;
  /** Whether any process is at work on the run. */
  isAtWork(runId: string): Promise<boolean>;
  /** Hands on a run's events from the first, verified, as they land in its log, whichever process writes them. Ends when the signal aborts. */
  follow(runId: string, onEvents: (events: readonly RunEvent[]) => void, signal: AbortSignal): Promise<void>;
  approve(runId: string, selection: Approving): Promise<ApprovalReport>;
  reject(runId: string, selection: Selection, why: string): Promise<void>;
  /**
   * Puts a person's text in the place of one file of the proposal that waits. Decisions about the hunks it changes no longer count; the checks are
   * measured on exactly these bytes before they are applied.
   */
  edit(runId: string, edit: Edit): Promise<void>;
  undo(runId: string): Promise<readonly string[]>;
  /** Runs a recorded run again from its log, asking nobody and writing nothing of the person's, and says what is not the same: see replay.ts. */
  replay(runId: string): Promise<ReplayReport>;
  /** Applies for command lines as long as it is not disposed: see window.ts. Only for a host that knows what is typed and not saved. */
  serveApprovals(onFault: (error: unknown) => void): Promise<AsyncDisposable>;
  status(): Promise<Status>;
  /** What the explorer shows. Runs whose logs did not change since the last look are not read again. Never throws for what a person can mend. */
  overview(): Promise<Overview>;
  detail(runId: string): Promise<RunDetail>;
  /** What a run of a spec would do. Asks no model and writes nothing. */
  preview(specId: string): Promise<Preview>;
  /** The policy a run would freeze now, the one a run (the newest, when left out) froze, and what to know of it: see policies.ts. */
  policy(): Promise<ToldPolicy>;
  policyOfRun(runId: string | undefined): Promise<ToldPolicy & { readonly runId: string }>;
  policyProblems(): Promise<{ readonly files: readonly string[]; readonly notices: readonly string[] }>;
  /** Whom a command or a role would be routed to, and why. Calls nobody. */
  explainRoute(subject: string, supposed: Supposed): Promise<RouteExplained>;
  /** One file before and after an applied patch: `key` is the PatchApply event's. */
  patch(runId: string, key: string, path: string): Promise<PatchedFile>;
  /** What marks secrets in this folder, as its configuration, environment and `.env` files say now. Of a configuration that cannot be read: the defaults. */
  redaction(): Promise<Redaction>;
  /** Puts the run's own tree to its newest proposal with a person's edits, and returns its absolute folder. Refused while a process is at work on it. */
  openProposalTree(runId: string): Promise<string>;
  /** Writes what is named of a run into a new folder, for others to read. */
  export(runId: string, request: ExportRequest): Promise<ExportReport>;
  /** That a run's log and the texts it refers to are whole and unchanged. Throws a CommandProblem that names what is not by its line. */
  verifyLog(runId: string): Promise<LogReport>;
  /** Removes what the limits of `[retention]` say, or only tells what it would. */
  collect(request: CollectRequest): Promise<Collected>;
  /** Judges commands by the built-in rules, your own and the repository's; outside a repository by those that there are. */
  commandJudge(): Promise<CommandJudge>;
  /** Holds all rules about commands against their own examples. A written rule that fails is a CommandProblem already. */
  testCommandRules(): Promise<RuleTest>;
  /** Writes a rule into the person's own config.toml that allows exactly this command from now on. */
  allowCommand(words: readonly string[]): Promise<AllowedCommand>;
  /** Copies the bundled sample into an empty or new folder (absolute) and makes it a repository. */
  sample(folder: string): Promise<void>;
}

/**
 * The only place that constructs adapters: one app for one folder of one host. What a command does is loaded when it is first asked for: a
 * short command is over before the whole of the program could be read.
 */
export function createApp(host: Host): App {
  const services = createServices(host);
  // Kept as long as the app: an editor asks again and again.
  let kept: RunDigests | undefined;
  let reader: ReturnType<typeof createReflexReader> | undefined;
  const digests = async (): Promise<RunDigests> => (kept ??= (await import('./runDigests.ts')).createRunDigests());
  return {
    newSpec: async (request) => (await import('./newSpec.ts')).newSpec(services, request),
    initialise: async (options) => (await import('./initialise.ts')).initialise(services, options),
    doctor: async () => (await import('./doctor.ts')).doctor(services),
    cost: async (request) => (await import('./cost.ts')).readCost(services, request),
    followCosts: async (choice, listener, signal) =>
      (await import('./followCosts.ts')).followCosts({ services, digests: await digests() }, choice, listener, signal),
    reconcileCosts: async (file) => (await import('./reconcileCosts.ts')).reconcileCosts(services, file),
    evaluate: async (request, onSpec) => (await import('./evaluate.ts')).evaluatePair(services, request, onSpec),
    bakeoff: async (request, onTrial, say) =>
      (await import('./bakeoff.ts')).runBakeoff(services, request, onTrial, say),
    drift: async () => (await import('./drift.ts')).readDrift(services),
    models: async () => (await import('./models.ts')).readModels(services),
    keyNames: async () => (await import('./keyNames.ts')).keyNames(services),
    async reflex(request, signal) {
      reader ??= (await import('./reflex.ts')).createReflexReader(services);
      return reader(request, signal);
    },
    followStanding: async (listener, signal) =>
      (await import('./reflexStanding.ts')).followStanding(services, listener, signal),
    planReflex: async (request, signal) => (await import('./reflexPlan.ts')).planReflex(services, request, signal),
    checkLaunch: async (command, request, signal) =>
      (await import('./reflexPlan.ts')).checkLaunch(services, command, request, signal),
    checkReflex: async (worker, signal) => (await import('./reflexHealth.ts')).checkReflex(services, worker, signal),
    startServer: async (starting, signal) =>
      (await import('./reflexServer.ts')).startServer(services, starting, signal),
    stopServer: async () => (await import('./reflexServer.ts')).stopServer(services),
    restartServer: async (starting, signal) =>
      (await import('./reflexServer.ts')).restartServer(services, starting, signal),
    superviseServer: async (worker, signal) => (await import('./reflexServer.ts')).supervise(services, worker, signal),
    serverStatus: async () => (await import('./reflexServer.ts')).serverStatus(services),
    serverLog: async (from) => (await import('./reflexServer.ts')).readServerLog(services, from),
    analyze: async (specId) => (await import('./documentChecks.ts')).checkDocuments(services, specId),
    checklist: async (specId) => (await import('./documentChecks.ts')).scoreDocuments(services, specId),
    async run(request) {
      // Git is asked first: it answers while the code is loaded.
      const [project, { resumeRun, startRun, unfinishedRun }, { loadSpec }] = await Promise.all([
        openProject(services),
        import('./runs.ts'),
        import('./specs.ts'),
      ]);
      const spec = await loadSpec(project.repository.root, project.loaded.configuration, request.specId);
      const going =
        request.runId === undefined && request.start === undefined
          ? await unfinishedRun(project, spec.folder)
          : undefined;
      return going === undefined
        ? startRun(services, project, request)
        : resumeRun(services, project, going, { until: request.until });
    },
    async resume(runId, until, budgetLifted) {
      const { resumeRun } = await import('./runs.ts');
      const request = { until, ...(budgetLifted === undefined ? {} : { budgetLifted }) };
      return resumeRun(services, await openProject(services), runId, request);
    },
    answer: async (runId, question, text, where) =>
      (await import('./answers.ts')).answerQuestion(services, runId, question, {
        text,
        isIntoSpec: where === 'intoSpec',
      }),
    answerSpec: async (specId, marker, answer) =>
      (await import('./answers.ts')).answerMarker(services, specId, marker, answer),
    openMarkers: async (specId) => (await import('./answers.ts')).openMarkers(services, specId),
    stop: async (runId) => (await import('./requests.ts')).stopRun(services, await openRepository(services), runId),
    pause: async (runId) => (await import('./requests.ts')).pauseRun(services, await openRepository(services), runId),
    tell: async (runId, note) =>
      (await import('./tell.ts')).tellRun(services, await openProject(services), runId, note),
    isAtWork: async (runId) => (await import('./requests.ts')).isAtWork(await openRepository(services), runId),
    follow: async (runId, onEvents, signal) =>
      (await import('./follow.ts')).followRun(await openRepository(services), runId, onEvents, signal),
    approve: async (runId, selection) => (await import('./approval.ts')).approve(services, runId, selection),
    reject: async (runId, selection, why) => (await import('./approval.ts')).reject(services, runId, selection, why),
    replay: async (runId) => (await import('./replay.ts')).replayRun(services, runId),
    edit: async (runId, edit) => (await import('./edit.ts')).editProposal(services, runId, edit),
    undo: async (runId) => (await import('./undo.ts')).undo(services, runId),
    serveApprovals: async (onFault) => {
      const [{ serveWindow }, { applyWaiting }] = await Promise.all([import('./window.ts'), import('./approval.ts')]);
      return serveWindow(
        await openRepository(services),
        ({ runId, unchecked }) => applyWaiting(services, runId, unchecked),
        onFault,
      );
    },
    status: async () => (await import('./status.ts')).readStatus(services, await digests()),
    overview: async () => (await import('./readOverview.ts')).readOverview(services, await digests()),
    detail: async (runId) => (await import('./status.ts')).readRun(services, await openRepository(services), runId),
    preview: async (specId) => (await import('./readPreview.ts')).readPreview(services, await digests(), specId),
    policy: async () => (await import('./policies.ts')).currentPolicy(services),
    policyOfRun: async (runId) => (await import('./policies.ts')).policyOfRun(services, runId),
    policyProblems: async () => (await import('./policies.ts')).policyProblems(services),
    explainRoute: async (subject, supposed) =>
      (await import('./routeExplain.ts')).explainRoute(services, subject, supposed),
    patch: async (runId, key, file) =>
      (await import('./trees.ts')).patchedFile(services, await openRepository(services), { runId, key, file }),
    async redaction() {
      const { openRedaction } = await import('./openRedaction.ts');
      const repository = await openRepository(services).catch((error: unknown) => {
        if (error instanceof CommandProblem) return undefined;
        throw error;
      });
      // Words about a folder that is no repository have secrets too.
      if (repository === undefined)
        return openRedaction(services.host, services.host.folder, { workers: {}, secrets: { patterns: [] } });
      return openRedaction(services.host, repository.root, await readableConfiguration(services, repository));
    },
    openProposalTree: async (runId) =>
      (await import('./trees.ts')).openProposalTree(services, await openRepository(services), runId),
    export: async (runId, request) => (await import('./exportRun.ts')).exportRun(services, runId, request),
    verifyLog: async (runId) => (await import('./verifyLog.ts')).verifyLog(await openRepository(services), runId),
    collect: async (request) => (await import('./collect.ts')).collect(services, request),
    commandJudge: async () => (await import('./commandPolicy.ts')).commandJudge(services),
    testCommandRules: async () => (await import('./commandPolicy.ts')).testCommandRules(services),
    allowCommand: async (words) => (await import('./allowCommand.ts')).allowCommand(services, words),
    sample: async (folder) => (await import('./sampleRepository.ts')).copySample(services, folder),
  };
}
