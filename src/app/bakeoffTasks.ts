import { rm } from 'node:fs/promises';
import path from 'node:path';
import { hashOf } from '../base/hash.ts';
import { counted } from '../base/counted.ts';
import { MIN_MINED_TASKS } from '../core/reflex/bakeoffStatistics.ts';
import { readSuite, type Suite } from '../node/reflex/bakeoffSuite.ts';
import { checkableTasks } from './bakeoffTools.ts';
import type { BakeoffTask } from './bakeoffTrial.ts';
import { mineTasks, type MinedTasks } from './mineTasks.ts';
import { proveTask } from './minedRun.ts';
import { CommandProblem } from './problem.ts';
import type { Project, Services } from './services.ts';

/** Where the tasks of a bake-off come from. */
export type TaskSource =
  /** The name of a suite that came with SpecKit, or the folder of another one. */
  | { readonly kind: 'suite'; readonly name: string }
  /** The finished runs of the repository: see mineTasks.ts. */
  | { readonly kind: 'history' };

/** The tasks of a bake-off as its report names them. */
export interface ChosenTasks {
  readonly name: string;
  /** Over all that the tasks are. */
  readonly sha256: string;
  readonly tasks: readonly BakeoffTask[];
  readonly skipped: readonly string[];
  /** Versions of the programs that the checks need, as far as somebody knows which they are. */
  readonly tools: Readonly<Record<string, string>>;
  /** What was mined, where the tasks are those of the repository's history. */
  readonly mined?: MinedTasks;
}

/** The tasks of a suite that can be checked here. Throws a CommandProblem where there is none. */
export async function suiteTasks(services: Services, name: string): Promise<ChosenTasks> {
  const suite = await suiteOf(services, name);
  const { tasks, skipped, tools } = await checkableTasks(services, suite.tasks);
  if (tasks.length > 0) return { name: suite.name, sha256: suite.sha256, tasks, skipped, tools };
  throw new CommandProblem('usage', `No task of ${suite.name} can be checked here: ${skipped.slice(0, 3).join('; ')}.`);
}

/** A folder is told from a name by its separator. */
async function suiteOf({ host }: Services, name: string): Promise<Suite> {
  const isFolder = /[\\/]/.test(name);
  const folder = isFolder ? path.resolve(host.folder, name) : path.join(host.installation, 'reflex', 'suites', name);
  const suite = await readSuite(isFolder ? path.basename(folder) : name, folder);
  if (suite.kind === 'ok') return suite.value;
  throw new CommandProblem('usage', suite.error);
}

/** What a report calls the tasks of the repository's own runs. */
const HISTORY = 'history';

/**
 * The tasks of the repository's finished runs: those that were mined before for a bake-off that goes on, or mined now, each proven in a folder below `place`
 * (absolute). `say` hears of each as it is tried, and of too few. Throws a CommandProblem where there is none.
 */
export async function historyTasks(
  services: Services,
  project: Project,
  { place, known }: { readonly place: string; readonly known: MinedTasks | undefined },
  say: (text: string) => void,
): Promise<ChosenTasks> {
  const mined = known ?? (await mineNow(services, project, place, say));
  const { tasks, skipped } = mined;
  if (tasks.length === 0)
    throw new CommandProblem(
      'usage',
      [
        'No task of a finished run of this repository can be done again, so there is nothing to compare. Nothing was spent.',
        ...skipped.slice(0, LINES).map((line) => `  ${line}`),
        ...(skipped.length > LINES ? [`  and ${skipped.length - LINES} more`] : []),
        'The tasks that come with SpecKit: leave out --from-history.',
      ].join('\n'),
    );
  if (tasks.length < MIN_MINED_TASKS)
    say(
      `${counted(tasks.length, 'task')} can be done again: with fewer than ${MIN_MINED_TASKS} a bake-off shows how reflex does, but cannot let it make first attempts.`,
    );
  return { name: HISTORY, sha256: hashOf(tasks), tasks, skipped, tools: {}, mined };
}

/** Lines about what cannot be mined where nothing can. */
const LINES = 10;

async function mineNow(
  services: Services,
  project: Project,
  place: string,
  say: (text: string) => void,
): Promise<MinedTasks> {
  const folder = path.join(place, 'proof');
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  // What a killed process left there is half of something.
  await remove();
  try {
    return await mineTasks(services, project, async (mined) => {
      const proof = await proveTask(services, project, { mined, folder });
      await remove();
      say(proof.kind === 'ok' ? `${mined.name} can be done again` : `${mined.name} cannot: ${proof.error}`);
      return proof;
    });
  } finally {
    await remove();
  }
}
