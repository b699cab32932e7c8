import { unreachable } from '../../base/unreachable.ts';
import { estimateTokens } from '../ledger/estimate.ts';
import { standsAgainst } from '../gates/standsAgainst.ts';
import type { Verdict } from '../gates/verdict.ts';
import { chooseWorker } from './ask.ts';
import { runAttempt, type Attempt, type AttemptBasis } from './attempt.ts';
import { signalsOfAttempt } from './attemptSignals.ts';
import type { RunContext } from './context.ts';
import { decide, proceedOrStop, wayOnOf } from './gate.ts';
import type { Plan, Task } from './outputs.ts';
import { taskText } from './prose.ts';
import { askPerson, questionsOf } from './questions.ts';
import { RunStopped } from './stopped.ts';
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
  const ladder: Ladder = { start: context.workspace.current, failures: {}, earlier: [], last: undefined, said: [] };
  for (let number = 1; number <= ATTEMPTS; number += 1) {
    const attemptKey = `${key}/${number}`;
    const passOver = Object.keys(ladder.failures).filter((worker) => (ladder.failures[worker] ?? 0) >= limit(context));
    const worker = chooseWorker(
      context,
      {
        key: attemptKey,
        stage: 'implement',
        role: 'implementer',
        estimatedTokens: estimateTokens(`${context.spec.text}${taskText(task)}`),
        needsTools: context.size !== 'hotfix',
      },
      passOver,
    );
    if (worker === undefined) throw handToPerson(context, task, ladder);
    const previous = ladder.last?.worker === worker ? ladder.last : undefined;
    if (previous === undefined) context.workspace.moveTo(ladder.start);
    const scope = [...task.files, ...amendments(context, task)];
    const attemptBasis: AttemptBasis = { ...basis, scope, handedOn: ladder.last, previous };
    const attempt = await runAttempt(context, task, attemptBasis, { key: attemptKey, worker });
    ladder.last = attempt;
    ladder.said = previous === undefined ? [attempt.text] : [...ladder.said, attempt.text];
    if (await settleAttempt(context, task, ladder, { key: attemptKey, attempt }))
      return { task, said: ladder.said.join(' ') };
  }
  throw new RunStopped('gateFailed', `${task.id} was tried ${ATTEMPTS} times.`);
}

interface Ladder {
  readonly start: KnownTree;
  readonly failures: Record<string, number>;
  readonly earlier: Verdict[];
  last: Attempt | undefined;
  /** What the present worker said at the end of each of its attempts. */
  said: readonly string[];
}

const limit = (context: RunContext): number => context.configuration.gates.attempts_per_worker;

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
    climb(context, ladder, { key, from: worker, why: attempt.text });
    return false;
  }
  const failedHere = ladder.failures[worker] ?? 0;
  const workersLeft = context.configuration.routing.implementer.filter(
    (other) =>
      other !== worker && (ladder.failures[other] ?? 0) < limit(context) && context.health(other).kind !== 'down',
  ).length;
  const signals = await signalsOfAttempt(context, task, attempt, {
    start: ladder.start,
    scope: [...task.files, ...amendments(context, task)],
    attempts: { kind: 'attempts', worker, failedHere, failedTotal: ladder.earlier.length, workersLeft },
  });
  const address = { key: `${key}/gate`, stage: 'implement' as const, earlier: ladder.earlier };
  const verdict = decide(context, address, signals);
  ladder.earlier.push(verdict);
  attempt.reasons = standsAgainst(verdict.reasons).map((reason) => reason.text);
  if (context.size === 'hotfix' && (verdict.kind === 'retry' || verdict.kind === 'escalate'))
    throw hotfixFailed(context, attempt);
  switch (verdict.kind) {
    case 'proceed':
      return true;
    case 'retry':
      ladder.failures[worker] = failedHere + 1;
      return false;
    case 'escalate':
      if (verdict.to === 'person') throw handToPerson(context, task, ladder);
      climb(context, ladder, { key, from: worker, why: verdict.reasons[0]?.text ?? '' });
      return false;
    case 'ask':
    case 'stop':
      proceedOrStop(context, address, verdict);
      return false;
  }
  return unreachable(verdict);
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

/** The last rung. Where the workers wanted files outside the plan, the person is asked about the plan first. */
function handToPerson(context: RunContext, task: Task, ladder: Ladder): RunStopped {
  const wanted = ladder.last?.outside ?? [];
  for (const path of wanted) {
    askPerson(context, {
      stage: 'implement',
      about: amendmentOf(task, path),
      text: `${task.id} could not be done inside the plan. May it change ${path} as well?`,
      options: ['allow', 'stop'],
    });
  }
  const why = ladder.last?.reasons[0] ?? ladder.last?.text ?? 'no worker could be called';
  context.steps.note('Escalation', {
    key: `implement/${task.id}/person`,
    stage: 'implement',
    from: ladder.last?.worker ?? 'nobody',
    to: 'a person',
    text: why,
  });
  const refused = questionsOf(context.log.events).filter(
    ({ about, answer }) => answer === 'stop' && wanted.some((path) => about === amendmentOf(task, path)),
  );
  if (refused.length > 0)
    return new RunStopped(
      'gateFailed',
      `${task.id} stays inside the plan: a person answered stop. ${refused[0]?.text ?? ''}`,
    );
  const unanswered = wanted.filter((path) => !amendments(context, task).includes(path));
  if (unanswered.length > 0)
    return new RunStopped('needsInput', `${task.id} needs files the plan does not name: ${unanswered.join(', ')}.`);
  if (ladder.last?.end === 'callFailed')
    return new RunStopped(
      'infrastructure',
      `${task.id} ${task.title}: no worker answered. Last, ${ladder.last.worker}: ${why}.`,
    );
  return new RunStopped('gateFailed', `${task.id} ${task.title}: every worker failed. Last: ${why}`);
}

const amendmentOf = (task: Task, path: string): string => `amend-plan:${task.id}:${path}`;

/** Files a person has added to the plan for this task, each recorded as an amendment. */
function amendments(context: RunContext, task: Task): readonly string[] {
  const prefix = amendmentOf(task, '');
  const allowed = new Map<string, string>();
  for (const event of context.log.events)
    if (event.kind === 'QuestionAnswer' && event.payload.answer === 'allow')
      allowed.set(event.payload.id, event.payload.by);
  return context.log.events.flatMap((event) => {
    if (event.kind !== 'QuestionAsk' || !event.payload.about.startsWith(prefix)) return [];
    const by = allowed.get(event.payload.id);
    if (by === undefined) return [];
    const path = event.payload.about.slice(prefix.length);
    context.steps.note('PlanAmendment', { key: `amendment/${task.id}/${path}`, path, why: event.payload.text, by });
    return [path];
  });
}
