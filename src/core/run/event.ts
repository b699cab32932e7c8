import { z } from 'zod';
import { coverageFigureSchema } from './coverageFigure.ts';
import { questionFactsSchema, SETTLED_BY } from './questionFacts.ts';
import { ROLES, STAGES } from './stage.ts';

/*
 * The one event union of a run. One zod schema per event; `kind` is the tag. Everything that is shown or decided later
 * (status, panels, cost, replay) is a fold over these. The format of a line is in eventLineSchema below.
 */

/**
 * The version of this event format, written in RunStart, and in OwnerChange by each process that goes on with a run. A log with a higher one is
 * refused; every lower one is read, for a version only ever adds: a new kind of event, or a member that older logs lack and that is optional here.
 * 1: the first. 2: BlobsDropped, and `version` in OwnerChange. 3: CallRefused, and `task` in PlanAmendment.
 * 4: CircuitChange and FallbackActivated, which no earlier program wrote, BudgetOverride, more scopes of BudgetAlert, and `rule` in RunEnd.
 * 5: the roles security_reviewer, performance_reviewer and tutor; ProjectGuidance, ParameterLeftOut, ContextCut, QuestionSettle and QuestionWithdraw; `facts` in QuestionAsk,
 * and `unpriced` as the basis of SpendSettle. 6: `mode` with its reason in RoutingDecision and LLMCall, for runs whose policy has reflex.
 * 7: the role librarian, and ContextChoice; `coverage` in EvidenceRecord and the signal testCoverage, for runs whose policy asks for test coverage.
 */
export const LOG_VERSION = 7;

const stage = z.enum(STAGES);
const role = z.enum(ROLES);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const blob = z.strictObject({ sha256: hash, bytes: z.int().nonnegative() });
const treeId = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);
const reason = z.strictObject({ rule: z.string(), text: z.string(), signal: z.int().nonnegative().optional() });
const microdollars = z.int().nonnegative();
const usage = z.strictObject({
  input: z.int().nonnegative(),
  output: z.int().nonnegative(),
  cachedInput: z.int().nonnegative().optional(),
  cacheWrite: z.int().nonnegative().optional(),
  reasoning: z.int().nonnegative().optional(),
});
const input = z.strictObject({ path: z.string(), sha256: hash.nullable() });
/** Who a person is beside their name: git's `user.name <user.email>` where it is set, and the account of the operating system. Logs of before lack it. */
const identity = z.strictObject({ git: z.string().nullable(), account: z.string() });
const mode = z.enum(['reflex', 'cloud']);
const stepAddress = { key: z.string(), attempt: z.int().positive() };

/** What became of a run when its process let go of it. Everything but `proposed`, `applied` and `rejected` can be resumed. */
export const RUN_OUTCOMES = [
  'proposed',
  'applied',
  'rejected',
  'paused',
  'needsInput',
  'gateFailed',
  'blocked',
  'infrastructure',
  'configuration',
  'stopped',
] as const;

