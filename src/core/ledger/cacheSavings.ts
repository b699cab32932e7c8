import { billingOfEntry, shortName, sum } from './costGroups.ts';
import type { LedgerEntry } from './entry.ts';
import { cacheSaving, pricingOf, priceVersionWith, type PriceOverrides } from './prices.ts';

/**
 * What tokens that came from a cache have saved against the full input price. It is known of a call where its model has a price and the ledger's row was
 * made with the prices of now; of the others the tokens are told and no dollars are guessed.
 */
export interface CacheSavings {
  readonly tokens: number;
  readonly freeTokens: number;
  readonly knownTokens: number;
  readonly paid: number;
  readonly full: number;
  readonly unknown: readonly {
    readonly model: string;
    readonly tokens: number;
    readonly why: 'unpriced' | 'otherPrices';
  }[];
  readonly unknownTokens: number;
}

/** Models named of which the saving is not known: those with the most tokens. */
const MOST_UNKNOWN = 10;

/** Weighs settled calls; those without cached tokens count nowhere. */
export function cacheSavings(calls: readonly LedgerEntry[], overrides: PriceOverrides): CacheSavings {
  const cached = calls.filter(({ state, cachedTokens }) => state === 'settled' && cachedTokens > 0);
  const paid = cached.filter((entry) => billingOfEntry(entry) === 'cloud');
  const version = priceVersionWith(overrides);
  const weighed = paid.map((entry) => ({ entry, saved: savingOf(entry, version, overrides) }));
  const known = weighed.flatMap(({ entry, saved }) => (typeof saved === 'number' ? [{ entry, saved }] : []));
  const unknown = weighed.filter(({ saved }) => typeof saved !== 'number').map(({ entry }) => entry);
  const tokensOf = (entries: readonly LedgerEntry[]): number => sum(entries, ({ cachedTokens }) => cachedTokens);
  const knownCalls = known.map(({ entry }) => entry);
  const settled = sum(knownCalls, ({ settledMicrodollars }) => settledMicrodollars);
  return {
    tokens: tokensOf(cached),
    freeTokens: tokensOf(cached) - tokensOf(paid),
    knownTokens: tokensOf(knownCalls),
    paid: settled,
    full: settled + known.reduce((total, { saved }) => total + saved, 0),
    unknown: [...Map.groupBy(unknown, ({ model }) => model)]
      .map(([model, entries]) => ({
        model: shortName(model),
        tokens: tokensOf(entries),
        why: entries.some((entry) => savingOf(entry, version, overrides) === 'unpriced')
          ? ('unpriced' as const)
          : ('otherPrices' as const),
      }))
      .sort((left, right) => right.tokens - left.tokens || (left.model < right.model ? -1 : 1))
      .slice(0, MOST_UNKNOWN),
    unknownTokens: tokensOf(unknown),
  };
}

function savingOf(
  { model, inputTokens, cachedTokens, priceVersion }: LedgerEntry,
  version: string,
  overrides: PriceOverrides,
): number | 'unpriced' | 'otherPrices' {
  const pricing = pricingOf(model, 'cloud', overrides);
  if (pricing.kind !== 'priced') return 'unpriced';
  return priceVersion === version ? cacheSaving(pricing.price, inputTokens, cachedTokens) : 'otherPrices';
}
