import { CommandProblem } from './problem.ts';
import type { Services } from './services.ts';

/**
 * The variable by which a command knows the run that started it. The sandbox is what holds a command back; this only keeps an honest one, a test suite
 * that calls `speckit` say, from deciding in a person's name.
 */
export const INSIDE_RUN = 'SPECKIT_INSIDE_RUN';

/** Why a verb that decides or starts something does nothing here. */
export const insideRunText = (run: string): string =>
  `This was called by a command of run ${run.slice(0, 60)}: only a person decides, and not from inside a run. Call it in a terminal of your own.`;

/** Throws the CommandProblem of a verb that starts something, where a run's command called it. */
export function refuseInsideRun({ host }: Pick<Services, 'host'>): void {
  const run = host.environment[INSIDE_RUN];
  if (run !== undefined) throw new CommandProblem('blocked', insideRunText(run));
}
