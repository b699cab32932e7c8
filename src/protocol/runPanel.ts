import * as z from 'zod/mini';
import { costCellSchemas } from './costPanel.ts';
import { placeSchema } from './place.ts';
import { MOST_READINGS, reflexCellSchemas } from './reflexPanel.ts';

/*
 * What the run panel shows, as cells: small values by key that change one by one. The extension sends a cell when it changed and never the whole
 * (feed.ts); the webview keeps them and draws. Every text and list has its cap here, so that no message can flood the panel.
 */

const text = (most: number) => z.string().check(z.maxLength(most));
const list = <Item extends z.core.$ZodType>(item: Item, most: number) => z.array(item).check(z.maxLength(most));
const count = z.number().check(z.gte(0));
/** ISO 8601 in UTC. */
const time = text(40);
/** `microdollars`: a millionth of a dollar. */
const money = count;

export const STAGE_NAMES = ['specify', 'plan', 'tasks', 'implement', 'validate', 'audit', 'unlock'] as const;
const stage = z.enum(STAGE_NAMES);

export const RUN_STATES = [
  'working',
  'pausing',
  'stopping',
  'proposed',
  'applied',
  'rejected',
  'paused',
  'stopped',
  'question',
  'failed',
  'blocked',
  'interrupted',
] as const;

const head = z.strictObject({
  runId: text(100),
  specId: text(100),
  title: text(300),
  size: z.enum(['hotfix', 'standard']),
  state: z.enum(RUN_STATES),
  /** Why it stands where it stands, in words for a person; empty while it works. */
  text: text(2_000),
  stage,
  startedAt: time,
  /** When the last process ended its work; null while one is at work. */
  endedAt: z.nullable(time),
  /** Whose process is at work: this editor's, another one's (then the panel only follows), or nobody's. */
  owner: z.enum(['here', 'elsewhere', 'nobody']),
  /** Set when the run's inputs changed since: what, and that going on does it anew. */
  stale: z.nullable(text(500)),
  settled: money,
  reserved: money,
  inDoubt: money,
  budget: money,
  /** It stands at a limit in dollars, which a person can lift. */
  atLimit: z.optional(z.literal(true)),
  inputTokens: count,
  outputTokens: count,
  cachedTokens: count,
  calls: count,
  recordedCalls: count,
});
export type RunHead = z.infer<typeof head>;

const stageCell = z.strictObject({
  stage,
  state: z.enum(['waiting', 'running', 'person', 'done', 'halted', 'stopped', 'stale']),
  text: text(500),
  workers: list(text(100), 20),
  microdollars: money,
  startedAt: z.nullable(time),
  endedAt: z.nullable(time),
  /** The stage's document, where it has been written. */
  document: z.nullable(placeSchema),
});
export type StageCell = z.infer<typeof stageCell>;

/** What is being done at this moment. `beatAt` moves whenever anything was heard: a token, a line of output. */
const now = z.strictObject({
  stage,
  task: z.nullable(text(200)),
  doing: text(300),
  worker: z.nullable(text(100)),
  since: time,
  beatAt: time,
  characters: count,
});
export type NowCell = z.infer<typeof now>;

/** The text that streams from a model now; grows by appends, its beginning is cut away beyond the cap. */
const stream = z.strictObject({ role: text(40), worker: text(100), text: text(40_000) });

const plan = z.strictObject({
  /** False while it still streams: sections appear as they arrive. */
  isWhole: z.boolean(),
  summary: text(4_000),
  confidence: z.nullable(z.number()),
  files: list(z.strictObject({ path: text(1_000), action: text(40), why: text(1_000) }), 200),
  steps: list(z.strictObject({ title: text(500), text: text(2_000), requirements: list(text(40), 60) }), 100),
  risks: list(text(1_000), 40),
});
export type PlanCell = z.infer<typeof plan>;

const task = z.strictObject({
  id: text(40),
  title: text(300),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  requirements: list(text(40), 60),
  files: list(text(1_000), 60),
  dependsOn: list(text(40), 60),
});
export type TaskCell = z.infer<typeof task>;

const checkResult = z.strictObject({
  name: text(100),
  outcome: z.enum(['running', 'passed', 'failed', 'deadline', 'stopped', 'notFound']),
  output: z.nullable(placeSchema),
});

const attempt = z.strictObject({
  task: text(40),
  number: count,
  worker: text(100),
  state: z.enum(['running', 'passed', 'failed']),
  patches: list(
    z.strictObject({
      outcome: z.enum(['applied', 'refused']),
      text: text(500),
      files: list(text(1_000), 40),
      place: z.nullable(placeSchema),
    }),
    100,
  ),
  checks: list(checkResult, 40),
  startedAt: time,
  endedAt: z.nullable(time),
  /** What its calls came to, in words; empty before the first has settled. */
  price: text(100),
});
export type AttemptCell = z.infer<typeof attempt>;

/** One call of a model. `price` in words: `$0.0123`, `local`, `recorded`, `included`, `unpriced`, `in doubt, up to $0.0140`, `up to $0.0300` while it is on its way. */
const call = z.strictObject({
  stage,
  task: z.nullable(text(40)),
  role: text(40),
  /** Of an implementer's call, where the policy of the run has reflex: `implementer, mode reflex` is the local server's turn. */
  mode: z.optional(z.enum(['reflex', 'cloud'])),
  worker: text(100),
  state: z.enum(['calling', 'settled', 'released', 'inDoubt']),
  price: text(60),
  /** How it ended, as its server said; empty before that. */
  outcome: text(60),
  inputTokens: count,
  outputTokens: count,
  cachedTokens: count,
  startedAt: z.nullable(time),
  endedAt: z.nullable(time),
});
export type CallCell = z.infer<typeof call>;

