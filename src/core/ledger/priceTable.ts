import { CATALOGUE, ROWS } from './catalogue.ts';
import type { ModelPrice, Rates } from './prices.ts';

/*
 * List prices as the catalogue package states them for the providers' own endpoints at their standard tier: catalogue.ts is made from it at build
 * time, and scripts/catalogueRows.ts says which rows are left out. Where a price depends on the hour (DeepSeek) the package holds the dearer one, so
 * that a budget is never passed by the clock. It tells of no batch prices, and of no price of a cache kept for an hour: SpecKit asks for neither.
 */

/** Dollars for a million tokens. The cache write price is the one for five minutes. */
type Dollars = readonly [input: number, output: number, cacheRead: number, cacheWrite: number];
export type CatalogueRow =
  | readonly [model: string, base: Dollars]
  | readonly [model: string, base: Dollars, aboveInputTokens: number, long: Dollars];

/** The day the catalogue was made. */
export const PRICE_DATE = CATALOGUE.date;

/** Names this table in every ledger row, every policy and every cost summary: the catalogue's day and the package's version. */
export const PRICE_VERSION = `${CATALOGUE.date}/${CATALOGUE.version}`;

/** Model id -> price. Ids are exact; see `pricingOf` for the one kind of suffix that is understood. */
export const priceTable: ReadonlyMap<string, ModelPrice> = new Map(
  ROWS.map(([model, base, aboveInputTokens, long]) => [
    model,
    aboveInputTokens === undefined || long === undefined
      ? { rates: rates(base) }
      : { rates: rates(base), long: { aboveInputTokens, rates: rates(long) } },
  ]),
);

function rates([input, output, cacheRead, cacheWrite]: Dollars): Rates {
  return {
    input: Math.round(input * 1_000_000),
    output: Math.round(output * 1_000_000),
    cacheRead: Math.round(cacheRead * 1_000_000),
    cacheWrite: Math.round(cacheWrite * 1_000_000),
  };
}
