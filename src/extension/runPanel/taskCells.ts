import type { Payload } from '../../core/run/event.ts';
import type { Place } from '../../protocol/place.ts';
import { MOST_CELLS, type AttemptCell, type TaskCell } from '../../protocol/runPanel.ts';
import { cut, cutList } from './cut.ts';
import type { AnsweredTask } from './modelAnswers.ts';
import { pricesText, type Charge } from './priceText.ts';
import type { CellFeed } from './runFacts.ts';
import type { CheckResult } from './verdictCells.ts';

/** Of one attempt: the newest patches, the first files of each, and checks. */
const PATCHES = 20;
const FILES_OF_PATCH = 6;
/** Characters of a path: so that the largest attempt fits one message of the feed, three bytes a character. */
const PATH = 300;
const CHECKS = 40;

interface Attempt {
  readonly key: string;
  cell: Omit<AttemptCell, 'checks'>;
  readonly checks: Map<string, CheckResult>;
  /** Its calls that have settled, and those in doubt. */
  charges: readonly Charge[];
  /** The check at work now, whatever came of it before. */
  running: string | undefined;
}

/** The tasks and every attempt at them. */
export interface TaskCells {
  /** What the tasks answer names. Tasks of an earlier answer that nobody has begun go. */
  answered(tasks: readonly AnsweredTask[]): void;
  /** A step or a choice of the router under `implement/<task>/<attempt>/`. */
  touched(key: string, worker: string | undefined, time: string): void;
  patched(payload: Payload<'PatchApply'>, time: string): void;
  settled(payload: Payload<'SpendSettle'>, charge: Charge): void;
  checking(key: string): void;
  measured(payload: Payload<'EvidenceRecord'>, output: Place): void;
  decided(payload: Payload<'GateDecision'>, checks: readonly CheckResult[], time: string): void;
  /** The attempt with that key, or of `implement/T1/person` the last one of T1, is given up. */
  givenUp(key: string, time: string): void;
  /** The run's process let go: what ran runs no more. */
  ended(): void;
}

interface State {
  readonly feed: CellFeed;
  /** The run's title, for the one task of a hotfix. */
  readonly title: string;
  readonly tasks: Map<string, TaskCell>;
  readonly attempts: Map<string, Attempt>;
  current: Attempt | undefined;
}

export function createTaskCells(feed: CellFeed, title: string): TaskCells {
  const state: State = { feed, title, tasks: new Map(), attempts: new Map(), current: undefined };
  return {
    answered: (tasks) => take(state, tasks),
    touched: (key, worker, time) => touch(state, key, worker, time),
    patched: (payload, time) => patch(state, payload, time),
    settled: ({ key }, charge) => {
      const attempt = state.attempts.get(attemptKeyOf(key) ?? '');
      if (attempt === undefined) return;
      attempt.charges = [...attempt.charges, charge];
      attempt.cell = { ...attempt.cell, price: cut(pricesText(attempt.charges), 100) };
      drawAttempt(state, attempt);
    },
    checking: (key) => {
      const name = /^check\/(.+)\/[^/]+$/.exec(key)?.[1];
      if (state.current === undefined || name === undefined) return;
      state.current.running = cut(name, 100);
      drawAttempt(state, state.current);
    },
    measured: ({ check, outcome, on }, output) => {
      const attempt = state.current;
      if (attempt === undefined) return;
      const name = cut(check, 100);
      attempt.running = undefined;
      // On the code as it was, a check says something of the new tests and nothing of the attempt.
      if (on === 'proposal') attempt.checks.set(name, { name, outcome, output });
      drawAttempt(state, attempt);
    },
    decided: (payload, checks, time) => {
      const attempt = state.attempts.get(attemptKeyOf(payload.key) ?? '');
      if (attempt === undefined) return;
      for (const check of checks) attempt.checks.set(check.name, check);
      const isPassed = payload.verdict === 'proceed';
      close(state, attempt, isPassed ? 'passed' : 'failed', time);
      const isLost = payload.verdict === 'stop' || payload.verdict === 'ask' || payload.to === 'person';
      if (isPassed || isLost) changeTask(state, attempt.cell.task, isPassed ? 'done' : 'failed');
    },
    givenUp: (key, time) => {
      const task = /^implement\/([^/]+)\/person$/.exec(key)?.[1];
      if (task !== undefined) changeTask(state, task, 'failed');
      const last = state.current?.cell.task === task ? state.current : undefined;
      const attempt = state.attempts.get(attemptKeyOf(key) ?? '') ?? last;
      if (attempt?.cell.state === 'running') close(state, attempt, 'failed', time);
    },
    ended: () => {
      if (state.current?.running === undefined) return;
      const { running: name } = state.current;
      state.current.running = undefined;
      state.current.checks.set(name, { name, outcome: 'stopped', output: null });
      drawAttempt(state, state.current);
    },
  };
}

