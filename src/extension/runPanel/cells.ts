import { eventText } from '../../app/eventText.ts';
import type { Progress } from '../../core/pipeline/context.ts';
import type { Payload, RunEvent } from '../../core/run/event.ts';
import { roleText, type Stage } from '../../core/run/stage.ts';
import type { Place } from '../../protocol/place.ts';
import type { Cell, DiffCell } from '../../protocol/runPanel.ts';
import { createCallCells, type CallCells } from './callCells.ts';
import { cut, cutList } from './cut.ts';
import { createHeadCells, type HeadCells } from './headCells.ts';
import { answerText, planOf, tasksOf } from './modelAnswers.ts';
import { createPersonCells, type PersonCells } from './personCells.ts';
import { createProposalCells, type ProposalCells, type ReviewedHunks } from './proposalCells.ts';
import { priceText, type Charge } from './priceText.ts';
import { timeOf, type CellFeed, type RunFacts } from './runFacts.ts';
import { createTaskCells, type TaskCells } from './taskCells.ts';
import { createVerdictCells, type VerdictCells } from './verdictCells.ts';
import { createWorkCells, type WorkCells } from './workCells.ts';

/** A text that stands in a blob of the run and that a cell shows. Of each kind the newest is enough: the text of an older one is passed over. */
export interface WantedText {
  readonly kind: 'plan' | 'tasks' | 'brief';
  /** The event's key. */
  readonly key: string;
  readonly blob: { readonly sha256: string; readonly bytes: number };
}

/** A document beside the spec, e.g. `plan.md`. `path` is repository-relative. */
export interface ShownDocument {
  readonly name: string;
  readonly path: string;
  readonly markdown: string;
}

/**
 * The cells of one run's panel, folded from its events one by one. Each call costs the same whatever came before. Nothing here reads a clock or a file:
 * times come in, and texts that stand in blobs are asked for (`event` names them) and handed in with `text`.
 */
export interface RunCells {
  /** Takes the run's events in their order, from RunStart on. */
  event(event: RunEvent): readonly WantedText[];
  text(wanted: WantedText, text: string): void;
  /** What happens between two events, after those that came before it. `now` is in milliseconds since 1970. */
  progress(progress: Progress, now: number): void;
  /** What the log does not say, whenever it changed. */
  facts(facts: RunFacts): void;
  document(document: ShownDocument): void;
  /** What an applied patch changed: `key` is its PatchApply event's. */
  diff(key: string, diff: DiffCell): void;
  /** After a proposal was made, edited or decided on. */
  review(review: ReviewedHunks): void;
  /** The last action that could not be done; null takes the notice away. */
  notice(text: string | null, now: number): void;
  /** Draws what is too dear to draw with each token: to be called before each flush. */
  tick(): void;
}

/** What exists once the run has begun. */
interface Parts {
  readonly feed: CellFeed;
  readonly head: HeadCells;
  readonly work: WorkCells;
  readonly tasks: TaskCells;
  readonly calls: CallCells;
  /** Lines of calls that have not settled, by key and attempt; the newest MOST_UNSETTLED. */
  readonly unsettled: Map<string, Cell<'line'>>;
  readonly verdicts: VerdictCells;
  readonly proposal: ProposalCells;
  readonly person: PersonCells;
  readonly wanted: Map<WantedText['kind'], string>;
  readonly unpriced: readonly string[];
}

/** Makes the cells of one run and hands their changes to a feed. Throws when the first event is not RunStart. */
export function createRunCells(feed: CellFeed, facts: RunFacts): RunCells {
  let parts: Parts | undefined;
  let latest = facts;
  feed.set('notice', null);
  return {
    event: (event) => {
      parts ??= begin(feed, event, latest);
      return take(parts, event);
    },
    text: (wanted, text) => {
      if (parts !== undefined) showText(parts, wanted, text);
    },
    progress: (progress, now) => parts?.work.progressed(progress, now),
    facts: (next) => {
      latest = next;
      parts?.head.changed(next);
      if (parts?.head.isWorking === false) rest(parts);
    },
    document: (document) => showDocument(feed, parts, document),
    diff: (key, diff) => feed.set(`diff/${cut(key, 300)}`, diff),
    review: (review) => parts?.proposal.reviewed(review),
    notice: (text, now) =>
      feed.set('notice', text === null ? null : ({ at: timeOf(now), text: cut(text, 2_000) } satisfies Cell<'notice'>)),
    tick: () => parts?.work.tick(),
  };
}

function begin(feed: CellFeed, event: RunEvent, facts: RunFacts): Parts {
  if (event.kind !== 'RunStart') throw new Error('a run begins with RunStart');
  const head = createHeadCells(feed, event, facts);
  return {
    feed,
    head,
    work: createWorkCells(feed),
    tasks: createTaskCells(feed, cut(event.payload.title, 300)),
    calls: createCallCells(feed),
    unsettled: new Map(),
    verdicts: createVerdictCells(feed),
    proposal: createProposalCells(feed),
    person: createPersonCells(feed, head),
    wanted: new Map(),
    unpriced: facts.unpriced,
  };
}

