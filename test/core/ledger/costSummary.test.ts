import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { costSummary, type CostTerms } from '../../../src/core/ledger/costSummary.ts';
import type { LedgerEntry } from '../../../src/core/ledger/entry.ts';
import { NOON } from '../../support/reservation.ts';

const TERMS: CostTerms = {
  limitMicrodollars: 2_000_000,
  alertThreshold: 0.8,
  currency: 'EUR',
  exchangeRate: 0.9,
  specName: ({ spec }) => spec,
};

const settled: LedgerEntry = {
  run: 'key/run-1',
  step: 'plan/call-1',
  attempt: 1,
  time: NOON,
  worker: 'middle',
  model: 'gpt-5.4-mini',
  state: 'settled',
  reservedMicrodollars: 5_250,
  settledMicrodollars: 1_700_000,
  inputTokens: 1_000,
  outputTokens: 20,
  cachedTokens: 500,
  basis: 'usage',
  priceVersion: 'test',
  spec: 'SPEC-001',
  stage: 'plan',
  role: 'architect',
  endedAt: NOON + 4_000,
};

const entry: fc.Arbitrary<LedgerEntry> = fc
  .record({
    step: fc.constantFrom('plan/a', 'plan/b', 'audit/a'),
    attempt: fc.integer({ min: 1, max: 50 }),
    model: fc.constantFrom('gpt-5.4-mini', 'gpt-6-sol', 'qwen'),
    state: fc.constantFrom('reserved', 'settled', 'inDoubt', 'released'),
    basis: fc.constantFrom('usage', 'estimate', 'local'),
    role: fc.constantFrom('architect', 'critic', ''),
    stage: fc.constantFrom('plan', 'audit'),
    money: fc.nat({ max: 3_000_000 }),
    tokens: fc.nat({ max: 100_000 }),
  })
  .map(({ money, tokens, ...facts }): LedgerEntry => ({
    ...settled,
    ...facts,
    reservedMicrodollars: facts.state === 'released' ? 0 : money,
    settledMicrodollars: facts.state === 'settled' ? money : 0,
    inputTokens: facts.state === 'released' ? 0 : tokens,
  }));

const micro = (dollars: number): number => Math.round(dollars * 1_000_000);

describe('the summary of costs', () => {
  it('says what a spec came to, in each of its groups', () => {
    const failed = { ...settled, attempt: 2, state: 'inDoubt' as const, settledMicrodollars: 0, role: 'critic' };
    const sent = { ...settled, attempt: 3, basis: 'estimate' as const, settledMicrodollars: 200_000, stage: 'audit' };
    const never = { ...settled, attempt: 4, state: 'released' as const, settledMicrodollars: 0 };
    const group = { call_count: 1, input_tokens: 1_000, output_tokens: 20, cached_tokens: 500 };
    const all = { spent: 1.9, call_count: 3, input_tokens: 3_000, output_tokens: 60, cached_tokens: 1_500 };
    const both = { ...group, call_count: 2, input_tokens: 2_000, output_tokens: 40, cached_tokens: 1_000 };
    assert.deepEqual(costSummary([settled, failed, sent, never], TERMS), {
      schema_version: 1,
      budget: 2,
      spent: 1.9,
      utilization: 0.95,
      call_count: 3,
      per_stage: { plan: { ...both, spent: 1.7 }, audit: { ...group, spent: 0.2 } },
      per_model: { 'gpt-5.4-mini': all },
      per_role: { architect: { ...both, spent: 1.9 }, critic: { ...group, spent: 0 } },
      per_spec: { 'SPEC-001': all },
      alerts: [80, 90],
      pricing_version: ['test'],
      provider_exchange_rate: { currency: 'EUR', rate: 0.9 },
      unsettled: { call_count: 1, reserved: 0, in_doubt: 0.00525 },
      estimated: { call_count: 1, spent: 0.2 },
      unpriced: { call_count: 0, models: [] },
      duration: 8,
    });
  });

  it('has no share of a limit of nothing, whose first money reaches every alert', () => {
    const { utilization, alerts } = costSummary([settled], { ...TERMS, limitMicrodollars: 0 });
    assert.deepEqual([utilization, alerts], [null, [80, 90, 100]]);
  });

  it('sums to the rows whatever their order, and every group sums to the whole', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 30 }), fc.infiniteStream(fc.nat()), (rows, chance) => {
        const summary = costSummary(rows, TERMS);
        const shuffled = rows
          .map((row) => [chance.next().value, row] as const)
          .sort(([left], [right]) => left - right)
          .map(([, row]) => row);
        assert.deepEqual(costSummary(shuffled, TERMS), summary);
        const spent = rows.reduce((sum, row) => sum + row.settledMicrodollars, 0);
        assert.equal(micro(summary.spent), spent);
        const nCalls = rows.filter(({ state }) => state !== 'released').length;
        for (const groups of [summary.per_stage, summary.per_model, summary.per_role, summary.per_spec]) {
          const values = Object.values(groups);
          assert.equal(
            values.reduce((sum, group) => sum + micro(group.spent), 0),
            spent,
          );
          assert.equal(
            values.reduce((sum, group) => sum + group.call_count, 0),
            nCalls,
          );
        }
      }),
    );
  });
});
