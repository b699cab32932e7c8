import { unreachable } from '../../base/unreachable.ts';
import type { WorkerSettings } from '../settings.ts';
import type { Role } from '../run/stage.ts';
import { OVER_BUDGET } from '../router/recovery.ts';
import type { RunContext } from './context.ts';
import { RunStopped } from './stopped.ts';

/** A question that no worker of its role could be asked, or that none answered usably. */
export interface Unanswered {
  readonly key: string;
  readonly role: Role;
  /** What was asked for, e.g. `a brief`. */
  readonly wanted: string;
}

/** What kept one worker from answering. */
type Hindrance =
  | { readonly kind: 'unusable' }
  | { readonly kind: 'unreached'; readonly how: string }
  | { readonly kind: 'budget'; readonly why?: string }
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'refused' };

/** The end of a run whose question nobody answers: why for every worker, and as what kind of end, from the log alone. */
export function nobodyLeft(context: RunContext, question: Unanswered): RunStopped {
  const decision = context.log.events.findLast(
    (event) => event.kind === 'RoutingDecision' && event.payload.key.startsWith(`${question.key}/route-`),
  );
  const refused = decision?.kind === 'RoutingDecision' ? decision.payload.refused : [];
  const found = refused.map(({ worker, rule, text }) => {
    const hindrance = hindranceOf(context, question.key, worker, rule);
    return { hindrance, text: `${worker}: ${hindranceText(context, hindrance, worker, text)}` };
  });
  const kinds = new Set(found.map(({ hindrance }) => hindrance.kind));
  const head = `Nobody gave ${question.wanted}: no worker of routing.${question.role} ${kinds.has('unusable') ? 'answered usably' : 'could be asked'}.`;
  const outcome = outcomeOf(kinds);
  const text = [head, ...found.map((each) => each.text)].join('\n');
  return outcome === 'blocked' ? new RunStopped(outcome, text, 'budget-exhausted') : new RunStopped(outcome, text);
}

/** Where a worker's calls go, for a person who looks for what is wrong with it. */
export function workerPlace(settings: WorkerSettings | undefined): string {
  if (settings === undefined) return 'not configured';
  if (settings.provider === 'recorded') return `the recording ${settings.model}`;
  if (settings.provider === 'editor') return `the editor's model ${settings.model}, which only VS Code can call`;
  const key = settings.key_env === undefined ? 'without a key' : `with the key in ${settings.key_env}`;
  return `${settings.model} at ${settings.base_url ?? `the official endpoint of ${settings.provider}`}, ${key}`;
}

/** Rules of [calls]: see core/policy/forbiddenCall.ts. */
const FORBIDDEN = new Set(['offline', 'local-only', 'ci']);
const UNREACHED = new Set(['connection', 'timeout', 'cut', 'serverError', 'overloaded', 'rateLimited', 'malformed']);

function hindranceOf(context: RunContext, key: string, worker: string, rule: string): Hindrance {
  if (FORBIDDEN.has(rule)) return { kind: 'forbidden' };
  if (rule === 'budget-exhausted') return { kind: 'budget' };
  if (rule === 'circuit-open') return { kind: 'unreached', how: 'down' };
  if (rule !== 'failed-before' && rule !== 'call-failed') return { kind: 'refused' };
  const refused = context.log.events.findLast(
    ({ kind, payload }) =>
      kind === 'ErrorEvent' && payload.error === OVER_BUDGET && payload.key.startsWith(`${key}/${worker}`),
  );
  if (refused?.kind === 'ErrorEvent') return { kind: 'budget', why: refused.payload.text };
  const call = context.log.events.findLast(
    (event) => event.kind === 'LLMCall' && event.payload.worker === worker && event.payload.key.startsWith(`${key}/`),
  );
  const outcome = call?.kind === 'LLMCall' ? call.payload.outcome : '';
  return UNREACHED.has(outcome) ? { kind: 'unreached', how: outcome } : { kind: 'unusable' };
}

function hindranceText(context: RunContext, hindrance: Hindrance, worker: string, refusal: string): string {
  const place = workerPlace(context.configuration.workers[worker]);
  switch (hindrance.kind) {
    case 'unusable':
      return `its answers did not have the form asked for (${place})`;
    case 'unreached':
      return `no answer from ${place} (${hindrance.how})`;
    case 'budget':
      return hindrance.why ?? refusal;
    case 'forbidden':
    case 'refused':
      return refusal;
  }
  return unreachable(hindrance);
}

/** What a worker made of a question outweighs what kept another from it; what passes by itself outweighs what a person has to change. */
function outcomeOf(kinds: ReadonlySet<Hindrance['kind']>): RunStopped['outcome'] {
  if (kinds.has('unusable')) return 'gateFailed';
  if (kinds.has('unreached')) return 'infrastructure';
  return kinds.has('budget') || kinds.has('forbidden') ? 'blocked' : 'configuration';
}
