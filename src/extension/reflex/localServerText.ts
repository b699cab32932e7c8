import type { ReflexPoint, ReflexTrend } from '../../app/reflexTrend.ts';
import type { BakeoffStanding, ReflexStanding } from '../../app/reflexStanding.ts';
import { dollars } from '../../core/ledger/money.ts';
import { duration, figureRows, gigabytes, percent } from './figures.ts';

/** What the status bar shows of the server now: its state in words, and its last readings. */
export interface WatchedServer {
  readonly words: string;
  readonly trend: ReflexTrend;
}

/** The local server as a page to read: what it does, how it went, what it has to reach, and what its bake-offs found. */
export function localServerText(watched: WatchedServer | undefined, standing: ReflexStanding): string {
  const { enabled, endpoint, model, thresholds, reports } = standing;
  return [
    'The local server',
    '',
    ...(watched === undefined ? ['No local server is watched here.'] : watchedLines(watched)),
    '',
    'What [reflex] has to reach',
    '',
    ...columns([
      ['enabled', enabled ? 'yes' : 'no: set enabled = true in [reflex] of speckit.toml once a bake-off has passed'],
      ['endpoint', endpoint],
      ['model', model],
      ['P95 of an answer', `under ${thresholds.p95_latency_ms} ms`],
      ['success', `at least ${thresholds.success_parity_percent} % of the cloud's`],
      ['answers in their schema', `at least ${thresholds.json_schema_compliance_percent} %`],
      ['trials', `at least ${thresholds.min_trials} of each side`],
    ]),
    '',
    'Bake-offs, the newest first',
    '',
    ...(reports.length === 0
      ? ['None yet. "SpecKit: Run a Bake-Off of the Local Server..." makes one.']
      : reports.flatMap(reportLines)),
    '',
  ].join('\n');
}

function watchedLines({ words, trend }: WatchedServer): readonly string[] {
  return [
    words,
    '',
    ...columns([['', 'now', 'trend'], ...figureRows(trend).map(({ name, now, trend: line }) => [name, now, line])]),
    '',
    'The last readings, the newest first',
    '',
    ...columns([HEADINGS, ...trend.points.toReversed().map(pointRow)]),
  ];
}

const HEADINGS: readonly string[] = [
  'UTC',
  'memory',
  'KV cache',
  'tokens/s',
  'running',
  'queued',
  'latency',
  'hit rate',
  'heat',
  'power',
];

function pointRow(point: ReflexPoint): readonly string[] {
  const { usedMebibytes: used, totalMebibytes: total } = point;
  return [
    new Date(point.at).toISOString().slice(11, 19),
    used === undefined || total === undefined ? UNKNOWN : gigabytes(used, total),
    said(point.cacheUse, percent),
    said(point.tokensPerSecond, rounded),
    said(point.running, String),
    said(point.queued, String),
    said(point.latencyMs, duration),
    said(point.cacheHitRate, percent),
    said(point.celsius, (degrees) => `${rounded(degrees)} °C`),
    said(point.watts, (watts) => `${rounded(watts)} W`),
  ];
}

const UNKNOWN = 'unknown';
const rounded = (value: number): string => String(Math.round(value));
const said = (value: number | undefined, inWords: (value: number) => string): string =>
  value === undefined ? UNKNOWN : inWords(value);

function reportLines({
  file,
  at,
  reflex,
  cloud,
  passed,
  reasons,
  parity,
  microdollars,
}: BakeoffStanding): readonly string[] {
  return [
    `${at}  ${passed ? 'passed' : 'not passed'}  ${reflex.worker} (${reflex.model}) beside ${cloud.worker} (${cloud.model}), ${dollars(microdollars)}`,
    ...reasons.map((reason) => `  ${passed ? '+' : '-'} ${reason}`),
    `  ${parity}`,
    `  ${file}`,
    '',
  ];
}

/** Rows with their columns under each other. */
function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('   ')
      .trimEnd(),
  );
}
