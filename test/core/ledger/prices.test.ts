import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Usage } from '../../../src/core/ports.ts';
import type { Billing, CallPrice, ModelPrice, PriceOverrides } from '../../../src/core/ledger/prices.ts';
import { affordableOutput, costOf, priceOf, priceVersionWith, worstCost } from '../../../src/core/ledger/prices.ts';
import { PRICE_VERSION, priceTable } from '../../../src/core/ledger/priceTable.ts';

interface Call {
  readonly model: string;
  readonly usage?: Usage;
  readonly billing?: Billing;
  readonly overrides?: PriceOverrides;
}

const million: Usage = { input: 1_000_000, output: 1_000_000 };

function check(call: Call, expected: CallPrice): void {
  assert.deepEqual(priceOf(call.model, call.usage ?? million, call.billing ?? 'cloud', call.overrides), expected);
}

function priced(microdollars: number): CallPrice {
  return { kind: 'priced', microdollars };
}

describe('the price of a call', () => {
  it('never takes an unknown cloud model for free', () => {
    for (const model of ['gpt-7', '', 'claude', 'GPT-6-SOL', 'openai/gpt-6-sol', ' gpt-6-sol'])
      check({ model }, { kind: 'unpriced', model });
  });

  it('matches ids exactly and not by prefix', () => {
    const cacheRead = { input: 1_000_000, output: 0, cachedInput: 1_000_000 };
    check({ model: 'claude-sonnet-5', usage: cacheRead }, priced(200_000));
    check({ model: 'claude-sonnet-5-5', usage: cacheRead }, priced(100_000));
    check({ model: 'claude-sonnet-5-7' }, { kind: 'unpriced', model: 'claude-sonnet-5-7' });
    check({ model: 'gpt-6-sol-mini' }, { kind: 'unpriced', model: 'gpt-6-sol-mini' });
  });

  it('understands a release date, each provider in its own form', () => {
    check({ model: 'claude-haiku-4-5-20251001' }, priced(6_000_000));
    check({ model: 'gpt-5.4-mini-2026-03-17' }, priced(5_250_000));
    for (const model of [
      'claude-haiku-4-5-2025-10-01',
      'claude-haiku-4-5-20251301',
      'gpt-5.4-mini-20260317',
      'kimi-k3-20260101',
    ]) {
      check({ model }, { kind: 'unpriced', model });
    }
  });

  it('takes no further date for one of those that the table knows one by one', () => {
    check({ model: 'gpt-4o-2024-05-13' }, priced(20_000_000));
    check({ model: 'gpt-4o-2024-08-06' }, priced(12_500_000));
    for (const model of ['gpt-4o-2025-01-01', 'claude-haiku-4-5-20261001'])
      check({ model }, { kind: 'unpriced', model });
  });

  it('charges cached tokens at their own rates', () => {
    const usage = { input: 1000, output: 100, cachedInput: 600, cacheWrite: 300, reasoning: 50 };
    // claude-opus-5-5: 100 x 4 + 600 x 0.2 + 300 x 5 + 100 x 20 microdollars
    check({ model: 'claude-opus-5-5', usage }, priced(400 + 120 + 1500 + 2000));
  });

  it('charges the whole request at the long price above the boundary', () => {
    check({ model: 'claude-haiku-5-5', usage: { input: 100_000, output: 1000 } }, priced(10_000 + 500));
    check({ model: 'claude-haiku-5-5', usage: { input: 100_001, output: 1000 } }, priced(50_001 + 2500));
    check(
      { model: 'gpt-5.5', usage: { input: 300_000, output: 1000, cachedInput: 300_000 } },
      priced(300_000 + 45_000),
    );
  });

  it('rounds up to a whole microdollar once', () => {
    check({ model: 'gpt-6-luna', usage: { input: 1, output: 1 } }, priced(1));
    check({ model: 'gpt-6-luna', usage: { input: 0, output: 0 } }, priced(0));
    check({ model: 'deepseek-flash', usage: { input: 1, output: 0, cachedInput: 1 } }, priced(1));
  });

  it('knows workers that are not paid by the token, whatever their model is called', () => {
    check({ model: 'gpt-6-sol', billing: 'local' }, { kind: 'free', why: 'local' });
    check({ model: 'gpt-6-sol', billing: 'recorded' }, { kind: 'recorded' });
    check({ model: 'gpt-6-sol', billing: 'included' }, { kind: 'included' });
  });

  it("takes a person's own price before the table's", () => {
    const rates = { input: 1_000_000, output: 3_000_000, cacheRead: 0, cacheWrite: 1_000_000 };
    const overrides = new Map([
      ['gpt-7', { rates }],
      ['gpt-6-sol', { rates }],
    ]);
    check({ model: 'gpt-7', overrides }, priced(4_000_000));
    check({ model: 'gpt-6-sol', overrides }, priced(4_000_000));
    check({ model: 'gpt-7-2026-01-01', overrides }, { kind: 'unpriced', model: 'gpt-7-2026-01-01' });
    assert.equal(priceVersionWith(new Map()), PRICE_VERSION);
    assert.match(priceVersionWith(overrides), /^2026-11-10\/1\.5\.2\+[0-9a-f]{12}$/);
  });
});

describe('the price table', () => {
  it('holds whole, sensible rates for every model', () => {
    assert.equal(priceTable.size, 88);
    for (const [model, price] of priceTable) {
      for (const rates of [price.rates, ...(price.long === undefined ? [] : [price.long.rates])]) {
        for (const rate of Object.values(rates))
          assert.ok(Number.isInteger(rate) && rate > 0 && rate <= 600_000_000, model);
        assert.ok(
          rates.cacheRead <= rates.input && rates.input <= rates.cacheWrite && rates.input < rates.output,
          model,
        );
      }
      if (price.long !== undefined) assert.ok(price.long.rates.input > price.rates.input, model);
    }
  });
});

describe('the most a call can cost', () => {
  const tokens = fc.nat({ max: 2_000_000 });
  const rate = fc.nat({ max: 60_000_000 });
  const rates = fc.record({ input: rate, output: rate, cacheRead: rate, cacheWrite: rate }).map((drawn) => ({
    ...drawn,
    cacheRead: Math.min(drawn.cacheRead, drawn.input),
  }));
  const price: fc.Arbitrary<ModelPrice> = fc
    .record({ rates, long: fc.record({ aboveInputTokens: tokens, rates }) })
    .chain((drawn) => fc.constantFrom(drawn, { rates: drawn.rates }));

  it('is never below what it costs, however its input was cached', () => {
    fc.assert(
      fc.property(price, tokens, tokens, fc.tuple(tokens, tokens), (price, input, output, [read, write]) => {
        const cachedInput = Math.min(read, input);
        const cacheWrite = Math.min(write, input - cachedInput);
        assert.ok(costOf(price, { input, output, cachedInput, cacheWrite }) <= worstCost(price, input, output));
      }),
    );
  });

  it('turns into the largest output that fits, to the token', () => {
    fc.assert(
      fc.property(price, tokens, fc.nat({ max: 100_000_000 }), (price, input, room) => {
        const output = affordableOutput(price, input, room);
        if (output === Infinity) return;
        if (output >= 0) assert.ok(worstCost(price, input, output) <= room);
        assert.ok(worstCost(price, input, output + 1) > room);
      }),
    );
  });
});
