import type { LedgerEntry } from './entry.ts';
import { costOf, type Pricing } from './prices.ts';

/** A worker that would be asked now, and what its calls cost. */
export interface PresentWorker {
  readonly worker: string;
  readonly model: string;
  readonly pricing: Pricing;
}

/** What holds now, where an earlier run is priced anew. */
export interface PresentTerms {
  /** Names the prices in force; see `priceVersionWith`. */
  readonly priceVersion: string;
  /** Who would be asked for a role at a stage, first to last; empty where nobody would. */
  readonly ladder: (stage: string, role: string) => readonly PresentWorker[];
}

/** What an earlier run would come to now. `unpriced` names the models whose price nobody knows: there is no sum then. */
export type Repriced =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'repriced'; readonly microdollars: number }
  | { readonly kind: 'unpriced'; readonly models: readonly string[] };

/**
 * The tokens of an earlier run at what they would cost now. What whoever was asked first for a role at a stage did, is done by whoever would be asked first now;
 * what another one did after that (a climb) by the same worker where it still stands in the ladder, and by its last one otherwise; what nobody would be asked
 * for any more costs nothing. A call of the same model at the same prices costs what was paid for it. Where that is so of all of them, the run is `unchanged`.
 * Rows are in the order they were reserved; tokens are taken as they were, though another worker may need more or fewer.
 */
export function repriced(rows: readonly LedgerEntry[], terms: PresentTerms): Repriced {
  const settled = rows.filter(({ state, role }) => state === 'settled' && role !== '');
  const calls = [...Map.groupBy(settled, ({ stage, role }) => `${stage}/${role}`).values()].flatMap((group) =>
    group.map((row) => callNow(row, group[0]?.worker ?? '', terms)),
  );
  const unpriced = calls.flatMap((call) => (call.kind === 'unpriced' ? [call.model] : []));
  if (unpriced.length > 0) return { kind: 'unpriced', models: [...new Set(unpriced)] };
  if (calls.every(({ kind }) => kind === 'same')) return { kind: 'unchanged' };
  // Rows of before the role was kept cost what they did.
  const others = rows.filter(({ state, role }) => state === 'settled' && role === '');
  return {
    kind: 'repriced',
    microdollars:
      calls.reduce((sum, call) => sum + (call.kind === 'unpriced' ? 0 : call.microdollars), 0) +
      others.reduce((sum, { settledMicrodollars }) => sum + settledMicrodollars, 0),
  };
}

type CallNow =
  | { readonly kind: 'same' | 'other'; readonly microdollars: number }
  | { readonly kind: 'unpriced'; readonly model: string };

function callNow(row: LedgerEntry, first: string, { priceVersion, ladder }: PresentTerms): CallNow {
  const workers = ladder(row.stage, row.role);
  const present =
    row.worker === first ? workers[0] : (workers.find(({ worker }) => worker === row.worker) ?? workers.at(-1));
  if (present === undefined) return { kind: 'other', microdollars: 0 };
  const { pricing } = present;
  if (present.model === row.model && row.priceVersion === priceVersion && row.basis !== 'unpriced')
    return { kind: 'same', microdollars: row.settledMicrodollars };
  if (pricing.kind === 'unpriced') return { kind: 'unpriced', model: pricing.model };
  const usage = { input: row.inputTokens, output: row.outputTokens, cachedInput: row.cachedTokens };
  return { kind: 'other', microdollars: pricing.kind === 'priced' ? costOf(pricing.price, usage) : 0 };
}
