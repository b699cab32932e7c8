import { dollars } from './money.ts';
import type { Pricing } from './prices.ts';
import { affordableOutput, worstCost } from './prices.ts';

/** The limits a call is held against: whole microdollars, and tokens in and out. */
export interface BudgetLimits {
  readonly runMicrodollars: number;
  readonly dayMicrodollars: number;
  readonly runTokens: number;
}

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

/** One call before it is made. `inputTokens` is an estimate (see estimate.ts), `maxOutputTokens` what the caller would like. */
export interface CallEstimate {
  readonly inputTokens: number;
  readonly maxOutputTokens: number;
  readonly pricing: Pricing;
}

export type BudgetRule = 'run-dollars' | 'day-dollars' | 'run-tokens' | 'unpriced-model';

/**
 * `admit`: the call may be made with at most `maxOutputTokens` (lowered to what every limit allows) and holds `reservedMicrodollars`.
 * `wait`: it would fit if calls in flight came out cheaper than they reserved. `refuse`: it cannot fit.
 */
export type Admission =
  | { readonly kind: 'admit'; readonly maxOutputTokens: number; readonly reservedMicrodollars: number }
  | { readonly kind: 'wait'; readonly rule: BudgetRule; readonly why: string }
  | { readonly kind: 'refuse'; readonly rule: BudgetRule; readonly text: string };

/** An answer lowered below this is cut before it says anything, so its input would be paid for nothing. */
export const MINIMUM_OUTPUT_TOKENS = 512;

/**
 * Decides whether one more call fits. Money is counted settled + reserved + in doubt against both dollar limits; tokens the same way
 * against the run's token limit, for free and recorded calls too, so that a loop over them ends as well. A limit of 0 dollars admits no
 * priced call. A cloud model without a price is refused under every limit: the person sets its price in their own configuration first.
 */
export function admit(
  limits: BudgetLimits,
  totals: { readonly run: Spending; readonly day: Spending },
  estimate: CallEstimate,
): Admission {
  const { pricing, inputTokens } = estimate;
  if (pricing.kind === 'unpriced') return refuseUnpriced(pricing.model);
  const caps = [
    ...(pricing.kind === 'priced' ? moneyCaps(limits, totals, inputTokens, pricing.price) : []),
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
  return { kind: 'admit', maxOutputTokens, reservedMicrodollars };
}

/** Percentages of a limit at which a person is told. */
export const ALERT_PERCENTAGES = [80, 90, 100] as const;
export type AlertPercentage = (typeof ALERT_PERCENTAGES)[number];

/**
 * The percentages of `limit` that settled money reached between two moments (both in microdollars, settled only), lowest first: each is
 * reported once, when it is reached. With a limit of 0 the first money spent reaches all.
 */
export function reachedAlerts(limit: number, before: number, after: number): readonly AlertPercentage[] {
  const isReached = (percentage: number, settled: number) => settled > 0 && settled * 100 >= limit * percentage;
  return ALERT_PERCENTAGES.filter((percentage) => isReached(percentage, after) && !isReached(percentage, before));
}

/** The limits of a configuration's `budget` table. Dollars are cut to whole microdollars. */
export function budgetLimits(budget: {
  readonly run_dollars: number;
  readonly day_dollars: number;
  readonly run_tokens: number;
}): BudgetLimits {
  const micro = (amount: number) => Math.min(Math.floor(amount * 1_000_000 + 1e-6), Number.MAX_SAFE_INTEGER);
  return {
    runMicrodollars: micro(budget.run_dollars),
    dayMicrodollars: micro(budget.day_dollars),
    runTokens: budget.run_tokens,
  };
}

/** How many output tokens one limit leaves, with and without the reservations of calls in flight. */
interface Cap {
  readonly rule: BudgetRule;
  readonly now: number;
  readonly withoutReservations: number;
  readonly text: string;
}

function moneyCaps(
  limits: BudgetLimits,
  totals: { readonly run: Spending; readonly day: Spending },
  inputTokens: number,
  price: Parameters<typeof affordableOutput>[0],
): readonly Cap[] {
  const cap = (rule: BudgetRule, limit: number, spending: Spending, whose: string): Cap => {
    const kept = limit - spending.settledMicrodollars - spending.inDoubtMicrodollars;
    return {
      rule,
      now: affordableOutput(price, inputTokens, kept - spending.reservedMicrodollars),
      withoutReservations: affordableOutput(price, inputTokens, kept),
      text:
        `The next call needs at least ${dollars(worstCost(price, inputTokens, MINIMUM_OUTPUT_TOKENS))}; ${whose} limit of ${dollars(limit)} ` +
        `has ${dollars(spending.settledMicrodollars)} spent, ${dollars(spending.reservedMicrodollars)} reserved and ` +
        `${dollars(spending.inDoubtMicrodollars)} in doubt.`,
    };
  };
  return [
    cap('run-dollars', limits.runMicrodollars, totals.run, "the run's"),
    cap('day-dollars', limits.dayMicrodollars, totals.day, "the day's"),
  ];
}

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