export const payloadSchemas = {
  RunStart: z.strictObject({
    version: z.int().positive(),
    runId: z.string(),
    specId: z.string(),
    specFolder: z.string(),
    title: z.string(),
    size: z.enum(['hotfix', 'standard']),
    baseCommit: z.string(),
    inputs: z.array(input),
    program: z.string(),
  }),
  RunEnd: z.strictObject({
    outcome: z.enum(RUN_OUTCOMES),
    stage: stage.nullable(),
    text: z.string(),
    tree: treeId.nullable(),
    /** The rule of the budgets that ended it, where one did. */
    rule: z.string().optional(),
  }),
  OwnerChange: z.strictObject({
    pid: z.int(),
    host: z.string(),
    why: z.enum(['start', 'resume', 'takeover']),
    /** Which program it is, e.g. `speckit 0.1.0`. Logs of before this was recorded lack it, and `inputs`. */
    program: z.string().optional(),
    /** The format of what this process writes; left out by format 1. */
    version: z.int().positive().optional(),
    /** What this process read beside HEAD: a resumed run takes the spec and the constitution in as they are then. */
    inputs: z.array(input).optional(),
  }),
  PolicySnapshotRef: z.strictObject({ sha256: hash, blob, priceVersion: z.string() }),
  /** The repository's AGENTS.md as prompts hold it from here on, and what became of each role section in it. `sha256`: null where it is not read, and where it is gone. */
  ProjectGuidance: z.strictObject({
    path: z.string(),
    sha256: hash.nullable(),
    characters: z.int().nonnegative(),
    shown: z.int().nonnegative(),
    text: z.string(),
    roles: z.array(z.strictObject({ role: z.string(), outcome: z.enum(['taken', 'refused']), text: z.string() })),
  }),
  /** A parameter of a worker's settings that its provider refuses: it is not sent. Once for each worker of a run. */
  ParameterLeftOut: z.strictObject({ key: z.string(), worker: z.string(), parameter: z.string(), text: z.string() }),
  /** What of a prompt's part did not fit: files that are named there and not shown, or shown without their middle. `key` is that of the question or attempt. */
  ContextCut: z.strictObject({
    key: z.string(),
    stage,
    part: z.string(),
    /** The tokens that the part had, and the limit that gave it no more: a setting, or a cap of the product. */
    tokens: z.int().nonnegative(),
    limit: z.string(),
    left: z.array(z.string()),
    text: z.string(),
  }),
  /**
   * What a librarian made of files that did not all fit: those it put first (`chosen`), or why the order by rule stands (`kept`). `prompt` is the hash of what
   * it was to be asked, null where nobody could be. `why` is empty where the capture mode keeps no answers; `dropped` counts paths it named that are not there.
   */
  ContextChoice: z.strictObject({
    key: z.string(),
    stage,
    outcome: z.enum(['chosen', 'kept']),
    prompt: hash.nullable(),
    files: z.array(z.strictObject({ path: z.string(), why: z.string() })),
    dropped: z.int().nonnegative(),
    text: z.string(),
  }),
  StageTransition: z.strictObject({
    key: z.string(),
    stage,
    to: z.enum(['entered', 'done', 'left']),
    text: z.string(),
    /** At the end of the tasks stage: what there is to do. */
    tasks: z.array(z.strictObject({ id: z.string(), title: z.string() })).optional(),
  }),
  StepStart: z.strictObject({
    ...stepAddress,
    effect: z.enum(['model', 'command', 'patch', 'tree', 'document', 'retrieval', 'proposal']),
    inputs: z.record(z.string(), hash),
    because: z.enum(['first', 'inDoubt', 'inputsChanged', 'failedBefore', 'notKept']),
    changed: z.array(z.string()),
  }),
  StepEnd: z.strictObject({
    ...stepAddress,
    outcome: z.enum(['done', 'failed', 'stopped']),
    output: z.union([z.strictObject({ inline: z.json() }), z.strictObject({ blob })]),
  }),
  Checkpoint: z.strictObject({ key: z.string(), tree: treeId }),
  RoutingDecision: z.strictObject({
    key: z.string(),
    stage,
    role,
    worker: z.string().nullable(),
    rung: z.int().nonnegative(),
    reasons: z.array(reason),
    refused: z.array(z.strictObject({ worker: z.string(), rule: z.string(), text: z.string() })),
    /** Of an implementer's attempt, where the policy has reflex: whose it is, by which rule of core/reflex/decision.ts, and how long the server's last look took. */
    mode: mode.optional(),
    reason: z.string().optional(),
    latencyMs: z.number().nonnegative().nullable().optional(),
  }),
  LLMCall: z.strictObject({
    ...stepAddress,
    stage,
    role,
    worker: z.string(),
    model: z.string(),
    provider: z.string(),
    local: z.boolean(),
    recorded: z.boolean(),
    promptHash: hash,
    /** The prompt that the request begins with, and whose text of it that is: null is the main one. Logs of before there were variants have none. */
    template: z
      .strictObject({ id: z.string(), version: z.int().positive(), variant: z.string().nullable() })
      .optional(),
    prompt: blob.nullable(),
    answer: blob.nullable(),
    requestBytes: z.int().nonnegative(),
    outcome: z.string(),
    usage: usage.nullable(),
    durationMs: z.number().nonnegative(),
    firstTokenMs: z.number().nonnegative().nullable(),
    /** As in RoutingDecision; `fallbackReason` is why the call is not reflex's, null where it is. */
    mode: mode.optional(),
    fallbackReason: z.string().nullable().optional(),
  }),
  SpendReserve: z.strictObject({ ...stepAddress, worker: z.string(), microdollars, tokens: z.int().nonnegative() }),
  SpendSettle: z.strictObject({
    ...stepAddress,
    worker: z.string(),
    state: z.enum(['settled', 'released', 'inDoubt']),
    microdollars,
    inputTokens: z.int().nonnegative(),
    outputTokens: z.int().nonnegative(),
    cachedTokens: z.int().nonnegative(),
    /** `unpriced`: a person let a model be called whose price nobody knew; what it cost is not known, and its microdollars are 0. */
    basis: z.enum(['usage', 'estimate', 'local', 'recorded', 'included', 'unpriced']),
  }),
  BudgetAlert: z.strictObject({
    key: z.string(),
    scope: z.enum(['run', 'stage', 'spec', 'day', 'month']),
    percent: z.int(),
    text: z.string(),
  }),
  /** A limit in dollars was passed because a person had lifted the limits: which, by which means, and who. Once for each limit of a process. */
  BudgetOverride: z.strictObject({
    key: z.string(),
    rule: z.string(),
    how: z.string(),
    by: z.string(),
    identity: identity.optional(),
  }),
  /** Another worker stands in for one whose server failed in a way that passes. `fault` is the kind of the failure; `key` that of the question or attempt. */
  FallbackActivated: z.strictObject({
    key: z.string(),
    stage,
    role,
    from: z.string(),
    to: z.string(),
    fault: z.string(),
    text: z.string(),
  }),
  /** The circuit breaker of one endpoint: `key` is that of the call that changed it. */
  CircuitChange: z.strictObject({
    key: z.string(),
    endpoint: z.string(),
    to: z.enum(['open', 'halfOpen', 'closed']),
    text: z.string(),
  }),
  /** What became of a command before it ran, by which rule, for its whole line: the strictest over its parts. Where it asked, a second one holds the rule that a person's answer made. Each once for a line of a run. */
  CommandDecision: z.strictObject({
    key: z.string(),
    name: z.string(),
    command: z.string(),
    decision: z.enum(['allow', 'ask', 'forbid']),
    rule: z.string(),
    reason: z.string(),
  }),
  ToolCall: z.strictObject({ key: z.string(), name: z.string(), arguments: z.string() }),
  ToolResult: z.strictObject({ key: z.string(), outcome: z.enum(['ok', 'refused', 'failed']), text: z.string() }),
  RetrievalRequest: z.strictObject({ key: z.string(), query: z.string() }),
  RetrievalResponse: z.strictObject({ key: z.string(), sources: z.array(z.string()) }),
  PatchApply: z.strictObject({
    key: z.string(),
    task: z.string(),
    worker: z.string(),
    outcome: z.enum(['applied', 'refused']),
    files: z.array(z.string()),
    hunks: z.int().nonnegative(),
    text: z.string(),
    before: treeId,
    after: treeId,
  }),
  Signal: z.strictObject({ key: z.string(), stage, signal: z.record(z.string(), z.json()) }),
  EvidenceRecord: z.strictObject({
    key: z.string(),
    check: z.string(),
    checkKind: z.string(),
    command: z.string(),
    tree: treeId,
    outcome: z.enum(['passed', 'failed', 'deadline', 'stopped', 'notFound']),
    exitCode: z.int().nullable(),
    output: blob,
    changedTrackedFiles: z.array(z.string()),
    on: z.enum(['base', 'proposal', 'newTestsOnBase']),
    /** What kept the command in, and whether it had the network. Logs of before this was recorded lack both. */
    sandbox: z.enum(['bubblewrap', 'seatbelt', 'none']).optional(),
    network: z.enum(['refused', 'granted']).optional(),
    /** The lowest test coverage that it told, where the policy asks for it. */
    coverage: coverageFigureSchema.optional(),
  }),
  GateDecision: z.strictObject({
    key: z.string(),
    stage,
    verdict: z.enum(['proceed', 'retry', 'escalate', 'ask', 'stop']),
    to: z.string().nullable(),
    reasons: z.array(reason),
    /** Keys of the Signal events weighed, in the order the reasons' `signal` counts them. */
    signals: z.array(z.string()),
  }),
  Escalation: z.strictObject({ key: z.string(), stage, from: z.string(), to: z.string(), text: z.string() }),
  QuestionAsk: z.strictObject({
    key: z.string(),
    id: z.string(),
    stage,
    text: z.string(),
    options: z.array(z.string()),
    about: z.string(),
    /** Of a question about the work itself: how grave it is, and the answer that was suggested. Logs of before lack it. */
    facts: questionFactsSchema.optional(),
  }),
  /** A question that no person was asked: by whom it was settled, with which answer, by which rule. `worker` suggested the answer; `about` as in QuestionAsk. */
  QuestionSettle: z.strictObject({
    key: z.string(),
    id: z.string(),
    stage,
    text: z.string(),
    about: z.string(),
    facts: questionFactsSchema,
    by: z.enum(SETTLED_BY),
    answer: z.string(),
    worker: z.string(),
    rule: z.string(),
    why: z.string(),
  }),
  QuestionAnswer: z.strictObject({ id: z.string(), answer: z.string(), by: z.string() }),
  /** A question that has lost its reason before a person answered it: nobody is asked any more. */
  QuestionWithdraw: z.strictObject({ key: z.string(), id: z.string(), text: z.string() }),
  /** What a person told the run while it stood or went. `about` names what it is about (`src/a.js, hunk 2`), where it is about something. */
  PersonNote: z.strictObject({ id: z.string(), text: z.string(), about: z.string().nullable(), by: z.string() }),
  /** Which notes a worker was given before which of its turns: a resumed run gives it the same ones there. */
  NotesGiven: z.strictObject({ key: z.string(), worker: z.string(), notes: z.array(z.string()) }),
  /** A file that one task may change although the plan does not name it. `by` is a person, or the architect. */
  PlanAmendment: z.strictObject({
    key: z.string(),
    path: z.string(),
    why: z.string(),
    by: z.string(),
    /** Logs of before lack it. */
    task: z.string().optional(),
  }),
  /** A call of a worker that was not carried out: by which rule, and who decided where a rule alone did not. */
  CallRefused: z.strictObject({
    key: z.string(),
    role,
    call: z.enum(['read', 'search', 'patch', 'check', 'ask']),
    paths: z.array(z.string()),
    rule: z.string(),
    reason: z.string(),
    by: z.string().nullable(),
  }),
  ProposalCreate: z.strictObject({
    key: z.string(),
    round: z.int().positive(),
    base: treeId,
    tree: treeId,
    /** The id the evidence of this change is tied to. */
    evidence: treeId,
    /** The change itself: FileDifference[] as JSON. */
    content: blob,
    files: z.array(
      z.strictObject({ path: z.string(), change: z.enum(['added', 'modified', 'deleted']), sha256: hash.nullable() }),
    ),
    brief: blob,
    commitMessage: z.string(),
  }),
  ProposalEdit: z.strictObject({ round: z.int().positive(), path: z.string(), sha256: hash, blob, by: z.string() }),
  /** The change brought onto what a person has made of these files since the run began. What was decided about other bytes of them does not count. */
  ProposalMerge: z.strictObject({
    round: z.int().positive(),
    /** FileDifference[] as JSON: from the person's own text to the merged one. */
    content: blob,
    files: z.array(z.string()),
    by: z.string(),
  }),
  ApprovalRequest: z.strictObject({ key: z.string(), round: z.int().positive(), bytes: hash }),
  ApprovalDecision: z.strictObject({
    round: z.int().positive(),
    decision: z.enum(['approved', 'rejected']),
    path: z.string().nullable(),
    hunk: z.string().nullable(),
    bytes: hash,
    by: z.string(),
    why: z.string(),
    identity: identity.optional(),
  }),
  ProposalApply: z.strictObject({
    round: z.int().positive(),
    tree: treeId,
    files: z.array(z.string()),
    journal: z.string(),
    by: z.string(),
    identity: identity.optional(),
    /** What every file holds since: the exact bytes that were approved; null for one that was deleted. Logs of before lack it. */
    contents: z.array(z.strictObject({ path: z.string(), sha256: hash.nullable() })).optional(),
    /** Documents with unsaved changes, which got the change without being saved. */
    unsaved: z.array(z.strictObject({ path: z.string(), before: blob, after: blob })).optional(),
    /** Why it was applied although the checks had not passed on exactly this result: a person's own words. */
    unchecked: z.string().optional(),
  }),
  ApplyUndo: z.strictObject({
    round: z.int().positive(),
    files: z.array(z.string()),
    by: z.string(),
    identity: identity.optional(),
  }),
  /** Blobs that were removed after the run's end, by their SHA-256: to keep within a limit (`speckit gc`), or as the capture mode says. No verdict cites them. */
  BlobsDropped: z.strictObject({ sha256: z.array(hash), bytes: z.int().nonnegative(), why: z.string() }),
  ErrorEvent: z.strictObject({ key: z.string(), error: z.string(), text: z.string() }),
} as const;

