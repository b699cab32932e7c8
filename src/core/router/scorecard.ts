import { z } from 'zod';
import { hashOf } from '../../base/hash.ts';
import type { PromptTemplate } from '../prompt/template.ts';
import { workerPrompt } from '../prompt/workerPrompt.ts';
import { COMPARED_STAGES, type ComparedStage, type WorkerSettings } from '../settings.ts';

/*
 * What `speckit eval ab` found of two workers at one stage: the record a demotion is proven by. `a` is who does the stage now, `b` the cheaper one that
 * would. A scorecard names exactly whom and what it is about, so that it counts for nothing else.
 */

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();

/** What one side's work at the stage took; the judge's is no part of it. `unpriced_calls` are in no sum of money. */
const spentShape = { calls: count, microdollars: count, unpriced_calls: count, milliseconds: z.number().nonnegative() };

/** What an audit says of a change. */
export const VERDICTS = ['unlock', 'block'] as const;
export type AuditVerdict = (typeof VERDICTS)[number];

const sideSchema = z.discriminatedUnion('kind', [
  /** `verdict`: what it said of the proposal, where the stage is audit. */
  z.strictObject({
    kind: z.literal('done'),
    run: z.string(),
    answer: hash,
    verdict: z.enum(VERDICTS).optional(),
    ...spentShape,
  }),
  /** `at`: the stage where it ended; before the compared one it says nothing about the worker. */
  z.strictObject({ kind: z.literal('failed'), run: z.string(), at: z.string(), why: z.string(), ...spentShape }),
]);

/** One answer of the judge: which side it read first, and what it gave each, 0 to 10. `answer` is the SHA-256 of its raw text in the log. */
const orderSchema = z.strictObject({
  first: z.enum(['a', 'b']),
  judge: z.string(),
  model: z.string(),
  answer: hash,
  scores: z.strictObject({ a: z.int().min(0).max(10), b: z.int().min(0).max(10) }),
});
export type Order = z.infer<typeof orderSchema>;

/** How b did beside a: `split` is a tie that the order of reading made, `not-compared` says nothing of either. */
export const OUTCOMES = ['better', 'equal', 'split', 'worse', 'not-compared'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const scoredSpecSchema = z.strictObject({
  spec: z.string(),
  text: hash,
  outcome: z.enum(OUTCOMES),
  why: z.string(),
  a: sideSchema,
  b: sideSchema,
  orders: z.array(orderSchema).max(2),
  judge: z.strictObject(spentShape),
});
export type ScoredSpec = z.infer<typeof scoredSpecSchema>;

const workerSchema = z.strictObject({
  worker: z.string(),
  provider: z.string(),
  model: z.string(),
  /** Of the settings that decide what it answers; see `workerIdentity`. */
  identity: hash,
});

const sidesOf = <Shape extends z.ZodType>(shape: Shape) => z.strictObject({ a: shape, b: shape, judge: shape });

export const scorecardSchema = z.strictObject({
  schema_version: z.literal(1),
  stage: z.enum(COMPARED_STAGES),
  at: z.iso.datetime(),
  seed: z.int(),
  /** Where the logs of the runs named below lie, with every raw answer under its hash: from the repository's git folder. */
  runs_in: z.string(),
  a: workerSchema,
  b: workerSchema,
  versions: z.strictObject({ program: z.string(), prompts: hash, stage_prompts: hash, prices: z.string() }),
  specs: z.array(scoredSpecSchema).max(100),
  agreement: z.number().min(0).max(1).nullable(),
  compared: count,
  outcomes: z.record(z.enum(OUTCOMES), count),
  failures: z.strictObject({ a: count, b: count }),
  dollars: sidesOf(z.number().nonnegative()),
  seconds: sidesOf(z.number().nonnegative()),
});
export type Scorecard = z.infer<typeof scorecardSchema>;

/**
 * How b did beside a by two answers of the judge, one for each order of reading. Both have to say the same: where they do not, the order decided and
 * not the work, and it is a `split`.
 */
export function outcomeOf(orders: readonly Order[]): Exclude<Outcome, 'not-compared'> {
  const said = new Set(orders.map(({ scores }) => Math.sign(scores.b - scores.a)));
  if (said.size !== 1) return 'split';
  return said.has(0) ? 'equal' : said.has(1) ? 'better' : 'worse';
}

/**
 * How an auditor b did beside a, of one and the same proposal: the same verdict or not. Another verdict is `worse` whichever way it goes: the one a has is what
 * b would take the place of, and nobody says here who of them is right.
 */
export function outcomeOfVerdicts(a: AuditVerdict, b: AuditVerdict): 'equal' | 'worse' {
  return a === b ? 'equal' : 'worse';
}

/**
 * Agreement: the share of compared specs where b's work was no worse than a's in both orders of reading,
 *
 *     agreement = (better + equal) / (better + equal + split + worse)
 *
 * A split is a tie in the table and no proof: a judge that always prefers what it reads first splits every spec, and comes to 0 here. A spec where only b
 * failed at the stage is `worse`, one where only a failed `better`; where both failed, or what came before the stage did, or the judge gave no usable
 * answer, it is not compared. Null where no spec was compared.
 */
export function agreementOf(specs: readonly Pick<ScoredSpec, 'outcome'>[]): {
  readonly agreement: number | null;
  readonly compared: number;
} {
  const compared = specs.filter(({ outcome }) => outcome !== 'not-compared');
  const agreed = compared.filter(({ outcome }) => outcome === 'better' || outcome === 'equal');
  return { agreement: compared.length === 0 ? null : agreed.length / compared.length, compared: compared.length };
}

/** What decides what a worker answers: its model, where it is and how it is asked, in which words too. Its name, its time limits and its price are no part of it. */
export function workerIdentity(settings: WorkerSettings): string {
  const { provider, model, base_url: baseUrl, structured_output: output, extra_body: extra } = settings;
  const { variant, schema } = workerPrompt(settings);
  return hashOf({ provider, model, baseUrl: baseUrl ?? null, output, extra, variant: variant ?? null, schema });
}

/** What a worker is told at a stage: the system text, the stage's prompt, and the words that ask for a mended answer or for another attempt. */
export const STAGE_PROMPTS: Readonly<Record<ComparedStage, readonly string[]>> = {
  specify: ['preamble', 'specify', 'repair'],
  plan: ['preamble', 'plan', 'repair'],
  tasks: ['preamble', 'tasks', 'repair'],
  implement: [
    'preamble',
    'implement',
    'implement-single',
    'retry',
    'hand-over',
    'lesson',
    'review-fix',
    'apply_patch',
    'ask_for_file',
    'list_files',
    'read_file',
    'run_check',
    'search',
  ],
  audit: ['preamble', 'audit', 'repair'],
};

/** The version of what workers are told at a stage, prompt by prompt, with their variants. */
export function stagePrompts(stage: ComparedStage, prompts: ReadonlyMap<string, PromptTemplate>): string {
  return hashOf(STAGE_PROMPTS[stage].map((id) => prompts.get(id) ?? null));
}
