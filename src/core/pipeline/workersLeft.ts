import { forbiddenCall } from '../policy/forbiddenCall.ts';
import { ladderOf, rungsLeft } from '../router/rungs.ts';
import type { Role, Stage } from '../run/stage.ts';
import type { RunContext } from './context.ts';

/**
 * Rungs of a role's ladder that are left after these workers, as a gate counts them. An endpoint that is left alone for now, and a key that a person can
 * set, are no reason to give up: only who must not be called, or cannot be called here at all, is not counted.
 */
export function workersLeft(
  context: RunContext,
  { role, stage }: { readonly role: Role; readonly stage: Stage },
  gone: { readonly failed: readonly string[]; readonly unreached: readonly string[] },
): number {
  const { configuration } = context;
  const never = Object.entries(configuration.workers).flatMap(([name, settings]) => {
    const health = context.health(name);
    const isElsewhere = health.kind === 'down' && health.cause === 'elsewhere';
    return isElsewhere || forbiddenCall(name, settings, configuration) !== undefined ? [name] : [];
  });
  const ladder = ladderOf(role, stage, configuration);
  return rungsLeft(ladder, { failed: gone.failed, unreached: [...gone.unreached, ...never] });
}
