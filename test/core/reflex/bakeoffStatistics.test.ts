import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  DEFAULT_THRESHOLDS,
  intervalText,
  parityInterval,
  percentile,
  percentText,
  regressionsOf,
  statisticsOf,
  verdictOf,
  type BakeoffEnd,
} from '../../../src/core/reflex/bakeoffStatistics.ts';
import type { BakeoffTrial } from '../../../src/core/reflex/bakeoffReport.ts';
import { pairsOf, reportOf, trialOf } from '../../support/bakeoffReport.ts';

const COMPLETE = { kind: 'complete' } as const;
const rulesMissed = (trials: readonly BakeoffTrial[], end: BakeoffEnd = COMPLETE): readonly string[] => {
  const { passed, reasons } = verdictOf(statisticsOf(trials), DEFAULT_THRESHOLDS, end);
  return passed ? [] : reasons.map(({ rule }) => rule);
};

describe('the percentile', () => {
  for (const [times, percent, expected] of [
    [[], 95, null],
    [[7], 50, 7],
    [[4, 1, 3, 2], 50, 2],
    [[4, 1, 3, 2], 51, 3],
    [Array.from({ length: 24 }, (_, index) => index + 1), 95, 23],
    [Array.from({ length: 24 }, (_, index) => index + 1), 99, 24],
    [Array.from({ length: 100 }, (_, index) => index + 1), 95, 95],
    // What was never reached is the largest.
    [[null, 1, 2], 50, 2],
    [[null, 1, 2], 95, null],
  ] as const)
    it(`${percent} of ${times.length} values is ${expected}`, () => {
      assert.equal(percentile(times, percent), expected);
    });

  it('is a measured value that so many do not exceed, and the smallest such one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 100 }),
        (times, percent) => {
          const value = percentile(times, percent);
          assert.ok(value !== null && times.includes(value));
          const share = (limit: (time: number) => boolean): number => (100 * times.filter(limit).length) / times.length;
          assert.ok(share((time) => time <= value) >= percent - 1e-9);
          assert.ok(share((time) => time < value) < percent);
        },
      ),
    );
  });
});

describe('the rates of a bake-off', () => {
  it('are those of its trials, whatever their order', () => {
    const outcomes = fc.constantFrom('passed', 'failed', 'noAnswer' as const);
    const rows = fc.array(fc.tuple(outcomes, outcomes, fc.boolean()), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(rows, fc.infiniteStream(fc.nat()), (pairs, order) => {
        const trials = pairsOf(pairs.length, (index, side) => {
          const [reflex, cloud, json] = pairs[index] ?? assert.fail();
          const outcome = side === 'reflex' ? reflex : cloud;
          return { outcome, json, completion_ms: outcome === 'noAnswer' ? null : 400 + index };
        });
        const keyed = trials.map((trial) => ({ trial, key: order.next().value as number }));
        const mixed = keyed.toSorted((left, right) => left.key - right.key).map(({ trial }) => trial);
        const { reflex, cloud, parity } = statisticsOf(mixed);
        const count = (isOne: (pair: (typeof pairs)[number]) => boolean): number => pairs.filter(isOne).length;
        const [x, y] = [count(([here]) => here === 'passed'), count(([, there]) => there === 'passed')];
        assert.deepEqual([reflex.trials, cloud.trials, parity.pairs], [pairs.length, pairs.length, pairs.length]);
        assert.deepEqual([reflex.passed, cloud.passed], [x, y]);
        assert.equal(
          parity.both,
          count(([here, there]) => here === 'passed' && there === 'passed'),
        );
        assert.equal(parity.percent, y === 0 ? null : (100 * x) / y);
        assert.equal(
          reflex.json_valid,
          count(([, , json]) => json),
        );
        if (parity.percent !== null && parity.low !== null) assert.ok(parity.low <= parity.percent + 1e-9);
        if (parity.percent !== null && parity.high !== null) assert.ok(parity.high >= parity.percent - 1e-9);
      }),
      { seed: 978 },
    );
  });

  it('are cut and not rounded', () => {
    assert.deepEqual([84.99, 85, 100, null].map(percentText), ['84.9 %', '85 %', '100 %', 'not known']);
  });
});

