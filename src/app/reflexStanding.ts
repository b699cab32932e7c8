import { countedVerdict } from '../core/reflex/bakeoffReport.ts';
import { parityText, statisticsOf, type BakeoffThresholds } from '../core/reflex/bakeoffStatistics.ts';
import type { FoundReport } from '../core/reflex/promotion.ts';
import { readBakeoffReports } from './bakeoffReports.ts';
import { thresholdsOf } from './reflexPromotion.ts';
import { openProject, type Services } from './services.ts';

/** What one bake-off found. Times are milliseconds, money is microdollars. */
export interface BakeoffStanding {
  /** From the root of the repository. */
  readonly file: string;
  /** ISO 8601. */
  readonly at: string;
  readonly reflex: { readonly worker: string; readonly model: string };
  readonly cloud: { readonly worker: string; readonly model: string };
  /** As a promotion sees it: counted again from its trials, and said by the report too. */
  readonly passed: boolean;
  readonly reasons: readonly string[];
  readonly parity: string;
  readonly microdollars: number;
}

/** What [reflex] has to reach in this repository, and what its bake-offs found. All values are structured-cloneable. */
export interface ReflexStanding {
  readonly enabled: boolean;
  readonly endpoint: string;
  readonly model: string;
  readonly thresholds: BakeoffThresholds;
  /** The newest first, at most 20. */
  readonly reports: readonly BakeoffStanding[];
}

const MOST_REPORTS = 20;

/** Throws a CommandProblem where the configuration cannot be read. A report that cannot be read is left out: it proves nothing. */
export async function readStanding(services: Services): Promise<ReflexStanding> {
  const { repository, loaded } = await openProject(services);
  const { reflex } = loaded.configuration;
  const reports = await readBakeoffReports(repository.root);
  return {
    enabled: reflex.enabled,
    endpoint: reflex.endpoint,
    model: reflex.model,
    thresholds: thresholdsOf(loaded.configuration),
    reports: reports.toReversed().slice(0, MOST_REPORTS).map(standingOf),
  };
}

function standingOf({ file, report }: FoundReport): BakeoffStanding {
  const statistics = statisticsOf(report.trials);
  const verdict = countedVerdict(report);
  return {
    file,
    at: report.at,
    reflex: report.reflex,
    cloud: { worker: report.cloud.worker, model: report.cloud.model },
    passed: verdict.passed && report.verdict.passed,
    reasons: verdict.reasons.map(({ text }) => text),
    parity: parityText(statistics.parity),
    microdollars: statistics.reflex.microdollars + statistics.cloud.microdollars,
  };
}
