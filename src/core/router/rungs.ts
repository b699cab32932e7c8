import type { Role, Stage } from '../run/stage.ts';
import { type Configuration, type Tier, TIER_OF_COMMAND, type TieredCommand, TIERS } from '../settings.ts';
import type { RoutedPolicy, Standing } from './demotion.ts';
import { OWNER_OF_STAGE } from './ownerOfStage.ts';

/** The workers of one rung: the first is called, the others stand in for it while it cannot be reached. Never empty. */
export type Rung = readonly string[];

/** The ladder of a role at a stage, cheapest rung first, and the setting it is from. */
export interface Ladder {
  readonly setting: string;
  readonly rungs: readonly Rung[];
  /** False: a person is asked instead of the second rung. */
  readonly climbs: boolean;
}

/** The tier of a command: where the policy puts it, else its usual one. */
export function tierOf(command: TieredCommand, policy: Configuration): Tier {
  return TIERS.find((tier) => policy.tiers[tier]?.commands.includes(command)) ?? TIER_OF_COMMAND[command];
}

/** Failed attempts of one worker before the next is due. */
export function attemptsPerWorker(stage: Stage, policy: Configuration): number {
  return policy.tiers[tierOf(stage, policy)]?.attempts_per_worker ?? policy.gates.attempts_per_worker;
}

/**
 * Whom a role may be routed to at a stage. No rung for the validator: the project's own checks validate. Reviewers without a chain of their own are the
 * critic's workers, a librarian and a tutor without one are a local worker that implements. A worker that has taken the stage by its proof stands before the one it took it
 * from, who is the next rung.
 */
export function ladderOf(role: Role, stage: Stage, policy: RoutedPolicy): Ladder {
  if (role === 'validator') return { setting: '', rungs: [], climbs: false };
  const tier = tierOf(stage, policy);
  const own = policy.tiers[tier]?.[role];
  const names = own ?? policy.routing[role];
  if (names.length === 0 && (role === 'security_reviewer' || role === 'performance_reviewer'))
    return ladderOf('critic', stage, policy);
  if (names.length === 0 && isHelp(role)) return localImplementers(policy);
  return {
    setting: own === undefined ? `routing.${role}` : `tiers.${tier}.${role}`,
    rungs: withDemotion(
      inOrder(
        role,
        names.map((name) => membersOf(name, policy)),
        policy,
      ),
      standingAt(role, stage, policy),
    ),
    climbs: policy.tiers[tier]?.climb ?? true,
  };
}

/** Advisers that are a help and no need: where nobody can be one the work goes on without. */
export const isHelp = (role: Role): role is 'librarian' | 'tutor' => role === 'librarian' || role === 'tutor';

/** Why nobody can be such an adviser. */
export const nobodyHelps = (role: 'librarian' | 'tutor') => ({
  rule: 'no-chain',
  text: `routing.${role} names no worker, and routing.implementer no local one.`,
});

/** Local workers of the implementer's chain, each a rung of its own. */
function localImplementers(policy: RoutedPolicy): Ladder {
  const names = policy.routing.implementer.flatMap((name) => membersOf(name, policy));
  const local = [...new Set(names)].filter((name) => policy.workers[name]?.local ?? false);
  return { setting: 'routing.implementer, local workers', rungs: local.map((name) => [name]), climbs: true };
}

/** What was decided about a cheaper worker for the owner of a stage. */
export function standingAt(role: Role, stage: Stage, { standings }: RoutedPolicy): Standing | undefined {
  return role === OWNER_OF_STAGE[stage] ? standings?.find((standing) => standing.stage === stage) : undefined;
}

function withDemotion(rungs: readonly Rung[], standing: Standing | undefined): readonly Rung[] {
  if (standing?.rule !== 'demoted') return rungs;
  const { from, to } = standing;
  const place = rungs.findIndex((members) => members.includes(from));
  return place < 0 ? rungs : [...rungs.slice(0, place), [to], ...rungs.slice(place)];
}

/** Local workers first where the policy prefers them; a judge is never chosen for being local. */
function inOrder(role: Role, rungs: readonly Rung[], { calls, workers }: Configuration): readonly Rung[] {
  if (!calls.prefer_local || role === 'judge') return rungs;
  const isLocal = ([first = '']: Rung): boolean => workers[first]?.local ?? false;
  return [...rungs.filter(isLocal), ...rungs.filter((rung) => !isLocal(rung))];
}

/** What a name in a chain stands for: a worker, or a model chain with those that stand in. */
export function membersOf(name: string, { model_chains: chains }: Pick<Configuration, 'model_chains'>): Rung {
  const chain = Object.hasOwn(chains, name) ? chains[name] : undefined;
  return chain === undefined ? [name] : [chain.primary, ...chain.fallbacks];
}

/** How many rungs could still be tried: none of their workers failed at the work itself, and one of them at least was not out of reach. */
export function rungsLeft(
  { rungs, climbs }: Ladder,
  gone: { readonly failed: readonly string[]; readonly unreached: readonly string[] },
): number {
  return (climbs ? rungs : rungs.slice(0, 1)).filter(
    (rung) =>
      !rung.some((worker) => gone.failed.includes(worker)) && rung.some((worker) => !gone.unreached.includes(worker)),
  ).length;
}
