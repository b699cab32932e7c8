import type { Role, Stage } from '../run/stage.ts';
import { costOf, type Pricing } from './prices.ts';
import { PRICE_DATE } from './priceTable.ts';

/** The least, the likely and the most of something. */
export interface Range {
  readonly min: number;
  readonly likely: number;
  readonly max: number;
}

/** One kind of call that a run makes: whose it is, its prompt's id, how often it is made, and how long its answers are, in tokens. */
export interface PlannedCall {
  readonly stage: Stage;
  readonly role: Exclude<Role, 'validator'>;
  readonly prompt: string;
  readonly calls: Range;
  readonly outputTokens: Range;
  /** Tokens that the worker is shown beside its prompt, likely: files, and the talk before it. */
  readonly shownTokens: number;
}

const once: Range = { min: 1, likely: 1, max: 2 };
/** Asked only where the change, which nobody knows yet, needs it. */
const perhaps: Range = { min: 0, likely: 0, max: 2 };

/**
 * The calls of a whole run. What is likely is the middle of the ten runs of docs/live-specs.md, on small repositories; the least and the most are guesses.
 * The history of a repository takes their place.
 */
export const PLANNED_CALLS: readonly PlannedCall[] = [
  {
    stage: 'specify',
    role: 'architect',
    prompt: 'specify',
    calls: once,
    outputTokens: { min: 300, likely: 1_550, max: 3_000 },
    shownTokens: 500,
  },
  {
    stage: 'plan',
    role: 'architect',
    prompt: 'plan',
    calls: once,
    outputTokens: { min: 400, likely: 1_300, max: 3_000 },
    shownTokens: 13_500,
  },
  {
    stage: 'plan',
    role: 'critic',
    prompt: 'critic-plan',
    calls: once,
    outputTokens: { min: 50, likely: 300, max: 1_500 },
    shownTokens: 6_000,
  },
  {
    stage: 'tasks',
    role: 'architect',
    prompt: 'tasks',
    calls: once,
    outputTokens: { min: 300, likely: 1_100, max: 2_500 },
    shownTokens: 1_200,
  },
  {
    stage: 'implement',
    role: 'implementer',
    prompt: 'implement',
    calls: { min: 2, likely: 3, max: 40 },
    outputTokens: { min: 200, likely: 1_500, max: 4_000 },
    shownTokens: 12_000,
  },
  {
    stage: 'audit',
    role: 'critic',
    prompt: 'critic-patch',
    calls: once,
    outputTokens: { min: 50, likely: 200, max: 1_500 },
    shownTokens: 3_000,
  },
  {
    stage: 'audit',
    role: 'security_reviewer',
    prompt: 'security-reviewer',
    calls: perhaps,
    outputTokens: { min: 50, likely: 300, max: 2_000 },
    shownTokens: 4_000,
  },
  {
    stage: 'audit',
    role: 'performance_reviewer',
    prompt: 'performance-reviewer',
    calls: perhaps,
    outputTokens: { min: 50, likely: 300, max: 2_000 },
    shownTokens: 3_000,
  },
  {
    stage: 'audit',
    role: 'judge',
    prompt: 'audit',
    calls: once,
    outputTokens: { min: 200, likely: 700, max: 2_000 },
    shownTokens: 4_000,
  },
];

/** The maieutic check of a stage, where it is asked: see core/maieutic/wanted.ts. */
export const checkCall = (stage: 'specify' | 'plan'): PlannedCall => ({
  stage,
  role: 'architect',
  prompt: 'clarify',
  calls: once,
  outputTokens: { min: 100, likely: 500, max: 2_000 },
  shownTokens: stage === 'plan' ? 1_500 : 300,
});

/** A hotfix has two calls: one change and one audit. */
export const HOTFIX_CALLS: readonly PlannedCall[] = [
  {
    stage: 'implement',
    role: 'implementer',
    prompt: 'implement-single',
    calls: once,
    outputTokens: { min: 100, likely: 400, max: 2_000 },
    shownTokens: 1_000,
  },
  {
    stage: 'audit',
    role: 'judge',
    prompt: 'audit',
    calls: once,
    outputTokens: { min: 200, likely: 500, max: 2_000 },
    shownTokens: 1_000,
  },
];

