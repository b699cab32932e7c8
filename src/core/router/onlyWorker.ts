import { type ComparedStage, type Configuration, TIERS } from '../settings.ts';
import { OWNER_OF_STAGE } from './ownerOfStage.ts';
import { tierOf } from './rungs.ts';

/** The stages at which a model is asked. */
const ASKED = ['specify', 'plan', 'tasks', 'implement', 'audit'] as const;

/** Stages whose comparison makes attempts at tasks. */
const WITH_ATTEMPTS: ReadonlySet<ComparedStage> = new Set(['implement', 'audit']);

/**
 * The policy with this worker alone for a stage's owner, and nothing else changed: the stage gets a tier of its own, which does what its tier did.
 * Reflex makes no attempt where a stage is compared that follows: it would stand before the worker. Undefined where each tier has another stage of its own already.
 */
export function withOnlyWorker(
  configuration: Configuration,
  stage: ComparedStage,
  worker: string,
): Configuration | undefined {
  const { tiers } = configuration;
  const free = TIERS.find((tier) => ASKED.every((other) => other === stage || tierOf(other, configuration) !== tier));
  if (free === undefined) return undefined;
  const without = Object.fromEntries(
    Object.entries(tiers).map(([tier, settings]) => [
      tier,
      { ...settings, commands: settings.commands.filter((command) => command !== stage) },
    ]),
  ) as Configuration['tiers'];
  const before = tiers[tierOf(stage, configuration)];
  const own = {
    climb: true,
    ...before,
    commands: [...(without[free]?.commands ?? []), stage],
    [OWNER_OF_STAGE[stage]]: [worker],
  };
  const reflex = { ...configuration.reflex, enabled: configuration.reflex.enabled && !WITH_ATTEMPTS.has(stage) };
  return { ...configuration, reflex, tiers: { ...without, [free]: own }, demotions: { enabled: false } };
}
