import { alertPercentages, reachedAlerts } from './budget.ts';
import type { LedgerEntry } from './entry.ts';

/** What a group of calls came to. Dollars are settled ones; tokens are those of every call, as the ledger has them. */
export interface CostGroup {
  readonly spent: number;
  readonly call_count: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cached_tokens: number;
}

/**
 * What `cost_summary.json` holds (schema_version 1) and `speckit cost` shows. Dollars are numbers with six decimals. `budget` is the limit in
 * dollars, `utilization` the settled share of it (null where the limit is 0). `alerts` are the percentages reached. `unsettled` is what calls in
 * flight have reserved and what calls whose end nobody saw may have cost: it counts against budgets and not as spent. `estimated` calls are
 * settled without the server's own figures. `duration` is seconds that settled calls took together.
 */
export interface CostSummary {
  readonly schema_version: 1;
  readonly budget: number;
  readonly spent: number;
  readonly utilization: number | null;
  readonly call_count: number;
  readonly per_stage: Readonly<Record<string, CostGroup>>;
  readonly per_model: Readonly<Record<string, CostGroup>>;
  readonly per_role: Readonly<Record<string, CostGroup>>;
  readonly per_spec: Readonly<Record<string, CostGroup>>;
  readonly alerts: readonly number[];
  readonly pricing_version: readonly string[];
  readonly provider_exchange_rate: { readonly currency: string; readonly rate: number };
  readonly unsettled: { readonly call_count: number; readonly reserved: number; readonly in_doubt: number };
  readonly estimated: { readonly call_count: number; readonly spent: number };
  /** Calls of models whose price nobody knew, which a person allowed: what they cost is in no sum, and is not nothing. */
  readonly unpriced: { readonly call_count: number; readonly models: readonly string[] };
  readonly duration: number;
}

/** What the figures are weighed and named by. `specName` tells specs of two repositories apart. */
export interface CostTerms {
  readonly limitMicrodollars: number;
  readonly alertThreshold: number;
  readonly currency: string;
  readonly exchangeRate: number;
  specName(entry: LedgerEntry): string;
}

/**
 * Sums rows of the ledger. Released calls were never sent and count nowhere; failed, aborted and doubtful ones count as calls. The order of the rows
 * does not matter, and neither does which process wrote them.
 */
export function costSummary(rows: readonly LedgerEntry[], terms: CostTerms): CostSummary {
  const calls = rows.filter(({ state }) => state !== 'released');
  const settled = calls.filter(({ state }) => state === 'settled');
  const unsettled = calls.filter(({ state }) => state !== 'settled');
  const estimated = settled.filter(({ basis }) => basis === 'estimate');
  const unpriced = calls.filter(({ basis }) => basis === 'unpriced');
  const spent = sum(settled, ({ settledMicrodollars }) => settledMicrodollars);
  const held = (state: LedgerEntry['state']) =>
    sum(calls, (entry) => (entry.state === state ? entry.reservedMicrodollars : 0));
  return {
    schema_version: 1,
    budget: inDollars(terms.limitMicrodollars),
    spent: inDollars(spent),
    utilization: terms.limitMicrodollars === 0 ? null : Math.round((spent / terms.limitMicrodollars) * 10_000) / 10_000,
    call_count: calls.length,
    per_stage: grouped(calls, ({ stage }) => stage),
    per_model: grouped(calls, ({ model }) => model),
    per_role: grouped(calls, ({ role }) => (role === '' ? 'unknown' : role)),
    per_spec: grouped(calls, (entry) => terms.specName(entry)),
    alerts: reachedAlerts(terms.limitMicrodollars, spent, alertPercentages(terms.alertThreshold)),
    pricing_version: [...new Set(calls.map(({ priceVersion }) => priceVersion))].sort(),
    provider_exchange_rate: { currency: terms.currency, rate: terms.exchangeRate },
    unsettled: {
      call_count: unsettled.length,
      reserved: inDollars(held('reserved')),
      in_doubt: inDollars(held('inDoubt')),
    },
    estimated: {
      call_count: estimated.length,
      spent: inDollars(sum(estimated, ({ settledMicrodollars }) => settledMicrodollars)),
    },
    unpriced: {
      call_count: unpriced.length,
      models: [...new Set(unpriced.map(({ model }) => model))].sort(),
    },
    duration: Math.round(sum(settled, ({ time, endedAt }) => Math.max(0, endedAt - time)) / 1_000),
  };
}

/** Groups by name, the dearest first, those of equal price by name. */
function grouped(
  calls: readonly LedgerEntry[],
  nameOf: (entry: LedgerEntry) => string,
): Readonly<Record<string, CostGroup>> {
  const groups = Map.groupBy(calls, nameOf);
  const rows = [...groups].map(([name, entries]) => [name, groupOf(entries)] as const);
  rows.sort(([left, one], [right, other]) => other.spent - one.spent || (left < right ? -1 : 1));
  return Object.fromEntries(rows);
}

function groupOf(entries: readonly LedgerEntry[]): CostGroup {
  return {
    spent: inDollars(sum(entries, ({ settledMicrodollars }) => settledMicrodollars)),
    call_count: entries.length,
    input_tokens: sum(entries, ({ inputTokens }) => inputTokens),
    output_tokens: sum(entries, ({ outputTokens }) => outputTokens),
    cached_tokens: sum(entries, ({ cachedTokens }) => cachedTokens),
  };
}

const sum = (entries: readonly LedgerEntry[], amount: (entry: LedgerEntry) => number): number =>
  entries.reduce((total, entry) => total + amount(entry), 0);

const inDollars = (microdollars: number): number => microdollars / 1_000_000;
