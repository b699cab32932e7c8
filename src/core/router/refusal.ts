import type { WorkerSettings } from '../settings.ts';
import { forbiddenCall } from '../policy/forbiddenCall.ts';
import { contextTooLongOrShort } from './longContext.ts';
import { attemptsPerWorker, ladderOf } from './rungs.ts';
import type { RouteFacts, RouteReason, WorkerHealth } from './routeRequest.ts';
import type { SpendTotals } from '../run/spending.ts';

/** The first rule that refuses a worker for a request, or undefined when none does. */
export function refusalOf(name: string, facts: RouteFacts): RouteReason | undefined {
  // Names are keys a person chose: `constructor` must not be found on the prototype.
  const worker = Object.hasOwn(facts.policy.workers, name) ? facts.policy.workers[name] : undefined;
  if (worker === undefined) return { rule: 'not-configured', text: `There is no [workers.${name}].` };
  const health = Object.hasOwn(facts.health, name) ? facts.health[name] : undefined;
  return (
    forbiddenCall(name, worker, facts.policy) ??
    localJudge(worker, facts) ??
    tooRisky(name, worker, facts) ??
    contextTooLongOrShort(name, worker, facts) ??
    failedBefore(name, facts) ??
    callFailed(name, facts) ??
    unusable(name, health, facts) ??
    contextTooSmall(name, worker, facts) ??
    budgetExhausted(worker, facts)
  );
}

function localJudge(worker: WorkerSettings, { request, policy }: RouteFacts): RouteReason | undefined {
  // Under local_only its audit is read by a person, who judges after it: see core/pipeline/audit.ts.
  if (request.role !== 'judge' || !worker.local || policy.calls.local_only) return undefined;
  return { rule: 'judge-never-local', text: 'A local model never judges.' };
}

/** A change of high risk goes to the next worker at once, where one is there that is not local. */
function tooRisky(name: string, worker: WorkerSettings, { request, policy }: RouteFacts): RouteReason | undefined {
  if (request.risk?.level !== 'high' || request.role !== 'implementer' || !worker.local) return undefined;
  const { rungs } = ladderOf(request.role, request.stage, policy);
  const mayJoin = (other: string): boolean => {
    const settings = policy.workers[other];
    return settings !== undefined && !settings.local && forbiddenCall(other, settings, policy) === undefined;
  };
  if (!rungs.flat().some(mayJoin)) return undefined;
  const why = request.risk.reasons.slice(0, 5).join(' ');
  return { rule: 'high-risk', text: `${name} is local, and the change is of high risk: ${why}` };
}

function failedBefore(name: string, facts: RouteFacts): RouteReason | undefined {
  if (!hasFailed(name, facts)) return undefined;
  const times = facts.request.failures[name] ?? 0;
  return { rule: 'failed-before', text: `${name} failed ${times} ${times === 1 ? 'time' : 'times'} at this.` };
}

/** Whether a worker failed at this as often as its tier allows. */
export function hasFailed(name: string, { request, policy }: RouteFacts): boolean {
  const failures = Object.hasOwn(request.failures, name) ? (request.failures[name] ?? 0) : 0;
  return !(failures < attemptsPerWorker(request.stage, policy));
}

function callFailed(name: string, { request }: RouteFacts): RouteReason | undefined {
  if (request.unreached?.includes(name) !== true) return undefined;
  return { rule: 'call-failed', text: `${name} could not be reached for this.` };
}

function unusable(name: string, health: WorkerHealth | undefined, { request }: RouteFacts): RouteReason | undefined {
  if (health?.kind === 'down') {
    const why = health.why === undefined ? '' : `: ${health.why}`;
    if (health.cause === 'keyMissing') return { rule: 'key-missing', text: `The key of ${name} is not there${why}` };
    if (health.cause === 'elsewhere') return { rule: 'worker-elsewhere', text: `${name} cannot be called here${why}` };
    return { rule: 'circuit-open', text: `${name} is left alone for now, since it did not answer${why}` };
  }
  if (request.needsTools && health?.kind === 'up' && health.tools === false) {
    return { rule: 'no-tools', text: `${name} cannot call tools.` };
  }
  return undefined;
}

function contextTooSmall(name: string, worker: WorkerSettings, { request }: RouteFacts): RouteReason | undefined {
  const needed = request.estimatedTokens + worker.max_output_tokens;
  if (needed <= worker.context_tokens) return undefined;
  const text = `${name} holds ${worker.context_tokens} tokens; ${needed} are needed, the answer counted.`;
  return { rule: 'context-too-small', text };
}

/**
 * Nothing left of a budget. Tokens count for every worker; dollars only for those that cost any. How far an answer may go within what is
 * left is the ledger's to say when the call is reserved. Comparisons are written so that a figure that is no number leaves nothing.
 */
function budgetExhausted(worker: WorkerSettings, { request, spend }: RouteFacts): RouteReason | undefined {
  if (!(used(spend, 'runTokens') + request.estimatedTokens < spend.limits.runTokens)) {
    return { rule: 'budget-exhausted', text: `The run's ${spend.limits.runTokens} tokens are spent or reserved.` };
  }
  if (worker.local || worker.provider === 'recorded' || worker.provider === 'editor') return undefined;
  if (!(used(spend, 'runMicrodollars') < spend.limits.runMicrodollars)) {
    return { rule: 'budget-exhausted', text: "The run's dollars are spent or reserved." };
  }
  if (!(used(spend, 'dayMicrodollars') < spend.limits.dayMicrodollars)) {
    return { rule: 'budget-exhausted', text: "The day's dollars are spent or reserved." };
  }
  if (spend.exhausted !== undefined) return { rule: 'budget-exhausted', text: spend.exhausted };
  return undefined;
}

function used({ settled, reserved }: SpendTotals, amount: keyof SpendTotals['settled']): number {
  return settled[amount] + reserved[amount];
}
