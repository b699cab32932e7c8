import { CommandProblem } from '../../app/problem.ts';
import type { Terminal } from '../terminal.ts';

/** What one action of `speckit reflex` does; returns the exit code. */
type Action = (terminal: Terminal, options: Readonly<Record<string, unknown>>) => Promise<number>;

/** Every action once, with the code that is loaded for it. */
const ACTIONS: Readonly<Record<string, () => Promise<Action>>> = {
  plan: async () => (await import('./reflexPlan.ts')).reflexPlan,
};

/** `speckit reflex ACTION`. */
export async function runReflex(
  terminal: Terminal,
  [name = '']: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const load = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (load === undefined)
    throw new CommandProblem('usage', `How it is used: speckit reflex ${Object.keys(ACTIONS).join('|')}`);
  const action = await load();
  return action(terminal, options);
}