/** Nobody works on the run: nothing is done now. */
function rest({ work, tasks, calls }: Parts): void {
  work.ended();
  tasks.ended();
  calls.ended();
}

function take(parts: Parts, event: RunEvent): readonly WantedText[] {
  parts.work.heard(event.time);
  const seen = fold(parts, event);
  parts.head.heard(event.time);
  const text = isTold(parts, event) ? undefined : eventText(event);
  if (text !== undefined) {
    const line = { seq: event.seq, at: event.time, kind: event.kind, text: cut(text, 500), place: seen.place };
    parts.feed.set(`line/${event.seq}`, line satisfies Cell<'line'>);
    if (event.kind === 'LLMCall') parts.unsettled.set(callOf(event.payload), line);
    const [oldest] = parts.unsettled.keys();
    if (oldest !== undefined && parts.unsettled.size > MOST_UNSETTLED) parts.unsettled.delete(oldest);
  }
  if (event.kind === 'SpendSettle') price(parts, event.payload);
  for (const { kind, key } of seen.wanted) parts.wanted.set(kind, key);
  return seen.wanted;
}

/** Far more than are ever in flight at once. */
const MOST_UNSETTLED = 100;

const callOf = ({ key, attempt }: { readonly key: string; readonly attempt: number }): string => `${key} ${attempt}`;

/** Whether the line of another event says it: that of a call gets its price. */
const isTold = ({ unsettled }: Parts, event: RunEvent): boolean =>
  event.kind === 'SpendSettle' && unsettled.has(callOf(event.payload));

/** Writes what a call came to beside its line. */
function price(parts: Parts, payload: Payload<'SpendSettle'>): void {
  const line = parts.unsettled.get(callOf(payload));
  if (line === undefined) return;
  parts.unsettled.delete(callOf(payload));
  parts.feed.set(`line/${line.seq}`, {
    ...line,
    price: cut(priceText(chargeOf(parts, payload)), 60),
  } satisfies Cell<'line'>);
}

const chargeOf = ({ unpriced }: Parts, payload: Payload<'SpendSettle'>): Charge => ({
  ...payload,
  isUnpriced: unpriced.includes(payload.worker),
});

/** What an event left besides its cells: where its line leads, and texts that are wanted now. */
interface Seen {
  readonly place: Place | null;
  readonly wanted: readonly WantedText[];
}

const NOTHING: Seen = { place: null, wanted: [] };
const leadsTo = (place: Place | null): Seen => ({ place, wanted: [] });

/** Events that change no cell but head and timeline are listed, so that a new kind has to be placed. */
function fold(parts: Parts, event: RunEvent): Seen {
  const { head, work, tasks, verdicts, proposal } = parts;
  switch (event.kind) {
    case 'RunEnd':
      head.ended(event.payload, event.time);
      rest(parts);
      return NOTHING;
    case 'OwnerChange':
      head.owned();
      return NOTHING;
    case 'StageTransition':
      head.moved(event.payload, event.time);
      return NOTHING;
    case 'StepStart':
      tasks.touched(event.payload.key, undefined, event.time);
      if (event.payload.effect === 'command') tasks.checking(event.payload.key);
      if (head.isWorking) work.began(event.payload, head.stage, event.time);
      return NOTHING;
    case 'RoutingDecision':
      routed(parts, event.payload, event.time);
      return NOTHING;
    case 'LLMCall':
      head.called(event.payload);
      parts.calls.called(event.payload, event.time);
      work.called(event.payload);
      return called(event.payload);
    case 'SpendReserve':
      head.reserved(event.payload);
      parts.calls.reserved(event.payload, event.time);
      return NOTHING;
    case 'SpendSettle':
      charged(parts, event.payload, event.time);
      return NOTHING;
    case 'PatchApply': {
      tasks.patched(event.payload, event.time);
      return leadsTo(patchPlace(event.payload));
    }
    case 'Signal':
      verdicts.signalled(event.payload);
      return NOTHING;
    case 'EvidenceRecord': {
      const place = verdicts.measured(event.payload);
      tasks.measured(event.payload, place);
      return leadsTo(place);
    }
    case 'GateDecision':
      tasks.decided(event.payload, verdicts.decided(event.payload, event.time), event.time);
      return NOTHING;
    case 'Escalation':
    case 'FallbackActivated':
      tasks.givenUp(event.payload.key, event.time);
      return NOTHING;
    case 'QuestionAsk':
      parts.person.asked(event.payload);
      return NOTHING;
    case 'QuestionSettle':
      parts.person.settled(event.payload);
      return NOTHING;
    case 'QuestionAnswer':
      parts.person.answered(event.payload);
      return NOTHING;
    case 'QuestionWithdraw':
      parts.person.withdrawn(event.payload);
      return NOTHING;
    case 'PersonNote':
      parts.person.noted(event.payload);
      return NOTHING;
    case 'NotesGiven':
      parts.person.given(event.payload);
      return NOTHING;
    case 'ProposalCreate': {
      const { key, brief } = event.payload;
      proposal.created(event.payload);
      head.proposed('waiting', '');
      return { place: { kind: 'proposal' }, wanted: [{ kind: 'brief', key, blob: brief }] };
    }
    case 'ApprovalDecision': {
      const { decision, path, round, why } = event.payload;
      // The whole change: what a person decides of a part of it is a part of the review.
      if (decision === 'rejected' && path === null) became(parts, round, 'rejected', why);
      return leadsTo({ kind: 'proposal', ...(path === null ? {} : { path: cut(path, 1_000) }) });
    }
    case 'ProposalApply':
      became(parts, event.payload.round, 'applied', '');
      return NOTHING;
    case 'ApplyUndo':
      became(parts, event.payload.round, 'waiting', '');
      return NOTHING;
    case 'RunStart':
    case 'PolicySnapshotRef':
    case 'StepEnd':
    case 'Checkpoint':
    case 'BudgetAlert':
    case 'CircuitChange':
    case 'ProjectGuidance':
    case 'ParameterLeftOut':
    case 'ContextCut':
    case 'ContextChoice':
    case 'BudgetOverride':
    case 'CommandDecision':
    case 'ToolCall':
    case 'ToolResult':
    case 'RetrievalRequest':
    case 'RetrievalResponse':
    case 'PlanAmendment':
    case 'CallRefused':
    case 'ProposalEdit':
    case 'ProposalMerge':
    case 'ApprovalRequest':
    case 'BlobsDropped':
    case 'ErrorEvent':
      return NOTHING;
  }
}

