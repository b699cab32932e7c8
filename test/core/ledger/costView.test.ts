import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { CostChoice } from '../../../src/core/ledger/costChoice.ts';
import { costView, type CostFacts, type CostView } from '../../../src/core/ledger/costView.ts';
import type { LimitUse } from '../../../src/core/ledger/costBudgets.ts';
import type { Climb } from '../../../src/core/ledger/costClimbs.ts';
import type { LedgerEntry } from '../../../src/core/ledger/entry.ts';
import { PRICE_VERSION } from '../../../src/core/ledger/priceTable.ts';
import { NOON } from '../../support/reservation.ts';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

const MONTH: CostChoice = { whose: 'repository', spec: '', period: 'month' };

/** A settled call of gpt-5.4-mini: $0.75 in, $0.075 from the cache, $4.50 out, each for a million tokens. */
const CALL: LedgerEntry = {
  run: 'key/run-1',
  step: 'plan/call-1',
  attempt: 1,
  time: NOON,
  worker: 'middle',
  model: 'gpt-5.4-mini',
  state: 'settled',
  reservedMicrodollars: 9_000,
  settledMicrodollars: 1_000,
  inputTokens: 1_000,
  outputTokens: 20,
  cachedTokens: 0,
  basis: 'usage',
  priceVersion: PRICE_VERSION,
  spec: 'SPEC-001',
  stage: 'plan',
  role: 'architect',
  endedAt: NOON + 4_000,
};

const LOCAL: LedgerEntry = { ...CALL, model: 'qwen', basis: 'local', settledMicrodollars: 0, role: 'implementer' };

function viewOf(rows: readonly LedgerEntry[], facts: Partial<CostFacts> = {}): CostView {
  return costView({
    choice: MONTH,
    now: NOON,
    rows,
    specs: ['SPEC-001'],
    limits: [],
    alertThreshold: 0.8,
    overrides: new Map(),
    currency: 'USD',
    exchangeRate: 1,
    climbs: [],
    runs: 0,
    runsLeft: 0,
    specName: ({ spec }) => spec,
    ...facts,
  });
}

