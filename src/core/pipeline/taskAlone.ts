import type { RepositoryPath, TreeId } from '../ports.ts';
import type { RunContext } from './context.ts';
import { requireConfinement } from './command.ts';
import { runChecks, type Evidence } from './evidence.ts';
import { implementTask } from './implement.ts';
import type { Plan, Task } from './outputs.ts';
import { endOf, type PipelineEnd } from './runPipeline.ts';

/** A task that was done once, to be done again: `tests` stand in the tree already, and nobody changes them. `task.files` are the others. */
export interface TaskAlone {
  readonly task: Task;
  readonly tests: readonly RepositoryPath[];
}

/**
 * Does one task on the tree that the run began with, as stage implement does it, and ends after its gate. The tests are shown, and a patch may hold changes
 * of them: those are left out, so that what is measured is never the worker's own tests.
 */
export function runTaskAlone(context: RunContext, { task, tests }: TaskAlone): Promise<PipelineEnd> {
  return endOf(context, { stage: 'implement' }, async () => {
    await requireConfinement(context);
    const basis = { plan: planOf(task), advice: [], relevant: [], done: [], shown: tests };
    await implementTask(withTestsKept(context, tests), task, basis, `implement/${task.id}`);
    return { outcome: 'paused', stage: 'implement', text: 'Paused after implement.' };
  });
}

/** What the checks say of the tree that the run began with, and of `after`, each up to the first check that does not pass. Throws RunStopped where they cannot be run. */
export async function measureBoth(
  context: RunContext,
  after: TreeId,
): Promise<{ readonly before: readonly Evidence[]; readonly after: readonly Evidence[] }> {
  await requireConfinement(context);
  const before = await runChecks(context);
  context.workspace.moveTo({ tree: after, evidence: await context.tree.evidenceOf(after) });
  return { before, after: await runChecks(context) };
}

function withTestsKept(context: RunContext, tests: readonly RepositoryPath[]): RunContext {
  const { workspace } = context;
  const kept: RunContext['workspace'] = Object.create(workspace, {
    apply: {
      value: (key: string, changes: Parameters<typeof workspace.apply>[1]) =>
        workspace.apply(
          key,
          changes.filter(({ path }) => !tests.includes(path)),
        ),
    },
  });
  return { ...context, workspace: kept };
}

/** One step, and no more files than the task's own. */
function planOf({ title, requirements, files }: Task): Plan {
  return {
    summary: title,
    files: files.map((path) => ({ path, action: 'modify', why: title })),
    steps: [{ id: 'S1', title, requirements, files, success_signal: "the project's checks pass" }],
    tests: [],
    risks: [],
    confidence: 1,
    open_questions: [],
  };
}
