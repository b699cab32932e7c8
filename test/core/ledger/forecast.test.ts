import assert from 'node:assert/strict';
import {
  forecast,
  HOTFIX_CALLS,
  PLANNED_CALLS,
  type History,
  type PricedCall,
} from '../../../src/core/ledger/forecast.ts';
import { pricingOf, type Pricing } from '../../../src/core/ledger/prices.ts';

const calls = (pricing: Pricing, promptTokens = 2_000, planned = PLANNED_CALLS): readonly PricedCall[] =>
  planned.map((call) => ({ ...call, pricing, promptTokens }));
const sol = pricingOf('gpt-6-sol', 'cloud');
const past = (...amounts: readonly number[]): History => ({
  runs: amounts.map((microdollars) => ({ microdollars, milliseconds: microdollars * 10 })),
  nRepriced: 0,
  unpriced: [],
});
const NONE = past();

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
    const likely = (priced: readonly PricedCall[]): number =>
      forecast(priced, NONE, 2_000_000).microdollars?.likely ?? 0;
    assert.ok(likely(calls(sol, 4_000)) > likely(calls(sol)));
    assert.ok(likely(calls(sol)) > likely(calls(sol, 2_000, HOTFIX_CALLS)));
  });

  it('knows no price where a worker has none, and nothing is paid where none is paid by the token', () => {
    const unpriced = forecast(calls(pricingOf('house-blend', 'cloud')), NONE, 2_000_000);
    assert.deepEqual([unpriced.microdollars, unpriced.basis], [undefined, 'no price is known for house-blend']);
    const free = forecast(calls(pricingOf('qwen', 'local')), NONE, 2_000_000);
    assert.deepEqual(free.microdollars, { min: 0, likely: 0, max: 0 });
    assert.ok(free.milliseconds.likely > 0);
  });

  it('says that earlier runs are told at what they would cost now, and no sum where a model of now has no price', () => {
    const changed = forecast(calls(sol), { ...past(10, 20, 30), nRepriced: 1 }, 2_000_000);
    assert.equal(
      changed.basis,
      'cheapest, median and dearest of 3 earlier runs here, their tokens at the workers and prices of now',
    );
    const unknown = forecast(calls(sol), { ...past(10, 20), unpriced: ['house-blend'] }, 2_000_000);
    assert.deepEqual([unknown.microdollars, unknown.basis], [undefined, 'no price is known for house-blend']);
    assert.ok(unknown.milliseconds.likely > 0);
  });
});

/** Dollars of the standard runs of docs/live-specs.md of 2026-11-21, by their repository. One of them alone is further off, by up to 37 %. */
const LIVE: Readonly<Record<string, readonly number[]>> = {
  'fill-range': [0.145, 0.128, 0.124],
  dset: [0.095, 0.11, 0.11],
  tomli: [0.181, 0.173, 0.129],
};

describe('the forecast of a run that it has not seen', () => {
  const errors = Object.values(LIVE).flatMap((paid) =>
    paid.map((actual, held) => {
      const others = paid.filter((_, index) => index !== held).map((amount) => amount * 1_000_000);
      const likely = forecast(calls(sol), past(...others), 2_000_000).microdollars?.likely ?? 0;
      return Math.abs(likely / 1_000_000 - actual) / actual;
    }),
  );

  it('is within 15 % in the mean, from the other two live runs of its repository', () => {
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    assert.ok(mean <= 0.15, `${mean}`);
  });
});
