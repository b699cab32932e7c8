import { durationText } from '../../base/measureText.ts';
import { unreachable } from '../../base/unreachable.ts';
import type { Progress } from '../../core/pipeline/context.ts';
import type { Payload } from '../../core/run/event.ts';
import { roleText, type Role, type Stage } from '../../core/run/stage.ts';
import type { Cell, NowCell } from '../../protocol/runPanel.ts';
import { cut } from './cut.ts';
import { planOf } from './modelAnswers.ts';
import { timeOf, type CellFeed } from './runFacts.ts';

/** Characters of a streamed plan that are read: a plan is far shorter, and reading starts anew with each tick. */
const PLAN_CHARACTERS = 100_000;

interface State {
  readonly feed: CellFeed;
  stage: Stage;
  task: string | null;
  now: NowCell | null;
  /** The calls on their way, by role: the advisers of a stage call together. The first of them is the one that streams. */
  readonly calls: Map<Role, StreamingCall>;
  /** The plan's text as it streams; undefined while something else does. */
  plan: string | undefined;
  isPlanDrawn: boolean;
}

/** `characters` are those told last: when there are fewer, another call has begun. */
interface StreamingCall {
  readonly role: Role;
  readonly worker: string;
  text: string;
  characters: number;
}

/** Characters of an answer that a panel shows while it comes. Of a longer one the beginning goes. */
const STREAM_CHARACTERS = 40_000;

/** What is done at this moment: `now`, the stream, and a plan while it comes. */
export interface WorkCells {
  /** A step began. */
  began(payload: Payload<'StepStart'>, stage: Stage, time: string): void;
  /** A model's call has ended: its text is no longer streaming. */
  called(payload: Pick<Payload<'LLMCall'>, 'role'>): void;
  heard(time: string): void;
  progressed(progress: Progress, now: number): void;
  /** Reads what has come of a plan since the last time. */
  tick(): void;
  /** Nobody works any more. */
  ended(): void;
}

export function createWorkCells(feed: CellFeed): WorkCells {
  const state: State = {
    feed,
    stage: 'specify',
    task: null,
    now: null,
    calls: new Map(),
    plan: undefined,
    isPlanDrawn: true,
  };
  feed.set('now', null);
  feed.set('stream', null);
  return {
    began: (payload, stage, time) => {
      const task = /^implement\/([^/]+)\//.exec(payload.key)?.[1];
      if (task !== undefined) state.task = cut(task, 200);
      else if (stage !== 'implement') state.task = null;
      state.stage = stage;
      state.plan = payload.effect === 'model' && /^plan\/\d+\/plan\//.test(payload.key) ? '' : undefined;
      state.isPlanDrawn = true;
      doing(state, { doing: effectText(payload), worker: null, characters: 0 }, time);
    },
    called: ({ role }) => {
      tick(state);
      state.plan = undefined;
      const wasShown = shownCall(state)?.role === role;
      state.calls.delete(role);
      if (wasShown) drawStream(state);
    },
    heard: (time) => {
      if (state.now === null) return;
      state.now = { ...state.now, beatAt: time };
      feed.set('now', state.now);
    },
    progressed: (progress, now) => advance(state, progress, timeOf(now)),
    tick: () => tick(state),
    ended: () => {
      state.now = null;
      state.plan = undefined;
      feed.set('now', null);
      state.calls.clear();
      drawStream(state);
    },
  };
}

const shownCall = ({ calls }: State): StreamingCall | undefined => calls.values().next().value;

function drawStream(state: State): void {
  const shown = shownCall(state);
  const stream = shown === undefined ? null : { role: roleText(shown.role), worker: shown.worker, text: shown.text };
  state.feed.set('stream', stream satisfies Cell<'stream'>);
}

function effectText({ effect, key }: Payload<'StepStart'>): string {
  switch (effect) {
    case 'model':
      return 'asks a model';
    case 'command': {
      const check = /^(?:check|analyser)\/(.+)\/[^/]+$/.exec(key)?.[1];
      return check === undefined ? 'sets the tree up' : cut(`runs check ${check}`, 300);
    }
    case 'patch':
      return 'applies a patch';
    case 'tree':
      return 'makes a tree';
    case 'document':
      return 'writes a document';
    case 'retrieval':
      return 'reads the tree';
    case 'proposal':
      return 'makes the proposal';
  }
  return unreachable(effect);
}

/** The clock of `since` starts anew with each thing that is done, not with each token of it. */
function doing(state: State, what: Pick<NowCell, 'doing' | 'worker' | 'characters'>, time: string): void {
  const { stage, task, now: before } = state;
  const isSame = before?.doing === what.doing && before.worker === what.worker;
  state.now = { stage, task, ...what, since: isSame ? before.since : time, beatAt: time };
  state.feed.set('now', state.now);
}

function advance(state: State, progress: Progress, time: string): void {
  switch (progress.kind) {
    case 'stage':
      state.stage = progress.stage;
      return doing(state, { doing: `begins ${progress.stage}`, worker: null, characters: 0 }, time);
    case 'call':
      return streams(state, progress, time);
    case 'text':
      return said(state, progress);
    case 'command': {
      const { name } = progress;
      const text = name === 'setup' ? 'sets the tree up' : cut(`runs check ${name}`, 300);
      return doing(state, { doing: text, worker: null, characters: 0 }, time);
    }
    case 'wait': {
      const text = cut(`${progress.text} in ${durationText(progress.milliseconds)}`, 300);
      return doing(state, { doing: text, worker: state.now?.worker ?? null, characters: 0 }, time);
    }
  }
}

function streams(state: State, progress: Extract<Progress, { kind: 'call' }>, time: string): void {
  const { role, characters } = progress;
  const worker = cut(progress.worker, 100);
  const known = state.calls.get(role);
  if (known !== undefined && known.worker === worker && characters >= known.characters) known.characters = characters;
  else {
    state.calls.set(role, { role, worker, text: '', characters });
    if (shownCall(state)?.role === role) drawStream(state);
    if (state.plan !== undefined) state.plan = '';
  }
  if (shownCall(state)?.role === role)
    doing(state, { doing: `the ${roleText(role)} writes`, worker, characters }, time);
}

function said(state: State, { role, text }: Extract<Progress, { kind: 'text' }>): void {
  const call = state.calls.get(role);
  if (call === undefined) return;
  call.text = (call.text + text).slice(-STREAM_CHARACTERS);
  if (shownCall(state) !== call) return;
  state.feed.append('stream', text);
  if (state.plan === undefined || state.plan.length > PLAN_CHARACTERS) return;
  state.plan += text;
  state.isPlanDrawn = false;
}

function tick(state: State): void {
  if (state.plan === undefined || state.isPlanDrawn) return;
  state.isPlanDrawn = true;
  const plan = planOf(state.plan, false);
  if (plan !== undefined) state.feed.set('plan', plan);
}