/** A planned call at the worker that would take it. `promptTokens` is the size of its prompt now: spec, constitution and template. */
export interface PricedCall extends PlannedCall {
  readonly pricing: Pricing;
  readonly promptTokens: number;
}

/** What one earlier run would come to now, in microdollars, and how long its stages took, in milliseconds. */
export interface PastRun {
  readonly microdollars: number;
  readonly milliseconds: number;
}

/** Earlier runs of a repository. `nRepriced` would not cost what they did; `unpriced` are models of today for whose calls no sum can be told. */
export interface History {
  readonly runs: readonly PastRun[];
  readonly nRepriced: number;
  readonly unpriced: readonly string[];
}

/** Whole microdollars and milliseconds. Dollars are left out where a worker has no price. `basis` says in words what it is from. */
export interface Forecast {
  readonly microdollars: Range | undefined;
  readonly milliseconds: Range;
  readonly basis: string;
}

/** Seconds before a model's first token, and tokens a second from then on: what servers of all kinds do on the slower side. */
const FIRST_TOKEN_MS = 2_000;
const TOKENS_PER_SECOND = 50;

/**
 * What a run may come to before it begins. With earlier runs of this repository: the cheapest, the median and the dearest of them, at what their tokens would
 * cost now; without: the prompts as they are now, at the prices of the workers that would be asked first. Never more than `leftMicrodollars`, at which the
 * budgets end it.
 */
export function forecast(calls: readonly PricedCall[], past: History, leftMicrodollars: number): Forecast {
  const held = (range: Range): Range => ({
    min: Math.min(range.min, leftMicrodollars),
    likely: Math.min(range.likely, leftMicrodollars),
    max: Math.min(range.max, leftMicrodollars),
  });
  const { runs } = past;
  if (runs.length > 0) {
    const milliseconds = spread(runs.map((run) => run.milliseconds));
    if (past.unpriced.length > 0) return { microdollars: undefined, milliseconds, basis: noPriceText(past.unpriced) };
    const now = past.nRepriced === 0 ? '' : ', their tokens at the workers and prices of now';
    const basis = `cheapest, median and dearest of ${runs.length} earlier ${runs.length === 1 ? 'run' : 'runs'} here${now}`;
    return { microdollars: held(spread(runs.map((run) => run.microdollars))), milliseconds, basis };
  }
  const unpriced = calls.flatMap(({ pricing }) => (pricing.kind === 'unpriced' ? [pricing.model] : []));
  const tokens = calls
    .filter((planned) => planned.calls.likely > 0)
    .reduce((sum, planned) => sum + planned.promptTokens, 0);
  const milliseconds = sumOf(
    calls,
    (planned, of) => planned.calls[of] * (FIRST_TOKEN_MS + (planned.outputTokens[of] * 1_000) / TOKENS_PER_SECOND),
  );
  if (unpriced.length > 0)
    return {
      microdollars: undefined,
      milliseconds,
      basis: noPriceText(unpriced),
    };
  const basis = `no earlier run here: prompts of ${tokens} tokens as they are now, at prices of ${PRICE_DATE}, with calls and answers as they commonly are`;
  return { microdollars: held(sumOf(calls, costOfCalls)), milliseconds, basis };
}

const noPriceText = (models: readonly string[]): string => `no price is known for ${[...new Set(models)].join(', ')}`;

function costOfCalls({ pricing, calls, promptTokens, shownTokens, outputTokens }: PricedCall, of: keyof Range): number {
  if (pricing.kind !== 'priced') return 0;
  const shown = { min: 0, likely: shownTokens, max: shownTokens * 3 }[of];
  return calls[of] * costOf(pricing.price, { input: promptTokens + shown, output: outputTokens[of] });
}

function sumOf(calls: readonly PricedCall[], amount: (planned: PricedCall, of: keyof Range) => number): Range {
  const total = (of: keyof Range): number => Math.round(calls.reduce((sum, planned) => sum + amount(planned, of), 0));
  return { min: total('min'), likely: total('likely'), max: total('max') };
}

/** The least, the median and the most; of two in the middle the mean. */
function spread(amounts: readonly number[]): Range {
  const sorted = amounts.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? 0;
  const low = sorted.length % 2 === 1 ? high : (sorted[middle - 1] ?? high);
  return { min: sorted[0] ?? 0, likely: Math.round((low + high) / 2), max: sorted.at(-1) ?? 0 };
}
