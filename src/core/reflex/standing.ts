import { countedVerdict } from './bakeoffReport.ts';
import {
  statisticsOf,
  type BakeoffStatistics,
  type BakeoffThresholds,
  type BakeoffVerdict,
} from './bakeoffStatistics.ts';
import { PROMOTION_DAYS, type FoundReport } from './promotion.ts';

/** What one bake-off found, counted again from its trials. Times are milliseconds, money is microdollars. */
export interface BakeoffStanding {
  /** From the root of the repository. */
  readonly file: string;
  /** ISO 8601, as `until`, when it stops to promote. */
  readonly at: string;
  readonly until: string;
  readonly isExpired: boolean;
  /** Whether it is about the endpoint and the model of [reflex] as they are now; what else has to be the same is for the promotion to say. */
  readonly isOfThis: boolean;
  readonly reflex: { readonly worker: string; readonly model: string };
  readonly cloud: { readonly worker: string; readonly model: string };
  /** As a promotion sees it: counted again, by the thresholds of then, and said by the report too. */
  readonly passed: boolean;
  readonly reasons: readonly string[];
  readonly statistics: BakeoffStatistics;
}

/** What [reflex] has to reach in this repository, and what its bake-offs found. */
export interface ReflexStanding {
  readonly enabled: boolean;
  readonly endpoint: string;
  readonly model: string;
  readonly thresholds: BakeoffThresholds;
  /** The newest report about this endpoint and model, judged by the thresholds of now; left out where there is none. */
  readonly measured?: {
    readonly at: string;
    readonly statistics: BakeoffStatistics;
    readonly verdict: BakeoffVerdict;
  };
  /** The newest first, at most 20. A report that cannot be read is left out: it proves nothing. */
  readonly reports: readonly BakeoffStanding[];
  /** Older ones that are left out. */
  readonly left: number;
}

const MOST_REPORTS = 20;
const DAY_MS = 24 * 60 * 60 * 1000;

/** How [reflex] stands by these reports, oldest first. `now` is milliseconds since 1970. */
export function reflexStanding(
  { enabled, endpoint, model, thresholds }: Pick<ReflexStanding, 'enabled' | 'endpoint' | 'model' | 'thresholds'>,
  reports: readonly FoundReport[],
  now: number,
): ReflexStanding {
  const isOfThis = ({ report: { identity } }: FoundReport): boolean =>
    identity.endpoint === endpoint.replace(/\/+$/, '') && identity.model === model;
  const newestFirst = reports
    .toReversed()
    .toSorted((left, right) => Date.parse(right.report.at) - Date.parse(left.report.at));
  const about = newestFirst.find(isOfThis)?.report;
  const statistics = about === undefined ? undefined : statisticsOf(about.trials);
  return {
    enabled,
    endpoint,
    model,
    thresholds,
    ...(about !== undefined &&
      statistics !== undefined && {
        measured: { at: about.at, statistics, verdict: countedVerdict({ ...about, thresholds }) },
      }),
    reports: newestFirst
      .slice(0, MOST_REPORTS)
      .map((found) => ({ ...bakeoffOf(found, now), isOfThis: isOfThis(found) })),
    left: Math.max(0, newestFirst.length - MOST_REPORTS),
  };
}

function bakeoffOf({ file, report }: FoundReport, now: number): Omit<BakeoffStanding, 'isOfThis'> {
  const statistics = statisticsOf(report.trials);
  const verdict = countedVerdict(report);
  const until = Date.parse(report.at) + PROMOTION_DAYS * DAY_MS;
  return {
    file,
    at: report.at,
    until: new Date(until).toISOString(),
    isExpired: now >= until,
    reflex: report.reflex,
    cloud: { worker: report.cloud.worker, model: report.cloud.model },
    passed: verdict.passed && report.verdict.passed,
    reasons: verdict.reasons.map(({ text }) => text),
    statistics,
  };
}
