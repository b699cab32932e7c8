import type { ServerCounters } from '../node/reflex/metrics.ts';
import type { ReflexReading } from './reflex.ts';

/** What one reading came to. What is not known is left out, never 0. */
export interface ReflexPoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly running?: number;
  readonly queued?: number;
  /** 0..1. */
  readonly cacheUse?: number;
  /** 0..1. */
  readonly cacheHitRate?: number;
  /** Tokens that the server made a second: as it says itself, or else from its counter at this reading and the one before. */
  readonly tokensPerSecond?: number;
  /** Mean of the requests that ended between two readings; while none ends, that of those that ended last. */
  readonly latencyMs?: number;
  /** Of all GPUs of this computer together; left out as soon as one of them does not tell it. */
  readonly usedMebibytes?: number;
  readonly totalMebibytes?: number;
  /** Of the hottest one. */
  readonly celsius?: number;
  /** Of all of them together. */
  readonly watts?: number;
  readonly wattsLimit?: number;
}

/** The last readings of one server, oldest first, at most 360. Begin anew with another server. */
export interface ReflexTrend {
  readonly points: readonly [...ReflexPoint[], ReflexPoint];
  /** The counters of the last reading. */
  readonly counted?: ServerCounters;
}

type Read = Extract<ReflexReading, { kind: 'read' }>;

/** Half an hour of a window with the focus. */
const MOST_POINTS = 360;

/** The trend with one more reading, which was made at `now`, milliseconds since 1970. */
export function nextTrend(trend: ReflexTrend | undefined, reading: Read, now: number): ReflexTrend {
  const { load, counted } = loadOf(reading);
  const before = trend?.points.at(-1);
  const between = {
    before: trend?.counted,
    now: counted,
    seconds: before === undefined ? 0 : (now - before.at) / 1000,
  };
  // A server that does not answer has no latency: what it had says nothing of the next one.
  const latencyMs = counted === undefined ? undefined : (latencyOf(between) ?? before?.latencyMs);
  const point = withoutUnknown(now, {
    running: load.running,
    queued: load.queued,
    cacheUse: load.tokenUsage,
    cacheHitRate: load.cacheHitRate,
    tokensPerSecond: load.throughput ?? rateOf(between),
    latencyMs,
    ...ofGpus(reading),
  });
  const points: ReflexTrend['points'] = [...(trend?.points ?? []).slice(1 - MOST_POINTS), point];
  return { points, ...(counted !== undefined && { counted }) };
}

function loadOf({ health }: Read): {
  readonly load: Extract<Read['health'], { kind: 'answers' }>['load'];
  readonly counted: ServerCounters | undefined;
} {
  if (health.kind !== 'answers') return { load: {}, counted: undefined };
  return { load: health.load, counted: health.load.counted };
}

interface Between {
  readonly before: ServerCounters | undefined;
  readonly now: ServerCounters | undefined;
  readonly seconds: number;
}

/** Undefined where either reading did not count, the clock was put back, or the counter fell: then the server was started anew. */
function rateOf({ before, now, seconds }: Between): number | undefined {
  const made = difference(before?.generatedTokens, now?.generatedTokens);
  return made === undefined || seconds <= 0 ? undefined : made / seconds;
}

function latencyOf({ before, now }: Between): number | undefined {
  const answered = difference(before?.answered, now?.answered);
  const seconds = difference(before?.answerSeconds, now?.answerSeconds);
  return answered === undefined || seconds === undefined || answered === 0 ? undefined : (seconds / answered) * 1000;
}

function difference(before: number | undefined, now: number | undefined): number | undefined {
  return before === undefined || now === undefined || now < before ? undefined : now - before;
}

type Loose = { readonly [Name in keyof Omit<ReflexPoint, 'at'>]: ReflexPoint[Name] | undefined };

function ofGpus({ vram }: Read): Partial<Loose> {
  if (vram.kind === 'none') return {};
  const total = (name: 'usedMebibytes' | 'totalMebibytes' | 'watts' | 'wattsLimit'): number | undefined =>
    vram.gpus.reduce<number | undefined>((sum, { [name]: value }) => {
      return sum === undefined || value === undefined ? undefined : sum + value;
    }, 0);
  const degrees = vram.gpus.flatMap(({ celsius }) => (celsius === undefined ? [] : [celsius]));
  return {
    usedMebibytes: total('usedMebibytes'),
    totalMebibytes: total('totalMebibytes'),
    celsius: degrees.length === 0 ? undefined : Math.max(...degrees),
    watts: total('watts'),
    wattsLimit: total('wattsLimit'),
  };
}

function withoutUnknown(at: number, figures: Loose): ReflexPoint {
  return { at, ...Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined)) };
}