const verdict = z.strictObject({
  key: text(300),
  stage,
  decision: z.enum(['proceed', 'retry', 'escalate', 'ask', 'stop']),
  to: z.nullable(text(100)),
  at: time,
  /** Reasons strictest first: the first is the rule that decided. Where all let it `proceed` none of them alone did, and the weightiest is first. `signal` counts into `signals`. */
  reasons: list(z.strictObject({ rule: text(100), text: text(500), signal: z.nullable(count) }), 50),
  signals: list(z.strictObject({ text: text(500), place: z.nullable(placeSchema) }), 50),
});
export type VerdictCell = z.infer<typeof verdict>;

const question = z.strictObject({
  id: text(40),
  stage,
  text: text(2_000),
  /** Where there are any, the answer is one of them. */
  options: list(text(300), 20),
  answer: z.nullable(text(4_000)),
  /** Of a question about the work itself. */
  facts: z.optional(
    z.strictObject({
      magnitude: z.enum(['critical', 'important', 'minor']),
      suggestion: z.nullable(text(2_000)),
      /** What the suggestion cites: the document and its words. */
      citation: z.nullable(z.strictObject({ document: text(40), quote: text(1_000) })),
      why: text(1_000),
    }),
  ),
  /** Set where no person was asked. */
  settled: z.optional(z.enum(['rule', 'model', 'noted'])),
});
export type QuestionCell = z.infer<typeof question>;

/** Why the present worker: the router's reasons and whom it passed over. */
const routing = z.strictObject({
  worker: z.nullable(text(100)),
  role: text(40),
  reasons: list(text(500), 20),
  passedOver: list(z.strictObject({ worker: text(100), why: text(500) }), 20),
});

const proposal = z.strictObject({
  round: count,
  state: z.enum(['waiting', 'rejected', 'applied']),
  brief: text(8_000),
  commitMessage: text(4_000),
  files: list(
    z.strictObject({
      path: text(1_000),
      change: z.enum(['added', 'modified', 'deleted']),
      hunks: count,
      approved: count,
      rejected: count,
      /** Approvals that count no more, because what they were about has changed. */
      voided: count,
    }),
    500,
  ),
});
export type ProposalCell = z.infer<typeof proposal>;

/** One line of the timeline. */
const line = z.strictObject({
  seq: count,
  at: time,
  kind: text(40),
  text: text(500),
  place: z.nullable(placeSchema),
  /** Of a call that has settled: what it came to, in words. */
  price: z.optional(text(60)),
});

/** What a person told the run, and whether a worker has been given it. */
const guidance = z.strictObject({
  id: text(40),
  text: text(2_000),
  about: z.nullable(text(300)),
  by: text(100),
  isTaken: z.boolean(),
});

/** What an applied patch changed, as a unified diff without its headings; `isCut` when more changed than is shown. The key ends in the patch's own. */
const diff = z.strictObject({
  files: list(z.strictObject({ path: text(1_000), lines: list(text(400), 400) }), 6),
  isCut: z.boolean(),
});
export type DiffCell = z.infer<typeof diff>;

/** A document of a finished stage, as Markdown. */
const document = z.strictObject({ name: text(100), markdown: text(60_000) });

/** The last action that could not be done, in words for a person; null when there is none. */
const notice = z.nullable(z.strictObject({ at: time, text: text(2_000) }));

/** The schema of each kind of cell, by what its key begins with (up to the first `/`). Those of the cost panel are in costPanel.ts, those of reflex in reflexPanel.ts. */
export const cellSchemas = {
  head,
  stage: stageCell,
  now: z.nullable(now),
  stream: z.nullable(stream),
  plan,
  task,
  attempt,
  call,
  verdict,
  question,
  routing,
  proposal,
  line,
  guidance,
  diff,
  document,
  notice,
  ...costCellSchemas,
  ...reflexCellSchemas,
} as const;

export type CellKind = keyof typeof cellSchemas;
/** `head`, `stage/plan`, `task/T1`, `attempt/T1/2`, `call/<attempt>/<step>`, `verdict/<gate's key>`, `question/Q1`, `line/<seq>`, `guidance/N1`, `document/plan`. */
export type CellKey = CellKind | `${CellKind}/${string}`;
export type Cell<Kind extends CellKind> = z.infer<(typeof cellSchemas)[Kind]>;

/** Cells of a kind that are kept: the oldest go first. A run of 5,000 events keeps the panel as small as one of 500. */
export const MOST_CELLS: Partial<Record<CellKind, number>> = {
  line: 300,
  attempt: 100,
  call: 100,
  verdict: 100,
  question: 50,
  task: 100,
  guidance: 50,
  diff: 20,
  document: 12,
  reflexReading: MOST_READINGS,
};

/** The kind a key belongs to, or undefined for a key that is none. */
export function kindOfCell(key: string): CellKind | undefined {
  const name = key.split('/', 1)[0] ?? '';
  return Object.hasOwn(cellSchemas, name) ? (name as CellKind) : undefined;
}
