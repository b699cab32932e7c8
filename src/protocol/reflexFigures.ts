import type { Reading } from './reflexPanel.ts';

/*
 * What is known of a reading, in words: the one place for the status bar, its tooltip and the panel.
 */

const UNKNOWN = 'unknown';

/** One figure of the local server. */
export interface Figure {
  readonly name: string;
  /** Undefined where it is not known. */
  of(reading: Reading): number | undefined;
  /** What it can be at most, where that is known; without it a line is drawn against its largest value. */
  most?(reading: Reading): number | undefined;
  text(reading: Reading): string;
}

const said = (value: number | undefined, inWords: (value: number) => string): string =>
  value === undefined ? UNKNOWN : inWords(value);

const figure = (
  name: string,
  of: (reading: Reading) => number | undefined,
  inWords: (value: number) => string,
  most?: Figure['most'],
): Figure => ({ name, of, text: (reading) => said(of(reading), inWords), ...(most !== undefined && { most }) });

/** Milliseconds. */
export const LATENCY = figure('Last latency', ({ latencyMs }) => latencyMs, duration);
export const THROUGHPUT = figure(
  'Throughput',
  ({ tokensPerSecond }) => tokensPerSecond,
  (rate) => `${Math.round(rate)} tokens/s`,
);
export const CACHE_USE = figure(
  'KV cache in use',
  ({ cacheUse }) => cacheUse,
  percent,
  () => 1,
);
export const MEMORY: Figure = {
  name: 'GPU memory',
  of: ({ usedMebibytes }) => usedMebibytes,
  most: ({ totalMebibytes }) => totalMebibytes,
  text: ({ usedMebibytes: used, totalMebibytes: total }) =>
    used === undefined || total === undefined ? UNKNOWN : gigabytes(used, total),
};

/** All figures that are watched, always the same and in the same order. */
export const FIGURES: readonly Figure[] = [
  MEMORY,
  CACHE_USE,
  THROUGHPUT,
  figure('Running', ({ running }) => running, String),
  figure('Queued', ({ queued }) => queued, String),
  LATENCY,
  figure(
    'Cache hit rate',
    ({ cacheHitRate }) => cacheHitRate,
    percent,
    () => 1,
  ),
  figure(
    'Temperature',
    ({ celsius }) => celsius,
    (degrees) => `${Math.round(degrees)} °C`,
    () => 100,
  ),
  {
    name: 'Power',
    of: ({ watts }) => watts,
    most: ({ wattsLimit }) => wattsLimit,
    text: ({ watts, wattsLimit }) =>
      said(watts, (drawn) =>
        wattsLimit === undefined ? `${Math.round(drawn)} W` : `${Math.round(drawn)} of ${Math.round(wattsLimit)} W`,
      ),
  },
];

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