/** The probability that the interval of n pairs holds the true ratio: the sum over all tables that can come, which is exact. */
function coverage(
  n: number,
  [both, onlyReflex, onlyCloud, neither]: readonly [number, number, number, number],
): number {
  const ratio = (both + onlyReflex) / (both + onlyCloud);
  const logFactorials = [0];
  for (let k = 1; k <= n; k += 1) logFactorials.push((logFactorials[k - 1] ?? 0) + Math.log(k));
  const term = (k: number, probability: number): number =>
    (k === 0 ? 0 : k * Math.log(probability)) - (logFactorials[k] ?? 0);
  let [held, all] = [0, 0];
  for (let a = 0; a <= n; a += 1)
    for (let b = 0; a + b <= n; b += 1)
      for (let c = 0; a + b + c <= n; c += 1) {
        const log = term(a, both) + term(b, onlyReflex) + term(c, onlyCloud) + term(n - a - b - c, neither);
        const probability = Math.exp((logFactorials[n] ?? 0) + log);
        const { low, high } = parityInterval({ both: a, onlyReflex: b, onlyCloud: c });
        all += probability;
        if ((low ?? 0) <= ratio + 1e-12 && (high ?? Number.POSITIVE_INFINITY) >= ratio - 1e-12) held += probability;
      }
  assert.ok(Math.abs(all - 1) < 1e-9);
  return held;
}

describe('the interval of parity', () => {
  it('holds the true ratio in 95 of 100 bake-offs, counted over every table that can come', () => {
    const found: number[] = [];
    for (const cloud of [0.5, 0.7, 0.9, 0.95])
      for (const reflex of [0.4, 0.6, 0.765, 0.85, 0.95])
        for (const together of [0, 0.3, 0.6]) {
          const independent = cloud * reflex;
          const both = independent + together * (Math.min(cloud, reflex) - independent);
          found.push(coverage(24, [both, reflex - both, cloud - both, 1 - cloud - reflex + both]));
        }
    const mean = found.reduce((sum, value) => sum + value, 0) / found.length;
    assert.ok(Math.min(...found) > 0.93, `${Math.min(...found)}`);
    assert.ok(mean > 0.945 && mean < 0.97, `${mean}`);
  });

  it('is turned about when the sides are', () => {
    const counts = fc.nat({ max: 40 });
    fc.assert(
      fc.property(counts, counts, counts, (both, one, other) => {
        const { low, high } = parityInterval({ both, onlyReflex: one, onlyCloud: other });
        const turned = parityInterval({ both, onlyReflex: other, onlyCloud: one });
        const near = (left: number | null, right: number | null): boolean =>
          left === null || right === null || left === 0 || Math.abs(left * right - 1) < 1e-6;
        assert.ok(near(low, turned.high) && near(high, turned.low), JSON.stringify({ low, high, turned }));
      }),
    );
  });

  for (const [counts, low, high] of [
    [{ both: 0, onlyReflex: 0, onlyCloud: 0 }, null, null],
    [{ both: 24, onlyReflex: 0, onlyCloud: 0 }, 0.923, 1.083],
    [{ both: 0, onlyReflex: 0, onlyCloud: 24 }, 0, 0.16],
    [{ both: 0, onlyReflex: 24, onlyCloud: 0 }, 6.248, null],
  ] as const)
    it(`of ${JSON.stringify(counts)} is ${low} to ${high}`, () => {
      const interval = parityInterval(counts);
      const cut = (value: number | null): number | null => (value === null ? null : Math.round(value * 1_000) / 1_000);
      assert.deepEqual([cut(interval.low), cut(interval.high)], [low, high]);
    });
});

