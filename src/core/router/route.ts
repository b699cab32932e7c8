import { unreachable } from '../../base/unreachable.ts';
import type { Configuration } from '../settings.ts';
import type { Role } from '../run/stage.ts';
import { OWNER_OF_STAGE } from './ownerOfStage.ts';
import { refusalOf } from './refusal.ts';
import type { RouteFacts, RouteReason, RouteRequest, WorkerHealth } from './routeRequest.ts';
import type { SpendTotals } from '../run/spending.ts';

export interface RefusedWorker extends RouteReason {
  readonly worker: string;
}

/** `rung` is the place in the role's chain, from 0. Both lists are bounded by the chain, which has at most 6 workers. */
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
 * The first worker of the role's chain that no rule refuses. The chain stands cheapest first, so the first is the cheapest; a worker that
 * failed often enough is refused, which is how a piece of work climbs. Every worker passed over is listed with the rule that refused it.
 */
export function route(
  request: RouteRequest,
  policy: Configuration,
  health: Readonly<Record<string, WorkerHealth>>,
  spend: SpendTotals,
): RouteChoice {
  const misplaced = misplacedRole(request, policy);
  if (misplaced !== undefined) return { kind: 'none', reasons: [misplaced], refused: [] };
  const chain = chainOf(request.role, policy);
  const facts: RouteFacts = { request, policy, health, spend };
  const refused: RefusedWorker[] = [];
  for (const [rung, worker] of chain.entries()) {
    const refusal = refusalOf(worker, facts) ?? standIn(worker, refused, policy);
    if (refusal === undefined)
      return { kind: 'worker', worker, rung, reasons: reasonsFor(worker, rung, facts), refused };
    refused.push({ worker, ...refusal });
  }
  return { kind: 'none', reasons: [emptyHanded(request.role, chain)], refused };
}

/** Whoever wants their runs to stop at a limit does not want a lesser worker in the place of one that the budget refuses. */
function standIn(worker: string, refused: readonly RefusedWorker[], { cost }: Configuration): RouteReason | undefined {
  const spent = refused.find(({ rule }) => rule === 'budget-exhausted');
  if (spent === undefined || cost.at_limit !== 'stop') return undefined;
  const text = `${worker} is not called in the place of ${spent.worker}, which the budget refuses: cost.at_limit is "stop".`;
  return { rule: 'budget-exhausted', text };
}

function misplacedRole({ role, stage }: RouteRequest, policy: Configuration): RouteReason | undefined {
  if (role === 'critic') {
    return policy.gates.critic ? undefined : { rule: 'critic-off', text: 'gates.critic is false: no critic is asked.' };
  }
  const owner = OWNER_OF_STAGE[stage];
  if (role !== owner) return { rule: 'not-the-owner', text: `${stage} is owned by the ${owner}, not by the ${role}.` };
  // What validates is the project's own checks; no model's word is asked for.
  if (role === 'validator')
    return { rule: 'needs-no-worker', text: "The project's own checks validate: no model is called." };
  return undefined;
}

function chainOf(role: Role, policy: Configuration): readonly string[] {
  switch (role) {
    case 'architect':
    case 'implementer':
    case 'judge':
    case 'critic':
      return policy.routing[role];
    case 'validator':
      return [];
  }
  return unreachable(role);
}

function emptyHanded(role: Role, chain: readonly string[]): RouteReason {
  if (chain.length === 0) return { rule: 'no-chain', text: `routing.${role} names no worker.` };
  return { rule: 'chain-exhausted', text: `None of the ${chain.length} workers of routing.${role} can be called.` };
}

function reasonsFor(worker: string, rung: number, { request, health }: RouteFacts): readonly RouteReason[] {
  const { role, stage, attempt } = request;
  const reasons = [
    {
      rule: 'cheapest-first',
      text: `${worker} is the first of routing.${role} that can take attempt ${attempt} at ${stage}.`,
    },
  ];
  if (rung > 0) reasons.push({ rule: 'climbed', text: `${rung} cheaper workers were passed over.` });
  const known = Object.hasOwn(health, worker) ? health[worker] : undefined;
  if (known === undefined || known.kind === 'unknown') {
    reasons.push({ rule: 'health-unknown', text: `Whether ${worker} answers is not known yet.` });
  }
  return reasons;
}
