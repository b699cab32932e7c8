import { CommandProblem } from '../../app/problem.ts';
import type { Terminal } from '../terminal.ts';
import { runBakeoff } from './reflexBakeoff.ts';

/** `speckit reflex bakeoff`. */
export async function runReflex(
  terminal: Terminal,
  [action = '']: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  if (action === 'bakeoff') return runBakeoff(terminal, options);
  throw new CommandProblem(
    'usage',
    'How it is used: speckit reflex bakeoff [--suite NAME] [--worker NAME] [--against WORKER] [--trials N] [--budget DOLLARS] [--resume] [--ci]',
  );
}
