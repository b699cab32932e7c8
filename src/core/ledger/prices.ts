import type { Usage } from '../ports.ts';
import { hashOf } from '../../base/hash.ts';
import { PRICE_VERSION, priceTable } from './priceTable.ts';

/** Microdollars (millionths of a US dollar) per million tokens. Whole numbers >= 0. */
export interface Rates {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** A model's rates; `long` replaces all of them for a request with more input tokens than it says. */
export interface ModelPrice {
  readonly rates: Rates;
  readonly long?: { readonly aboveInputTokens: number; readonly rates: Rates };
  /** What the provider takes for the same in a batch, where a person said it. No call of ours is one: only exports are read with it. */
  readonly batch?: Rates;
}

/**
 * Who pays for a worker's calls: `cloud` by the token, `local` hardware of the person's own, `recorded` answers that nobody is asked for,
 * `included` in a subscription.
 */
export type Billing = 'cloud' | 'local' | 'recorded' | 'included';

/** What a worker's calls cost. `unpriced` is a cloud model nobody told a price for: it is never taken for free. */
export type Pricing =
  | { readonly kind: 'priced'; readonly price: ModelPrice }
  | { readonly kind: 'free'; readonly why: 'local' }
  | { readonly kind: 'recorded' }
  | { readonly kind: 'included' }
  | { readonly kind: 'unpriced'; readonly model: string };

/** What one call cost. */
export type CallPrice =
  | { readonly kind: 'priced'; readonly microdollars: number }
  | { readonly kind: 'free'; readonly why: 'local' }
  | { readonly kind: 'recorded' }
  | { readonly kind: 'included' }
  | { readonly kind: 'unpriced'; readonly model: string };

/** Prices a person set in their own configuration, by exact model id. They come before the table. */
export type PriceOverrides = ReadonlyMap<string, ModelPrice>;

/**
 * The price of one finished call in whole microdollars, rounded up once. Input tokens that were neither read from nor written to a cache
 * cost the input rate.
 */
export function priceOf(model: string, usage: Usage, billing: Billing, overrides?: PriceOverrides): CallPrice {
  const pricing = pricingOf(model, billing, overrides);
  if (pricing.kind !== 'priced') return pricing;
  return { kind: 'priced', microdollars: costOf(pricing.price, usage) };
}

/**
 * The price that holds for a model. Ids match exactly, never by prefix: `claude-sonnet-5-5` is not `claude-sonnet-5`. The one exception is
 * the release date that Anthropic (`-20261021`) and OpenAI (`-2026-10-21`) document as part of the ids of their models. Where the table knows such
 * dates of a model one by one (they can differ in price), a further one is not taken for any of them.
 */
export function pricingOf(model: string, billing: Billing, overrides?: PriceOverrides): Pricing {
  if (billing === 'local') return { kind: 'free', why: 'local' };
  if (billing !== 'cloud') return { kind: billing };
  const price = overrides?.get(model) ?? priceTable.get(model) ?? undatedPrice(model);
  return price === undefined ? { kind: 'unpriced', model } : { kind: 'priced', price };
}

function undatedPrice(model: string): ModelPrice | undefined {
  const undated = withoutReleaseDate(model);
  const hasDates = [...priceTable.keys()].some((other) => other !== undated && withoutReleaseDate(other) === undated);
  return hasDates ? undefined : priceTable.get(undated);
}

/** The name of the prices in force: the table's version, and a mark of the overrides where there are any. */
export function priceVersionWith(overrides: PriceOverrides): string {
  if (overrides.size === 0) return PRICE_VERSION;
  return `${PRICE_VERSION}+${hashOf(Object.fromEntries(overrides)).slice(0, 12)}`;
}

/** Microdollars of a finished call, rounded up. Cache counts that exceed the input are believed and the rest of the input counts 0. */
export function costOf(price: ModelPrice, usage: Usage): number {
  const rates = ratesFor(price, usage.input);
  const cacheRead = usage.cachedInput ?? 0;
  const cacheWrite = usage.cacheWrite ?? 0;
  const plain = Math.max(0, usage.input - cacheRead - cacheWrite);
  return microdollars([
    [plain, rates.input],
    [cacheRead, rates.cacheRead],
    [cacheWrite, rates.cacheWrite],
    [usage.output, rates.output],
  ]);
}

/** The most a call with these tokens can cost: no input token comes from a cache, and all may be written to one. */
export function worstCost(price: ModelPrice, inputTokens: number, outputTokens: number): number {
  const rates = ratesFor(price, inputTokens);
  return microdollars([
    [inputTokens, Math.max(rates.input, rates.cacheWrite)],
    [outputTokens, rates.output],
  ]);
}

/** The most output tokens whose worst cost fits into `room` microdollars; negative when not even the input fits, Infinity when output is free. */
export function affordableOutput(price: ModelPrice, inputTokens: number, room: number): number {
  const rates = ratesFor(price, inputTokens);
  const left = BigInt(room) * MILLION - BigInt(inputTokens) * BigInt(Math.max(rates.input, rates.cacheWrite));
  if (left < 0n) return -1;
  return rates.output === 0 ? Infinity : Number(left / BigInt(rates.output));
}

/** What input tokens that came from a cache cost less than at the full input price, in whole microdollars, rounded down so that no saving is told that was not. */
export function cacheSaving(price: ModelPrice, inputTokens: number, cachedTokens: number): number {
  const rates = ratesFor(price, inputTokens);
  const cached = Math.min(cachedTokens, inputTokens);
  return Number((BigInt(cached) * BigInt(Math.max(0, rates.input - rates.cacheRead))) / MILLION);
}

const MILLION = 1_000_000n;

function ratesFor(price: ModelPrice, inputTokens: number): Rates {
  return price.long !== undefined && inputTokens > price.long.aboveInputTokens ? price.long.rates : price.rates;
}

/** BigInt keeps the sum exact where tokens times rate leaves the safe integers. */
function microdollars(parts: readonly (readonly [tokens: number, rate: number])[]): number {
  const total = parts.reduce((sum, [tokens, rate]) => sum + BigInt(tokens) * BigInt(rate), 0n);
  return Number((total + MILLION - 1n) / MILLION);
}

/** A model id without the release date that its provider documents as part of it; see `pricingOf`. */
export function withoutReleaseDate(model: string): string {
  const month = '(?:0[1-9]|1[0-2])';
  const day = '(?:0[1-9]|[12][0-9]|3[01])';
  if (model.startsWith('claude-')) return model.replace(new RegExp(`-20[0-9]{2}${month}${day}$`), '');
  if (model.startsWith('gpt-')) return model.replace(new RegExp(`-20[0-9]{2}-${month}-${day}$`), '');
  return model;
}