describe('the view of costs', () => {
  it('says of nothing spent that it is nothing, and has a place for each part', () => {
    const view = viewOf([]);
    assert.deepEqual(view.total, {
      choice: MONTH,
      time: '2026-11 (UTC)',
      specs: ['SPEC-001'],
      calls: 0,
      spent: 0,
      reserved: 0,
      inDoubt: 0,
      callsInFlight: 0,
      callsInDoubt: 0,
      callsEstimated: 0,
      estimated: 0,
      callsUnpriced: 0,
      inputTokens: 0,
      outputTokens: 0,
      priceVersions: [],
      currency: 'USD',
      exchangeRate: 1,
    });
    assert.equal(view.overTime.bars.length, 21);
    assert.deepEqual([view.perStage, view.drift.models], [{ rows: [], rest: null }, []]);
  });

  describe('of each state of a call', () => {
    const held = { settledMicrodollars: 0 };
    const table: readonly (readonly [string, Partial<LedgerEntry>, Partial<CostView['total']>])[] = [
      ['settled', {}, { calls: 1, spent: 1_000 }],
      ['estimated', { basis: 'estimate' }, { calls: 1, spent: 1_000, callsEstimated: 1, estimated: 1_000 }],
      ['reserved', { ...held, state: 'reserved' }, { calls: 1, reserved: 9_000, callsInFlight: 1 }],
      ['in doubt', { ...held, state: 'inDoubt' }, { calls: 1, inDoubt: 9_000, callsInDoubt: 1 }],
      ['released', { ...held, state: 'released', reservedMicrodollars: 0 }, { calls: 0 }],
      ['unpriced', { ...held, model: 'nobody-knows' }, { calls: 1, callsUnpriced: 1 }],
      ['local, of the same model', { ...held, model: 'nobody-knows', basis: 'local' }, { calls: 1 }],
    ];
    for (const [name, parts, expected] of table)
      it(name, () => {
        const zero = { calls: 0, spent: 0, reserved: 0, inDoubt: 0, callsInFlight: 0, callsInDoubt: 0 };
        const rest = { callsEstimated: 0, estimated: 0, callsUnpriced: 0 };
        const { total } = viewOf([{ ...CALL, ...parts }]);
        const shown = Object.fromEntries(
          Object.keys({ ...zero, ...rest }).map((key) => [key, total[key as keyof typeof total]]),
        );
        assert.deepEqual(shown, { ...zero, ...rest, ...expected });
      });
  });

  it('groups by stage, model, role and spec, the dearest first, and says who pays', () => {
    const dear = { ...CALL, attempt: 2, stage: 'audit', role: 'judge', model: 'gpt-6-sol', settledMicrodollars: 5_000 };
    const view = viewOf([CALL, dear, { ...LOCAL, attempt: 3, stage: 'implement' }]);
    const names = ({ rows }: CostView['perStage']) =>
      rows.map(({ name, spent, calls, billings }) => `${name} ${spent} ${calls} ${billings.join()}`);
    assert.deepEqual(names(view.perStage), ['audit 5000 1 cloud', 'plan 1000 1 cloud', 'implement 0 1 local']);
    assert.deepEqual(names(view.perModel), ['gpt-6-sol 5000 1 cloud', 'gpt-5.4-mini 1000 1 cloud', 'qwen 0 1 local']);
    assert.deepEqual(names(view.perRole), ['judge 5000 1 cloud', 'architect 1000 1 cloud', 'implementer 0 1 local']);
    assert.deepEqual(names(view.perSpec), ['SPEC-001 6000 3 cloud,local']);
    assert.deepEqual(
      view.billings.rows.map(({ billing, calls, spent }) => `${billing} ${calls} ${spent}`),
      ['cloud 2 6000', 'local 1 0', 'included 0 0', 'recorded 0 0'],
    );
  });

  it('shows twenty groups and what the others come to', () => {
    const rows = Array.from({ length: 25 }, (_, index) => ({ ...CALL, attempt: index + 1, model: `m${index}` }));
    const { rows: shown, rest } = viewOf(rows).perModel;
    assert.deepEqual([shown.length, rest?.groups, rest?.spent, rest?.calls], [20, 5, 5_000, 5]);
  });

  describe('over time', () => {
    const at = (time: number, more: Partial<LedgerEntry> = {}): LedgerEntry => ({ ...CALL, time, ...more });
    const table: readonly (readonly [string, CostChoice, readonly LedgerEntry[], readonly string[], number])[] = [
      [
        'hours of a day up to now',
        { ...MONTH, period: 'day' },
        [at(NOON - 2 * HOUR)],
        ['2026-11-21T00', '2026-11-21T12'],
        13,
      ],
      ['days of a month up to now', MONTH, [at(NOON)], ['2026-11-01', '2026-11-21'], 21],
      [
        'days from the first call on',
        { ...MONTH, period: 'all' },
        [at(NOON - 30 * DAY)],
        ['2026-10-22', '2026-11-21'],
        31,
      ],
      [
        'months where there would be too many days',
        { ...MONTH, period: 'all' },
        [at(NOON - 300 * DAY)],
        ['2026-01', '2026-11'],
        11,
      ],
      [
        'the newest 62 months of a spec that is older',
        { whose: 'spec', spec: 'SPEC-001', period: 'all' },
        [at(NOON - 3_000 * DAY)],
        ['2021-10', '2026-11'],
        62,
      ],
    ];
    for (const [name, choice, rows, ends, count] of table)
      it(name, () => {
        const { bars } = viewOf(rows, { choice }).overTime;
        assert.deepEqual([[bars[0]?.at, bars.at(-1)?.at], bars.length], [ends, count]);
        assert.equal(new Set(bars.map((bar) => bar.at)).size, count);
      });

    it('leaves no gap, and tells cloud from the rest', () => {
      const { bars } = viewOf([at(NOON - DAY), { ...LOCAL, time: NOON }]).overTime;
      assert.deepEqual(
        bars.slice(-3).map(({ calls, spent, cloudTokens, otherTokens }) => [calls, spent, cloudTokens, otherTokens]),
        [
          [0, 0, 0, 0],
          [1, 1_000, 1_020, 0],
          [1, 0, 0, 1_020],
        ],
      );
    });

    it('says what a call of each model came to, at first and at last', () => {
      const rows = [
        at(NOON - 3 * DAY),
        at(NOON - 3 * DAY, { settledMicrodollars: 2_001 }),
        at(NOON, { settledMicrodollars: 500 }),
        { ...LOCAL, time: NOON },
      ];
      assert.deepEqual(viewOf(rows).drift.models, [
        {
          model: 'gpt-5.4-mini',
          calls: 3,
          mean: 1_167,
          first: 1_501,
          last: 500,
          points: [
            { bar: 17, calls: 2, mean: 1_501 },
            { bar: 20, calls: 1, mean: 500 },
          ],
        },
      ]);
    });
  });

  describe('of what caches saved', () => {
    const cached = { ...CALL, inputTokens: 2_000_000, cachedTokens: 1_000_000 };
    const none = { tokens: 0, freeTokens: 0, knownTokens: 0, paid: 0, full: 0, unknown: [], unknownTokens: 0 };
    const unknown = (model: string, why: 'unpriced' | 'otherPrices') => ({
      ...none,
      tokens: 1_000_000,
      unknown: [{ model, tokens: 1_000_000, why }],
      unknownTokens: 1_000_000,
    });
    const table: readonly (readonly [string, Partial<LedgerEntry>, CostView['cache']])[] = [
      ['is nothing without cached tokens', { cachedTokens: 0 }, none],
      [
        'is the full input price less the cached one',
        {},
        { ...none, tokens: 1_000_000, knownTokens: 1_000_000, paid: 1_000, full: 676_000 },
      ],
      ['is unknown where the model has no price', { model: 'nobody-knows' }, unknown('nobody-knows', 'unpriced')],
      ['is unknown where the prices were others', { priceVersion: 'old' }, unknown('gpt-5.4-mini', 'otherPrices')],
      ['is no money where nobody pays', { basis: 'local' }, { ...none, tokens: 1_000_000, freeTokens: 1_000_000 }],
      ['is not told of a call in doubt', { state: 'inDoubt', settledMicrodollars: 0 }, none],
    ];
    for (const [name, parts, expected] of table)
      it(name, () => assert.deepEqual(viewOf([{ ...cached, ...parts }]).cache, expected));
  });

  describe('of limits', () => {
    const use = (scope: LimitUse['scope'], name: string, limit: number, settled: number): LimitUse => ({
      scope,
      name,
      limit,
      totals: { settledMicrodollars: settled, reservedMicrodollars: 1, inDoubtMicrodollars: 2 },
    });

    it('tells what is used, what was reached, and where there is no limit', () => {
      const limits = [use('day', 'today', 1_000, 950), use('month', 'month', Infinity, 5), use('spec', 'S', 100, 100)];
      assert.deepEqual(viewOf([], { limits }).budgets, {
        rows: [
          { scope: 'day', name: 'today', limit: 1_000, spent: 950, reserved: 1, inDoubt: 2, alerts: [80, 90] },
          { scope: 'month', name: 'month', limit: null, spent: 5, reserved: 1, inDoubt: 2, alerts: [] },
          { scope: 'spec', name: 'S', limit: 100, spent: 100, reserved: 1, inDoubt: 2, alerts: [80, 90, 100] },
        ],
        left: 0,
      });
    });

    it('shows the ten specs that have used most, and none that has used nothing', () => {
      const specs = Array.from({ length: 14 }, (_, index) => use('spec', `S${index}`, 100, index));
      const idle = { ...use('spec', 'idle', 100, 0), totals: { ...use('spec', '', 1, 0).totals } };
      const nothing = { settledMicrodollars: 0, reservedMicrodollars: 0, inDoubtMicrodollars: 0 };
      const { rows, left } = viewOf([], { limits: [...specs, { ...idle, totals: nothing }] }).budgets;
      assert.deepEqual([rows.map(({ name }) => name).join(), left], ['S13,S12,S11,S10,S9,S8,S7,S6,S5,S4', 4]);
    });
  });

  it('tells the newest climbs of the chosen time, and counts all', () => {
    const climb = (at: string, kind: Climb['kind'] = 'escalation'): Climb => ({
      at,
      kind,
      spec: 'SPEC-001',
      stage: 'implement',
      from: 'reflex',
      to: 'sonnet',
      text: 'two attempts failed',
    });
    const many = Array.from({ length: 60 }, (_, index) => climb(`2026-11-20T00:00:${String(index).padStart(2, '0')}Z`));
    const climbs = [climb('2026-10-31T23:59:59Z'), ...many, climb('2026-11-21T00:00:00Z', 'fallback')];
    const { rows, total, stages, runs, runsLeft } = viewOf([], { climbs, runs: 3, runsLeft: 2 }).climbs;
    assert.deepEqual([rows.length, rows[0]?.kind, rows[1]?.at, total], [50, 'fallback', '2026-11-20T00:00:59Z', 61]);
    assert.deepEqual([stages, runs, runsLeft], [[{ stage: 'implement', escalations: 60, fallbacks: 1 }], 3, 2]);
  });

  it('is the same in any order of the rows, and each of its parts has the same sum', () => {
    const entry = fc
      .record({
        time: fc.integer({ min: NOON - 20 * DAY, max: NOON }),
        model: fc.constantFrom('gpt-5.4-mini', 'gpt-6-sol', 'qwen'),
        state: fc.constantFrom('reserved' as const, 'settled' as const, 'inDoubt' as const, 'released' as const),
        basis: fc.constantFrom('usage' as const, 'estimate' as const, 'local' as const, 'recorded' as const),
        stage: fc.constantFrom('plan', 'audit'),
        money: fc.nat({ max: 3_000_000 }),
        cachedTokens: fc.nat({ max: 1_000 }),
      })
      .map(({ money, ...parts }): LedgerEntry => {
        const isPaid = parts.basis === 'usage' || parts.basis === 'estimate';
        const amount = isPaid ? money : 0;
        return {
          ...CALL,
          ...parts,
          reservedMicrodollars: parts.state === 'released' ? 0 : amount,
          settledMicrodollars: parts.state === 'settled' ? amount : 0,
        };
      });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 40 }), (rows) => {
        const view = viewOf(rows);
        assert.deepEqual(viewOf(rows.toReversed()), view);
        const sumOf = (list: readonly { readonly spent: number; readonly calls: number }[]) => [
          list.reduce((total, { spent }) => total + spent, 0),
          list.reduce((total, { calls }) => total + calls, 0),
        ];
        const whole = [view.total.spent, view.total.calls];
        for (const part of [view.perStage, view.perModel, view.perRole, view.perSpec, view.billings])
          assert.deepEqual(sumOf(part.rows), whole);
        assert.deepEqual(sumOf(view.overTime.bars), whole);
      }),
    );
  });
});
