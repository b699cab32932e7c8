import { canonicalJson } from '../../base/json.ts';
import { unreachable } from '../../base/unreachable.ts';
import { estimateTokens } from '../ledger/estimate.ts';
import { letsStandIn } from '../router/recovery.ts';
import { attemptsPerWorker } from '../router/rungs.ts';
import { standsAgainst } from '../gates/standsAgainst.ts';
import type { Verdict } from '../gates/verdict.ts';
import { comparedWithBase } from './againstBase.ts';
import { amendmentOf, answererOf, createTaskScope, type TaskScope } from './amendment.ts';
import type { ReflexTurn } from '../reflex/decision.ts';
import { REFLEX } from '../reflex/worker.ts';
import { chooseWorker, fallbackFrom, type FailedCall, type RoutedQuestion } from './ask.ts';
import { agentAttempt, failedText, type Attempt, type AttemptBasis, type AttemptPlace } from './attempt.ts';
import { signalsOfAttempt } from './attemptSignals.ts';
import type { CallMode } from './callModel.ts';
import type { RunContext } from './context.ts';
import { decide, proceedOrStop, wayOnOf } from './gate.ts';
import { nobodyLeft } from './nobodyLeft.ts';
import type { Plan, Task } from './outputs.ts';
import { taskText } from './prose.ts';
import { askPerson } from './questions.ts';
import type { Message } from '../ports.ts';
import { riskOf } from './size.ts';
import { attemptMode, type AttemptMode } from './reflexTurn.ts';
import { singleShot } from './singleShot.ts';
import { RunStopped } from './stopped.ts';
import { lessonFrom } from './tutor.ts';
import { changedLines } from './validate.ts';
import { workersLeft } from './workersLeft.ts';
import type { KnownTree } from './workspace.ts';

/** Attempts at one task, over all workers: the ladder ends long before. */
const ATTEMPTS = 30;

/** What an implementer works from beside its task. */
export interface ImplementBasis {
  readonly plan: Plan;
  /** Points of advice on the plan. */
  readonly advice: readonly string[];
  /** Files that matter beside those a task changes. */
  readonly relevant: readonly string[];
  /** Tasks done before this one, with what their implementers said. */
  readonly done: readonly DoneTask[];
  /** Files that a worker is shown, and may change, beside those of the task; only where a task is done alone (taskAlone.ts). */
  readonly shown?: readonly string[];
}

export interface DoneTask {
  readonly task: Task;
  readonly said: string;
}

