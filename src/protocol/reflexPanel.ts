import * as z from 'zod/mini';

/*
 * What the reflex panel shows, as cells, which come in the feed of runPanel.ts. What was read comes from the fold that the status bar shows
 * (app/reflexTrend.ts, extension/reflex/presentation.ts), the rest from app/reflexStanding.ts. Every text and list has its cap here.
 */

const text = (most: number) => z.string().check(z.maxLength(most));
const list = <Item extends z.core.$ZodType>(item: Item, most: number) => z.array(item).check(z.maxLength(most));
const count = z.number().check(z.gte(0));
/** ISO 8601 in UTC. */
const time = text(40);
const known = z.optional(count);

/** Readings that are kept and drawn: half an hour of a window with the focus. */
export const MOST_READINGS = 360;

/** How the local server is: `not promoted` is well and may not take work. */
export const SERVER_STATES = ['off', 'down', 'starting', 'healthy', 'busy', 'degraded', 'not promoted'] as const;
const state = z.enum(SERVER_STATES);

/** One reading, `at` in milliseconds since 1970; its members are those of ReflexPoint. What is not known is left out, never 0. */
const reading = z.strictObject({
  at: count,
  running: known,
  queued: known,
  cacheUse: known,
  cacheHitRate: known,
  tokensPerSecond: known,
  latencyMs: known,
  usedMebibytes: known,
  totalMebibytes: known,
  celsius: z.optional(z.number()),
  watts: known,
  wattsLimit: known,
});
export type Reading = z.infer<typeof reading>;

/** The server as it was last seen. `words` says why it is in its state, `machine` where it runs. */
const now = z.strictObject({
  state,
  level: z.enum(['none', 'warning', 'error']),
  worker: text(100),
  model: text(300),
  words: text(2_000),
  machine: text(2_000),
  /** What else it tells of itself, and its GPUs, a line each. */
  facts: list(text(1_000), 20),
});
export type ServerNow = z.infer<typeof now>;

/** One thing that a bake-off has to find, and what the newest one about this server found. Amounts are drawn, words are read. */
const threshold = z.strictObject({
  name: text(60),
  needed: text(100),
  /** `unknown` where no report tells it. */
  measured: text(300),
  isMet: z.nullable(z.boolean()),
  amount: z.nullable(count),
  limit: count,
});

const report = z.strictObject({
  /** From the root of the repository. */
  file: text(300),
  at: time,
  local: text(300),
  cloud: text(300),
  isPassed: z.boolean(),
  isExpired: z.boolean(),
  /** When it stops to promote, or did. */
  until: time,
  /** Whether it is about the endpoint and the model of [reflex] as they are now. */
  isOfThis: z.boolean(),
  parity: text(100),
  interval: text(100),
  p95: text(60),
  compliance: text(60),
  reasons: list(text(1_000), 20),
  /** What both sides came to. */
  price: text(60),
});

const standing = z.strictObject({
  isEnabled: z.boolean(),
  endpoint: text(2_000),
  model: text(300),
  thresholds: list(threshold, 6),
  /** When the bake-off ended whose figures stand beside the thresholds; null where there is none about this server. */
  measuredAt: z.nullable(time),
  /** Newest first. */
  reports: list(report, 20),
  /** Older ones that are not shown. */
  left: count,
});
export type ShownStanding = z.infer<typeof standing>;

/** `reflexReading/<at>`; the others are one cell each. `reflexNow` is null where no local server is watched. */
export const reflexCellSchemas = {
  reflexNow: z.nullable(now),
  reflexReading: reading,
  reflexStanding: standing,
} as const;
