import type { Payload, RunEvent, RUN_OUTCOMES } from './event.ts';
import type { QuestionFacts } from './questionFacts.ts';
import { STAGES, type Stage } from './stage.ts';

export type RunOutcome = (typeof RUN_OUTCOMES)[number];

/** One stage as it stands. Times are ISO 8601; `text` is what it ended with. */
export interface StageView {
  readonly stage: Stage;
  /** `person`: the stage has done its part and a person decides. */
  readonly state: 'waiting' | 'running' | 'person' | 'done' | 'halted' | 'stopped';
  readonly text: string;
  readonly startedAt: string | undefined;
  readonly endedAt: string | undefined;
  readonly workers: readonly string[];
  readonly microdollars: number;
}

/** Money in microdollars, tokens as the ledger settled them. `reserved` is what calls in flight hold, `inDoubt` what interrupted calls may have cost. */
export interface SpendView {
  readonly reserved: number;
  readonly settled: number;
  readonly inDoubt: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  /** Tokens in and out of workers that are paid by the token, and of those on hardware of the person's own. */
  readonly cloudTokens: number;
  readonly localTokens: number;
  readonly calls: number;
  readonly recordedCalls: number;
  /** Calls that a person allowed although nobody knew their price: they are in no sum of money. Left out where there are none. */
  readonly unpricedCalls?: number;
}

export interface QuestionView {
  readonly id: string;
  readonly stage: Stage;
  readonly about: string;
  readonly text: string;
  readonly options: readonly string[];
  readonly facts: QuestionFacts | undefined;
  readonly answer: string | undefined;
}

/** What a person told the run. `isGiven`: a worker has been given it. */
export interface NoteView {
  readonly id: string;
  readonly text: string;
  readonly about: string | null;
  readonly by: string;
  readonly isGiven: boolean;
}

/** A run as everything shows it: a fold of its log and of nothing else. */
export interface RunView {
  readonly runId: string;
  readonly specId: string;
  readonly specFolder: string;
  readonly title: string;
  readonly size: 'hotfix' | 'standard';
  readonly baseCommit: string;
  readonly startedAt: string;
  readonly lastAt: string;
  /** The last end of one of its processes; undefined while one runs or was killed. */
  readonly end: Payload<'RunEnd'> | undefined;
  readonly owner: Payload<'OwnerChange'> | undefined;
  /** The saved files its newest process read, with the SHA-256 of their bytes. */
  readonly inputs: Payload<'RunStart'>['inputs'];
  readonly stages: readonly StageView[];
  readonly stage: Stage;
  readonly task: string | undefined;
  /** The tasks of the plan, once there are any. */
  readonly tasks: readonly { readonly id: string; readonly title: string }[];
  readonly spend: SpendView;
  readonly questions: readonly QuestionView[];
  /** Questions that were settled without a person. */
  readonly settled: readonly Payload<'QuestionSettle'>[];
  readonly notes: readonly NoteView[];
  readonly verdicts: readonly Payload<'GateDecision'>[];
  readonly escalations: readonly Payload<'Escalation'>[];
  readonly proposal: Payload<'ProposalCreate'> | undefined;
  readonly decisions: readonly Payload<'ApprovalDecision'>[];
  readonly applied: Payload<'ProposalApply'> | undefined;
}

interface Building {
  view: { -readonly [Key in keyof RunView]: RunView[Key] };
  readonly open: Map<string, number>;
  /** Lists that nobody outside has seen yet, so that they may grow in place. */
  readonly own: Set<readonly unknown[]>;
}

/** A fold that takes events one by one, for whoever follows a run. What `view` gave stays as it was when more events are added. */
export interface RunFold {
  add(event: RunEvent): void;
  readonly view: RunView;
}

/** Begins a fold with a run's first event. Throws when that is not RunStart: an empty log is no run. Adding costs the same however many came before. */
export function createRunFold(first: RunEvent | undefined): RunFold {
  if (first?.kind !== 'RunStart') throw new Error('a run begins with RunStart');
  const building: Building = { view: emptyView(first), open: new Map(), own: new Set() };
  return {
    add: (event) => evolve(building, event),
    get view() {
      building.own.clear();
      const reserved = [...building.open.values()].reduce((sum, amount) => sum + amount, 0);
      return { ...building.view, spend: { ...building.view.spend, reserved } };
    },
  };
}

