import { counted } from '../../base/counted.ts';
import { AbortedError } from '../../base/withAbort.ts';
import { renderPrompt } from '../prompt/template.ts';
import type { Verdict } from '../gates/verdict.ts';
import { PausedError } from '../run/paused.ts';
import { STAGES, type Stage } from '../run/stage.ts';
import { audit } from './audit.ts';
import { requireConfinement } from './command.ts';
import type { RunContext } from './context.ts';
import { implementTask, type DoneTask, type ImplementBasis } from './implement.ts';
import type { Task } from './outputs.ts';
import { plan } from './plan.ts';
import { prompt } from './promptFor.ts';
import { pointsOf, propose, roundState } from './propose.ts';
import { specify, type Specified } from './specify.ts';
import { RunStopped, type RunOutcome } from './stopped.ts';
import { tasks } from './tasks.ts';
import { validate, type Validated } from './validate.ts';

/** How a run's process ended its work. `stage` is where it stands, `text` says why in words for a person. */
export interface PipelineEnd {
  readonly outcome: RunOutcome;
  readonly stage: Stage;
  readonly text: string;
  /** The rule of the budgets that ended it, where one did. */
  readonly rule?: string;
}

/** Rounds of validate, audit and fixing: gates ask a person long before. */
const ROUNDS = 12;

/**
 * Runs the stages in their order up to and including `until`, as plain code over durable steps: what an earlier process has done is passed
 * through without being done again. Expected ends are returned; an unexpected fault throws after it was recorded by the caller.
 * `audits`: `first` ends with the first audit, whatever it says, and mends nothing after it.
 */
export async function runPipeline(
  context: RunContext,
  until: Stage,
  audits: 'all' | 'first' = 'all',
): Promise<PipelineEnd> {
  const where: Where = { stage: 'specify' };
  return endOf(context, where, () => stages(context, { until, audits }, where));
}

/** Does `work`, and returns how it ended: what it throws of the expected, too. `where` is read when it ends. */
export async function endOf(
  context: RunContext,
  progress: Readonly<Where>,
  work: () => Promise<PipelineEnd>,
): Promise<PipelineEnd> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RunStopped) {
      const { outcome, message: text, rule } = error;
      return { outcome, stage: progress.stage, text, ...(rule === undefined ? {} : { rule }) };
    }
    // A stop that follows a pause is a stop.
    if (error instanceof PausedError && !context.signal.aborted)
      return {
        outcome: 'paused',
        stage: progress.stage,
        text: `Paused in ${progress.stage}. What was done is kept.`,
      };
    if (error instanceof AbortedError || context.signal.aborted)
      return { outcome: 'stopped', stage: progress.stage, text: 'Stopped. What was done is kept.' };
    throw error;
  }
}

interface Where {
  stage: Stage;
}

/** How far a run goes. */
interface Reach {
  readonly until: Stage;
  readonly audits: 'all' | 'first';
}

async function stages(context: RunContext, { until, audits }: Reach, where: Where): Promise<PipelineEnd> {
  const paused = (): PipelineEnd => ({ outcome: 'paused', stage: where.stage, text: `Paused after ${where.stage}.` });
  const isLast = (stage: Stage): boolean => STAGES.indexOf(stage) >= STAGES.indexOf(until);
  if (!isLast('tasks')) await requireConfinement(context);
  const stage = async <Value>(
    name: Stage,
    text: (value: Value) => string,
    work: () => Promise<Value>,
    tasksOf?: (value: Value) => readonly Task[],
  ): Promise<Value> => {
    where.stage = name;
    enter(context, name, 1);
    const value = await work();
    leave(context, { stage: name, round: 1, text: text(value), tasks: tasksOf?.(value) });
    return value;
  };
  const specified = await stage(
    'specify',
    ({ brief }) => `brief of ${counted(brief.acceptance.length, 'requirement')}`,
    () => specify(context),
  );
  if (isLast('specify')) return paused();
  const planned = await stage(
    'plan',
    (value) => `${counted(value.plan.files.length, 'file')}, confidence ${value.plan.confidence}`,
    () => plan(context, specified),
  );
  if (isLast('plan')) return paused();
  const work = await stage(
    'tasks',
    (value) => counted(value.length, 'task'),
    () => tasks(context, planned),
    (value) => value,
  );
  if (isLast('tasks')) return paused();
  const basis = { ...planned, relevant: specified.brief.relevant_files, done: [] };
  await stage(
    'implement',
    () => `${counted(work.length, 'task')} done`,
    async () => {
      using _watch = await watchReflex(context, 1);
      const done: DoneTask[] = [];
      for (const task of work)
        done.push(await implementTask(context, task, { ...basis, done }, `implement/${task.id}`));
    },
  );
  if (isLast('implement')) return paused();
  return review(context, { specified, basis, until, audits, where });
}

interface Made extends Reach {
  readonly specified: Specified;
  readonly basis: ImplementBasis;
  readonly where: Where;
}

