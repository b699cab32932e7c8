import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Admission, BudgetLimits, CallEstimate, Spending } from '../../../src/core/ledger/budget.ts';
import { admit, alertPercentages, budgetLimits, reachedAlerts } from '../../../src/core/ledger/budget.ts';
import { pricingOf } from '../../../src/core/ledger/prices.ts';
import { configurationSchema } from '../../../src/core/settings.ts';

const nothing: Spending = {
  settledMicrodollars: 0,
  reservedMicrodollars: 0,
  inDoubtMicrodollars: 0,
  settledTokens: 0,
  reservedTokens: 0,
  inDoubtTokens: 0,
};

const limits: BudgetLimits = { runMicrodollars: 1_000_000, dayMicrodollars: 3_000_000, runTokens: 200_000 };

/** gpt-5.4-mini: 0.75 microdollars an input token, 4.5 an output token. */
const call: CallEstimate = {
  inputTokens: 10_000,
  maxOutputTokens: 10_000,
  pricing: pricingOf('gpt-5.4-mini', 'cloud'),
};

interface Case {
  readonly limits?: Partial<BudgetLimits>;
  readonly run?: Partial<Spending>;
  readonly day?: Partial<Spending>;
  readonly others?: Readonly<Record<string, Partial<Spending>>>;
  readonly call?: Partial<CallEstimate>;
}

function outcome(given: Case): Admission {
  const others = Object.entries(given.others ?? {}).map(([scope, spent]) => [scope, { ...nothing, ...spent }]);
  const run = { ...nothing, ...given.run };
  const totals = { run, day: { ...nothing, ...given.day }, ...Object.fromEntries(others) };
  return admit({ ...limits, ...given.limits }, totals, { ...call, ...given.call });
}

/** The admission without its sentence. */
function check(given: Case, expected: object): void {
  const { why: _why, text: _text, ...facts } = { why: '', text: '', ...outcome(given) };
  assert.deepEqual(facts, expected);
}

const refusedBy = (rule: string) => ({ kind: 'refuse', rule });
const whole = { kind: 'admit', maxOutputTokens: 10_000, reservedMicrodollars: 7_500 + 45_000 };