/** Folds a run's events. Throws on a list that does not begin with RunStart: an empty log is no run. */
export function foldRun(events: readonly RunEvent[]): RunView {
  const fold = createRunFold(events[0]);
  for (const event of events.slice(1)) fold.add(event);
  return fold.view;
}

/** A resumed run reads some of its inputs anew; the others stay what the first process read. */
function withNewer(inputs: RunView['inputs'], newer: RunView['inputs']): RunView['inputs'] {
  return inputs.map((input) => newer.find((other) => other.path === input.path) ?? input);
}

/** Adds to a list: in place when it is the fold's own, and to a copy when somebody has been given it. */
function push<Item>({ own }: Building, list: readonly Item[], item: Item): readonly Item[] {
  if (own.has(list)) {
    (list as Item[]).push(item);
    return list;
  }
  const copy = [...list, item];
  own.add(copy);
  return copy;
}

function emptyView(event: RunEvent & { kind: 'RunStart' }): RunView {
  const { runId, specId, specFolder, title, size, baseCommit, inputs } = event.payload;
  return {
    runId,
    specId,
    specFolder,
    title,
    size,
    baseCommit,
    startedAt: event.time,
    lastAt: event.time,
    end: undefined,
    owner: undefined,
    inputs,
    stages: STAGES.map((stage) => ({
      stage,
      state: 'waiting',
      text: '',
      startedAt: undefined,
      endedAt: undefined,
      workers: [],
      microdollars: 0,
    })),
    stage: 'specify',
    task: undefined,
    tasks: [],
    spend: {
      reserved: 0,
      settled: 0,
      inDoubt: 0,
      inputTokens: 0,
      outputTokens: 0,
      cachedTokens: 0,
      cloudTokens: 0,
      localTokens: 0,
      calls: 0,
      recordedCalls: 0,
    },
    questions: [],
    settled: [],
    notes: [],
    verdicts: [],
    escalations: [],
    proposal: undefined,
    decisions: [],
    applied: undefined,
  };
}

/** Events that change nothing that is shown are listed, so that a new kind has to be placed. */
function evolve(building: Building, event: RunEvent): void {
  const { view } = building;
  view.lastAt = event.time;
  switch (event.kind) {
    case 'RunEnd':
      view.end = event.payload;
      if (event.payload.outcome === 'proposed' || event.payload.outcome === 'applied') {
        const { outcome, text } = event.payload;
        const state = outcome === 'proposed' ? 'person' : 'done';
        changeStage(view, 'unlock', (stage) => ({ ...stage, state, text, endedAt: event.time }));
        return;
      }
      if (event.payload.outcome !== 'paused') {
        const { outcome, text } = event.payload;
        const state = outcome === 'needsInput' ? 'person' : outcome === 'stopped' ? 'stopped' : 'halted';
        changeStage(view, view.stage, (stage) => ({ ...stage, state, text }));
      }
      return;
    case 'OwnerChange':
      view.owner = event.payload;
      view.inputs = withNewer(view.inputs, event.payload.inputs ?? []);
      view.end = undefined;
      return;
    case 'StageTransition':
      transition(view, event.payload, event.time);
      return;
    case 'LLMCall':
      view.spend = {
        ...view.spend,
        calls: view.spend.calls + 1,
        recordedCalls: view.spend.recordedCalls + (event.payload.recorded ? 1 : 0),
      };
      changeStage(view, event.payload.stage, (stage) => ({
        ...stage,
        workers: [...new Set([...stage.workers, event.payload.worker])],
      }));
      return;
    case 'SpendReserve':
      building.open.set(spendKey(event.payload), event.payload.microdollars);
      return;
    case 'SpendSettle':
      settle(building, event.payload);
      return;
    case 'QuestionAsk': {
      const { id, stage, about, text, options, facts } = event.payload;
      view.questions = push(building, view.questions, { id, stage, about, text, options, facts, answer: undefined });
      return;
    }
    case 'QuestionSettle':
      view.settled = [...view.settled.filter(({ key }) => key !== event.payload.key), event.payload];
      return;
    case 'QuestionAnswer':
      view.questions = view.questions.map((question) =>
        question.id === event.payload.id ? { ...question, answer: event.payload.answer } : question,
      );
      return;
    case 'QuestionWithdraw':
      view.questions = view.questions.filter(({ id }) => id !== event.payload.id);
      return;
    case 'PersonNote':
      view.notes = push(building, view.notes, { ...event.payload, isGiven: false });
      return;
    case 'NotesGiven': {
      const given = new Set(event.payload.notes);
      view.notes = view.notes.map((note) => (given.has(note.id) ? { ...note, isGiven: true } : note));
      return;
    }
    case 'GateDecision':
      view.verdicts = push(building, view.verdicts, event.payload);
      return;
    case 'Escalation':
      view.escalations = push(building, view.escalations, event.payload);
      return;
    case 'ProposalCreate':
      view.proposal = event.payload;
      return;
    case 'ApprovalDecision':
      view.decisions = push(building, view.decisions, event.payload);
      return;
    case 'ProposalApply':
      view.applied = event.payload;
      return;
    case 'ApplyUndo':
      view.applied = undefined;
      return;
    case 'StepStart': {
      const task = /^implement\/([^/]+)\//.exec(event.payload.key)?.[1];
      if (task !== undefined) view.task = task;
      return;
    }
    case 'RunStart':
    case 'PolicySnapshotRef':
    case 'StepEnd':
    case 'Checkpoint':
    case 'RoutingDecision':
    case 'BudgetAlert':
    case 'BudgetOverride':
    case 'FallbackActivated':
    case 'CircuitChange':
    case 'ProjectGuidance':
    case 'ParameterLeftOut':
    case 'ContextCut':
    case 'ContextChoice':
    case 'CommandDecision':
    case 'ToolCall':
    case 'ToolResult':
    case 'RetrievalRequest':
    case 'RetrievalResponse':
    case 'PatchApply':
    case 'Signal':
    case 'EvidenceRecord':
    case 'PlanAmendment':
    case 'CallRefused':
    case 'ProposalEdit':
    case 'ProposalMerge':
    case 'ApprovalRequest':
    case 'BlobsDropped':
    case 'ErrorEvent':
      return;
  }
}

