import type { Configuration } from '../settings.ts';
import { dollars } from './money.ts';
import type { ModelPrice, Pricing } from './prices.ts';
import { affordableOutput, worstCost } from './prices.ts';

/** What dollars are counted over: a run, one of its stages, all runs of its spec, and a UTC day and month of the person. */
export const MONEY_SCOPES = ['run', 'stage', 'spec', 'day', 'month'] as const;
export type MoneyScope = (typeof MONEY_SCOPES)[number];

/** The limits a call is held against: whole microdollars, and tokens in and out. What is left out is not limited. */
export interface BudgetLimits {
  readonly callMicrodollars?: number;
  readonly runMicrodollars: number;
  readonly stageMicrodollars?: number;
  readonly specMicrodollars?: number;
  readonly dayMicrodollars: number;
  readonly monthMicrodollars?: number;
  readonly runTokens: number;
}

/** The limit of a scope in microdollars; Infinity where there is none. */
export const moneyLimit = (limits: BudgetLimits, scope: MoneyScope): number =>
  limits[`${scope}Microdollars`] ?? Infinity;

/** The scopes that have a limit. */
export const limitedScopes = (limits: BudgetLimits): readonly MoneyScope[] =>
  MONEY_SCOPES.filter((scope) => moneyLimit(limits, scope) !== Infinity);

/**
 * What has been spent in one scope. `settled` is known; `reserved` belongs to calls in flight; `inDoubt` to calls whose end nobody saw
 * (counted in full, because they may have been paid).
 */
export interface Spending {
  readonly settledMicrodollars: number;
  readonly reservedMicrodollars: number;
  readonly inDoubtMicrodollars: number;
  readonly settledTokens: number;
  readonly reservedTokens: number;
  readonly inDoubtTokens: number;
}

/** What has been spent in each scope. Of a scope that has no limit nothing need be told. */
export type ScopeTotals = Partial<Readonly<Record<MoneyScope, Spending>>> & { readonly run: Spending };

/**
 * One call before it is made. `inputTokens` is an estimate (see estimate.ts), `maxOutputTokens` what the caller would like. `overBudget`: a person
 * has lifted the limits in dollars, but for the one of a single call; the token limit holds, so that a loop ends.
 */
export interface CallEstimate {
  readonly inputTokens: number;
  readonly maxOutputTokens: number;
  readonly pricing: Pricing;
  readonly overBudget?: true;
  /** A person lets the model be called although its price is not known: then only the limit of tokens holds the call. */
  readonly unpriced?: 'allowed';
}

export type BudgetRule = 'call-dollars' | `${MoneyScope}-dollars` | 'run-tokens' | 'unpriced-model';

/**
 * `admit`: the call may be made with at most `maxOutputTokens` (lowered to what every limit allows) and holds `reservedMicrodollars`; `passed` names
 * the limits that it passes because a person lifted them.
 * `wait`: it would fit if calls in flight came out cheaper than they reserved. `refuse`: it cannot fit.
 */
export type Admission =
  | {
      readonly kind: 'admit';
      readonly maxOutputTokens: number;
      readonly reservedMicrodollars: number;
      readonly passed?: readonly BudgetRule[];
    }
  | { readonly kind: 'wait'; readonly rule: BudgetRule; readonly why: string }
  | { readonly kind: 'refuse'; readonly rule: BudgetRule; readonly text: string };

/** An answer lowered below this is cut before it says anything, so its input would be paid for nothing. */
export const MINIMUM_OUTPUT_TOKENS = 512;

/**
 * Decides whether one more call fits. Money is counted settled + reserved + in doubt against every limit in dollars; tokens the same way
 * against the run's token limit, for free and recorded calls too, so that a loop over them ends as well. A limit of 0 dollars admits no
 * priced call. A cloud model without a price is refused under every limit, until the person sets its price in their own configuration or lets it be called without.
 */
export function admit(limits: BudgetLimits, totals: ScopeTotals, estimate: CallEstimate): Admission {
  const { pricing, inputTokens } = estimate;
  if (pricing.kind === 'unpriced' && estimate.unpriced !== 'allowed') return refuseUnpriced(pricing.model);
  const money = pricing.kind === 'priced' ? moneyCaps(limits, totals, inputTokens, pricing.price) : [];
  const isLifted = estimate.overBudget === true;
  const caps = [
    ...(isLifted ? [] : money),
    ...(pricing.kind === 'priced' ? callCaps(limits.callMicrodollars, inputTokens, pricing.price) : []),
    tokenCap(limits.runTokens, totals.run, inputTokens),
  ];
  const needed = Math.min(estimate.maxOutputTokens, MINIMUM_OUTPUT_TOKENS);
  const hopeless = caps.find((cap) => cap.withoutReservations < needed);
  if (hopeless !== undefined) return { kind: 'refuse', rule: hopeless.rule, text: hopeless.text };
  const full = caps.find((cap) => cap.now < needed);
  if (full !== undefined)
    return { kind: 'wait', rule: full.rule, why: `${full.text} Calls in flight may free some of it.` };
  const maxOutputTokens = Math.min(estimate.maxOutputTokens, ...caps.map((cap) => cap.now));
  const reservedMicrodollars = pricing.kind === 'priced' ? worstCost(pricing.price, inputTokens, maxOutputTokens) : 0;
  const passed = isLifted ? money.filter((cap) => cap.now < maxOutputTokens).map(({ rule }) => rule) : [];
  return { kind: 'admit', maxOutputTokens, reservedMicrodollars, ...(passed.length === 0 ? {} : { passed }) };
}

