import type { RUN_OUTCOMES } from '../run/event.ts';

export type RunOutcome = (typeof RUN_OUTCOMES)[number];

/** A run that cannot go on by itself, and why: thrown by a stage, caught once in runPipeline, where it becomes RunEnd. */
export class RunStopped extends Error {
  override readonly name = 'RunStopped';
  readonly outcome: RunOutcome;
  /** The rule of the budgets that ended it, where one did. */
  readonly rule: string | undefined;
  constructor(outcome: RunOutcome, text: string, rule?: string) {
    super(text);
    this.outcome = outcome;
    this.rule = rule;
  }
}
