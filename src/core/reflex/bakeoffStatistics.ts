import { counted } from '../../base/counted.ts';

/*
 * What the trials of a bake-off come to, as pure arithmetic: rates, percentiles, parity with its interval, and the verdict. Everything fails closed: what
 * was not measured is not passed, and a trial without an answer is slower than any with one.
 */

export const SIDES = ['reflex', 'cloud'] as const;
export type Side = (typeof SIDES)[number];

/** One trial as the statistics need it. Times are milliseconds, money is microdollars. */
export interface MeasuredTrial {
  readonly task: string;
  /** Counts the repetitions of a task from 1. */
  readonly trial: number;
  readonly side: Side;
  /** `passed`: the checks passed in the sandbox. `noAnswer`: no call of it brought an answer, so that its times are not known. */
  readonly outcome: 'passed' | 'failed' | 'noAnswer';
  /** Whether the first answer fitted its schema as it came: no fence, no preamble, no repair. */
  readonly json: boolean;
  readonly first_token_ms: number | null;
  readonly completion_ms: number | null;
  readonly check_ms: number;
  readonly calls: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly microdollars: number;
}

/** Null where so large a share of the trials brought no answer that the percentile is one of them, and where there is no trial. */
export interface Percentiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** One side's trials summed up. Rates are percentages; null where there is no trial. */
export interface SideStatistics {
  readonly trials: number;
  readonly passed: number;
  readonly no_answer: number;
  readonly success_percent: number | null;
  readonly json_valid: number;
  readonly json_percent: number | null;
  readonly first_token_ms: Percentiles;
  readonly completion_ms: Percentiles;
  readonly check_ms: Percentiles;
  readonly calls: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly microdollars: number;
}

