import type { App } from '../../app/createApp.ts';
import type { BakeoffStanding, ReflexStanding } from '../../core/reflex/standing.ts';
import { dollars } from '../../core/ledger/money.ts';
import { intervalText, percentText, type BakeoffReason, type Parity } from '../../core/reflex/bakeoffStatistics.ts';
import type { Feed, FeedMessage } from '../../protocol/feed.ts';
import type { ShownStanding } from '../../protocol/reflexPanel.ts';
import type { WatchedServer } from '../reflex/presentation.ts';
import { inEditorWords } from './editorWords.ts';
import { openFollowedFeed, type FollowedFeed } from './followedFeed.ts';

/** One reflex panel's cells, as they change. */
export interface ReflexFeed extends FollowedFeed {
  /** What the status bar shows now; null where it shows no server of this folder. */
  watched(server: WatchedServer | null): void;
}

/** Follows what [reflex] has to reach and what its bake-offs found, until it is disposed of. What was read of the server is handed in. */
export function openReflexFeed(
  app: Pick<App, 'followStanding' | 'redaction'>,
  send: (message: FeedMessage) => void,
): ReflexFeed {
  const followed = openFollowedFeed(
    app,
    (feed, onProblem, signal) =>
      app.followStanding(
        {
          onStanding(standing) {
            onProblem(null);
            showStanding(feed, standing);
          },
          onProblem,
        },
        signal,
      ),
    send,
  );
  const shown = new Set<number>();
  return { ...followed, watched: (server) => showWatched(followed.feed, shown, server) };
}

/** The server as cells: `shown` are the times of the readings that are cells already, and is kept. */
export function showWatched(
  feed: Pick<Feed, 'set' | 'remove'>,
  shown: Set<number>,
  server: WatchedServer | null,
): void {
  const points = server?.trend.points ?? [];
  const present = new Set(points.map(({ at }) => at));
  for (const at of shown) {
    if (present.has(at)) continue;
    shown.delete(at);
    feed.remove(`reflexReading/${at}`);
  }
  for (const point of points) {
    if (shown.has(point.at)) continue;
    shown.add(point.at);
    feed.set(`reflexReading/${point.at}`, point);
  }
  feed.set(
    'reflexNow',
    server === null
      ? null
      : {
          state: server.state,
          level: server.level,
          worker: server.worker.slice(0, 100),
          model: server.model.slice(0, 300),
          words: server.words.slice(0, 2_000),
          machine: server.machine.slice(0, 2_000),
          facts: server.facts.slice(0, 20).map((fact) => fact.slice(0, 1_000)),
        },
  );
}

/** How [reflex] stands as its cell: what is not known is `unknown`. */
export function showStanding(feed: Pick<Feed, 'set'>, standing: ReflexStanding): void {
  const { enabled, endpoint, model, measured, reports, left } = standing;
  feed.set('reflexStanding', {
    isEnabled: enabled,
    endpoint: endpoint.slice(0, 2_000),
    model: model.slice(0, 300),
    thresholds: thresholdRows(standing),
    measuredAt: measured?.at ?? null,
    reports: reports.map(reportRow),
    left,
  } satisfies ShownStanding);
}

const UNKNOWN = 'unknown';

function thresholdRows({ thresholds, measured }: ReflexStanding): ShownStanding['thresholds'] {
  const reflex = measured?.statistics.reflex;
  const parity = measured?.statistics.parity;
  const isMet = (rule: BakeoffReason['rule'], amount: number | null | undefined): boolean | null => {
    if (measured === undefined || amount === null || amount === undefined) return null;
    const { passed, reasons } = measured.verdict;
    return passed || !reasons.some((reason) => reason.rule === rule);
  };
  const [p95, percent, compliance] = [reflex?.completion_ms.p95, parity?.percent, reflex?.json_percent];
  return [
    {
      name: 'P95 of an answer',
      needed: `under ${thresholds.p95_latency_ms} ms`,
      measured: milliseconds(p95),
      isMet: isMet('p95-latency', p95),
      amount: p95 ?? null,
      limit: thresholds.p95_latency_ms,
    },
    {
      name: 'Success parity',
      needed: `at least ${thresholds.success_parity_percent} % of the cloud's`,
      measured: parity === undefined ? UNKNOWN : [parityOf(parity), intervalOf(parity)].filter(Boolean).join(', '),
      isMet: isMet('success-parity', percent),
      amount: percent ?? null,
      limit: thresholds.success_parity_percent,
    },
    {
      name: 'Schema compliance',
      needed: `at least ${thresholds.json_schema_compliance_percent} %`,
      measured: percentOf(compliance),
      isMet: isMet('json-compliance', compliance),
      amount: compliance ?? null,
      limit: thresholds.json_schema_compliance_percent,
    },
    {
      name: 'Trials of each side',
      needed: `at least ${thresholds.min_trials}`,
      measured: parity === undefined ? UNKNOWN : String(parity.pairs),
      isMet: isMet('enough-trials', parity?.pairs),
      amount: parity?.pairs ?? null,
      limit: thresholds.min_trials,
    },
  ];
}

const milliseconds = (time: number | null | undefined): string =>
  time === null || time === undefined ? UNKNOWN : `${Math.round(time)} ms`;

const percentOf = (percent: number | null | undefined): string =>
  percent === null || percent === undefined ? UNKNOWN : percentText(percent);

const parityOf = ({ percent }: Parity): string => percentOf(percent);

/** Empty where the parity itself is not known. */
const intervalOf = (parity: Parity): string => (parity.percent === null ? '' : intervalText(parity));

function reportRow(found: BakeoffStanding): ShownStanding['reports'][number] {
  const { statistics, reflex, cloud, passed, isExpired, isOfThis, at, until } = found;
  const named = ({ worker, model }: BakeoffStanding['cloud']): string => `${worker} (${model})`.slice(0, 300);
  return {
    file: found.file.slice(0, 300),
    at,
    until,
    local: named(reflex),
    cloud: named(cloud),
    isPassed: passed,
    isExpired,
    isOfThis,
    parity: parityOf(statistics.parity),
    interval: intervalOf(statistics.parity),
    p95: milliseconds(statistics.reflex.completion_ms.p95),
    compliance: percentOf(statistics.reflex.json_percent),
    reasons: found.reasons.slice(0, 20).map((reason) => inEditorWords(reason).slice(0, 1_000)),
    price: dollars(statistics.reflex.microdollars + statistics.cloud.microdollars),
  };
}
