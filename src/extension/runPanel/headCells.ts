import { canBeLifted } from '../../core/ledger/budget.ts';
import type { Payload, RunEvent } from '../../core/run/event.ts';
import { STAGES, type Stage } from '../../core/run/stage.ts';
import type { Place } from '../../protocol/place.ts';
import type { ProposalCell, RunHead, StageCell } from '../../protocol/runPanel.ts';
import { cut } from './cut.ts';
import type { CellFeed, RunFacts } from './runFacts.ts';

type StageState = { -readonly [Key in keyof StageCell]: StageCell[Key] };
type Spend = Pick<
  { -readonly [Key in keyof RunHead]: RunHead[Key] },
  'settled' | 'reserved' | 'inDoubt' | 'inputTokens' | 'outputTokens' | 'cachedTokens' | 'calls' | 'recordedCalls'
>;

interface State {
  readonly start: Payload<'RunStart'>;
  readonly startedAt: string;
  readonly stages: ReadonlyMap<Stage, StageState>;
  readonly spend: Spend;
  /** What each call in flight holds, by key and attempt. */
  readonly open: Map<string, number>;
  readonly questions: Set<string>;
  lastAt: string;
  endedAt: string | undefined;
  /** When the newest proposal was handed over. */
  proposedAt: string | undefined;
  stage: Stage;
  end: Payload<'RunEnd'> | undefined;
  proposal: { readonly state: ProposalCell['state']; readonly why: string };
  facts: RunFacts;
}

/** The head and the stages of a run: where it stands, why, and what it cost. Every method changes what is known and sends what it changed. */
export interface HeadCells {
  readonly stage: Stage;
  /** Whether its process is at work. */
  readonly isWorking: boolean;
  moved(payload: Payload<'StageTransition'>, time: string): void;
  ended(payload: Payload<'RunEnd'>, time: string): void;
  owned(): void;
  called(payload: Payload<'LLMCall'>): void;
  reserved(payload: Payload<'SpendReserve'>): void;
  settled(payload: Payload<'SpendSettle'>): void;
  asked(id: string): void;
  answered(id: string): void;
  proposed(state: ProposalCell['state'], why: string): void;
  documented(stage: Stage, place: Place): void;
  changed(facts: RunFacts): void;
  /** After the other methods: an event was heard at this time. */
  heard(time: string): void;
}

/** Begins with the run's first event. */
export function createHeadCells(feed: CellFeed, first: RunEvent & { kind: 'RunStart' }, facts: RunFacts): HeadCells {
  const state: State = {
    start: first.payload,
    startedAt: first.time,
    stages: new Map(STAGES.map((stage) => [stage, emptyStage(stage)])),
    spend: {
      settled: 0,
      reserved: 0,
      inDoubt: 0,
      inputTokens: 0,
      outputTokens: 0,
      cachedTokens: 0,
      calls: 0,
      recordedCalls: 0,
    },
    open: new Map(),
    questions: new Set(),
    lastAt: first.time,
    endedAt: undefined,
    proposedAt: undefined,
    stage: 'specify',
    end: undefined,
    proposal: { state: 'waiting', why: '' },
    facts,
  };
  const change = (stage: Stage, members: Partial<StageCell>): void => {
    const known = state.stages.get(stage);
    if (known === undefined) return;
    Object.assign(known, members);
    feed.set(`stage/${stage}`, shownStage(state, known));
  };
  const drawStages = (): void => {
    for (const stage of state.stages.values()) feed.set(`stage/${stage.stage}`, shownStage(state, stage));
  };
  feed.set('head', headOf(state));
  drawStages();
  return {
    get stage() {
      return state.stage;
    },
    get isWorking() {
      return state.end === undefined && state.facts.owner !== 'nobody';
    },
    moved: (payload, time) => move(state, change, payload, time),
    ended: (payload, time) => {
      state.end = payload;
      // The clock is the run's: the time a person took to approve is not counted.
      state.endedAt = payload.outcome === 'applied' ? (state.proposedAt ?? time) : time;
      if (payload.outcome === 'proposed') state.proposedAt = time;
      end(state, change, payload, time);
    },
    owned: () => {
      state.end = undefined;
      state.endedAt = undefined;
    },
    called: ({ stage, worker, recorded }) => {
      state.spend.calls += 1;
      if (recorded) state.spend.recordedCalls += 1;
      const workers = state.stages.get(stage)?.workers ?? [];
      const name = cut(worker, 100);
      if (!workers.includes(name) && workers.length < MOST_WORKERS) change(stage, { workers: [...workers, name] });
    },
    reserved: (payload) => hold(state, payload, payload.microdollars),
    settled: (payload) => settle(state, change, payload),
    asked: (id) => state.questions.add(id),
    answered: (id) => state.questions.delete(id),
    proposed: (proposal, why) => {
      state.proposal = { state: proposal, why };
    },
    documented: (stage, place) => change(stage, { document: place }),
    changed: (next) => {
      state.facts = next;
      feed.set('head', headOf(state));
      drawStages();
    },
    heard: (time) => {
      state.lastAt = time;
      feed.set('head', headOf(state));
    },
  };
}