describe('a budget', () => {
  it('admits a call that fits as a whole', () => {
    check({}, whole);
    check({ run: { settledMicrodollars: 947_500 } }, whole);
    check({ day: { settledMicrodollars: 2_947_500 } }, whole);
    check({ run: { settledTokens: 180_000 } }, whole);
  });

  it('lowers the most output to what the tightest limit leaves', () => {
    check(
      { run: { settledMicrodollars: 947_501 } },
      { kind: 'admit', maxOutputTokens: 9_999, reservedMicrodollars: 52_496 },
    );
    check(
      { day: { settledMicrodollars: 2_980_000 } },
      { kind: 'admit', maxOutputTokens: 2_777, reservedMicrodollars: 19_997 },
    );
    check({ run: { settledTokens: 185_000 } }, { kind: 'admit', maxOutputTokens: 5_000, reservedMicrodollars: 30_000 });
  });

  it('counts money in doubt and money reserved as spent', () => {
    const expected = { kind: 'admit', maxOutputTokens: 9_444, reservedMicrodollars: 49_998 };
    check({ run: { settledMicrodollars: 900_000, reservedMicrodollars: 50_000 } }, expected);
    check({ run: { settledMicrodollars: 900_000, inDoubtMicrodollars: 50_000 } }, expected);
  });

  it('waits for reservations in flight before it refuses', () => {
    check({ run: { reservedMicrodollars: 995_000 } }, { kind: 'wait', rule: 'run-dollars' });
    check({ run: { inDoubtMicrodollars: 995_000 } }, { kind: 'refuse', rule: 'run-dollars' });
    check({ day: { reservedMicrodollars: 2_995_000 } }, { kind: 'wait', rule: 'day-dollars' });
    check({ run: { reservedTokens: 195_000 } }, { kind: 'wait', rule: 'run-tokens' });
    check(
      { run: { settledMicrodollars: 995_000 }, day: { reservedMicrodollars: 2_995_000 } },
      { kind: 'refuse', rule: 'run-dollars' },
    );
  });

  it('refuses an answer too short to be worth its input', () => {
    check(
      { run: { settledMicrodollars: 1_000_000 - 7_500 - 2_304 } },
      { kind: 'admit', maxOutputTokens: 512, reservedMicrodollars: 9_804 },
    );
    check({ run: { settledMicrodollars: 1_000_000 - 7_500 - 2_303 } }, { kind: 'refuse', rule: 'run-dollars' });
    check(
      { run: { settledMicrodollars: 1_000_000 - 7_500 - 450 }, call: { maxOutputTokens: 100 } },
      { kind: 'admit', maxOutputTokens: 100, reservedMicrodollars: 7_950 },
    );
    check({ run: { settledMicrodollars: 5_000_000 } }, { kind: 'refuse', rule: 'run-dollars' });
  });

  it('admits no priced call under a limit of nothing, and free ones still', () => {
    const none = { runMicrodollars: 0, dayMicrodollars: 0 };
    check({ limits: none }, { kind: 'refuse', rule: 'run-dollars' });
    for (const billing of ['local', 'recorded', 'included'] as const) {
      check(
        { limits: none, call: { pricing: pricingOf('gpt-5.4-mini', billing) } },
        { kind: 'admit', maxOutputTokens: 10_000, reservedMicrodollars: 0 },
      );
    }
  });

  it('holds free calls against the token limit', () => {
    const pricing = pricingOf('qwen', 'local');
    check(
      { run: { settledTokens: 189_000 }, call: { pricing } },
      { kind: 'admit', maxOutputTokens: 1_000, reservedMicrodollars: 0 },
    );
    check({ run: { settledTokens: 189_500 }, call: { pricing } }, { kind: 'refuse', rule: 'run-tokens' });
  });

  it('refuses a cloud model without a price under every limit', () => {
    const pricing = pricingOf('gpt-7', 'cloud');
    check({ call: { pricing } }, { kind: 'refuse', rule: 'unpriced-model' });
    check(
      { limits: { runMicrodollars: Number.MAX_SAFE_INTEGER }, call: { pricing } },
      { kind: 'refuse', rule: 'unpriced-model' },
    );
  });

  it('says in its refusal what is left of which limit', () => {
    assert.deepEqual(outcome({ run: { settledMicrodollars: 800_000, inDoubtMicrodollars: 199_999 } }), {
      kind: 'refuse',
      rule: 'run-dollars',
      text: "The next call needs at least $0.0099; the run's limit of $1.00 has $0.80 spent, $0.00 reserved and $0.20 in doubt.",
    });
  });

  it('never lets settled, reserved and new money together pass a limit', () => {
    const amount = fc.nat({ max: 2_000_000 });
    fc.assert(
      fc.property(
        amount,
        amount,
        amount,
        amount,
        fc.nat({ max: 100_000 }),
        (settled, reserved, inDoubt, limit, inputTokens) => {
          const run = { settledMicrodollars: settled, reservedMicrodollars: reserved, inDoubtMicrodollars: inDoubt };
          const admission = outcome({ limits: { runMicrodollars: limit }, run, call: { inputTokens } });
          if (admission.kind !== 'admit') return;
          assert.ok(settled + reserved + inDoubt + admission.reservedMicrodollars <= limit);
        },
      ),
    );
  });
});

