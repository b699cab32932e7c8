import path from 'node:path';
import { bakeoffLines, trialLine } from '../../app/bakeoffLines.ts';
import type { CollectRequest } from '../../app/collect.ts';
import { collectText } from '../../app/collectText.ts';
import { createApp, type App } from '../../app/createApp.ts';
import { logReportText } from '../../app/logReportText.ts';
import { CommandProblem } from '../../app/problem.ts';
import { replayText } from '../../app/replayText.ts';
import { remoteEditorModel, type AskEditorModel } from '../../app/remoteEditorModel.ts';
import type { RunReport } from '../../app/runs.ts';
import type { Host } from '../../app/services.ts';
import type { Progress } from '../../core/pipeline/context.ts';
import type { ModelEvent } from '../../core/ports.ts';
import { USUAL_SUITE } from '../../core/reflex/usualBakeoff.ts';
import type { RunEvent } from '../../core/run/event.ts';
import type { Stage } from '../../core/run/stage.ts';
import type { FeedMessage } from '../../protocol/feed.ts';
import type { BakeoffNews, EngineRequests, EngineReview, EngineStart, TrialNews } from './api.ts';
import type { EngineWires } from './createEngine.ts';
import { inEditorWords } from './editorWords.ts';
import { explainRun } from './explain.ts';
import { engineReview } from './engineReview.ts';
import { createPresentCall, type PresentCall } from './presentCall.ts';
import { withoutSecrets } from './withoutSecrets.ts';
import { openRunFeed, type RunFeed } from './runFeed.ts';

/** The engine's part for one workspace folder: its app, the runs that are at work here, and who follows them. */
export interface FolderEngine {
  readonly app: App;
  start(request: Parameters<EngineRequests['start']>[1]): Promise<{ readonly runId: string }>;
  resume(runId: string, until: Stage, budgetLifted?: string): Promise<{ readonly runId: string }>;
  pause(runId: string): Promise<void>;
  stop(runId: string): Promise<void>;
  review(runId: string): Promise<EngineReview | undefined>;
  explain(runId: string): Promise<string>;
  replay(runId: string): Promise<string>;
  verifyLog(runId: string): Promise<string>;
  collect: (mode: CollectRequest['mode']) => ReturnType<EngineRequests['collect']>;
  bakeoff(
    request: Parameters<EngineRequests['bakeoff']>[1],
    onTrial: (trial: TrialNews) => void,
    signal: AbortSignal,
  ): Promise<BakeoffNews>;
  serveApprovals(): Promise<void>;
  openFeed(runId: string, send: (message: FeedMessage) => void): Promise<RunFeed>;
}

