import type { ReflexPoint, ReflexTrend } from '../../app/reflexTrend.ts';
import { sparkline } from './sparkline.ts';

/** One figure of the local server: what it is now, in words, and its last readings as a line of bars; empty where none is known. */
export interface FigureRow {
  readonly name: string;
  readonly now: string;
  readonly trend: string;
}

const UNKNOWN = 'unknown';

/** All figures that are watched, always the same and in the same order: what is not known says so. */
export function figureRows({ points }: ReflexTrend): readonly FigureRow[] {
  const now: ReflexPoint = points[points.length - 1] ?? { at: 0 };
  const line = (pick: (point: ReflexPoint) => number | undefined, most?: number): string =>
    sparkline(points.map(pick), most);
  const { usedMebibytes: used, totalMebibytes: total, watts, wattsLimit } = now;
  return [
    {
      name: 'GPU memory',
      now: used === undefined || total === undefined ? UNKNOWN : gigabytes(used, total),
      trend: line((point) => point.usedMebibytes, total),
    },
    { name: 'KV cache in use', now: said(now.cacheUse, percent), trend: line((point) => point.cacheUse, 1) },
    {
      name: 'Throughput',
      now: said(now.tokensPerSecond, (rate) => `${Math.round(rate)} tokens/s`),
      trend: line((point) => point.tokensPerSecond),
    },
    { name: 'Running', now: said(now.running, String), trend: line((point) => point.running) },
    { name: 'Queued', now: said(now.queued, String), trend: line((point) => point.queued) },
    { name: 'Last latency', now: said(now.latencyMs, duration), trend: line((point) => point.latencyMs) },
    { name: 'Cache hit rate', now: said(now.cacheHitRate, percent), trend: line((point) => point.cacheHitRate, 1) },
    {
      name: 'Temperature',
      now: said(now.celsius, (degrees) => `${Math.round(degrees)} °C`),
      trend: line((point) => point.celsius, 100),
    },
    {
      name: 'Power',
      now: said(watts, (drawn) =>
        wattsLimit === undefined ? `${Math.round(drawn)} W` : `${Math.round(drawn)} of ${Math.round(wattsLimit)} W`,
      ),
      trend: line((point) => point.watts, wattsLimit),
    },
  ];
}

const said = (value: number | undefined, inWords: (value: number) => string): string =>
  value === undefined ? UNKNOWN : inWords(value);

/** Both in units of 1,024 MiB, which is what cards are sold by: a card of 32 GB tells 32,607 MiB. */
export function gigabytes(usedMebibytes: number, totalMebibytes: number): string {
  return `${(usedMebibytes / 1024).toFixed(1)}/${Math.round(totalMebibytes / 1024)} GB`;
}

export function percent(share: number): string {
  return `${Math.round(Math.min(1, share) * 100)} %`;
}

export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