/** The percentages of a limit at which a person is told: from `threshold` (a share, 0..1) on, lowest first. */
export function alertPercentages(threshold: number): readonly number[] {
  const first = Math.round(threshold * 100);
  return [first, ...[90, 100].filter((percentage) => percentage > first)];
}

/** Those of the percentages that settled money has reached (both in microdollars, settled only). With a limit of 0 the first money reaches all. */
export function reachedAlerts(limit: number, settled: number, percentages: readonly number[]): readonly number[] {
  return percentages.filter((percentage) => settled > 0 && settled * 100 >= limit * percentage);
}

/** The limits of a configuration's `budget` and `cost` tables. Dollars are cut to whole microdollars. */
export function budgetLimits({ budget, cost }: Pick<Configuration, 'budget' | 'cost'>): BudgetLimits {
  const micro = (amount: number) => Math.min(Math.floor(amount * 1_000_000 + 1e-6), Number.MAX_SAFE_INTEGER);
  return {
    ...(cost.per_call_limit_usd === undefined ? {} : { callMicrodollars: micro(cost.per_call_limit_usd) }),
    runMicrodollars: micro(budget.run_dollars),
    ...(cost.per_stage_limit_usd === undefined ? {} : { stageMicrodollars: micro(cost.per_stage_limit_usd) }),
    specMicrodollars: micro(cost.per_spec_limit_usd),
    dayMicrodollars: micro(Math.min(budget.day_dollars, cost.daily_limit_usd ?? Infinity)),
    monthMicrodollars: micro(cost.monthly_limit_usd),
    runTokens: budget.run_tokens,
  };
}

/** Whether a person can lift what ended a run with this rule: a limit in dollars, and not one of tokens, of a call, or a price that is not known. */
export const canBeLifted = (rule: string | undefined): boolean =>
  rule === 'budget-exhausted' || MONEY_SCOPES.some((scope) => rule === `${scope}-dollars`);

/** Whose limit it is, in sentences. */
export const SCOPE_NAMES: Readonly<Record<MoneyScope, string>> = {
  run: "the run's",
  stage: "the stage's",
  spec: "the spec's",
  day: "the day's",
  month: "the month's",
};

/** How many output tokens one limit leaves, with and without the reservations of calls in flight. */
interface Cap {
  readonly rule: BudgetRule;
  readonly now: number;
  readonly withoutReservations: number;
  readonly text: string;
}

function moneyCaps(limits: BudgetLimits, totals: ScopeTotals, inputTokens: number, price: ModelPrice): readonly Cap[] {
  return limitedScopes(limits).flatMap((scope) => {
    const spending = totals[scope];
    // A limit whose spending nobody looked up would hold nothing back.
    if (spending === undefined) throw new Error(`what ${SCOPE_NAMES[scope]} limit has spent is not known`);
    const limit = moneyLimit(limits, scope);
    const kept = limit - spending.settledMicrodollars - spending.inDoubtMicrodollars;
    return {
      rule: `${scope}-dollars` as const,
      now: affordableOutput(price, inputTokens, kept - spending.reservedMicrodollars),
      withoutReservations: affordableOutput(price, inputTokens, kept),
      text:
        `${needText(price, inputTokens)} ${SCOPE_NAMES[scope]} limit of ${dollars(limit)} ` +
        `has ${dollars(spending.settledMicrodollars)} spent, ${dollars(spending.reservedMicrodollars)} reserved and ` +
        `${dollars(spending.inDoubtMicrodollars)} in doubt.`,
    };
  });
}

function callCaps(limit: number | undefined, inputTokens: number, price: ModelPrice): readonly Cap[] {
  if (limit === undefined) return [];
  const affordable = affordableOutput(price, inputTokens, limit);
  const text = `${needText(price, inputTokens)} one call may cost ${dollars(limit)}.`;
  return [{ rule: 'call-dollars', now: affordable, withoutReservations: affordable, text }];
}

const needText = (price: ModelPrice, inputTokens: number): string =>
  `The next call needs at least ${dollars(worstCost(price, inputTokens, MINIMUM_OUTPUT_TOKENS))};`;

function tokenCap(limit: number, spending: Spending, inputTokens: number): Cap {
  const kept = limit - spending.settledTokens - spending.inDoubtTokens - inputTokens;
  return {
    rule: 'run-tokens',
    now: kept - spending.reservedTokens,
    withoutReservations: kept,
    text:
      `The next call sends about ${inputTokens} tokens; the run's limit of ${limit} tokens has ${spending.settledTokens} used, ` +
      `${spending.reservedTokens} reserved and ${spending.inDoubtTokens} in doubt.`,
  };
}

function refuseUnpriced(model: string): Admission {
  const text =
    `No price is known for the cloud model "${model}", so no budget can hold it. Set its price under [prices."${model}"] in your own ` +
    'config.toml, or set local = true for its worker if it runs on hardware of yours.';
  return { kind: 'refuse', rule: 'unpriced-model', text };
}