/** One task up the ladder: two failed attempts at a worker, then the next worker from the task's own starting point, then a person. */
export async function implementTask(
  context: RunContext,
  task: Task,
  basis: ImplementBasis,
  key: string,
): Promise<DoneTask> {
  const { shown = [] } = basis;
  const scope = createTaskScope(context, { ...task, files: [...task.files, ...shown] }, basis.plan);
  const ladder: Ladder = {
    start: context.workspace.current,
    scope,
    failures: {},
    unreached: [],
    earlier: [],
    last: undefined,
    previous: undefined,
    failing: undefined,
    fallback: undefined,
    said: [],
  };
  const risk = await riskOfWork(context, basis.plan, task);
  for (let number = 1; number <= ATTEMPTS; number += 1) {
    const attemptKey = `${key}/${number}`;
    const passOver = [...failedAt(context, ladder), ...ladder.unreached];
    const turn = await attemptMode(context, task, {
      attemptKey,
      routeKey: `${attemptKey}/route-${passOver.length + 1}`,
      risk,
      turn: reflexTurn(context, ladder),
      basis: { scope, previous: ladder.previous?.worker === REFLEX ? ladder.previous : undefined },
    });
    const question: RoutedQuestion = {
      key: attemptKey,
      stage: 'implement',
      role: 'implementer',
      estimatedTokens: estimateTokens(`${context.spec.text}${taskText(task)}`),
      needsTools: context.size !== 'hotfix',
      unreached: ladder.unreached,
      risk,
      ...(turn?.mode === 'cloud' ? { cloud: turn.cloud } : {}),
    };
    const worker = turn?.mode === 'reflex' ? REFLEX : chooseWorker(context, question, passOver, ladder.fallback);
    ladder.fallback = undefined;
    if (worker === undefined) {
      if (ladder.last === undefined)
        throw nobodyLeft(context, { key: attemptKey, role: 'implementer', wanted: task.id });
      handToPerson(context, task, ladder);
      continue;
    }
    const previous = ladder.previous?.worker === worker ? ladder.previous : undefined;
    const lesson = previous === undefined ? await lessonOf(context, task, ladder, `${key}/tutor-${number}`) : undefined;
    // Reflex answers with the whole patch each time: for the files as they were shown to it.
    if (previous === undefined || worker === REFLEX) context.workspace.moveTo(ladder.start);
    const attemptBasis: AttemptBasis = { ...basis, scope, handedOn: ladder.last, lesson, previous };
    const passed = fallbackFrom(context, attemptKey, worker);
    const attempt =
      passed === undefined
        ? await runAttempt(context, task, attemptBasis, { key: attemptKey, worker, mode: callMode(turn) })
        : passedOver(worker, passed.fault);
    ladder.last = attempt;
    ladder.previous = attempt;
    ladder.said = previous === undefined ? [attempt.text] : [...ladder.said, attempt.text];
    if (await settleAttempt(context, task, ladder, { key: attemptKey, attempt }))
      return { task, said: ladder.said.join(' ') };
  }
  throw new RunStopped('gateFailed', `${task.id} was tried ${ATTEMPTS} times.`);
}

/** The built-in agent, or one single answer where the work is a hotfix or the attempt is reflex's. */
function runAttempt(context: RunContext, task: Task, basis: AttemptBasis, at: AttemptPlace): Promise<Attempt> {
  const isSingle = context.size === 'hotfix' || at.mode?.mode === 'reflex';
  return isSingle ? singleShot(context, task, basis, at) : agentAttempt(context, task, basis, at);
}

/** What the log says of a call of this attempt; nothing where the policy has no reflex. */
function callMode(turn: AttemptMode | undefined): CallMode | undefined {
  if (turn === undefined) return undefined;
  return turn.mode === 'reflex'
    ? { mode: 'reflex', fallbackReason: null }
    : { mode: 'cloud', fallbackReason: turn.cloud.rule };
}

/** Reflex makes the first attempts at a task: nobody goes back to it. */
function reflexTurn(context: RunContext, ladder: Ladder): ReflexTurn {
  if (ladder.unreached.includes(REFLEX)) return 'callFailed';
  if (failedAt(context, ladder).includes(REFLEX)) return 'failedBefore';
  return ladder.last === undefined || ladder.last.worker === REFLEX ? 'due' : 'notFirst';
}

/** What a tutor says of the last worker's attempt, before another one takes over. */
async function lessonOf(
  context: RunContext,
  task: Task,
  { start, last }: Ladder,
  key: string,
): Promise<Message | undefined> {
  if (last === undefined) return undefined;
  return lessonFrom(context, { key, task, attempt: last, from: start.tree, to: context.workspace.current.tree });
}

/** How risky the whole change is, as the plan, this task and what has been changed so far tell. */
async function riskOfWork(context: RunContext, plan: Plan, task: Task): Promise<NonNullable<RoutedQuestion['risk']>> {
  const { base, current } = context.workspace;
  const isBegun = current.tree !== base.tree;
  const made = isBegun ? await context.tree.differences(base.tree, current.tree) : [];
  const files = [...plan.files.map(({ path }) => path), ...task.files, ...made.map(({ path }) => path)];
  const { level, reasons } = riskOf({
    files,
    changedLines: changedLines(made),
    filesThreshold: context.configuration.gates.complex_task_files_threshold,
    constitution: context.constitution,
  });
  return { level, reasons: reasons.map(({ text }) => text) };
}

