import type { OpenMarker } from '../../app/answers.ts';
import type { ApprovalReport, Approving, Selection } from '../../app/approval.ts';
import type { CollectRequest } from '../../app/collect.ts';
import type { DoctorReport } from '../../app/doctor.ts';
import type { Analysis, Checklist } from '../../app/documentChecks.ts';
import type { Edit } from '../../app/edit.ts';
import type { InitOptions, InitReport } from '../../app/initialise.ts';
import type { NewSpec } from '../../app/newSpec.ts';
import type { Overview } from '../../app/overview.ts';
import type { Preview } from '../../app/preview.ts';
import type { BakeoffRequest } from '../../app/bakeoff.ts';
import type { ReflexPlanRequest } from '../../app/reflexPlan.ts';
import type { ReflexReading, ReflexRequest } from '../../app/reflex.ts';
import type { ReflexHealth } from '../../app/reflexHealth.ts';
import type { ServerLogPart, StartReport, StopReport } from '../../app/reflexServer.ts';
import type { UnsavedDocuments } from '../../app/services.ts';
import type { Result } from '../../base/result.ts';
import type { ModelAnswer, ModelError, ModelRequest } from '../../core/ports.ts';
import type { Stage } from '../../core/run/stage.ts';
import type { CostChoice } from '../../core/ledger/costChoice.ts';
import type { FeedMessage } from '../../protocol/feed.ts';
import type { WatchedServer } from '../reflex/presentation.ts';

/*
 * What the extension host asks of the engine, and what the engine tells it. The engine is a worker thread that holds the app of each folder: everything
 * that loads slowly or works long happens there, so that the host is never blocked. All values are structured-cloneable. A request that fails for a
 * reason a person can mend rejects with an EngineProblem.
 */

/** One file of a proposal as it is reviewed: `after` holds what a person edited. */
export interface ReviewedFile {
  readonly path: string;
  readonly change: 'added' | 'modified' | 'deleted';
  readonly isBinary: boolean;
  readonly before: string;
  readonly after: string;
  readonly isEdited: boolean;
  /** What the model proposed, where a person has edited it since: tells which hunks are the person's own. */
  readonly proposed?: string;
  /** Approvals of it that count no more, because what they were about has changed. */
  readonly voided: number;
  readonly hunks: readonly ReviewedHunk[];
}

/** `startLine` and `lines` are of the right side, counted from 1; `lines` is 0 for a pure deletion, which stands before `startLine`. */
export interface ReviewedHunk {
  readonly number: number;
  readonly id: string;
  readonly startLine: number;
  readonly lines: number;
  readonly decision: 'approved' | 'rejected' | 'open';
}

export interface EngineReview {
  readonly runId: string;
  readonly specId: string;
  readonly title: string;
  readonly round: number;
  readonly state: 'waiting' | 'rejected' | 'applied';
  readonly brief: string;
  readonly commitMessage: string;
  /** Which task and requirements a file was changed for, e.g. `T2, FR-3`. */
  readonly reasons: Readonly<Record<string, string>>;
  /** The tasks that changed files of the proposal, in the order of the work. */
  readonly tasks: readonly ReviewedTask[];
  /** Whether it is the whole change as the run proposed and measured it, what is open counted as approved: only then do the run's own checks stand for it. */
  readonly isAsProposed: boolean;
  readonly files: readonly ReviewedFile[];
}

/** One task's part of a proposal. `shared`: those of its files that another task changed too, so that nobody can tell whose hunks are whose. */
export interface ReviewedTask {
  readonly id: string;
  readonly title: string;
  readonly files: readonly string[];
  readonly shared: readonly string[];
}

/** A trial of a bake-off that was just made. */
export interface TrialNews {
  readonly done: number;
  readonly of: number;
  readonly line: string;
}

/** What a bake-off found, in words; `file` is the absolute path of its report for reading. */
export interface BakeoffNews {
  readonly passed: boolean;
  readonly text: string;
  readonly file: string;
}

