import { z } from 'zod';
import { hashOf } from '../../base/hash.ts';
import type { PromptTemplate } from '../prompt/template.ts';
import type { WorkerSettings } from '../settings.ts';
import { SIDES, statisticsOf, verdictOf, type BakeoffThresholds, type BakeoffVerdict } from './bakeoffStatistics.ts';

/*
 * What `speckit reflex bakeoff` found: the record a promotion is proven by. It names exactly whom and what it is about, so that it counts for nothing else.
 */

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();
const milliseconds = z.number().nonnegative();
const line = z.string().max(500);

/** Trials of one report, and repetitions of a task. */
export const MOST_TRIALS = 4_000;
export const MOST_REPETITIONS = 20;

/** Exactly what a bake-off is about. Any other value of any member is another reflex, of which it says nothing. */
export const reflexIdentitySchema = z.strictObject({
  endpoint: line,
  model: line,
  /** Of what a single-shot answer is asked with; see `reflexPrompts`. */
  prompts: hash,
  /** Which server and version, e.g. `vllm 0.33.0`, as far as it tells; null where it tells nothing. */
  server: line.nullable(),
  /** Of the settings that decide what it answers and what it has to reach; see `reflexPolicy`. */
  policy: hash,
});
export type ReflexIdentity = z.infer<typeof reflexIdentitySchema>;

export const thresholdsSchema = z.strictObject({
  p95_latency_ms: z.number().positive(),
  success_parity_percent: z.number().min(0).max(1_000),
  json_schema_compliance_percent: z.number().min(0).max(100),
  min_trials: z.int().positive(),
});

/** One trial: a task done once by one side, in a run of its own. Tokens and money are those of all its calls. */
export const trialSchema = z.strictObject({
  task: line,
  trial: z.int().positive().max(MOST_REPETITIONS),
  side: z.enum(SIDES),
  outcome: z.enum(['passed', 'failed', 'noAnswer']),
  /** Why it did not pass; empty where it did. */
  why: line,
  json: z.boolean(),
  first_token_ms: milliseconds.nullable(),
  completion_ms: milliseconds.nullable(),
  /** The time of the task's own checks, which is no part of the model's. */
  check_ms: milliseconds,
  calls: count,
  input_tokens: count,
  output_tokens: count,
  cached_tokens: count,
  microdollars: count,
});
export type BakeoffTrial = z.infer<typeof trialSchema>;

const percent = z.number().nonnegative().nullable();
const percentiles = z.strictObject({
  p50: milliseconds.nullable(),
  p95: milliseconds.nullable(),
  p99: milliseconds.nullable(),
});
const sideStatistics = z.strictObject({
  trials: count,
  passed: count,
  no_answer: count,
  success_percent: percent,
  json_valid: count,
  json_percent: percent,
  first_token_ms: percentiles,
  completion_ms: percentiles,
  check_ms: percentiles,
  calls: count,
  input_tokens: count,
  output_tokens: count,
  microdollars: count,
});
const reason = z.strictObject({ rule: line, text: z.string().max(1_000) });

export const bakeoffReportSchema = z.strictObject({
  schema_version: z.literal(1),
  /** When it ended. */
  at: z.iso.datetime(),
  suite: z.strictObject({
    name: line,
    sha256: hash,
    tasks: count,
    /** What is not in it, with why. */
    skipped: z.array(line).max(200),
    /** `history`: mined from the repository's finished runs. Reports of before lack it. */
    origin: z.enum(['folder', 'history']).default('folder'),
  }),
  /** How often each task was to be done by each side. */
  repetitions: z.int().positive().max(MOST_REPETITIONS),
  identity: reflexIdentitySchema,
  reflex: z.strictObject({ worker: line, model: line }),
  cloud: z.strictObject({ worker: line, model: line, provider: line }),
  environment: z.strictObject({
    platform: line,
    architecture: line,
    sandbox: line,
    tools: z.record(z.string().max(100), line),
  }),
  versions: z.strictObject({ program: line, prompts: hash, prices: line }),
  thresholds: thresholdsSchema,
  budget_microdollars: count,
  end: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('complete') }),
    z.strictObject({ kind: z.literal('stopped'), why: line }),
  ]),
  trials: z.array(trialSchema).max(MOST_TRIALS),
  statistics: z.strictObject({
    reflex: sideStatistics,
    cloud: sideStatistics,
    parity: z.strictObject({
      pairs: count,
      both: count,
      only_reflex: count,
      only_cloud: count,
      neither: count,
      percent,
      low: percent,
      high: percent,
    }),
  }),
  verdict: z.strictObject({ passed: z.boolean(), reasons: z.array(reason).max(20) }),
  /** The report it was compared with, and what got worse since. */
  regression: z.strictObject({ since: line.nullable(), reasons: z.array(reason).max(20) }),
});
export type BakeoffReport = z.infer<typeof bakeoffReportSchema>;

/** The verdict over a report's own trials, whatever is written in it as its verdict. */
export function countedVerdict({
  suite,
  trials,
  thresholds,
  end,
}: Pick<BakeoffReport, 'suite' | 'trials' | 'thresholds' | 'end'>): BakeoffVerdict {
  const mined = suite.origin === 'history' ? new Set(trials.map(({ task }) => task)).size : undefined;
  return verdictOf(statisticsOf(trials), thresholds, end, mined);
}

/** Prompts of a single-shot answer: the system texts, the one prompt with the patch format in it, and the words that ask for another answer. */
const SINGLE_SHOT = ['preamble', 'preamble-guided', 'implement-single', 'repair', 'retry-single'];

/** The version of what a single-shot answer is asked with, all variants of its prompts included. */
export function reflexPrompts(prompts: ReadonlyMap<string, PromptTemplate>): string {
  return hashOf(SINGLE_SHOT.map((id) => prompts.get(id) ?? null));
}

/** The settings of a worker that decide what it answers and how long it may take, with the thresholds it has to reach. Its name and its key are no part of it. */
export function reflexPolicy(
  { key_env: _key, model: _model, base_url: _url, ...settings }: WorkerSettings,
  thresholds: BakeoffThresholds,
): string {
  return hashOf({ settings, thresholds });
}

/** The identity of a reflex as it is configured now, with the server as it answers now. `base_url` with or without a last slash is one endpoint. */
export function reflexIdentity(
  settings: WorkerSettings,
  about: {
    readonly prompts: ReadonlyMap<string, PromptTemplate>;
    readonly server: string | null;
    readonly thresholds: BakeoffThresholds;
  },
): ReflexIdentity {
  return {
    endpoint: (settings.base_url ?? '').replace(/\/+$/, ''),
    model: settings.model,
    prompts: reflexPrompts(about.prompts),
    server: about.server,
    policy: reflexPolicy(settings, about.thresholds),
  };
}