describe('the verdict of a bake-off', () => {
  const slow = (nSlow: number) => (index: number) => ({ completion_ms: index < nSlow ? 2_000 : 1_999 });
  const failing = (nFailed: number) => (index: number, side: string) =>
    side === 'reflex' && index < nFailed ? ({ outcome: 'failed' } as const) : {};
  for (const { name, trials, end = COMPLETE, missed } of [
    { name: 'passes where everything is met', trials: pairsOf(24), missed: [] },
    {
      name: 'has no samples',
      trials: [],
      missed: ['enough-trials', 'p95-latency', 'success-parity', 'json-compliance'],
    },
    { name: 'has one pair too few', trials: pairsOf(23), missed: ['enough-trials'] },
    {
      name: 'has a side without its other',
      trials: [...pairsOf(24), trialOf({ task: '099-alone' })],
      missed: ['same-tasks'],
    },
    { name: 'was stopped', trials: pairsOf(24), end: { kind: 'stopped', why: 'x' } as const, missed: ['complete'] },
    { name: 'is slow in one of 24', trials: pairsOf(24, slow(1)), missed: [] },
    { name: 'is slow in two of 24', trials: pairsOf(24, slow(2)), missed: ['p95-latency'] },
    {
      name: 'has two trials without an answer',
      trials: pairsOf(24, (index, side) =>
        side === 'reflex' && index < 2 ? { outcome: 'noAnswer', json: false, completion_ms: null } : {},
      ),
      missed: ['p95-latency', 'json-compliance'],
    },
    { name: 'fails three of 24', trials: pairsOf(24, failing(3)), missed: [] },
    { name: 'fails four of 24', trials: pairsOf(24, failing(4)), missed: ['success-parity'] },
    {
      name: 'is measured against a cloud that passes nothing',
      trials: pairsOf(24, () => ({ outcome: 'failed' })),
      missed: ['success-parity'],
    },
    {
      name: 'has one answer out of its schema',
      trials: pairsOf(24, (index, side) => ({ json: side === 'cloud' || index > 0 })),
      missed: ['json-compliance'],
    },
  ])
    it(`${missed.length === 0 ? 'lets pass what' : 'refuses what'} ${name}`, () => {
      assert.deepEqual(rulesMissed(trials, end), missed);
    });

  it('counts in words the trials that have no other', () => {
    const said = (trials: readonly BakeoffTrial[]): string =>
      verdictOf(statisticsOf(trials), DEFAULT_THRESHOLDS, COMPLETE).reasons.find(({ rule }) => rule === 'same-tasks')
        ?.text ?? '';
    const needed = 'on the same task; every trial needs its pair.';
    assert.equal(
      said([...pairsOf(24), trialOf({ task: '099-alone' })]),
      `25 trials of reflex and 24 of the cloud make 24 pairs ${needed}`,
    );
    assert.equal(said([trialOf({ task: '099-alone' })]), `1 trial of reflex and 0 of the cloud make 0 pairs ${needed}`);
  });

  it('shows an interval without an upper bound as an open one', () => {
    assert.equal(intervalText({ low: 78, high: 92.34 }), '95 % interval 78 % to 92.3 %');
    assert.equal(intervalText({ low: 78, high: null }), '95 % interval 78 % or more');
  });

  it('never gets better by a failed trial, a slower one or a worse answer', () => {
    const change = fc.record({
      failed: fc.boolean(),
      prose: fc.boolean(),
      slower: fc.integer({ min: 0, max: 3_000 }),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 24, maxLength: 24 }), (changes) => {
        const before = rulesMissed(pairsOf(24));
        const after = rulesMissed(
          pairsOf(24, (index, side) => {
            const made = changes[index];
            if (side === 'cloud' || made === undefined) return {};
            return {
              outcome: made.failed ? 'failed' : 'passed',
              json: !made.prose,
              completion_ms: 400 + made.slower,
            };
          }),
        );
        assert.ok(before.every((rule) => after.includes(rule)));
        const nFailed = changes.filter(({ failed }) => failed).length;
        assert.equal(after.includes('success-parity'), nFailed > 3);
        assert.equal(
          after.includes('json-compliance'),
          changes.some(({ prose }) => prose),
        );
        assert.equal(after.includes('p95-latency'), changes.filter(({ slower }) => slower >= 1_600).length > 1);
      }),
      { seed: 978 },
    );
  });

  it('goes by the thresholds it is given', () => {
    const statistics = statisticsOf(pairsOf(3, failing(1)));
    const lax = { ...DEFAULT_THRESHOLDS, min_trials: 3, success_parity_percent: 60 };
    assert.equal(verdictOf(statistics, lax, COMPLETE).passed, true);
    assert.equal(verdictOf(statistics, { ...lax, p95_latency_ms: 400 }, COMPLETE).passed, false);
  });
});

describe('a regression', () => {
  const good = reportOf(pairsOf(24));
  for (const { name, trials, rules } of [
    { name: 'nothing', trials: pairsOf(24), rules: [] },
    {
      name: 'one failure of 24',
      trials: pairsOf(24, (index) => ({ outcome: index === 0 ? 'failed' : 'passed' })),
      rules: [],
    },
    {
      name: 'two failures of 24',
      trials: pairsOf(24, (index, side) => ({ outcome: side === 'reflex' && index < 2 ? 'failed' : 'passed' })),
      rules: ['regression-success'],
    },
    { name: 'a quarter slower', trials: pairsOf(24, () => ({ completion_ms: 500 })), rules: [] },
    { name: 'more than that', trials: pairsOf(24, () => ({ completion_ms: 501 })), rules: ['regression-latency'] },
    {
      name: 'an answer in a fence',
      trials: pairsOf(24, (index) => ({ json: index > 0 })),
      rules: ['regression-verdict', 'regression-json'],
    },
  ])
    it(`of ${name}: ${rules.join(', ') || 'none'}`, () => {
      assert.deepEqual(
        regressionsOf(good, reportOf(trials)).map(({ rule }) => rule),
        rules,
      );
    });
});
