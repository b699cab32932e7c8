import { CommandProblem } from '../../app/problem.ts';
import type { Terminal } from '../terminal.ts';

/** What one action of `speckit reflex` does; returns the exit code. */
type Action = (terminal: Terminal, options: Readonly<Record<string, unknown>>) => Promise<number>;

/** Every action once, with the code that is loaded for it. `supervise` is for SpecKit itself: see node/reflex/supervisor.ts. */
const ACTIONS: Readonly<Record<string, () => Promise<Action>>> = {
  health: async () => (await import('./reflexServer.ts')).reflexHealth,
  models: async () => (await import('./reflexServer.ts')).reflexModels,
  status: async () => (await import('./reflexServer.ts')).reflexStatus,
  start: async () => (await import('./reflexServer.ts')).reflexStart,
  stop: async () => (await import('./reflexServer.ts')).reflexStop,
  restart: async () => (await import('./reflexServer.ts')).reflexRestart,
  logs: async () => (await import('./reflexServer.ts')).reflexLogs,
  plan: async () => (await import('./reflexPlan.ts')).reflexPlan,
  bakeoff: async () => (await import('./reflexBakeoff.ts')).runBakeoff,
  supervise: async () => (await import('./reflexServer.ts')).reflexSupervise,
};
const HIDDEN: readonly string[] = ['supervise'];

/** `speckit reflex ACTION`. */
export async function runReflex(
  terminal: Terminal,
  [name = '']: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const load = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (load === undefined) {
    const shown = Object.keys(ACTIONS).filter((action) => !HIDDEN.includes(action));
    throw new CommandProblem('usage', `How it is used: speckit reflex ${shown.join('|')}`);
  }
  const action = await load();
  return action(terminal, options);
}