/** Requests by name; the first argument of each is the workspace folder (absolute). */
export interface EngineRequests {
  readonly [name: string]: (...words: never[]) => Promise<unknown>;
  overview(folder: string): Promise<Overview>;
  preview(folder: string, specId: string): Promise<Preview>;
  /** Starts a run and answers as soon as its log has begun; what becomes of it is told by `runChanged`. */
  start(
    folder: string,
    request: { readonly specId: string; readonly until: Stage; readonly start?: 'new' },
  ): Promise<{ readonly runId: string }>;
  /** `budgetLifted`: the act by which the person let it pass its limits in dollars. */
  resume(folder: string, runId: string, until: Stage, budgetLifted?: string): Promise<{ readonly runId: string }>;
  pause(folder: string, runId: string): Promise<void>;
  stop(folder: string, runId: string): Promise<void>;
  tell(
    folder: string,
    runId: string,
    note: { readonly text: string; readonly about?: string },
  ): Promise<'atWork' | 'waits'>;
  /** Questions that stand in a spec's text. */
  openMarkers(folder: string, specId: string): Promise<readonly OpenMarker[]>;
  answerSpec(folder: string, specId: string, marker: string, answer: string): Promise<void>;
  answer(
    folder: string,
    runId: string,
    answer: { readonly question: string; readonly text: string; readonly isIntoSpec: boolean },
  ): Promise<void>;
  review(folder: string, runId: string): Promise<EngineReview | undefined>;
  approve(folder: string, runId: string, approving: Approving): Promise<ApprovalReport>;
  reject(folder: string, runId: string, selection: Selection, why: string): Promise<void>;
  edit(folder: string, runId: string, edit: Edit): Promise<void>;
  undo(folder: string, runId: string): Promise<readonly string[]>;
  /** From now on this window applies what is approved on a command line. Only in a workspace that is trusted; asking twice is asking once. */
  serveApprovals(folder: string): Promise<void>;
  /** The folder of the run's tree, put to what is proposed. */
  tryProposal(folder: string, runId: string): Promise<string>;
  /** One file before and after one patch of a run. */
  patch(
    folder: string,
    runId: string,
    key: string,
    path: string,
  ): Promise<{ readonly before: string; readonly after: string }>;
  blob(folder: string, runId: string, reference: { readonly sha256: string; readonly bytes: number }): Promise<string>;
  explain(folder: string, runId: string): Promise<string>;
  /** Runs a recorded run again from its log, and says in words what is not the same. */
  replay(folder: string, runId: string): Promise<string>;
  /** That a run's log is whole and unchanged, in words. What is not rejects, named by its line. */
  verifyLog(folder: string, runId: string): Promise<string>;
  /** What the limits of [retention] remove of finished runs, or would, in words; `count` is of runs, trees, texts and what belongs to no run. */
  collect(folder: string, mode: CollectRequest['mode']): Promise<{ readonly text: string; readonly count: number }>;
  newSpec(folder: string, request: { readonly title: string; readonly body?: string }): Promise<NewSpec>;
  initialise(folder: string, options: InitOptions): Promise<InitReport>;
  /** The `key_env` names of the configured workers. */
  keyNames(folder: string): Promise<readonly string[]>;
  reflex(folder: string, request: ReflexRequest): Promise<ReflexReading>;
  /** What a model needs on the card found here and the command that serves it, in words: see app/reflexPlan.ts. */
  reflexPlan(folder: string, request: ReflexPlanRequest): Promise<string>;
  checkReflex(folder: string): Promise<ReflexHealth>;
  /** Only in a workspace that is trusted. Its states (ServerState) come as events of the request; aborting it ends the wait and not the server. */
  startServer(folder: string, how: 'start' | 'restart'): Promise<StartReport>;
  stopServer(folder: string): Promise<StopReport>;
  /**
   * Lets the local server and a worker of the cloud do the same tasks; microdollars. Each trial (TrialNews) comes as an event of the request. Aborting it ends the
   * trial in flight; what was measured is kept, and `resume` goes on with it.
   */
  bakeoff(folder: string, request: Pick<BakeoffRequest, 'budget' | 'start'>): Promise<BakeoffNews>;
  /** `isAtWork`: more may come. */
  serverLog(
    folder: string,
    from: { readonly lines: number } | { readonly position: number },
  ): Promise<ServerLogPart & { readonly isAtWork: boolean }>;
  doctor(folder: string): Promise<DoctorReport>;
  analyze(folder: string, specId: string): Promise<Analysis>;
  checklist(folder: string, specId: string): Promise<Checklist>;
  /** Copies the bundled sample into an empty folder and makes it a repository. */
  sample(folder: string): Promise<void>;
  /** Begins to send a run's cells under this id (unique per panel). */
  openFeed(folder: string, runId: string, feed: string): Promise<void>;
  /** Begins to send the cells of the cost panel under this id; asked again with another choice, from then on those of that one. */
  openCostFeed(folder: string, choice: CostChoice, feed: string): Promise<void>;
  /** Begins to send the cells of a folder's reflex panel under this id. */
  openReflexFeed(folder: string, feed: string): Promise<void>;
  /** Hands in what the status bar shows of the server now, for the panel's cells; null where it shows none of its folder. */
  watchedServer(feed: string, server: WatchedServer | null): Promise<void>;
  closeFeed(feed: string): Promise<void>;
  restartFeed(feed: string): Promise<void>;
  acknowledgeFeed(feed: string, seq: number): Promise<void>;
}

/** What the engine asks of the host: what only the editor has. */
export interface HostRequests {
  readonly [name: string]: (...words: never[]) => Promise<unknown>;
  secret(name: string): Promise<string | undefined>;
  /** One call of a model that the editor provides; its ModelEvents come as events of the request. */
  editorModel(model: string, request: ModelRequest): Promise<Result<ModelAnswer, ModelError>>;
  editorModels(): Promise<readonly string[]>;
  /** Names of the keys in the secret store. */
  storedKeys(): Promise<readonly string[]>;
  /** What is typed and not saved: see UnsavedDocuments in app/services.ts. */
  unsavedTexts(
    ...words: Parameters<UnsavedDocuments['texts']>
  ): Promise<Awaited<ReturnType<UnsavedDocuments['texts']>>>;
  replaceUnsaved(...words: Parameters<UnsavedDocuments['replace']>): Promise<boolean>;
}

/** What the engine is started with. */
export interface EngineStart {
  /** The folder of the installed extension: prompts/ and sample/ lie in it. */
  readonly installation: string;
  readonly program: string;
  readonly person: string;
}

/** What the engine tells without being asked. */
export type EngineNews =
  | { readonly kind: 'changed'; readonly folder: string }
  | { readonly kind: 'feed'; readonly feed: string; readonly message: FeedMessage }
  | { readonly kind: 'log'; readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly text: string };