export type EventKind = keyof typeof payloadSchemas;
export type Payload<Kind extends EventKind> = z.infer<(typeof payloadSchemas)[Kind]>;

/**
 * One line of events.jsonl. `previous` is the `hash` of the line before (64 zeros for the first); `hash` is SHA-256 over the canonical
 * JSON of the line without `hash`. `seq` counts from 1; `time` is ISO 8601 in UTC.
 */
export type RunEvent = {
  [Kind in EventKind]: {
    readonly seq: number;
    readonly time: string;
    readonly kind: Kind;
    readonly payload: Payload<Kind>;
    readonly previous: string;
    readonly hash: string;
  };
}[EventKind];

export const FIRST_PREVIOUS = '0'.repeat(64);

const lineSchema = z.strictObject({
  seq: z.int().positive(),
  time: z.iso.datetime(),
  kind: z.enum(Object.keys(payloadSchemas) as [EventKind, ...EventKind[]]),
  payload: z.unknown(),
  previous: hash,
  hash,
});

/** Parses one JSON value as an event. Throws a ZodError that names the member at fault. */
export function parseEvent(value: unknown): RunEvent {
  const line = lineSchema.parse(value);
  return { ...line, payload: payloadSchemas[line.kind].parse(line.payload) } as RunEvent;
}
