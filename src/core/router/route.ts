import type { Configuration } from '../settings.ts';
import { adviserOff, isAdviser } from '../policy/advisersAt.ts';
import { OWNER_OF_STAGE } from './ownerOfStage.ts';
import { hasFailed, refusalOf } from './refusal.ts';
import type { RouteFacts, RouteReason, RouteRequest, WorkerHealth } from './routeRequest.ts';
import type { RoutedPolicy, Standing } from './demotion.ts';
import { ladderOf, standingAt, type Ladder, type Rung } from './rungs.ts';
import type { SpendTotals } from '../run/spending.ts';

export interface RefusedWorker extends RouteReason {
  readonly worker: string;
}

/** `rung` is the place in the role's chain, from 0. Both lists are bounded by the chain, which has at most 6 rungs of 6 workers. */
export type RouteChoice =
  | {
      readonly kind: 'worker';
      readonly worker: string;
      readonly rung: number;
      readonly reasons: readonly RouteReason[];
      readonly refused: readonly RefusedWorker[];
    }
  | { readonly kind: 'none'; readonly reasons: readonly RouteReason[]; readonly refused: readonly RefusedWorker[] };

/**
 * The first worker of the role's ladder that no rule refuses. It stands cheapest first, so the first is the cheapest; a rung whose worker
 * failed often enough is refused, which is how a piece of work climbs, and those that stand in for a worker are called only while it cannot be reached. Every worker passed over is listed with the rule that refused it.
 */
export function route(
  request: RouteRequest,
  policy: RoutedPolicy,
  health: Readonly<Record<string, WorkerHealth>>,
  spend: SpendTotals,
): RouteChoice {
  const misplaced = misplacedRole(request, policy);
  if (misplaced !== undefined) return { kind: 'none', reasons: [misplaced], refused: [] };
  const facts: RouteFacts = { request, policy, health, spend };
  const ladder = ladderOf(request.role, request.stage, policy);
  const standing = standingAt(request.role, request.stage, policy);
  const refused: RefusedWorker[] = keptOut(ladder, standing);
  for (const [rung, members] of ladder.rungs.entries()) {
    const failed = members.find((worker) => hasFailed(worker, facts));
    for (const worker of members) {
      const refusal =
        refusalOf(worker, facts) ??
        outOfTurn(worker, { members, rung, failed, ladder }) ??
        standIn(worker, refused, policy);
      if (refusal === undefined)
        return {
          kind: 'worker',
          worker,
          rung,
          reasons: [...reasonsFor(worker, { rung, members, ladder }, facts), ...demotionReasons(worker, standing)],
          refused,
        };
      refused.push({ worker, ...refusal });
      // A key that is not there is for a person to put right: no other worker stands in for it.
      if (refusal.rule === 'key-missing') return { kind: 'none', reasons: [refusal], refused };
    }
  }
  return lastResort(ladder, refused) ?? { kind: 'none', reasons: [emptyHanded(ladder)], refused };
}

/** A cheaper worker that the policy names for the stage and whose proof does not hold: it is passed over first of all. */
function keptOut({ rungs }: Ladder, standing: Standing | undefined): RefusedWorker[] {
  if (standing === undefined || standing.rule === 'demoted' || rungs.flat().includes(standing.to)) return [];
  return [{ worker: standing.to, rule: standing.rule, text: standing.text }];
}

/** Why a cheaper worker was chosen, or the dearer one kept. */
function demotionReasons(worker: string, standing: Standing | undefined): readonly RouteReason[] {
  if (standing === undefined || worker !== (standing.rule === 'demoted' ? standing.to : standing.from)) return [];
  return [{ rule: standing.rule, text: standing.text }];
}

interface Turn {
  readonly members: Rung;
  readonly rung: number;
  readonly failed: string | undefined;
  readonly ladder: Ladder;
}

/** A worker that could be called, and whose turn it is not. */
function outOfTurn(worker: string, { members, rung, failed, ladder }: Turn): RouteReason | undefined {
  if (failed !== undefined && failed !== worker) {
    const text = `${worker} stands in while ${members[0]} cannot be reached; ${failed} failed at the work itself.`;
    return { rule: 'fallback-only', text };
  }
  if (rung > 0 && !ladder.climbs)
    return { rule: 'no-climbing', text: `This tier does not climb to ${worker}: a person is asked instead.` };
  return undefined;
}

/** Where nobody else is left, the first worker with an open circuit is tried once more: waiting would bring no other. */
function lastResort({ rungs }: Ladder, refused: readonly RefusedWorker[]): RouteChoice | undefined {
  const found = refused.find(({ rule }) => rule === 'circuit-open');
  if (found === undefined) return undefined;
  const text = `${found.worker} did not answer lately, and no other worker is left: it is tried once more.`;
  return {
    kind: 'worker',
    worker: found.worker,
    rung: rungs.findIndex((members) => members.includes(found.worker)),
    reasons: [{ rule: 'last-resort', text }],
    refused: refused.filter(({ worker }) => worker !== found.worker),
  };
}

/** Whoever wants their runs to stop at a limit does not want a lesser worker in the place of one that the budget refuses. */
function standIn(worker: string, refused: readonly RefusedWorker[], { cost }: Configuration): RouteReason | undefined {
  const spent = refused.find(({ rule }) => rule === 'budget-exhausted');
  if (spent === undefined || cost.at_limit !== 'stop') return undefined;
  const text = `${worker} is not called in the place of ${spent.worker}, which the budget refuses: cost.at_limit is "stop".`;
  return { rule: 'budget-exhausted', text };
}

function misplacedRole({ role, stage }: RouteRequest, policy: Configuration): RouteReason | undefined {
  if (isAdviser(role)) return adviserOff(role, policy);
  const owner = OWNER_OF_STAGE[stage];
  if (role !== owner) return { rule: 'not-the-owner', text: `${stage} is owned by the ${owner}, not by the ${role}.` };
  // What validates is the project's own checks; no model's word is asked for.
  if (role === 'validator')
    return { rule: 'needs-no-worker', text: "The project's own checks validate: no model is called." };
  return undefined;
}

function emptyHanded({ setting, rungs }: Ladder): RouteReason {
  if (rungs.length === 0) return { rule: 'no-chain', text: `${setting} names no worker.` };
  return { rule: 'chain-exhausted', text: `None of the ${rungs.flat().length} workers of ${setting} can be called.` };
}

function reasonsFor(
  worker: string,
  { rung, members, ladder }: { readonly rung: number; readonly members: Rung; readonly ladder: Ladder },
  { request, health }: RouteFacts,
): readonly RouteReason[] {
  const { stage, attempt } = request;
  const reasons = [
    {
      rule: 'cheapest-first',
      text: `${worker} is the first of ${ladder.setting} that can take attempt ${attempt} at ${stage}.`,
    },
  ];
  if (rung > 0)
    reasons.push({
      rule: 'climbed',
      text: `${rung} cheaper ${rung === 1 ? 'worker was' : 'workers were'} passed over.`,
    });
  if (worker !== members[0])
    reasons.push({ rule: 'stands-in', text: `${worker} stands in for ${members[0]}, which cannot be reached.` });
  const known = Object.hasOwn(health, worker) ? health[worker] : undefined;
  if (known === undefined || known.kind === 'unknown') {
    reasons.push({ rule: 'health-unknown', text: `Whether ${worker} answers is not known yet.` });
  }
  return reasons;
}
