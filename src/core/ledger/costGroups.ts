import type { LedgerEntry } from './entry.ts';
import { pricingOf, type Billing, type PriceOverrides } from './prices.ts';

/** What a set of calls came to. `held` is reserved or in doubt. `billings` says who pays for them: nobody reads `$0.00` for a call that was local. */
export interface CallFigures {
  readonly calls: number;
  readonly spent: number;
  readonly held: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly callsUnpriced: number;
  readonly billings: readonly Billing[];
}

export interface CostGroups {
  readonly rows: readonly ({ readonly name: string } & CallFigures)[];
  /** What the groups beyond MOST_GROUPS come to together. */
  readonly rest: ({ readonly groups: number } & CallFigures) | null;
}

/** Groups of one kind that are shown: the dearest, and of those that cost nothing the ones with the most tokens. */
const MOST_GROUPS = 20;
/** Characters of a name. */
const NAME = 100;

export const BILLINGS = ['cloud', 'local', 'included', 'recorded'] as const satisfies readonly Billing[];

/** Who pays for a call, as its row in the ledger says. */
export const billingOfEntry = ({ basis }: Pick<LedgerEntry, 'basis'>): Billing =>
  basis === 'usage' || basis === 'estimate' || basis === 'unpriced' ? 'cloud' : basis;

/** Whether a call was made of a cloud model that no price is known for, so that its row says nothing of what it cost. */
export function isUnpriced(entry: LedgerEntry, overrides: PriceOverrides): boolean {
  const { state, settledMicrodollars, inputTokens, outputTokens, model } = entry;
  if (entry.basis === 'unpriced') return true;
  if (state !== 'settled' || settledMicrodollars > 0 || inputTokens + outputTokens === 0) return false;
  return pricingOf(model, billingOfEntry(entry), overrides).kind === 'unpriced';
}

/** Groups calls by name, the dearest first. */
export function costGroups(
  calls: readonly LedgerEntry[],
  overrides: PriceOverrides,
  nameOf: (entry: LedgerEntry) => string,
): CostGroups {
  const groups = [...Map.groupBy(calls, nameOf)].map(([name, entries]) => ({
    name: shortName(name),
    entries,
    ...figuresOf(entries, overrides),
  }));
  const tokens = (figures: CallFigures): number => figures.inputTokens + figures.outputTokens;
  groups.sort(
    (left, right) => right.spent - left.spent || tokens(right) - tokens(left) || (left.name < right.name ? -1 : 1),
  );
  const beyond = groups.slice(MOST_GROUPS);
  return {
    rows: groups.slice(0, MOST_GROUPS).map(({ entries: _entries, ...row }) => row),
    rest:
      beyond.length === 0
        ? null
        : {
            groups: beyond.length,
            ...figuresOf(
              beyond.flatMap(({ entries }) => entries),
              overrides,
            ),
          },
  };
}

export const shortName = (name: string): string => (name === '' ? 'unknown' : name.slice(0, NAME));

function figuresOf(entries: readonly LedgerEntry[], overrides: PriceOverrides): CallFigures {
  const billings = new Set(entries.map(billingOfEntry));
  return {
    calls: entries.length,
    spent: sum(entries, ({ settledMicrodollars }) => settledMicrodollars),
    held: sum(entries, ({ state, reservedMicrodollars }) => (state === 'settled' ? 0 : reservedMicrodollars)),
    inputTokens: sum(entries, ({ inputTokens }) => inputTokens),
    outputTokens: sum(entries, ({ outputTokens }) => outputTokens),
    cachedTokens: sum(entries, ({ cachedTokens }) => cachedTokens),
    callsUnpriced: entries.filter((entry) => isUnpriced(entry, overrides)).length,
    billings: BILLINGS.filter((billing) => billings.has(billing)),
  };
}

/** Adds up one figure of rows. */
export const sum = (entries: readonly LedgerEntry[], amount: (entry: LedgerEntry) => number): number =>
  entries.reduce((total, entry) => total + amount(entry), 0);
