import { durationText } from '../../base/measureText.ts';
import { unreachable } from '../../base/unreachable.ts';
import type { Progress } from '../../core/pipeline/context.ts';
import type { Payload } from '../../core/run/event.ts';
import type { Stage } from '../../core/run/stage.ts';
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
  stream: Cell<'stream'>;
  /** Characters of the present call that were told last: when there are fewer, another call has begun. */
  characters: number;
  /** The plan's text as it streams; undefined while something else does. */
  plan: string | undefined;
  isPlanDrawn: boolean;
}

/** What is done at this moment: `now`, the stream, and a plan while it comes. */
export interface WorkCells {
  /** A step began. */
  began(payload: Payload<'StepStart'>, stage: Stage, time: string): void;
  /** A model's call has ended: its text is no longer streaming. */
  called(): void;
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
    stream: null,
    characters: 0,
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
    called: () => {
      tick(state);
      state.plan = undefined;
      endStream(state);
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
      endStream(state);
    },
  };
}

function endStream(state: State): void {
  state.stream = null;
  state.characters = 0;
  state.feed.set('stream', null);
}

function effectText({ effect, key }: Payload<'StepStart'>): string {
  switch (effect) {
    case 'model':
      return 'asks a model';
    case 'command': {
      const check = /^check\/(.+)\/[^/]+$/.exec(key)?.[1];
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
    case 'call': {
      const { role, worker, characters } = progress;
      const name = cut(worker, 100);
      const isSame = state.stream?.role === role && state.stream.worker === name && characters >= state.characters;
      state.characters = characters;
      if (!isSame) {
        state.stream = { role, worker: name, text: '' };
        state.feed.set('stream', state.stream);
        if (state.plan !== undefined) state.plan = '';
      }
      return doing(state, { doing: `the ${role} writes`, worker: name, characters }, time);
    }
    case 'text': {
      if (state.stream === null) return;
      state.feed.append('stream', progress.text);
      if (state.plan === undefined || state.plan.length > PLAN_CHARACTERS) return;
      state.plan += progress.text;
      state.isPlanDrawn = false;
      return;
    }
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

function tick(state: State): void {
  if (state.plan === undefined || state.isPlanDrawn) return;
  state.isPlanDrawn = true;
  const plan = planOf(state.plan, false);
  if (plan !== undefined) state.feed.set('plan', plan);
}
