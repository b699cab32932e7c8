import type { Stage } from '../core/run/stage.ts';
import type { RunOutcome } from '../core/run/view.ts';

/** One run in a list: what a person wants to know of it without opening it. Money in microdollars, times ISO 8601. */
export interface RunSummary {
  readonly runId: string;
  readonly specId: string;
  readonly specFolder: string;
  readonly title: string;
  readonly at: 'working' | 'ended' | 'interrupted';
  readonly outcome: RunOutcome | undefined;
  /** What the last process said when it let go. */
  readonly text: string;
  readonly stage: Stage;
  readonly task: string | undefined;
  readonly tasks: { readonly done: number; readonly total: number };
  readonly openQuestions: number;
  readonly proposedFiles: number;
  readonly microdollars: number;
  readonly startedAt: string;
  readonly lastAt: string;
  readonly owner: { readonly pid: number; readonly host: string; readonly program: string } | undefined;
}

/** One thing that waits for a person; `kind` says where it is solved. */
export interface Need {
  readonly kind: 'question' | 'review' | 'budget' | 'gate' | 'infrastructure' | 'configuration' | 'interrupted';
  readonly runId: string;
  readonly specId: string;
  readonly title: string;
  readonly stage: Stage;
  /** Questions, or files to review; 1 where nothing is counted. */
  readonly count: number;
  readonly text: string;
  /** Of a review: which approvals count no more, in words; left out where all do. */
  readonly voided?: string;
}

/** A document beside a spec. `stale`: what it was made from has changed since, with what. */
export interface DocumentOverview {
  readonly name: string;
  readonly path: string;
  readonly state: 'missing' | 'written' | 'stale';
  readonly why: string;
}

export interface StageOverview {
  readonly stage: Stage;
  readonly state: 'waiting' | 'running' | 'person' | 'done' | 'halted' | 'stopped' | 'stale';
  readonly text: string;
  readonly document: DocumentOverview | undefined;
}

export interface TaskOverview {
  readonly id: string;
  readonly title: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly attempt: number;
}

/** A check's newest result in a run. `isFresh`: measured on the tree that would be applied. */
export interface EvidenceOverview {
  readonly check: string;
  readonly outcome: string;
  readonly isFresh: boolean;
  readonly output: { readonly sha256: string; readonly bytes: number };
}

/** One spec folder with the stages of its newest run; runs newest first, at most 20. */
export interface SpecOverview {
  readonly id: string;
  readonly folder: string;
  readonly path: string;
  readonly title: string;
  readonly stages: readonly StageOverview[];
  readonly tasks: readonly TaskOverview[];
  readonly evidence: readonly EvidenceOverview[];
  /** That its runs keep nearly as much evidence as they may, in words; left out while there is room. */
  readonly evidenceWarning?: string;
  readonly runs: readonly RunSummary[];
}

/** A repository as the explorer shows it. `problem`: why there is nothing to show (no repository, a mistake in speckit.toml, ...). */
export interface Overview {
  readonly root: string;
  readonly problem: string | undefined;
  readonly specFolder: string;
  readonly specs: readonly SpecOverview[];
  readonly runs: readonly RunSummary[];
  readonly needs: readonly Need[];
  readonly broken: readonly { readonly runId: string; readonly why: string }[];
  /** Workers on the user's own hardware, for the status bar. */
  readonly localWorkers: readonly { readonly name: string; readonly model: string; readonly baseUrl: string }[];
}
