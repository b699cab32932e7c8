import path from 'node:path';
import { INSIDE_RUN, insideRunText } from '../app/insideRun.ts';
import { CommandProblem } from '../app/problem.ts';
import { failureOf, tellFailure } from './failure.ts';
import type { Understood } from './plainWords.ts';
import { createTerminal, resultWriter } from './terminal.ts';

/** Runs a command that was understood and returns its exit code. Never throws. */
export async function runVerb({ row, positional, options, globals }: Understood): Promise<number> {
  let isStopped = (): boolean => false;
  try {
    using terminal = createTerminal({ ...globals, directory: folderOf(globals.directory) });
    isStopped = () => terminal.host.signal.aborted;
    const run = terminal.host.environment[INSIDE_RUN];
    if (run !== undefined && row.isLook !== true) throw new CommandProblem('blocked', insideRunText(run));
    const verb = await row.load();
    return await verb(terminal, positional, options);
  } catch (error) {
    const failure = failureOf(error, isStopped());
    tellFailure(failure, resultWriter(globals));
    return failure.exitCode;
  }
}

/** The folder to work in, absolute. */
function folderOf(directory: string): string {
  try {
    return path.resolve(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new CommandProblem('usage', 'The current folder does not exist any more. Go to one that does: cd .');
  }
}
