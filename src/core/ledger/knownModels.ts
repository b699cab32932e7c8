import type { Configuration } from '../settings.ts';
import { billingOf } from './billing.ts';
import { CATALOGUE } from './catalogue.ts';
import { PRICE_DATE, priceTable } from './priceTable.ts';
import { pricingOf, type ModelPrice, type PriceOverrides, type Pricing, type Rates } from './prices.ts';

/** Dollars for a million tokens of each kind. */
export interface DollarRates {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** One model whose price is known, by exact id. `own`: the person's config.toml says it, over whatever the table has. */
export interface KnownModel {
  readonly model: string;
  readonly source: 'table' | 'own';
  readonly dollars: DollarRates;
  /** What the whole request costs once it has more input tokens. */
  readonly long?: { readonly aboveInputTokens: number; readonly dollars: DollarRates };
  /** What it costs in a batch, where the person's config.toml says it. */
  readonly batch?: DollarRates;
}

/** One configured worker and what its calls cost: `unpriced` is asked about or refused, never taken for free. */
export interface KnownWorker {
  readonly worker: string;
  readonly model: string;
  readonly pricing: Pricing['kind'];
}

export interface KnownModels {
  /** The day of the catalogue the table was made from, YYYY-MM-DD. */
  readonly priceDate: string;
  /** The catalogue package and its version. */
  readonly priceSource: string;
  readonly models: readonly KnownModel[];
  readonly workers: readonly KnownWorker[];
}

/** What is known of prices: the table with the person's own over it, sorted by id, and which of them each worker has. */
export function knownModels(workers: Configuration['workers'], overrides: PriceOverrides): KnownModels {
  const own = [...overrides].map(([model, price]) => known(model, price, 'own'));
  const table = [...priceTable].flatMap(([model, price]) =>
    overrides.has(model) ? [] : [known(model, price, 'table')],
  );
  return {
    priceDate: PRICE_DATE,
    priceSource: `${CATALOGUE.package} ${CATALOGUE.version}`,
    models: [...own, ...table].sort((left, right) => (left.model < right.model ? -1 : 1)),
    workers: Object.entries(workers).map(([worker, settings]) => ({
      worker,
      model: settings.model,
      pricing: pricingOf(settings.model, billingOf(settings), overrides).kind,
    })),
  };
}

function known(model: string, price: ModelPrice, source: KnownModel['source']): KnownModel {
  const batch = price.batch === undefined ? {} : { batch: inDollars(price.batch) };
  const base = { model, source, dollars: inDollars(price.rates), ...batch };
  if (price.long === undefined) return base;
  const { aboveInputTokens, rates } = price.long;
  return { ...base, long: { aboveInputTokens, dollars: inDollars(rates) } };
}

const inDollars = ({ input, output, cacheRead, cacheWrite }: Rates): DollarRates => ({
  input: input / 1_000_000,
  output: output / 1_000_000,
  cacheRead: cacheRead / 1_000_000,
  cacheWrite: cacheWrite / 1_000_000,
});