/** A run at work in this thread. */
interface Job {
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

export function createFolderEngine(folder: string, start: EngineStart, wires: EngineWires): FolderEngine {
  const never = new AbortController();
  const jobs = new Map<string, Job>();
  const listeners = new Set<{ readonly runId: string; readonly onProgress: (progress: Progress) => void }>();
  const requested = new Map<string, 'pausing' | 'stopping'>();
  const presentCalls = new Map<string, PresentCall>();
  const presentCallOf = (runId: string): PresentCall => {
    const call = presentCalls.get(runId) ?? createPresentCall();
    presentCalls.set(runId, call);
    return call;
  };

  const askEditorModel: AskEditorModel = (model, request, onEvent, signal) =>
    wires.host().request('editorModel', [model, request], { signal, onEvent: (event) => onEvent(event as ModelEvent) });
  const hostOf = (signal: AbortSignal, onEvent: (runId: string, event: RunEvent) => void): Host => ({
    folder,
    ...start,
    environment: process.env,
    secret: (name) => wires.host().remote.secret(name),
    provider: (_worker, settings) =>
      settings.provider === 'editor' ? remoteEditorModel(askEditorModel, settings) : undefined,
    editorModels: () => wires.host().remote.editorModels(),
    storedKeys: () => wires.host().remote.storedKeys(),
    unsaved: {
      texts: (files) => wires.host().remote.unsavedTexts(files),
      replace: (changes) => wires.host().remote.replaceUnsaved(changes),
    },
    onEvent: (runId, event) => {
      onEvent(runId, event);
      presentCallOf(runId).event(event);
      if (!QUIET.has(event.kind)) wires.news({ kind: 'changed', folder });
    },
    onProgress: (runId, progress) => {
      presentCallOf(runId).progress(progress);
      for (const listener of listeners) if (listener.runId === runId) listener.onProgress(progress);
    },
    signal,
  });
  const app = createApp(hostOf(never.signal, () => undefined));
  const tell = (words: string): void =>
    void withoutSecrets(app, words).then((text) => wires.news({ kind: 'log', level: 'error', text }));
  // Ends with the thread, and its lock with the process.
  let serving: Promise<AsyncDisposable> | undefined;

  /** Lets a run go on in this thread and answers as soon as it has begun. A failure before that is the caller's; later ones are told in its log. */
  function work(begin: (own: App) => Promise<RunReport>): Promise<{ readonly runId: string }> {
    const abort = new AbortController();
    return new Promise((resolve, reject) => {
      let runId: string | undefined;
      const own = createApp(
        hostOf(abort.signal, (id, event) => {
          // The first event of this process says that it owns the run.
          if (event.kind !== 'OwnerChange' || runId !== undefined) return;
          runId = id;
          jobs.set(id, { abort, ended });
          resolve({ runId: id });
        }),
      );
      const ended = begin(own).then(
        () => undefined,
        (error: unknown) => {
          if (runId === undefined) reject(error instanceof Error ? error : new Error(String(error)));
          else tell(`Run ${runId}: ${describe(error)}`);
        },
      );
      void ended.then(() => {
        if (runId !== undefined) for (const known of [jobs, requested, presentCalls]) known.delete(runId);
        wires.news({ kind: 'changed', folder });
      });
    });
  }

  return {
    app,
    start: (request) => work((own) => own.run(request)),
    resume: (runId, until, lifted) => work((own) => own.resume(runId, until, lifted)),
    async pause(runId) {
      requested.set(runId, 'pausing');
      wires.news({ kind: 'changed', folder });
      await app.pause(runId);
    },
    async stop(runId) {
      requested.set(runId, 'stopping');
      wires.news({ kind: 'changed', folder });
      const job = jobs.get(runId);
      job?.abort.abort('stopped');
      await (job === undefined ? app.stop(runId) : job.ended);
      requested.delete(runId);
    },
    review: async (runId) => engineReview(await app.detail(runId)),
    explain: async (runId) => explainRun(await app.detail(runId)),
    replay: async (runId) => replayText(await app.replay(runId)).join('\n'),
    verifyLog: async (runId) => inEditorWords(logReportText(await app.verifyLog(runId)).join('\n')),
    async bakeoff({ budget, start: from }, onTrial, signal) {
      // Its runs lie in places of their own: nothing of them is a run of this folder.
      const own = createApp({
        ...hostOf(signal, () => undefined),
        onEvent: () => undefined,
        onProgress: () => undefined,
      });
      const tasks = { kind: 'suite', name: USUAL_SUITE } as const;
      const request = { tasks, repetitions: 1, budget, start: from };
      const outcome = await own.bakeoff(request, (progress) =>
        onTrial({ done: progress.done, of: progress.of, line: trialLine(progress) }),
      );
      const { root, file, report } = outcome;
      return {
        passed: report.verdict.passed,
        text: inEditorWords(bakeoffLines(outcome).join('\n')),
        file: path.join(root, file.replace(/\.json$/, '.md')),
      };
    },
    async collect(mode) {
      const collected = await app.collect({ mode, includes: 'finished' });
      const { runs, trees, blobs, bakeoffs, orphans } = collected;
      if (mode === 'remove') wires.news({ kind: 'changed', folder });
      const count = runs.length + trees.length + blobs.length + bakeoffs.length + orphans.length;
      return { text: collectText(collected, mode).join('\n'), count };
    },
    serveApprovals: async () => {
      serving ??= app.serveApprovals((error) => tell(describe(error)));
      await serving;
    },
    async openFeed(runId, send) {
      const run = {
        app,
        runId,
        isOwn: () => jobs.has(runId),
        requested: () => requested.get(runId),
        saidSoFar: () => presentCalls.get(runId)?.soFar() ?? [],
      };
      const feed = await openRunFeed(run, send);
      const listener = { runId, onProgress: feed.progress };
      listeners.add(listener);
      return {
        ...feed,
        [Symbol.dispose]: () => {
          listeners.delete(listener);
          feed[Symbol.dispose]();
        },
      };
    },
  };
}

/** Events that change nothing in the explorer: most of a log. */
const QUIET = new Set<RunEvent['kind']>([
  'StepStart',
  'StepEnd',
  'Signal',
  'CommandDecision',
  'ToolCall',
  'ToolResult',
  'Checkpoint',
  'RoutingDecision',
  'LLMCall',
  'SpendReserve',
]);

function describe(error: unknown): string {
  if (error instanceof CommandProblem) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
