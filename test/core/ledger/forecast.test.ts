import assert from 'node:assert/strict';
import { forecast, HOTFIX_CALLS, PLANNED_CALLS, type PricedCall } from '../../../src/core/ledger/forecast.ts';
import { pricingOf, type Pricing } from '../../../src/core/ledger/prices.ts';

const calls = (pricing: Pricing, promptTokens = 2_000, planned = PLANNED_CALLS): readonly PricedCall[] =>
  planned.map((call) => ({ ...call, pricing, promptTokens }));
const sol = pricingOf('gpt-6-sol', 'cloud');
const past = (...amounts: readonly number[]) =>
  amounts.map((microdollars) => ({ microdollars, milliseconds: microdollars * 10 }));

describe('the forecast of a run', () => {
  it('is that of earlier runs where there are any: the cheapest, the median, the dearest', () => {
    const basis = 'cheapest, median and dearest of 4 earlier runs here';
    assert.deepEqual(forecast(calls(sol), past(4_000, 1_000, 9_000, 2_000), 2_000_000), {
      microdollars: { min: 1_000, likely: 3_000, max: 9_000 },
      milliseconds: { min: 10_000, likely: 30_000, max: 90_000 },
      basis,
    });
    assert.equal(forecast(calls(sol), past(5), 9).basis, 'cheapest, median and dearest of 1 earlier run here');
  });

  it('never tells more than the budgets leave', () => {
    const held = forecast(calls(sol), past(4_000, 1_000, 9_000), 3_000).microdollars;
    assert.deepEqual(held, { min: 1_000, likely: 3_000, max: 3_000 });
  });

  it('grows with the prompts where there is no history, and costs less for a hotfix', () => {
    const likely = (priced: readonly PricedCall[]): number => forecast(priced, [], 2_000_000).microdollars?.likely ?? 0;
    assert.ok(likely(calls(sol, 4_000)) > likely(calls(sol)));
    assert.ok(likely(calls(sol)) > likely(calls(sol, 2_000, HOTFIX_CALLS)));
  });

  it('knows no price where a worker has none, and nothing is paid where none is paid by the token', () => {
    const unpriced = forecast(calls(pricingOf('house-blend', 'cloud')), [], 2_000_000);
    assert.deepEqual([unpriced.microdollars, unpriced.basis], [undefined, 'no price is known for house-blend']);
    const free = forecast(calls(pricingOf('qwen', 'local')), [], 2_000_000);
    assert.deepEqual(free.microdollars, { min: 0, likely: 0, max: 0 });
    assert.ok(free.milliseconds.likely > 0);
  });
});