/** Validate, audit and propose, in rounds: what a gate or a person sends back is mended and measured anew. */
async function review(context: RunContext, made: Made): Promise<PipelineEnd> {
  const { basis, until, where } = made;
  const validations: Verdict[] = [];
  const earlier: Verdict[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    where.stage = 'validate';
    enter(context, 'validate', round);
    const validation = await validate(context, basis.plan, { round, earlier: validations });
    if (validation.kind === 'sentBack') {
      validations.push(validation.verdict);
      await fix(context, basis, round, validation.points, where);
      continue;
    }
    leave(context, { stage: 'validate', round, text: `${counted(validation.evidence.length, 'check')} passed` });
    if (until === 'validate') return { outcome: 'paused', stage: 'validate', text: 'Paused after validate.' };
    const end = await auditAndPropose(context, made, { validation, round, earlier });
    if (end !== undefined) return end;
  }
  throw new RunStopped('gateFailed', `The change did not pass in ${ROUNDS} rounds.`);
}

interface Round {
  readonly validation: Validated;
  readonly round: number;
  /** Of the audits before. */
  readonly earlier: Verdict[];
}

async function auditAndPropose(
  context: RunContext,
  { specified, basis, until, audits, where }: Made,
  { validation, round, earlier }: Round,
): Promise<PipelineEnd | undefined> {
  where.stage = 'audit';
  enter(context, 'audit', round);
  const audited = await audit(context, specified, validation, { round, earlier });
  if (audited.kind === 'sentBack') {
    if (audits === 'first') throw new RunStopped('gateFailed', 'The audit sent the change back.');
    earlier.push(audited.verdict);
    await fix(context, basis, round, audited.points, where);
    return undefined;
  }
  leave(context, { stage: 'audit', round, text: `${audited.judge}: ${audited.audit?.recommendation ?? 'accepted'}` });
  if (until === 'audit') return { outcome: 'paused', stage: 'audit', text: 'Paused after audit.' };
  where.stage = 'unlock';
  enter(context, 'unlock', round);
  await propose(context, specified, validation, audited, round);
  const state = roundState(context.log.events, round);
  switch (state.kind) {
    case 'waiting':
      return { outcome: 'proposed', stage: 'unlock', text: 'The change awaits your approval.' };
    case 'applied':
      return { outcome: 'applied', stage: 'unlock', text: 'The change was approved and applied.' };
    case 'rejected':
      await fix(context, basis, round, pointsOf(context.log.events, round, state.why), where);
      return undefined;
  }
}

/** One more task in the files of the plan: mend what was found, then everything is measured again. */
async function fix(
  context: RunContext,
  basis: ImplementBasis,
  round: number,
  points: readonly string[],
  where: Where,
): Promise<void> {
  where.stage = 'implement';
  const id = `R${round}`;
  enter(context, 'implement', round + 1);
  const amended = amendedBefore(context, round);
  const task: Task = {
    id,
    title: 'Mend what the review found',
    description: renderPrompt(prompt(context, 'review-fix'), {
      findings: points.map((point) => `- ${point}`).join('\n'),
    }),
    requirements: context.spec.spec.requirements.map((requirement) => requirement.id),
    files: [...new Set([...basis.plan.files.map((file) => file.path), ...amended])],
    depends_on: [],
    criteria: [],
  };
  using _watch = await watchReflex(context, round + 1);
  await implementTask(context, task, basis, `implement/${id}`);
  leave(context, { stage: 'implement', round: round + 1, text: `${counted(points.length, 'point')} mended` });
}

/** Files that were added to the plan for the tasks and for earlier rounds: what this round or a later one adds is no part of its beginning, also on resume. */
function amendedBefore(context: RunContext, round: number): readonly string[] {
  return context.log.events.flatMap((event) => {
    if (event.kind !== 'PlanAmendment') return [];
    const { key, path } = event.payload;
    const later = /^amendment\/R(\d+)\//.exec(key)?.[1];
    return later !== undefined && Number(later) >= round ? [] : [path];
  });
}

/** Looks at the local server while a round implements, where the policy has one. What is done already needs no look. */
async function watchReflex({ log, reflex }: RunContext, round: number): Promise<Disposable | undefined> {
  const key = `implement/${round}/done`;
  const isDone = log.events.some(({ kind, payload }) => kind === 'StageTransition' && payload.key === key);
  return isDone ? undefined : reflex?.watch();
}

function enter(context: RunContext, stage: Stage, round: number): void {
  context.steps.note('StageTransition', { key: `${stage}/${round}/entered`, stage, to: 'entered', text: '' });
  context.progress({ kind: 'stage', stage, text: '' });
}

interface Left {
  readonly stage: Stage;
  readonly round: number;
  readonly text: string;
  readonly tasks?: readonly Task[] | undefined;
}

function leave(context: RunContext, { stage, round, text, tasks: made }: Left): void {
  context.steps.note('StageTransition', {
    key: `${stage}/${round}/done`,
    stage,
    to: 'done',
    text,
    ...(made === undefined ? {} : { tasks: made.map(({ id, title }) => ({ id, title })) }),
  });
}