const MOST_WORKERS = 20;

type Change = (stage: Stage, members: Partial<StageCell>) => void;

const emptyStage = (stage: Stage): StageState => ({
  stage,
  state: 'waiting',
  text: '',
  workers: [],
  microdollars: 0,
  startedAt: null,
  endedAt: null,
  document: null,
});

function move(state: State, change: Change, { stage, to, text }: Payload<'StageTransition'>, time: string): void {
  state.stage = stage;
  const startedAt = state.stages.get(stage)?.startedAt ?? time;
  if (to === 'entered') change(stage, { state: 'running', startedAt, endedAt: null });
  else change(stage, { state: 'done', text: cut(text, 500), endedAt: time });
}

/** The same states as core/run/view.ts gives its stages: a proposal and a question are for a person, a person may have stopped it, any other end that is no pause halts. */
function end(state: State, change: Change, payload: Payload<'RunEnd'>, time: string): void {
  const text = cut(payload.text, 500);
  if (payload.outcome === 'proposed') change('unlock', { state: 'person', text, endedAt: time });
  else if (payload.outcome === 'applied') change('unlock', { state: 'done', text, endedAt: time });
  else if (payload.outcome === 'needsInput') change(state.stage, { state: 'person', text });
  else if (payload.outcome === 'stopped') change(state.stage, { state: 'stopped', text });
  else if (payload.outcome !== 'paused') change(state.stage, { state: 'halted', text });
}

const spendKey = ({ key, attempt }: { readonly key: string; readonly attempt: number }): string => `${key} ${attempt}`;

function hold(state: State, address: { readonly key: string; readonly attempt: number }, microdollars: number): void {
  const key = spendKey(address);
  state.spend.reserved += microdollars - (state.open.get(key) ?? 0);
  if (microdollars === 0) state.open.delete(key);
  else state.open.set(key, microdollars);
}

function settle(state: State, change: Change, payload: Payload<'SpendSettle'>): void {
  hold(state, payload, 0);
  const { spend } = state;
  const isInDoubt = payload.state === 'inDoubt';
  if (isInDoubt) spend.inDoubt += payload.microdollars;
  else spend.settled += payload.microdollars;
  spend.inputTokens += payload.inputTokens;
  spend.outputTokens += payload.outputTokens;
  spend.cachedTokens += payload.cachedTokens;
  const name = payload.key.split('/', 1)[0];
  const stage = STAGES.find((candidate) => candidate === name);
  const known = stage === undefined ? undefined : state.stages.get(stage);
  if (known !== undefined && !isInDoubt)
    change(known.stage, { microdollars: known.microdollars + payload.microdollars });
}

/** A stage as it is shown: what the facts say of it comes over what the log says. */
function shownStage(state: State, stage: StageState): StageCell {
  if (stage.state === 'running' && state.end === undefined && state.facts.owner === 'nobody')
    return { ...stage, state: 'halted' };
  if (stage.state === 'done' && state.facts.stale?.stages.includes(stage.stage) === true)
    return { ...stage, state: 'stale' };
  return { ...stage };
}

function headOf(state: State): RunHead {
  const { start, spend, facts } = state;
  const isOver = state.end !== undefined || facts.owner === 'nobody';
  const at = standing(state);
  return {
    runId: cut(start.runId, 100),
    specId: cut(start.specId, 100),
    title: cut(start.title, 300),
    size: start.size,
    state: at.state,
    text: cut(at.text, 2_000),
    stage: state.stage,
    startedAt: state.startedAt,
    endedAt: isOver ? (state.endedAt ?? state.lastAt) : null,
    owner: isOver ? 'nobody' : facts.owner,
    ...(canBeLifted(state.end?.rule) ? { atLimit: true as const } : {}),
    stale: facts.stale === null ? null : cut(facts.stale.text, 500),
    ...spend,
    budget: facts.budget,
  };
}

/** Where a run stands and why: its last end, what is at work on it, and what a person has said since. */
function standing({ end, facts, proposal, questions }: State): Pick<RunHead, 'state' | 'text'> {
  if (end === undefined) {
    if (facts.owner === 'nobody')
      return { state: 'interrupted', text: 'Its process is gone. It can go on from where it was.' };
    return { state: facts.requested ?? 'working', text: '' };
  }
  const { outcome, text } = end;
  switch (outcome) {
    case 'proposed':
      return proposal.state === 'rejected' ? { state: 'rejected', text: proposal.why } : { state: 'proposed', text };
    case 'applied':
    case 'rejected':
    case 'paused':
    case 'stopped':
    case 'blocked':
      return { state: outcome, text };
    case 'needsInput':
      return questions.size > 0
        ? { state: 'question', text }
        : { state: 'paused', text: 'All questions are answered: the run can go on.' };
    case 'gateFailed':
    case 'infrastructure':
    case 'configuration':
      return { state: 'failed', text };
  }
}
