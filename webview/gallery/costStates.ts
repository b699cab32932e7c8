import { costView, type CostFacts } from '../../src/core/ledger/costView.ts';
import type { Climb } from '../../src/core/ledger/costClimbs.ts';
import type { LimitUse } from '../../src/core/ledger/costBudgets.ts';
import type { LedgerEntry } from '../../src/core/ledger/entry.ts';
import { PRICE_VERSION } from '../../src/core/ledger/priceTable.ts';
import { showCosts } from '../../src/extension/engine/costFeed.ts';
import type { CellKey } from '../../src/protocol/runPanel.ts';
import { NOW, type Cells } from './sampleRun.ts';

/*
 * The states of the cost panel: rows of a ledger, folded as the engine folds them.
 */

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

const CALL: LedgerEntry = {
  run: 'key/20261120-100000-abcd',
  step: 'plan/1/plan',
  attempt: 1,
  time: NOW - HOUR,
  worker: 'sonnet',
  model: 'claude-sonnet-5-5',
  state: 'settled',
  reservedMicrodollars: 90_000,
  settledMicrodollars: 21_000,
  inputTokens: 8_200,
  outputTokens: 1_204,
  cachedTokens: 4_100,
  basis: 'usage',
  priceVersion: PRICE_VERSION,
  spec: 'SPEC-012',
  stage: 'plan',
  role: 'architect',
  endedAt: NOW - HOUR + 9_000,
};

const LOCAL: Partial<LedgerEntry> = {
  worker: 'reflex',
  model: 'qwen3-coder-30b',
  basis: 'local',
  settledMicrodollars: 0,
  reservedMicrodollars: 0,
  stage: 'implement',
  role: 'implementer',
};

const STAGES: readonly Partial<LedgerEntry>[] = [
  { stage: 'specify', settledMicrodollars: 4_200, inputTokens: 3_900, cachedTokens: 0 },
  {},
  { stage: 'tasks', settledMicrodollars: 8_200, inputTokens: 6_100 },
  { ...LOCAL, inputTokens: 5_400 },
  { ...LOCAL, inputTokens: 7_900, outputTokens: 2_350 },
  { stage: 'audit', role: 'judge', model: 'claude-opus-5-5', worker: 'opus', settledMicrodollars: 88_000 },
  { stage: 'plan', role: 'critic', model: 'gpt-6-luna', worker: 'luna', settledMicrodollars: 310 },
];

/** One run of a spec, so many days ago, so many times as dear. */
const run = (spec: string, days: number, factor = 1): readonly LedgerEntry[] =>
  STAGES.map((parts, index) => {
    const row: LedgerEntry = { ...CALL, ...parts, spec, run: `key/run-${spec}-${days}`, step: `step-${index}` };
    const settledMicrodollars = Math.round(row.settledMicrodollars * factor);
    return { ...row, settledMicrodollars, time: NOW - days * DAY - (STAGES.length - index) * 60_000 };
  });

const use = (scope: LimitUse['scope'], name: string, limit: number, settled: number, held = 0): LimitUse => ({
  scope,
  name,
  limit,
  totals: { settledMicrodollars: settled, reservedMicrodollars: held, inDoubtMicrodollars: 0 },
});

const climb = (index: number, more: Partial<Climb> = {}): Climb => ({
  at: new Date(NOW - index * 9 * HOUR).toISOString(),
  kind: 'escalation',
  spec: 'SPEC-012',
  stage: 'implement',
  from: 'reflex',
  to: 'sonnet',
  text: 'two attempts failed: npm test exited with 1',
  ...more,
});

function state(rows: readonly LedgerEntry[], facts: Partial<CostFacts> = {}): Cells {
  const spent = rows.reduce((sum, { settledMicrodollars }) => sum + settledMicrodollars, 0);
  const view = costView({
    choice: { whose: 'repository', spec: '', period: 'month' },
    now: NOW,
    rows,
    specs: ['SPEC-012', 'SPEC-010', 'SPEC-009'],
    limits: [
      use('day', '2026-11-20', 5_000_000, Math.min(spent, 121_710)),
      use('month', '2026-11', 50_000_000, spent),
      use('spec', 'SPEC-012', 2_000_000, Math.min(spent, 1_300_000)),
    ],
    alertThreshold: 0.8,
    overrides: new Map(),
    currency: 'USD',
    exchangeRate: 1,
    climbs: [],
    runs: 1,
    runsLeft: 0,
    specName: ({ spec }) => spec,
    ...facts,
  });
  const cells: (readonly [CellKey, unknown])[] = [];
  showCosts({ set: (key, value) => void cells.push([key, value]) }, view);
  return cells;
}