function charged(parts: Parts, payload: Payload<'SpendSettle'>, time: string): void {
  const charge = chargeOf(parts, payload);
  parts.head.settled(payload);
  parts.tasks.settled(payload, charge);
  parts.calls.settled(payload, charge, time);
}

function became(
  { proposal, head }: Parts,
  round: number,
  state: 'waiting' | 'rejected' | 'applied',
  why: string,
): void {
  proposal.became(round, state);
  head.proposed(proposal.state, why);
}

function routed({ feed, tasks, calls }: Parts, payload: Payload<'RoutingDecision'>, time: string): void {
  calls.routed(payload);
  feed.set('routing', {
    worker: payload.worker === null ? null : cut(payload.worker, 100),
    role: roleText(payload.role),
    reasons: cutList(
      payload.reasons.map(({ text }) => text),
      20,
      500,
    ),
    passedOver: payload.refused
      .slice(0, 20)
      .map(({ worker, text }) => ({ worker: cut(worker, 100), why: cut(text, 500) })),
  } satisfies Cell<'routing'>);
  if (payload.worker !== null) tasks.touched(payload.key, payload.worker, time);
}

/** The answers that are plans and tasks are wanted; the line of every call leads to its prompt. */
function called({ key, answer, prompt, role, worker }: Payload<'LLMCall'>): Seen {
  const title = cut(`What the ${roleText(role)} ${worker} was asked`, 200);
  const place: Place | null = prompt === null ? null : { kind: 'blob', ...prompt, title };
  const kind = /^(plan|tasks)\/\d+\/\1\//.exec(key)?.[1];
  if (answer === null || (kind !== 'plan' && kind !== 'tasks')) return leadsTo(place);
  return { place, wanted: [{ kind, key, blob: answer }] };
}

function patchPlace({ key, outcome, files }: Payload<'PatchApply'>): Place | null {
  const [path] = files;
  if (outcome !== 'applied' || path === undefined) return null;
  return { kind: 'patch', key: cut(key, 300), path: cut(path, 1_000) };
}

function showText({ feed, tasks, proposal, wanted: newest }: Parts, { kind, key }: WantedText, text: string): void {
  if (newest.get(kind) !== key) return;
  switch (kind) {
    case 'plan': {
      const plan = planOf(answerText(text), true);
      if (plan !== undefined) feed.set('plan', plan);
      return;
    }
    case 'tasks':
      return tasks.answered(tasksOf(answerText(text)));
    case 'brief':
      return proposal.briefed(Number(/^unlock\/(\d+)\//.exec(key)?.[1]), text);
  }
}

/** Whose document it is, by its name. */
const STAGE_OF_DOCUMENT: Readonly<Record<string, Stage>> = {
  'task_brief.md': 'specify',
  'plan.md': 'plan',
  'tasks.md': 'tasks',
  'validation.md': 'validate',
  'audit.md': 'audit',
};

/** Characters of a document: three bytes each at most, so that its cell fits one message. */
const DOCUMENT = 60_000;

function showDocument(feed: CellFeed, parts: Parts | undefined, { name, path, markdown }: ShownDocument): void {
  const stage = Object.hasOwn(STAGE_OF_DOCUMENT, name) ? STAGE_OF_DOCUMENT[name] : undefined;
  if (stage === undefined) return;
  feed.set(`document/${stage}`, { name: cut(name, 100), markdown: cut(markdown, DOCUMENT) } satisfies Cell<'document'>);
  parts?.head.documented(stage, { kind: 'file', path: cut(path, 1_000) });
}
