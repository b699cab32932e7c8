import type {
  Blobs,
  Confinement,
  FileDifference,
  ModelProvider,
  PersonFiles,
  ProcessLimits,
  Processes,
  RepositoryPath,
  RunTree,
  SandboxKind,
} from '../ports.ts';
import type { CommandDecision } from '../policy/commands/decision.ts';
import type { PromptTemplate } from '../prompt/template.ts';
import type { ReflexMode } from '../reflex/mode.ts';
import type { Circuits } from '../router/circuits.ts';
import type { RoutedPolicy } from '../router/demotion.ts';
import type { WorkerHealth } from '../router/routeRequest.ts';
import type { Redaction } from '../run/redaction.ts';
import type { RunLog } from '../run/runLog.ts';
import type { Spending } from '../run/spending.ts';
import type { Role, Stage } from '../run/stage.ts';
import type { Steps } from '../run/steps.ts';
import type { Problem } from '../spec/problem.ts';
import type { Requirement, Spec } from '../spec/spec.ts';
import type { Workspace } from './workspace.ts';

/** What happens between two events of the log and is only shown: tokens as they stream, a check's output, a wait. Never stored, never decided upon. */
export type Progress =
  | { readonly kind: 'stage'; readonly stage: Stage; readonly text: string }
  | { readonly kind: 'call'; readonly role: Role; readonly worker: string; readonly characters: number }
  | { readonly kind: 'text'; readonly role: Role; readonly text: string }
  | { readonly kind: 'command'; readonly name: string; readonly text: string }
  | { readonly kind: 'wait'; readonly text: string; readonly milliseconds: number };

/** Where a stage's documents land: `specs/<folder>/` in the user's tree, each content once. What somebody else wrote last is left alone and kept as an offer. */
export interface Documents {
  write(name: string, content: string): Promise<void>;
  /** Adds something to a document, once for each `mark`: what stands there already, whoever wrote it, is kept. */
  add(name: string, mark: string, added: (existing: string) => string): Promise<void>;
  /** Documents that were not written over a person's own text: they become a part of the proposal. */
  offers(): readonly FileDifference[];
}

/** The spec as the run took it in. `folder` and `path` are repository-relative. */
export interface SpecInput {
  readonly id: string;
  readonly folder: RepositoryPath;
  readonly path: RepositoryPath;
  readonly title: string;
  readonly text: string;
  /** Of the file as it stands on disk; `text` has marks in the place of secrets. */
  readonly sha256: string;
  readonly spec: Spec;
  readonly problems: readonly Problem[];
}

/** The requirements a plan and its tasks have to cover. Success criteria measure the whole and are shown by all of its tests. */
export function obligations(spec: Spec): readonly Requirement[] {
  return spec.requirements.filter((requirement) => requirement.family !== 'success');
}

/** What keeps the repository's commands in, as this process of the run found it. */
export interface RunSandbox {
  readonly kind: SandboxKind;
  /** For `none`: why there is no sandbox, as sentences. */
  readonly why: string;
  /** The person's own configuration says that commands run without one. */
  readonly isWaived: boolean;
  /** Commands that the person's own configuration trusts with the network where they ask for it. */
  readonly trustedNetwork: readonly string[];
  /** What the repository depends on and the user has not installed, as sentences that say what to run. */
  readonly missing: readonly string[];
  /** Where a command finds the run's tree. Absolute: for processes only. */
  readonly shownAt: string;
  /** Dependency folders of the user's repository that commands find in the tree. */
  dependencies(): Promise<readonly RepositoryPath[]>;
  confinement(wanted: {
    readonly network: 'refused' | 'granted';
    /** `own`: only those the tree has itself. */
    readonly dependencies: 'shown' | 'own';
    readonly limits: ProcessLimits;
  }): Promise<Confinement>;
  /** For a command that a person lets run with nothing to keep it in: dependencies to be shown are copied into the tree first. */
  waived(dependencies: 'shown' | 'own'): Promise<Confinement>;
}

/** Everything a run needs, constructed once in app/. Stages receive it first and hand it on. */
export interface RunContext {
  readonly runId: string;
  readonly log: RunLog;
  readonly steps: Steps;
  readonly blobs: Blobs;
  readonly tree: RunTree;
  readonly workspace: Workspace;
  readonly personFiles: PersonFiles;
  /** Marks in the place of secrets: what is read through the workspace, the processes and the providers has them already. */
  readonly redaction: Redaction;
  readonly processes: Processes;
  readonly sandbox: RunSandbox;
  /** Decides about a shell line before it runs. */
  judge(line: string): Promise<CommandDecision>;
  readonly spending: Spending;
  readonly documents: Documents;
  readonly configuration: RoutedPolicy;
  readonly prompts: ReadonlyMap<string, PromptTemplate>;
  readonly spec: SpecInput;
  readonly size: 'hotfix' | 'standard';
  readonly constitution: string;
  /** The repository's AGENTS.md as prompts hold it; empty where there is none. */
  readonly projectGuidance: string;
  /** Names the tree's making: set-up runs again when the tree had to be made anew. */
  readonly treeGeneration: string;
  provider(worker: string): ModelProvider;
  health(worker: string): WorkerHealth;
  /** The circuit breakers of the workers' endpoints, which `health` tells of too. */
  readonly circuits: Circuits;
  /** The local server for first attempts; undefined where the policy of the run has none. */
  readonly reflex?: ReflexMode;
  now(): number;
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** 0..1, for back-off only: it never decides anything that is recorded. */
  jitter(): number;
  progress(progress: Progress): void;
  readonly signal: AbortSignal;
}
