import { billingOf } from '../ledger/billing.ts';
import { pricingOf, type ModelPrice, type PriceOverrides, type Rates } from '../ledger/prices.ts';
import type { Configuration, WorkerSettings } from '../settings.ts';
import type { SectionRole } from './roleSections.ts';

/** For which role, in which policy, and which of its workers may be taken. */
export interface WantedWorker {
  readonly effective: Configuration;
  readonly role: SectionRole;
  readonly mode: 'off' | 'cheaper_only' | 'any_worker';
  readonly ownWorkers: readonly string[];
  readonly prices: PriceOverrides;
}

/** The worker that a repository's word stands for: one that the person has defined, or that their policy calls in any case. */
export function workerFor(
  model: string,
  wanted: WantedWorker,
): { readonly worker: string } | { readonly refusal: string } {
  const { effective, role, mode, ownWorkers, prices } = wanted;
  const called = calledWorkers(effective);
  const known = Object.keys(effective.workers).filter((name) => ownWorkers.includes(name) || called.includes(name));
  const word = model.toLowerCase();
  const found = known.filter((name) => name === word || effective.workers[name]?.model.toLowerCase() === word);
  const chain = effective.routing[role];
  const worker = found.find((name) => name === word) ?? found.find((name) => chain.includes(name)) ?? found[0];
  const settings = effective.workers[worker ?? ''];
  if (worker === undefined || settings === undefined) return { refusal: 'no worker of yours has that name or model.' };
  if (mode !== 'cheaper_only') return { worker };
  const first = primaryOf(chain[0], effective);
  const present = effective.workers[first ?? ''];
  if (present === undefined || !isNoDearer(settings, present, prices))
    return { refusal: `${worker} may cost more than ${first ?? 'nobody'}, whom your policy calls first.` };
  return { worker };
}

/** Every worker that the policy may call. */
function calledWorkers({ routing, tiers, model_chains: chains }: Configuration): readonly string[] {
  const named = [routing, ...Object.values(tiers)].flatMap((table) =>
    (['architect', 'implementer', 'judge', 'critic'] as const).flatMap((role) => table[role] ?? []),
  );
  return named.flatMap((name) => {
    const chain = Object.hasOwn(chains, name) ? chains[name] : undefined;
    return chain === undefined ? [name] : [chain.primary, ...chain.fallbacks];
  });
}

/** The worker that a name of a chain stands for first. */
export function primaryOf(name: string | undefined, { model_chains: chains }: Configuration): string | undefined {
  return name !== undefined && Object.hasOwn(chains, name) ? chains[name]?.primary : name;
}

/** Whether one worker's tokens cost no more than another's, of every kind. A price that is not known is more. */
function isNoDearer(worker: WorkerSettings, other: WorkerSettings, prices: PriceOverrides): boolean {
  const [price, present] = [priceOf(worker, prices), priceOf(other, prices)];
  if (price === undefined || present === undefined) return false;
  if (!isWithin(price.rates, present.rates)) return false;
  if (price.long === undefined) return true;
  // A request may be long for the one and not yet for the other.
  const isLongToo = present.long !== undefined && present.long.aboveInputTokens <= price.long.aboveInputTokens;
  return isWithin(price.long.rates, isLongToo ? present.long.rates : present.rates);
}

const KINDS = ['input', 'output', 'cacheRead', 'cacheWrite'] as const;
const isWithin = (rates: Rates, most: Rates): boolean => KINDS.every((kind) => rates[kind] <= most[kind]);
const FREE: ModelPrice = { rates: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 } };

function priceOf(worker: WorkerSettings, prices: PriceOverrides): ModelPrice | undefined {
  const pricing = pricingOf(worker.model, billingOf(worker), prices);
  if (pricing.kind === 'unpriced') return undefined;
  return pricing.kind === 'priced' ? pricing.price : FREE;
}