const spendKey = (payload: { readonly key: string; readonly attempt: number }): string =>
  `${payload.key} ${payload.attempt}`;

function settle(building: Building, payload: Payload<'SpendSettle'>): void {
  building.open.delete(spendKey(payload));
  const { view } = building;
  const { spend } = view;
  const isInDoubt = payload.state === 'inDoubt';
  const isPaid = payload.basis === 'usage' || payload.basis === 'estimate' || payload.basis === 'unpriced';
  view.spend = {
    ...spend,
    settled: spend.settled + (isInDoubt ? 0 : payload.microdollars),
    inDoubt: spend.inDoubt + (isInDoubt ? payload.microdollars : 0),
    inputTokens: spend.inputTokens + payload.inputTokens,
    outputTokens: spend.outputTokens + payload.outputTokens,
    cachedTokens: spend.cachedTokens + payload.cachedTokens,
    cloudTokens: spend.cloudTokens + (isPaid ? payload.inputTokens + payload.outputTokens : 0),
    ...(payload.basis === 'unpriced' ? { unpricedCalls: (spend.unpricedCalls ?? 0) + 1 } : {}),
    localTokens: spend.localTokens + (payload.basis === 'local' ? payload.inputTokens + payload.outputTokens : 0),
  };
  const name = payload.key.split('/')[0];
  const stage = STAGES.find((candidate) => candidate === name);
  if (stage !== undefined && !isInDoubt)
    changeStage(view, stage, (old) => ({ ...old, microdollars: old.microdollars + payload.microdollars }));
}

function transition(view: Building['view'], payload: Payload<'StageTransition'>, time: string): void {
  view.stage = payload.stage;
  view.tasks = payload.tasks ?? view.tasks;
  if (payload.to === 'entered')
    changeStage(view, payload.stage, (stage) => ({
      ...stage,
      state: 'running',
      startedAt: stage.startedAt ?? time,
      endedAt: undefined,
    }));
  else changeStage(view, payload.stage, (stage) => ({ ...stage, state: 'done', text: payload.text, endedAt: time }));
}

function changeStage(view: Building['view'], stage: Stage, change: (old: StageView) => StageView): void {
  view.stages = view.stages.map((old) => (old.stage === stage ? change(old) : old));
}
