import type { LedgerEntry } from './entry.ts';
import { withoutReleaseDate, type PriceOverrides } from './prices.ts';
import type { ProviderCharge, ProviderExport } from './providerExport.ts';

/** Both sides of one model in dollars. `drift` is how far the ledger is from the provider, as a share of what the provider charged; null where that is nothing. */
export interface ModelDrift {
  readonly model: string;
  readonly ledger: number;
  /** Without batches. */
  readonly provider: number;
  readonly drift: number | null;
  readonly call_count: number;
  /** What the provider charged for batches: in no other figure here, for SpecKit makes none. */
  readonly batch: number;
  /** The same at the standard price; null where there is no batch, or not every price of it is known. */
  readonly batch_at_standard: number | null;
  /** What calls whose end nobody saw may have cost: it is not in `ledger`, and may be what is missing there. */
  readonly in_doubt: number;
}

export interface Reconciliation {
  readonly provider: ProviderExport['provider'];
  /** UTC days. */
  readonly first: string;
  readonly last: string;
  readonly models: readonly ModelDrift[];
  /** Models that the ledger has paid for on these days and the export does not name: another provider's, or missing there. */
  readonly only_in_ledger: readonly string[];
  readonly worst: number;
  readonly is_within: boolean;
}

/** The share beyond which a drift is told as one. */
export const MOST_DRIFT = 0.1;

/** The days an export speaks of, or undefined when it has no line with a model. */
export function daysOf({ charges }: ProviderExport): { readonly first: string; readonly last: string } | undefined {
  const days = charges.map(({ day }) => day).sort();
  const [first, last] = [days[0], days.at(-1)];
  return first === undefined || last === undefined ? undefined : { first, last };
}

/**
 * Holds the ledger's rows of the export's days against it, model by model. Ids match exactly but for the release date that some exports append; a model
 * that the provider charged for and the ledger does not know has a drift of all of it. Batches stand apart: another program made them, or a proxy made them of our
 * calls, which what they come to at the standard price shows. That is said only by prices that `overrides` hold for them.
 */
export function reconcile(
  { provider, charges }: ProviderExport,
  days: { readonly first: string; readonly last: string },
  rows: readonly LedgerEntry[],
  overrides: PriceOverrides,
): Reconciliation {
  const charged = Map.groupBy(charges, ({ model }) => withoutReleaseDate(model));
  const paid = rows.filter(({ state, settledMicrodollars }) => state === 'inDoubt' || settledMicrodollars > 0);
  const known = Map.groupBy(paid, ({ model }) => withoutReleaseDate(model));
  const models = [...charged].map(([model, lines]): ModelDrift => {
    const entries = known.get(model) ?? [];
    const ledger = total(entries.map(({ settledMicrodollars }) => settledMicrodollars));
    const batches = lines.filter(({ isBatch }) => isBatch);
    const theirs = total(lines.flatMap(({ isBatch, microdollars }) => (isBatch ? [] : [microdollars])));
    const atStandard = batches.map((line) => atStandardPrice(line, overrides));
    const doubtful = entries.filter(({ state }) => state === 'inDoubt').map((entry) => entry.reservedMicrodollars);
    return {
      model,
      ledger: ledger / 1_000_000,
      provider: theirs / 1_000_000,
      drift: theirs === 0 ? null : Math.round(((ledger - theirs) / theirs) * 10_000) / 10_000,
      call_count: entries.length,
      batch: total(batches.map(({ microdollars }) => microdollars)) / 1_000_000,
      batch_at_standard:
        batches.length === 0 || atStandard.includes(undefined)
          ? null
          : Math.round(total(atStandard.map((amount) => amount ?? 0))) / 1_000_000,
      in_doubt: total(doubtful) / 1_000_000,
    };
  });
  models.sort((left, right) => right.provider - left.provider || (left.model < right.model ? -1 : 1));
  // Where the provider charged nothing, anything in the ledger is beyond every share.
  const worst = Math.max(0, ...models.map(({ drift, ledger }) => Math.abs(drift ?? (ledger > 0 ? 1 : 0))));
  return {
    provider,
    ...days,
    models,
    only_in_ledger: [...known.keys()].filter((model) => !charged.has(model)).sort(),
    worst,
    is_within: worst <= MOST_DRIFT,
  };
}

/** What a batch's line would have cost outside of one, in microdollars; undefined where its tokens or one of the two prices are not known. */
function atStandardPrice(
  { model, tokens, microdollars }: ProviderCharge,
  overrides: PriceOverrides,
): number | undefined {
  const price = overrides.get(model) ?? overrides.get(withoutReleaseDate(model));
  const [standard, batch] = tokens === undefined ? [] : [price?.rates[tokens], price?.batch?.[tokens]];
  if (standard === undefined || batch === undefined || batch === 0) return undefined;
  return (microdollars * standard) / batch;
}

const total = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0);
