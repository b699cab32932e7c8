import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { LedgerEntry } from '../../../src/core/ledger/entry.ts';
import { costOf, pricingOf, type ModelPrice, type Pricing } from '../../../src/core/ledger/prices.ts';
import { repriced, type PresentTerms, type PresentWorker } from '../../../src/core/ledger/repriced.ts';
import { NOON } from '../../support/reservation.ts';

const VERSION = 'prices of now';
const flat = (rate: number): ModelPrice => ({
  rates: { input: rate, output: rate * 5, cacheRead: rate / 10, cacheWrite: rate },
});
const priced = (rate: number): Pricing => ({ kind: 'priced', price: flat(rate) });
const present = (worker: string, model: string, pricing: Pricing): PresentWorker => ({ worker, model, pricing });

const row = (more: Partial<LedgerEntry>): LedgerEntry => ({
  run: 'key/run-1',
  step: 'plan/call-1',
  attempt: 1,
  time: NOON,
  worker: 'first',
  model: 'small',
  state: 'settled',
  reservedMicrodollars: 9_000,
  settledMicrodollars: 100,
  inputTokens: 1_000,
  outputTokens: 100,
  cachedTokens: 0,
  basis: 'usage',
  priceVersion: VERSION,
  spec: 'SPEC-001',
  stage: 'plan',
  role: 'architect',
  endedAt: NOON,
  ...more,
});

const terms = (ladders: Readonly<Record<string, readonly PresentWorker[]>>): PresentTerms => ({
  priceVersion: VERSION,
  ladder: (stage, role) => ladders[`${stage}/${role}`] ?? [],
});
const small = present('first', 'small', priced(1_000_000));
const large = present('second', 'large', priced(10_000_000));

const tokens = fc.nat(200_000);
const anyRow = fc
  .record({
    stage: fc.constantFrom('specify', 'plan', 'implement', 'audit'),
    role: fc.constantFrom('architect', 'critic', 'implementer', 'judge'),
    settledMicrodollars: fc.nat(1_000_000),
    inputTokens: tokens,
    outputTokens: tokens,
  })
  .chain((facts) => fc.nat(facts.inputTokens).map((cachedTokens) => row({ ...facts, cachedTokens })));
const everywhere = (...workers: readonly PresentWorker[]): PresentTerms => ({
  priceVersion: VERSION,
  ladder: () => workers,
});

describe('an earlier run at what it would cost now', () => {
  it('is what was paid, whatever its calls were, while the same models have the same prices', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 20 }), (rows) => {
        assert.deepEqual(repriced(rows, everywhere(small, large)), { kind: 'unchanged' });
      }),
    );
  });

  it('is the cost of its tokens at another model, and twice that at twice the price', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 50 }), (rows, rate) => {
        const at = (times: number) => {
          const now = repriced(rows, everywhere(present('first', 'other', priced(rate * times * 1_000_000))));
          assert.ok(now.kind === 'repriced');
          return now.microdollars;
        };
        const expected = rows.reduce(
          (sum, { inputTokens: input, outputTokens: output, cachedTokens: cachedInput }) =>
            sum + costOf(flat(rate * 1_000_000), { input, output, cachedInput }),
          0,
        );
        assert.equal(at(1), expected);
        // Each call is rounded up once.
        assert.ok(Math.abs(at(2) - 2 * at(1)) <= rows.length, `${at(2)} ${at(1)}`);
      }),
    );
  });

  const cases: readonly (readonly [string, readonly LedgerEntry[], PresentTerms, object])[] = [
    [
      'a new price of the same model',
      [row({ priceVersion: 'older' })],
      terms({ 'plan/architect': [small] }),
      { kind: 'repriced', microdollars: 1_500 },
    ],
    [
      'another worker asked first',
      [row({})],
      terms({ 'plan/architect': [large, small] }),
      { kind: 'repriced', microdollars: 15_000 },
    ],
    [
      'a climb, which stays with its worker',
      [row({}), row({ worker: 'second', model: 'large', settledMicrodollars: 700 })],
      terms({ 'plan/architect': [present('cheaper', 'tiny', priced(100_000)), small, large] }),
      { kind: 'repriced', microdollars: 150 + 700 },
    ],
    [
      'a climb to who is gone, which goes to the last of the ladder',
      [row({}), row({ worker: 'gone', model: 'huge', settledMicrodollars: 9_000 })],
      terms({ 'plan/architect': [small, large] }),
      { kind: 'repriced', microdollars: 100 + 15_000 },
    ],
    [
      'a role that nobody is asked for any more',
      [row({}), row({ role: 'critic', settledMicrodollars: 60 })],
      terms({ 'plan/architect': [small] }),
      { kind: 'repriced', microdollars: 100 },
    ],
    [
      'a worker on hardware of yours',
      [row({})],
      terms({ 'plan/architect': [present('home', 'qwen', { kind: 'free', why: 'local' })] }),
      { kind: 'repriced', microdollars: 0 },
    ],
    [
      'a cloud worker where it was one of yours',
      [row({ model: 'qwen', settledMicrodollars: 0, basis: 'local' })],
      terms({ 'plan/architect': [small] }),
      { kind: 'repriced', microdollars: 1_500 },
    ],
    [
      'a model that nobody knows a price for',
      [row({}), row({ stage: 'audit', role: 'judge' })],
      terms({ 'plan/architect': [small], 'audit/judge': [present('house', 'blend', pricingOf('blend', 'cloud'))] }),
      { kind: 'unpriced', models: ['blend'] },
    ],
    [
      'a call that was made without a price, and has one now',
      [row({ basis: 'unpriced', settledMicrodollars: 0 })],
      terms({ 'plan/architect': [small] }),
      { kind: 'repriced', microdollars: 1_500 },
    ],
    [
      'calls in doubt or never sent, which were not paid',
      [row({ state: 'inDoubt' }), row({ state: 'released' })],
      terms({}),
      { kind: 'unchanged' },
    ],
    ['no rows at all', [], terms({}), { kind: 'unchanged' }],
    [
      'rows of before the role was kept',
      [row({ role: '', settledMicrodollars: 7 }), row({ priceVersion: 'older' })],
      terms({ 'plan/architect': [small] }),
      { kind: 'repriced', microdollars: 1_507 },
    ],
  ];
  for (const [name, rows, now, expected] of cases)
    it(`with ${name}`, () => assert.deepEqual(repriced(rows, now), expected));
});
