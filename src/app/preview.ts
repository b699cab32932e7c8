import type { Forecast } from '../core/ledger/forecast.ts';
import type { Role, Stage } from '../core/run/stage.ts';

/** What a run of a spec would do, before it does anything. */
export interface Preview {
  readonly specId: string;
  readonly title: string;
  readonly size: 'hotfix' | 'standard';
  /** An unfinished run that would go on instead of a new one. */
  readonly unfinished: string | undefined;
  readonly stages: readonly {
    readonly stage: Stage;
    readonly role: Role | 'person';
    readonly workers: readonly string[];
    readonly why: string;
  }[];
  /** The repository's own commands that would run, the set-up first. */
  readonly commands: readonly { readonly name: string; readonly command: string }[];
  /** What keeps those commands in, or that nothing does, and which of them get the network: a sentence. */
  readonly confinement: string;
  /** Dependencies that are not installed, problems of the spec and its open questions, in words. */
  readonly problems: readonly string[];
  /** What the limits in dollars leave for it now: the least of them. */
  readonly budgetMicrodollars: number;
  /** What it may come to; dollars are left out where they cannot be told. `basis` says what it is from, and the limit that holds. */
  readonly estimate: Forecast;
}