/** Both sides on the same task and trial. `percent`: reflex successes per cloud success; `low` and `high` bound it with 95 % confidence, null where unbounded. */
export interface Parity {
  readonly pairs: number;
  readonly both: number;
  readonly only_reflex: number;
  readonly only_cloud: number;
  readonly neither: number;
  readonly percent: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export interface BakeoffStatistics {
  readonly reflex: SideStatistics;
  readonly cloud: SideStatistics;
  readonly parity: Parity;
}

/** What a promotion needs. `p95_latency_ms` is undercut, the others are reached. `min_trials` is for each side. */
export interface BakeoffThresholds {
  readonly p95_latency_ms: number;
  readonly success_parity_percent: number;
  readonly json_schema_compliance_percent: number;
  readonly min_trials: number;
}

export const DEFAULT_THRESHOLDS: BakeoffThresholds = {
  p95_latency_ms: 2_000,
  success_parity_percent: 85,
  json_schema_compliance_percent: 100,
  min_trials: 24,
};

/** Different tasks that a bake-off over a repository's own history needs: however often a few of them are repeated, they stay a few. */
export const MIN_MINED_TASKS = 12;

/** Whether all trials that were asked for were made. */
export type BakeoffEnd = { readonly kind: 'complete' } | { readonly kind: 'stopped'; readonly why: string };

export interface BakeoffReason {
  readonly rule: string;
  readonly text: string;
}

export interface BakeoffVerdict {
  readonly passed: boolean;
  /** Each threshold once: those missed where it did not pass, those met where it did. */
  readonly reasons: readonly BakeoffReason[];
}

/** Sums up the trials of both sides. A trial that stands twice counts twice: the caller hands in each once. */
export function statisticsOf(trials: readonly MeasuredTrial[]): BakeoffStatistics {
  return {
    reflex: sideStatistics(trials.filter(({ side }) => side === 'reflex')),
    cloud: sideStatistics(trials.filter(({ side }) => side === 'cloud')),
    parity: parityOf(trials),
  };
}

function sideStatistics(trials: readonly MeasuredTrial[]): SideStatistics {
  const count = (isOne: (trial: MeasuredTrial) => boolean): number => trials.filter(isOne).length;
  const sum = (value: (trial: MeasuredTrial) => number): number =>
    trials.reduce((total, trial) => total + value(trial), 0);
  const percent = (part: number): number | null => (trials.length === 0 ? null : (100 * part) / trials.length);
  const passed = count(({ outcome }) => outcome === 'passed');
  const valid = count(({ json }) => json);
  return {
    trials: trials.length,
    passed,
    no_answer: count(({ outcome }) => outcome === 'noAnswer'),
    success_percent: percent(passed),
    json_valid: valid,
    json_percent: percent(valid),
    first_token_ms: percentilesOf(trials.map((trial) => trial.first_token_ms)),
    completion_ms: percentilesOf(trials.map((trial) => trial.completion_ms)),
    check_ms: percentilesOf(trials.map((trial) => trial.check_ms)),
    calls: sum(({ calls }) => calls),
    input_tokens: sum(({ input_tokens: tokens }) => tokens),
    output_tokens: sum(({ output_tokens: tokens }) => tokens),
    microdollars: sum(({ microdollars }) => microdollars),
  };
}

/** P50, P95 and P99 of some times; null stands for a time that was never reached and is larger than all others. */
export function percentilesOf(times: readonly (number | null)[]): Percentiles {
  return { p50: percentile(times, 50), p95: percentile(times, 95), p99: percentile(times, 99) };
}

/**
 * The percentile by nearest rank: the smallest of the values that at least `percent` % of them do not exceed, which is the one of rank
 * ceil(percent / 100 * n) in ascending order. Never a value between two measured ones. (NIST/SEMATECH e-Handbook 7.2.6.2 names the interpolating ones;
 * this is Hyndman and Fan's type 1, The American Statistician 50 (1996), 361-365.)
 */
export function percentile(times: readonly (number | null)[], percent: number): number | null {
  const sorted = times.map((time) => time ?? Number.POSITIVE_INFINITY).toSorted((left, right) => left - right);
  const value = sorted[Math.ceil((percent * sorted.length) / 100) - 1];
  return value === undefined || value === Number.POSITIVE_INFINITY ? null : value;
}

function parityOf(trials: readonly MeasuredTrial[]): Parity {
  const keyOf = ({ task, trial }: MeasuredTrial): string => `${trial}/${task}`;
  const cloud = new Map(trials.flatMap((trial) => (trial.side === 'cloud' ? [[keyOf(trial), trial] as const] : [])));
  const counts = { both: 0, only_reflex: 0, only_cloud: 0, neither: 0 };
  for (const trial of trials) {
    const other = trial.side === 'reflex' ? cloud.get(keyOf(trial)) : undefined;
    if (other === undefined) continue;
    const [here, there] = [trial.outcome === 'passed', other.outcome === 'passed'];
    counts[here ? (there ? 'both' : 'only_reflex') : there ? 'only_cloud' : 'neither'] += 1;
  }
  const { both, only_reflex: onlyReflex, only_cloud: onlyCloud, neither } = counts;
  const cloudPassed = both + onlyCloud;
  const pairs = cloudPassed + onlyReflex + neither;
  const percent = cloudPassed === 0 ? null : (100 * (both + onlyReflex)) / cloudPassed;
  const { low, high } = parityInterval({ both, onlyReflex, onlyCloud });
  const times100 = (ratio: number | null): number | null => (ratio === null ? null : 100 * ratio);
  return { pairs, ...counts, percent, low: times100(low), high: times100(high) };
}

/** The two-sided 95 % point of the normal distribution. */
const Z = 1.959_963_984_540_054;

/** Counts of pairs; those where neither side passed say nothing of the ratio. */
export interface PairCounts {
  readonly both: number;
  readonly onlyReflex: number;
  readonly onlyCloud: number;
}

/**
 * The 95 % interval for the ratio of two proportions measured on the same tasks (reflex passed / cloud passed): the hybrid Wilson score interval of
 * D. G. Bonett and R. M. Price, "Confidence intervals for a ratio of binomial proportions based on paired data", Statistics in Medicine 25 (2006),
 * 3039-3047. With x = successes of reflex, y = of cloud, n = pairs where any side passed, b and c = pairs where exactly one did:
 *
 *     A = sqrt((b + c + 2) / ((x + 1)(y + 1)))    B = sqrt((1 - (x + 1)/(n + 2)) / (x + 1))    C = the same of y    z' = z A / (B + C)
 *
 * and the bounds are those of Wilson's intervals at z' for x/n and y/n: lower(x)/upper(y) and upper(x)/lower(y). It is taken over pairs as if they were
 * independent: where tasks are repeated it is narrower than it should be. Null where a side of it does not exist.
 */
export function parityInterval({ both, onlyReflex, onlyCloud }: PairCounts): {
  readonly low: number | null;
  readonly high: number | null;
} {
  const [x, y, n] = [both + onlyReflex, both + onlyCloud, both + onlyReflex + onlyCloud];
  if (n === 0) return { low: null, high: null };
  const spread = (passed: number): number => Math.sqrt((1 - (passed + 1) / (n + 2)) / (passed + 1));
  const a = Math.sqrt((onlyReflex + onlyCloud + 2) / ((x + 1) * (y + 1)));
  const z = (Z * a) / (spread(x) + spread(y));
  const [reflex, cloud] = [wilson(x, n, z), wilson(y, n, z)];
  return {
    low: cloud.high === 0 ? null : reflex.low / cloud.high,
    high: cloud.low === 0 ? null : reflex.high / cloud.low,
  };
}

/** Wilson's score interval for `passed` of `n` at the normal quantile `z` (Journal of the American Statistical Association 22 (1927), 209-212). */
function wilson(passed: number, n: number, z: number): { readonly low: number; readonly high: number } {
  const half = z * Math.sqrt(z ** 2 / 4 + passed * (1 - passed / n));
  const middle = passed + z ** 2 / 2;
  // The bounds at none and at all are exact; rounding must not leave them a little off.
  return {
    low: passed === 0 ? 0 : (middle - half) / (n + z ** 2),
    high: passed === n ? 1 : (middle + half) / (n + z ** 2),
  };
}

/**
 * Whether the figures are enough for a promotion, with a reason for each threshold. Too few trials, sides of different tasks, a bake-off that was
 * stopped, or a figure that is not known do not pass. Parity is held by its measured value; the interval says how sure that is. `mined` is how many different
 * tasks there were, where they came from the repository's history.
 */
export function verdictOf(
  { reflex, cloud, parity }: BakeoffStatistics,
  thresholds: BakeoffThresholds,
  end: BakeoffEnd,
  mined?: number,
): BakeoffVerdict {
  const {
    p95_latency_ms: latency,
    success_parity_percent: success,
    json_schema_compliance_percent: compliance,
  } = thresholds;
  const p95 = reflex.completion_ms.p95;
  const held: readonly (BakeoffReason & { readonly met: boolean })[] = [
    {
      rule: 'complete',
      met: end.kind === 'complete',
      text: end.kind === 'complete' ? 'All trials were made.' : `Not all trials were made: ${end.why}`,
    },
    {
      rule: 'enough-trials',
      met: parity.pairs >= thresholds.min_trials,
      text: `${counted(parity.pairs, 'pair')} of trials; at least ${thresholds.min_trials} are needed.`,
    },
    ...(mined === undefined
      ? []
      : [
          {
            rule: 'enough-tasks',
            met: mined >= MIN_MINED_TASKS,
            text: `${counted(mined, 'task')} of finished runs; at least ${MIN_MINED_TASKS} are needed.`,
          },
        ]),
    {
      rule: 'same-tasks',
      met: reflex.trials === parity.pairs && cloud.trials === parity.pairs,
      text: `${counted(reflex.trials, 'trial')} of reflex and ${cloud.trials} of the cloud make ${counted(parity.pairs, 'pair')} on the same task; every trial needs its pair.`,
    },
    {
      rule: 'p95-latency',
      met: p95 !== null && p95 < latency,
      text: `P95 of a whole answer is ${p95 === null ? 'not known: too many trials brought no answer' : `${Math.round(p95)} ms`}; less than ${latency} ms is needed.`,
    },
    {
      rule: 'success-parity',
      met: parity.percent !== null && parity.percent >= success,
      text: `${parityText(parity)}; at least ${success} % is needed.`,
    },
    {
      rule: 'json-compliance',
      met: reflex.json_percent !== null && reflex.json_percent >= compliance,
      text: `${reflex.json_valid} of ${reflex.trials} first answers fitted their schema as they came (${percentText(reflex.json_percent)}); ${compliance} % is needed.`,
    },
  ];
  const missed = held.filter(({ met }) => !met);
  const reasons = (missed.length === 0 ? held : missed).map(({ rule, text }) => ({ rule, text }));
  return { passed: missed.length === 0, reasons };
}

/** Success parity in words, with its interval. */
export function parityText({
  percent,
  low,
  high,
  both,
  only_reflex: onlyReflex,
  only_cloud: onlyCloud,
}: Parity): string {
  if (percent === null) return 'Success parity is not known: the cloud passed no task';
  const counts = `${both + onlyReflex} passed by reflex, ${both + onlyCloud} by the cloud`;
  return `Success parity is ${percentText(percent)} (${counts}; ${intervalText({ low, high })})`;
}

/** The interval of a parity that is known, in words; one without an upper bound is open. */
export const intervalText = ({ low, high }: Pick<Parity, 'low' | 'high'>): string =>
  `95 % interval ${percentText(low)} ${high === null ? 'or more' : `to ${percentText(high)}`}`;

/** Cut and not rounded: 84.99 % is not 85 %. */
export const percentText = (percent: number | null): string =>
  percent === null ? 'not known' : `${Math.floor(percent * 10 + 1e-9) / 10} %`;

/** How much worse than the last report is no chance any more: with 24 tasks, one task is 4.2 points. */
export const REGRESSION = { success_points: 5, latency_factor: 1.25 } as const;

/** What got worse since an earlier complete bake-off of the same suite, as reasons; none where nothing did. */
export function regressionsOf(
  before: { readonly statistics: BakeoffStatistics; readonly verdict: BakeoffVerdict },
  now: { readonly statistics: BakeoffStatistics; readonly verdict: BakeoffVerdict },
): readonly BakeoffReason[] {
  const [old, { reflex }] = [before.statistics.reflex, now.statistics];
  const found: BakeoffReason[] = [];
  if (before.verdict.passed && !now.verdict.passed)
    found.push({ rule: 'regression-verdict', text: 'The last bake-off passed, and this one does not.' });
  const [wasPassed, isPassed] = [old.success_percent ?? 0, reflex.success_percent ?? 0];
  if (wasPassed - isPassed > REGRESSION.success_points)
    found.push({
      rule: 'regression-success',
      text: `Reflex passed ${percentText(isPassed)} of its trials, after ${percentText(wasPassed)}: more than ${REGRESSION.success_points} points less.`,
    });
  const [wasSlow, isSlow] = [old.completion_ms.p95, reflex.completion_ms.p95];
  if (wasSlow !== null && (isSlow === null || isSlow > wasSlow * REGRESSION.latency_factor))
    found.push({
      rule: 'regression-latency',
      text: `P95 is ${isSlow === null ? 'not known' : `${Math.round(isSlow)} ms`}, after ${Math.round(wasSlow)} ms: more than a quarter slower.`,
    });
  if ((reflex.json_percent ?? 0) < (old.json_percent ?? 0))
    found.push({
      rule: 'regression-json',
      text: `${percentText(reflex.json_percent)} of the first answers fitted their schema, after ${percentText(old.json_percent)}.`,
    });
  return found;
}