interface Ladder {
  readonly start: KnownTree;
  readonly scope: TaskScope;
  failures: Record<string, number>;
  /** Workers whose calls failed in a way that passes. */
  unreached: string[];
  earlier: Verdict[];
  last: Attempt | undefined;
  /** The last attempt, where its conversation may go on. */
  previous: Attempt | undefined;
  /** What the checks of the last attempt failed with. */
  failing: { readonly worker: string; readonly output: string } | undefined;
  /** The call that failed in the last attempt, until somebody stands in. */
  fallback: FailedCall | undefined;
  /** What the present worker said at the end of each of its attempts. */
  said: readonly string[];
}

const IMPLEMENTER = { role: 'implementer', stage: 'implement' } as const;

const limit = (context: RunContext): number => attemptsPerWorker('implement', context.configuration);

const failedAt = (context: RunContext, { failures }: Ladder): readonly string[] =>
  Object.keys(failures).filter((worker) => (failures[worker] ?? 0) >= limit(context));

/** Weighs one attempt. True when the task is done; otherwise the ladder knows what to do next, or the run stops here. */
async function settleAttempt(
  context: RunContext,
  task: Task,
  ladder: Ladder,
  { key, attempt }: { key: string; attempt: Attempt },
): Promise<boolean> {
  const { worker } = attempt;
  if (attempt.end === 'callFailed') {
    attempt.reasons = [attempt.text];
    if (fallbackFrom(context, key, worker) !== undefined) ladder.unreached.push(worker);
    // What is wrong with reflex's server says nothing of the work, whatever it is.
    else if (attempt.error !== undefined && (letsStandIn(attempt.error) || worker === REFLEX)) {
      ladder.unreached.push(worker);
      ladder.fallback = { key, worker, error: attempt.error };
    } else climb(context, ladder, { key, from: worker, why: attempt.text });
    return false;
  }
  const failedHere = ladder.failures[worker] ?? 0;
  const left = workersLeft(context, IMPLEMENTER, {
    failed: [worker, ...failedAt(context, ladder)],
    unreached: ladder.unreached,
  });
  const signals = await signalsOfAttempt(context, task, attempt, {
    start: ladder.start,
    scope: ladder.scope.files,
    attempts: { kind: 'attempts', worker, failedHere, failedTotal: ladder.earlier.length, workersLeft: left },
  });
  const output = failingOutput(attempt);
  const isRepeated = output !== undefined && ladder.failing?.worker === worker && ladder.failing.output === output;
  ladder.failing = output === undefined ? undefined : { worker, output };
  const weighed = isRepeated
    ? signals.map((signal) => (signal.kind === 'attempts' ? { ...signal, isRepeated } : signal))
    : signals;
  const address = { key: `${key}/gate`, stage: 'implement' as const, earlier: ladder.earlier };
  const isLastOfWorker = isRepeated || context.size === 'hotfix' || failedHere + 1 >= limit(context);
  const compared = isLastOfWorker ? await comparedWithBase(context, attempt, weighed) : weighed;
  const verdict = decide(context, address, compared);
  ladder.earlier.push(verdict);
  // That nothing new came of it is about the worker and not about the work: the next one is told only of the work.
  attempt.reasons = standsAgainst(verdict.reasons)
    .filter(({ rule }) => rule !== 'no-oscillation')
    .map((reason) => reason.text);
  if (context.size === 'hotfix' && (verdict.kind === 'retry' || verdict.kind === 'escalate'))
    throw hotfixFailed(context, attempt);
  switch (verdict.kind) {
    case 'proceed':
      return true;
    case 'retry':
      ladder.failures[worker] = failedHere + 1;
      return false;
    case 'escalate':
      if (verdict.to === 'person') handToPerson(context, task, ladder);
      else climb(context, ladder, { key, from: worker, why: verdict.reasons[0]?.text ?? '' });
      return false;
    case 'ask':
    case 'stop':
      proceedOrStop(context, address, verdict);
      return false;
  }
  return unreachable(verdict);
}