/** `implement/T1/2/turn-3` belongs to `T1/2`. */
const attemptKeyOf = (key: string): string | undefined => /^implement\/([^/]{1,40}\/\d+)(?:\/|$)/.exec(key)?.[1];

function take(state: State, tasks: readonly AnsweredTask[]): void {
  const named = new Set(tasks.map(({ id }) => id));
  for (const [id, { state: stands }] of state.tasks) {
    if (named.has(id) || stands !== 'waiting') continue;
    state.tasks.delete(id);
    state.feed.remove(`task/${id}`);
  }
  for (const task of tasks) setTask(state, { ...task, state: state.tasks.get(task.id)?.state ?? 'waiting' });
}

function touch(state: State, key: string, worker: string | undefined, time: string): void {
  const attemptKey = attemptKeyOf(key);
  if (attemptKey === undefined) return;
  const known = state.attempts.get(attemptKey);
  if (known === undefined) begin(state, attemptKey, { worker: worker ?? '', time });
  else {
    // After a resume an attempt that had been judged is only passed through; what begins anew under its key runs again.
    state.current = known;
    if (worker !== undefined) known.cell = { ...known.cell, worker: cut(worker, 100) };
    if (known.cell.state !== 'running') known.cell = { ...known.cell, state: 'running', endedAt: null };
    drawAttempt(state, known);
    changeTask(state, known.cell.task, 'running');
  }
}

function begin(state: State, key: string, { worker, time }: { readonly worker: string; readonly time: string }): void {
  const [task = '', number = ''] = key.split('/');
  const attempt: Attempt = {
    key,
    cell: {
      task,
      number: Number(number),
      worker: cut(worker, 100),
      state: 'running',
      patches: [],
      startedAt: time,
      endedAt: null,
      price: '',
    },
    charges: [],
    checks: new Map(),
    running: undefined,
  };
  state.attempts.set(key, attempt);
  const [oldest] = state.attempts.keys();
  if (oldest !== undefined && state.attempts.size > (MOST_CELLS.attempt ?? 0)) state.attempts.delete(oldest);
  state.current = attempt;
  drawAttempt(state, attempt);
  changeTask(state, task, 'running');
}

function patch(state: State, payload: Payload<'PatchApply'>, time: string): void {
  touch(state, payload.key, payload.worker, time);
  const attempt = state.attempts.get(attemptKeyOf(payload.key) ?? '');
  if (attempt === undefined) return;
  const [path] = payload.files;
  const isApplied = payload.outcome === 'applied';
  const made: AttemptCell['patches'][number] = {
    outcome: payload.outcome,
    text: cut(payload.text, 500),
    files: cutList(payload.files, FILES_OF_PATCH, PATH),
    place:
      isApplied && path !== undefined ? { kind: 'patch', key: cut(payload.key, 300), path: cut(path, PATH) } : null,
  };
  attempt.cell = { ...attempt.cell, patches: [...attempt.cell.patches, made].slice(-PATCHES) };
  drawAttempt(state, attempt);
}

function close(state: State, attempt: Attempt, outcome: 'passed' | 'failed', time: string): void {
  attempt.cell = { ...attempt.cell, state: outcome, endedAt: time };
  attempt.running = undefined;
  if (state.current === attempt) state.current = undefined;
  drawAttempt(state, attempt);
}

function drawAttempt(state: State, { key, cell, checks, running }: Attempt): void {
  const known = [...checks.values()].map((check) =>
    check.name === running ? { ...check, outcome: 'running' as const, output: null } : check,
  );
  const begun =
    running === undefined || checks.has(running) ? [] : [{ name: running, outcome: 'running' as const, output: null }];
  state.feed.set(`attempt/${key}`, { ...cell, checks: [...known, ...begun].slice(0, CHECKS) } satisfies AttemptCell);
}

/** A task the answer does not name is one that a review sent back, or the only one of a hotfix. */
function changeTask(state: State, id: string, stands: TaskCell['state']): void {
  const known = state.tasks.get(id) ?? {
    id,
    title: /^R\d+$/.test(id) ? 'Mend what the review found' : state.title,
    state: stands,
    requirements: [],
    files: [],
    dependsOn: [],
  };
  setTask(state, { ...known, state: stands });
}

function setTask(state: State, task: TaskCell): void {
  if (!state.tasks.has(task.id) && state.tasks.size >= (MOST_CELLS.task ?? 0)) return;
  state.tasks.set(task.id, task);
  state.feed.set(`task/${task.id}`, task);
}