describe('the limits beside those of a run', () => {
  it('hold a call back as those of a run do, each in its own scope', () => {
    for (const scope of ['stage', 'spec', 'month'] as const) {
      const limit = { [`${scope}Microdollars`]: 100_000 };
      check(
        { limits: limit, others: { [scope]: { settledMicrodollars: 60_000 } } },
        { kind: 'admit', maxOutputTokens: 7_222, reservedMicrodollars: 39_999 },
      );
      check({ limits: limit, others: { [scope]: { settledMicrodollars: 95_000 } } }, refusedBy(`${scope}-dollars`));
      check({ limits: limit, others: { [scope]: { inDoubtMicrodollars: 95_000 } } }, refusedBy(`${scope}-dollars`));
      check(
        { limits: limit, others: { [scope]: { reservedMicrodollars: 95_000 } } },
        { kind: 'wait', rule: `${scope}-dollars` },
      );
    }
  });

  it('do not hold where nobody looked up what they have spent', () => {
    assert.throws(() => outcome({ limits: { monthMicrodollars: 1 } }), /the month's limit has spent is not known/);
  });

  it('lower one call to what a call may cost, whatever else is left', () => {
    check(
      { limits: { callMicrodollars: 12_000 } },
      { kind: 'admit', maxOutputTokens: 1_000, reservedMicrodollars: 12_000 },
    );
    check({ limits: { callMicrodollars: 7_500 } }, refusedBy('call-dollars'));
  });

  it('are passed where a person lifted them, which is said; those of a call and of tokens hold', () => {
    const gone = { run: { settledMicrodollars: 1_000_000 }, day: { settledMicrodollars: 2_980_000 } };
    check({ ...gone, call: { overBudget: true } }, { ...whole, passed: ['run-dollars', 'day-dollars'] });
    check({ call: { overBudget: true } }, whole);
    check({ limits: { callMicrodollars: 7_500 }, call: { overBudget: true } }, refusedBy('call-dollars'));
    check({ run: { settledTokens: 200_000 }, call: { overBudget: true } }, refusedBy('run-tokens'));
  });
});

describe('budget alerts', () => {
  const cases: readonly [limit: number, settled: number, expected: readonly number[]][] = [
    [1000, 799, []],
    [1000, 800, [80]],
    [1000, 899, [80]],
    [1000, 900, [80, 90]],
    [1000, 1000, [80, 90, 100]],
    [0, 0, []],
    [0, 1, [80, 90, 100]],
  ];
  for (const [limit, settled, expected] of cases) {
    it(`of ${limit} at ${settled}: ${expected.join(', ') || 'none'}`, () => {
      assert.deepEqual(reachedAlerts(limit, settled, alertPercentages(0.8)), expected);
    });
  }

  it('begin at the threshold', () => {
    assert.deepEqual([0.5, 0.8, 0.95, 1].map(alertPercentages), [[50, 90, 100], [80, 90, 100], [95, 100], [100]]);
  });
});

describe('budget limits', () => {
  const limitsOf = (written: object) => budgetLimits(configurationSchema.parse(written));

  it('are whole microdollars of the configured dollars', () => {
    const budget = { run_dollars: 0.29, day_dollars: 1e300, run_tokens: 5 };
    assert.deepEqual(limitsOf({ budget }), {
      runMicrodollars: 290_000,
      specMicrodollars: 2_000_000,
      dayMicrodollars: Number.MAX_SAFE_INTEGER,
      monthMicrodollars: 50_000_000,
      runTokens: 5,
    });
    assert.equal(limitsOf({ budget: { run_dollars: 0 } }).runMicrodollars, 0);
  });

  it('are those of the cost table too, and of two for a day the lower one', () => {
    const cost = { per_call_limit_usd: 0.5, per_stage_limit_usd: 1, per_spec_limit_usd: 3, monthly_limit_usd: 9 };
    const shared = { callMicrodollars: 500_000, stageMicrodollars: 1_000_000, specMicrodollars: 3_000_000 };
    for (const [daily_limit_usd, dayMicrodollars] of [
      [4, 4_000_000],
      [40, 20_000_000],
    ])
      assert.deepEqual(limitsOf({ cost: { ...cost, daily_limit_usd } }), {
        ...shared,
        runMicrodollars: 2_000_000,
        dayMicrodollars,
        monthMicrodollars: 9_000_000,
        runTokens: 2_000_000,
      });
  });
});