const SPEC: Cells = state(run('SPEC-012', 0), {
  choice: { whose: 'spec', spec: 'SPEC-012', period: 'all' },
  climbs: [climb(1)],
});

const MANY_ROWS = Array.from({ length: 20 }, (_, days) => [
  ...run('SPEC-012', days, 1 + days / 12),
  ...(days % 3 === 0 ? run('SPEC-010', days, 0.4) : []),
  ...(days % 5 === 0 ? run('SPEC-009', days, 2.2) : []),
]).flat();

const MANY: Cells = state(
  [
    ...MANY_ROWS,
    { ...CALL, attempt: 2, state: 'reserved', settledMicrodollars: 0, time: NOW },
    { ...CALL, attempt: 3, state: 'inDoubt', settledMicrodollars: 0, reservedMicrodollars: 14_000 },
    { ...CALL, attempt: 4, basis: 'estimate' },
    { ...CALL, attempt: 5, model: 'copilot/gpt-6', basis: 'included', settledMicrodollars: 0 },
    { ...CALL, attempt: 6, model: 'recorded', basis: 'recorded', settledMicrodollars: 0 },
  ],
  {
    currency: 'EUR',
    exchangeRate: 0.92,
    limits: [
      use('day', '2026-11-20', 5_000_000, 421_000, 90_000),
      use('month', '2026-11', 5_000_000, 4_610_000),
      use('spec', 'SPEC-012', 2_000_000, 1_220_000, 104_000),
      use('spec', 'SPEC-009', 2_000_000, 640_000),
      use('spec', 'SPEC-010', 2_000_000, 310_000),
    ],
    climbs: [
      climb(1),
      climb(2, { stage: 'plan', from: 'sonnet', to: 'opus', text: 'confidence 0.61 is below 0.75' }),
      climb(5, { kind: 'fallback', to: 'haiku', text: 'reflex answered 503 three times' }),
      climb(9, { spec: 'SPEC-009' }),
    ],
    runs: 31,
    runsLeft: 4,
  },
);

const OVER: Cells = state(run('SPEC-012', 0, 17), {
  choice: { whose: 'everything', spec: '', period: 'day' },
  limits: [
    use('day', '2026-11-20', 2_000_000, 2_069_000, 40_000),
    use('month', '2026-11', 50_000_000, 46_200_000),
    use('spec', 'SPEC-012', 2_000_000, 2_069_000),
    use('spec', 'SPEC-010', 0, 12_000),
  ],
});

const UNPRICED: Cells = state([
  { ...CALL, model: 'house-model-2', settledMicrodollars: 0 },
  { ...CALL, attempt: 2, model: 'house-model-2', settledMicrodollars: 0, stage: 'audit' },
  { ...CALL, attempt: 3, priceVersion: '2026-09-01.1', role: '' },
]);

const ATTACK = '<script>window.attacked = 1</script><img src=x onerror="window.attacked = 1">';
const LONG = 'unbroken'.repeat(36);
const RIGHT_TO_LEFT = 'مرحبا بالعالم، هذا نص من اليمين إلى اليسار';
const bad = (index: number): string => `${index} ${[ATTACK, LONG, RIGHT_TO_LEFT][index % 3]}`;

/** The worst that the caps allow: more of everything than is shown, words without a break, and an attack in every text. */
const HUGE: Cells = state(
  Array.from({ length: 4_000 }, (_, index) => ({
    ...CALL,
    attempt: index + 1,
    time: NOW - (index % 900) * DAY,
    model: bad(index % 60),
    stage: bad(index % 40),
    role: bad(index % 40),
    spec: bad(index % 300),
    settledMicrodollars: 99_999_999 + index,
    priceVersion: index % 2 === 0 ? PRICE_VERSION : bad(index % 30),
  })),
  {
    choice: { whose: 'spec', spec: LONG.slice(0, 100), period: 'all' },
    specs: Array.from({ length: 300 }, (_, index) => bad(index)),
    limits: Array.from({ length: 40 }, (_, index) => use('spec', bad(index), 1, 99_999_999_999 + index)),
    climbs: Array.from({ length: 90 }, (_, index) =>
      climb(index, {
        spec: bad(index),
        stage: bad(index % 20),
        from: bad(index),
        to: bad(index + 1),
        text: bad(index),
      }),
    ),
    runs: 50,
    runsLeft: 9_999,
  },
);

/** Every state of the cost panel, by name. */
export const COST_STATES = {
  empty: state([], {
    runs: 0,
    limits: [use('day', '2026-11-20', 5_000_000, 0), use('month', '2026-11', 50_000_000, 0)],
  }),
  spec: SPEC,
  many: MANY,
  overBudget: OVER,
  unpriced: UNPRICED,
  huge: HUGE,
} as const;
export type CostStateName = keyof typeof COST_STATES;
