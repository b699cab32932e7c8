import type { Signal } from '../gates/signal.ts';
import { standsAgainst } from '../gates/standsAgainst.ts';
import type { Verdict } from '../gates/verdict.ts';
import { obligations, type RunContext, type SpecInput } from './context.ts';
import { ask } from './ask.ts';
import { tasksSchema, type Plan, type Task, type Tasks } from './outputs.ts';
import { decide, proceedOrStop } from './gate.ts';
import type { Planned } from './plan.ts';
import { adviceText, planText, requirementIdsText } from './prose.ts';
import { tasksDocument } from './documents.ts';
import { nobodyLeft } from './nobodyLeft.ts';
import { RunStopped } from './stopped.ts';
import { workersLeft } from './workersLeft.ts';
import { taskGraphProblems, wavesOf } from './taskGraph.ts';

const ROUNDS = 6;

/** Stage tasks: the architect cuts the plan into tasks; the graph must be sound before anything is built. Returned in the order they are done. */
export async function tasks(context: RunContext, { plan, advice }: Planned): Promise<readonly Task[]> {
  if (context.size === 'hotfix') return hotfixTasks(context, plan);
  const earlier: Verdict[] = [];
  const passOver: string[] = [];
  let points = '(none)';
  for (let round = 1; round <= ROUNDS; round += 1) {
    const key = `tasks/${round}`;
    const values = {
      requirement_ids: requirementIdsText(context),
      plan: planText(plan),
      advice: adviceText(advice),
      critique: points,
    };
    const answered = await ask(context, {
      key: `${key}/tasks`,
      stage: 'tasks',
      role: 'architect',
      name: 'tasks',
      schema: tasksSchema,
      prompt: { id: 'tasks', values },
      passOver,
    });
    if (answered === undefined) throw nobodyLeft(context, { key: `${key}/tasks`, role: 'architect', wanted: 'tasks' });
    const left = workersLeft(
      context,
      { role: 'architect', stage: 'tasks' },
      { failed: [...passOver, answered.worker], unreached: [] },
    );
    const address = { key: `${key}/gate`, stage: 'tasks' as const, earlier };
    const verdict = decide(
      context,
      address,
      signalsOf(context, answered.value, plan, { worker: answered.worker, failed: earlier.length, workersLeft: left }),
    );
    earlier.push(verdict);
    if (verdict.kind === 'proceed') return land(context, answered.value);
    if (verdict.kind === 'escalate' && verdict.to === 'nextWorker') passOver.push(answered.worker);
    else if (verdict.kind !== 'retry') proceedOrStop(context, address, verdict);
    points = standsAgainst(verdict.reasons)
      .slice(0, 12)
      .map((reason) => `- ${reason.text}`)
      .join('\n');
  }
  throw new RunStopped('gateFailed', `The tasks did not pass their gate in ${ROUNDS} rounds.`);
}

interface Tries {
  readonly worker: string;
  readonly failed: number;
  readonly workersLeft: number;
}

function signalsOf(
  context: RunContext,
  value: Tasks,
  plan: Plan,
  { worker, failed, workersLeft }: Tries,
): readonly Signal[] {
  const covered = new Set(value.tasks.flatMap((task) => task.requirements));
  const ids = obligations(context.spec.spec).map((requirement) => requirement.id);
  return [
    { kind: 'coverage', subject: 'tasks', missing: ids.filter((id) => !covered.has(id)), total: ids.length },
    { kind: 'taskGraph', problems: [...taskGraphProblems(value.tasks, plan)] },
    { kind: 'ownerConfidence', role: 'architect', worker, value: value.confidence },
    { kind: 'attempts', worker, failedHere: failed, failedTotal: failed, workersLeft },
  ];
}

async function land(context: RunContext, value: Tasks): Promise<readonly Task[]> {
  await context.documents.write('tasks.json', `${JSON.stringify(value, null, 2)}\n`);
  await context.documents.write('tasks.md', tasksDocument(context.spec, value.tasks));
  return wavesOf(value.tasks).flat();
}

/** The one task of a hotfix, which follows from its spec. */
export function hotfixTask({ spec, title, text }: Pick<SpecInput, 'spec' | 'title' | 'text'>): Task {
  return {
    id: 'T1',
    title,
    description: text.slice(0, 4_000),
    requirements: spec.requirements.map((requirement) => requirement.id),
    files: spec.files.slice(0, 1).map(({ file }) => file),
    depends_on: [],
    criteria: spec.criteria.map((criterion) => criterion.text.slice(0, 600)).slice(0, 12),
  };
}

async function hotfixTasks(context: RunContext, plan: Plan): Promise<readonly Task[]> {
  const task = hotfixTask(context.spec);
  const value: Tasks = { tasks: [task], confidence: 1, open_questions: [] };
  const address = { key: 'tasks/1/gate', stage: 'tasks' as const };
  proceedOrStop(
    context,
    address,
    decide(context, address, signalsOf(context, value, plan, { worker: 'the spec itself', failed: 0, workersLeft: 0 })),
  );
  await context.documents.write('tasks.json', `${JSON.stringify(value, null, 2)}\n`);
  return value.tasks;
}
