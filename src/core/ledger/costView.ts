import { cacheSavings, type CacheSavings } from './cacheSavings.ts';
import { costBudgets, type CostBudgets, type LimitUse } from './costBudgets.ts';
import { timeOfChoice, type CostChoice } from './costChoice.ts';
import { costClimbs, type Climb, type CostClimbs } from './costClimbs.ts';
import { BILLINGS, billingOfEntry, costGroups, isUnpriced, shortName, sum, type CostGroups } from './costGroups.ts';
import { costDrift, costOverTime, timeParts, type CostDrift, type CostOverTime } from './costOverTime.ts';
import type { LedgerEntry } from './entry.ts';
import type { Billing, PriceOverrides } from './prices.ts';

/** What the whole of the calls came to, and how much of that is certain. Money is whole microdollars. */
export interface CostTotal {
  readonly choice: CostChoice;
  readonly time: string;
  readonly specs: readonly string[];
  readonly calls: number;
  readonly spent: number;
  readonly reserved: number;
  readonly inDoubt: number;
  readonly callsInFlight: number;
  readonly callsInDoubt: number;
  readonly callsEstimated: number;
  readonly estimated: number;
  readonly callsUnpriced: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly priceVersions: readonly string[];
  readonly currency: string;
  readonly exchangeRate: number;
}

/** All calls by who pays for them. */
export interface CostBillings {
  readonly rows: readonly {
    readonly billing: Billing;
    readonly calls: number;
    readonly spent: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
  }[];
}

/** Everything the cost panel shows; every list in it is capped where it is made. */
export interface CostView {
  readonly total: CostTotal;
  readonly budgets: CostBudgets;
  readonly perStage: CostGroups;
  readonly perModel: CostGroups;
  readonly perRole: CostGroups;
  readonly perSpec: CostGroups;
  readonly overTime: CostOverTime;
  readonly billings: CostBillings;
  readonly cache: CacheSavings;
  readonly climbs: CostClimbs;
  readonly drift: CostDrift;
}

/** What the figures are made of. `rows` are the ledger's of the choice; `specName` tells specs of two repositories apart. */
export interface CostFacts {
  readonly choice: CostChoice;
  readonly now: number;
  readonly rows: readonly LedgerEntry[];
  readonly specs: readonly string[];
  readonly limits: readonly LimitUse[];
  readonly alertThreshold: number;
  readonly overrides: PriceOverrides;
  readonly currency: string;
  readonly exchangeRate: number;
  readonly climbs: readonly Climb[];
  readonly runs: number;
  readonly runsLeft: number;
  specName(entry: LedgerEntry): string;
}

/** Specs that can be chosen, and versions of prices that are named. */
const MOST_SPECS = 200;
const MOST_VERSIONS = 10;

/** The cost panel as a value. Calls that were never sent count nowhere; the order of the rows does not matter. */
export function costView(facts: CostFacts): CostView {
  const { choice, now, overrides } = facts;
  const calls = facts.rows.filter(({ state }) => state !== 'released');
  const parts = timeParts(choice, calls, now);
  const by = (nameOf: (entry: LedgerEntry) => string): CostGroups => costGroups(calls, overrides, nameOf);
  return {
    total: totalOf(facts, calls),
    budgets: costBudgets(facts.limits, facts.alertThreshold),
    perStage: by(({ stage }) => stage),
    perModel: by(({ model }) => model),
    perRole: by(({ role }) => role),
    perSpec: by((entry) => facts.specName(entry)),
    overTime: costOverTime(calls, parts),
    billings: { rows: BILLINGS.map((billing) => billed(calls, billing)) },
    cache: cacheSavings(calls, overrides),
    climbs: costClimbs(facts.climbs, choice, facts),
    drift: costDrift(calls, parts),
  };
}

function totalOf(facts: CostFacts, calls: readonly LedgerEntry[]): CostTotal {
  const inState = (state: LedgerEntry['state']) => calls.filter((entry) => entry.state === state);
  const settled = inState('settled');
  const estimated = settled.filter(({ basis }) => basis === 'estimate');
  const held = (entries: readonly LedgerEntry[]): number =>
    sum(entries, ({ reservedMicrodollars }) => reservedMicrodollars);
  const spent = (entries: readonly LedgerEntry[]): number =>
    sum(entries, ({ settledMicrodollars }) => settledMicrodollars);
  return {
    choice: facts.choice,
    time: timeOfChoice(facts.choice, facts.now),
    specs: facts.specs.slice(0, MOST_SPECS).map(shortName),
    calls: calls.length,
    spent: spent(settled),
    reserved: held(inState('reserved')),
    inDoubt: held(inState('inDoubt')),
    callsInFlight: inState('reserved').length,
    callsInDoubt: inState('inDoubt').length,
    callsEstimated: estimated.length,
    estimated: spent(estimated),
    callsUnpriced: calls.filter((entry) => isUnpriced(entry, facts.overrides)).length,
    inputTokens: sum(calls, ({ inputTokens }) => inputTokens),
    outputTokens: sum(calls, ({ outputTokens }) => outputTokens),
    priceVersions: [...new Set(calls.map(({ priceVersion }) => priceVersion.slice(0, 60)))]
      .sort()
      .slice(-MOST_VERSIONS),
    currency: facts.currency,
    exchangeRate: facts.exchangeRate,
  };
}

function billed(calls: readonly LedgerEntry[], billing: Billing): CostBillings['rows'][number] {
  const entries = calls.filter((entry) => billingOfEntry(entry) === billing);
  return {
    billing,
    calls: entries.length,
    spent: sum(entries, ({ settledMicrodollars }) => settledMicrodollars),
    inputTokens: sum(entries, ({ inputTokens }) => inputTokens),
    outputTokens: sum(entries, ({ outputTokens }) => outputTokens),
  };
}