/** What failed and how, to be compared with the next attempt; durations and the like are out of it. Undefined when no check failed. */
function failingOutput({ evidence }: Attempt): string | undefined {
  const failed = evidence.filter(({ outcome }) => outcome !== 'passed');
  if (failed.length === 0) return undefined;
  return canonicalJson(failed.map(({ check, outcome, exitCode, output }) => ({ check, outcome, exitCode, output })));
}

/** An attempt in an earlier process whose call failed, and which another worker took over from. */
function passedOver(worker: string, fault: string): Attempt {
  const nothing = { messages: [], heard: new Set<string>(), patches: [], outside: [], evidence: [], reasons: [] };
  return { worker, end: 'callFailed', text: failedText(fault), ...nothing };
}

function hotfixFailed(context: RunContext, attempt: Attempt): RunStopped {
  const why = attempt.reasons[0] ?? attempt.text;
  return new RunStopped('gateFailed', `The one attempt of a hotfix failed: ${why}${wayOnOf(context)}`);
}

function climb(
  context: RunContext,
  ladder: Ladder,
  { key, from, why }: { key: string; from: string; why: string },
): void {
  ladder.failures[from] = limit(context);
  context.steps.note('Escalation', { key, stage: 'implement', from, to: 'the next worker', text: why });
}

/**
 * The last rung. Where the workers wanted files outside the plan, the person is asked about the plan, and once the plan is wider the ladder begins anew;
 * otherwise the run stops here, which throws RunStopped.
 */
function handToPerson(context: RunContext, task: Task, ladder: Ladder): void {
  const { scope } = ladder;
  const wanted = (ladder.last?.outside ?? []).filter(
    (path) => !scope.files.includes(path) && !scope.isRefusedByPerson(path),
  );
  const answers = wanted.map((path) => {
    const about = amendmentOf(task.id, path);
    const text = `${task.id} could not be done inside the plan. May it change ${path} as well?`;
    const answer = askPerson(context, { stage: 'implement', about, text, options: ['allow', 'stop'] });
    return { path, about, text, answer };
  });
  const why = ladder.last?.reasons[0] ?? ladder.last?.text ?? 'no worker could be called';
  context.steps.note('Escalation', {
    key: `implement/${task.id}/person`,
    stage: 'implement',
    from: ladder.last?.worker ?? 'nobody',
    to: 'a person',
    text: why,
  });
  const refused = answers.find(({ answer }) => answer === 'stop');
  if (refused !== undefined)
    throw new RunStopped('gateFailed', `${task.id} stays inside the plan: a person answered stop. ${refused.text}`);
  const unanswered = answers.filter(({ answer }) => answer === undefined).map(({ path }) => path);
  if (unanswered.length > 0)
    throw new RunStopped('needsInput', `${task.id} needs files the plan does not name: ${unanswered.join(', ')}.`);
  if (answers.length === 0) throw everybodyFailed(task, ladder, why);
  for (const { path, about, text } of answers) scope.grant(path, text, answererOf(context, about) ?? 'a person');
  // The attempts made so far stay what they were, so that a run that is resumed or replayed passes through them as they happened.
  ladder.failures = {};
  ladder.unreached = [];
  ladder.failing = undefined;
  ladder.earlier = [];
  ladder.previous = undefined;
}

function everybodyFailed(task: Task, { last }: Ladder, why: string): RunStopped {
  if (last?.end === 'callFailed')
    return new RunStopped(
      'infrastructure',
      `${task.id} ${task.title}: no worker answered. Last, ${last.worker}: ${why}.`,
    );
  return new RunStopped('gateFailed', `${task.id} ${task.title}: every worker failed. Last: ${why}`);
}
