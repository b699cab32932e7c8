import type { ModelPrice, Rates } from './prices.ts';

/*
 * List prices in US dollars per million tokens, as the catalogue `@earendil-works/pi-ai` 1.5.2 (MIT, generated 2026-11-10) states them for
 * the providers' own endpoints at their standard tier. Where a price depends on the hour (DeepSeek) the dearer one stands here, so that a
 * budget is never passed by the clock. A 0 in the catalogue's cache columns means "not told": the input price stands in for it.
 */

/** The day the catalogue was made. */
export const PRICE_DATE = '2026-11-10';

/** Names this table in every ledger row. Change it with any change of a price. */
export const PRICE_VERSION = `${PRICE_DATE}.1`;

/** Model id -> price. Ids are exact; see `pricingOf` for the one kind of suffix that is understood. */
export const priceTable: ReadonlyMap<string, ModelPrice> = new Map([
  // Anthropic. The cache write price is the one for five minutes.
  row('claude-fable-5-2', [8, 40, 0.2, 10]),
  row('claude-fable-5-1', [10, 50, 0.25, 12.5]),
  row('claude-opus-5-5', [4, 20, 0.2, 5]),
  row('claude-opus-5', [5, 25, 0.5, 6.25]),
  row('claude-sonnet-5-5', [2, 10, 0.1, 2.5]),
  row('claude-sonnet-5', [2, 10, 0.2, 2.5]),
  row('claude-haiku-5-5', [0.1, 0.5, 0.01, 0.125], 100_000, [0.5, 2.5, 0.05, 0.625]),
  row('claude-haiku-4-5', [1, 5, 0.1, 1.25]),
  // OpenAI. Above 272,000 input tokens the whole request costs twice the input and one and a half times the output.
  row('gpt-6-astra', [10, 50, 1, 12.5], 272_000, [20, 75, 2, 25]),
  row('gpt-6.1-sol', [2, 10, 0.1, 2.5], 272_000, [4, 15, 0.2, 5]),
  row('gpt-6.1-terra', [1, 5, 0.05, 1.25], 272_000, [2, 7.5, 0.1, 2.5]),
  row('gpt-6-sol', [2, 10, 0.2, 2.5], 272_000, [4, 15, 0.4, 5]),
  row('gpt-6-luna', [0.1, 0.5, 0.01, 0.125], 272_000, [0.2, 0.75, 0.02, 0.25]),
  row('gpt-5.6-sol', [4, 20, 0.4, 5], 272_000, [8, 30, 0.8, 10]),
  row('gpt-5.6-terra', [2, 12, 0.2, 2.5], 272_000, [4, 18, 0.4, 5]),
  row('gpt-5.6-luna', [0.2, 1.2, 0.02, 0.25], 272_000, [0.4, 1.8, 0.04, 0.5]),
  row('gpt-5.5', [5, 30, 0.5, 5], 272_000, [10, 45, 1, 10]),
  row('gpt-5.4', [2.5, 15, 0.25, 2.5], 272_000, [5, 22.5, 0.5, 5]),
  row('gpt-5.4-mini', [0.75, 4.5, 0.075, 0.75]),
  row('gpt-5.3-codex', [1.75, 14, 0.175, 1.75]),
  // Google.
  row('gemini-4-argon', [2, 10, 0.1, 2]),
  row('gemini-3.8-flash', [0.75, 3.75, 0.075, 0.75]),
  row('gemini-3.7-flash', [0.75, 3.75, 0.075, 0.75]),
  row('gemini-3.6-flash', [0.75, 3.75, 0.075, 0.75]),
  row('gemini-3.5-flash', [1.5, 9, 0.15, 1.5]),
  row('gemini-3.5-flash-lite', [0.3, 2.5, 0.03, 0.3]),
  row('gemini-3.1-pro-preview', [2, 12, 0.2, 2], 200_000, [4, 18, 0.4, 4]),
  row('gemini-3.1-flash-lite', [0.25, 1.5, 0.025, 0.25]),
  // DeepSeek, at the price of its busy hours.
  row('deepseek-flash', [0.3, 1.2, 0.006, 0.3]),
  row('deepseek-v4-pro', [1.32, 3.96, 0.044, 1.32]),
  // Moonshot.
  row('kimi-k3.1-pro', [2, 10, 0.2, 2]),
  row('kimi-k3.1-pro-highspeed', [4, 20, 0.2, 4]),
  row('kimi-k3', [3, 15, 0.3, 3]),
  row('kimi-k2.7-code', [0.95, 4, 0.19, 0.95]),
  row('kimi-k2.7-code-highspeed', [1.9, 8, 0.38, 1.9]),
  row('kimi-k2.6', [0.95, 4, 0.16, 0.95]),
]);

type Dollars = readonly [input: number, output: number, cacheRead: number, cacheWrite: number];

function row(model: string, base: Dollars, aboveTokens?: number, long?: Dollars): readonly [string, ModelPrice] {
  if (aboveTokens === undefined || long === undefined) return [model, { rates: rates(base) }];
  return [model, { rates: rates(base), long: { aboveInputTokens: aboveTokens, rates: rates(long) } }];
}

function rates([input, output, cacheRead, cacheWrite]: Dollars): Rates {
  return {
    input: Math.round(input * 1_000_000),
    output: Math.round(output * 1_000_000),
    cacheRead: Math.round(cacheRead * 1_000_000),
    cacheWrite: Math.round(cacheWrite * 1_000_000),
  };
}
