import { CommandProblem } from './problem.ts';
import { openProject, type Services } from './services.ts';

/** The names of the keys that the configured workers use, each once; none while the configuration cannot be read. */
export async function keyNames(services: Services): Promise<readonly string[]> {
  try {
    const { loaded } = await openProject(services);
    const names = Object.values(loaded.configuration.workers).flatMap(({ key_env: name }) => name ?? []);
    return [...new Set(names)];
  } catch (error) {
    if (error instanceof CommandProblem) return [];
    throw error;
  }
}
