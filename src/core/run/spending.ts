import type { Usage } from '../ports.ts';
import type { Result } from '../../base/result.ts';
import type { Payload } from './event.ts';
import type { Stage } from './stage.ts';

/** One call about to be made, as the ledger sees it. Token figures are estimates. */
export interface SpendRequest {
  readonly key: string;
  readonly attempt: number;
  readonly worker: string;
  /** Whose call it is; the ledger keeps it and decides nothing by it. */
  readonly role: string;
  readonly inputTokens: number;
  readonly maxOutputTokens: number;
  /** A person lets the model be called although its price is not known. */
  readonly unpriced?: 'allowed';
}

/** Leave to make a call with at most this many output tokens (lowered to what the budgets allow). */
export interface Reservation {
  readonly microdollars: number;
  readonly tokens: number;
  readonly maxOutputTokens: number;
}

/** How a reserved call ended: with the server's usage, without (estimated from text lengths), released unspent, or unknown. */
export type Settlement =
  | { readonly kind: 'used'; readonly usage: Usage | undefined; readonly outputCharacters: number }
  | { readonly kind: 'released' }
  | { readonly kind: 'inDoubt' };

export interface SpendRefusal {
  readonly rule: string;
  readonly text: string;
}

/** Amounts a budget counts: microdollars of this run and of this day, tokens (in and out) of this run. */
export interface SpendAmounts {
  readonly runMicrodollars: number;
  readonly dayMicrodollars: number;
  readonly runTokens: number;
}

export interface SpendTotals {
  readonly settled: SpendAmounts;
  readonly reserved: SpendAmounts;
  readonly limits: SpendAmounts;
  /** That nothing is left under another limit in dollars, in words; left out while there is. */
  readonly exhausted?: string;
}

/**
 * The ledger as a run sees it. `reserve` checks every budget in one transaction before the call and waits for reservations in flight before
 * it refuses. `settle` is idempotent per (run, key, attempt) and returns what the log records. Both survive other processes doing the same.
 */
export interface Spending {
  /** Settled and reserved amounts and the limits, as routing weighs them for a call of this stage. */
  totals(stage: Stage): SpendTotals;
  reserve(request: SpendRequest, signal: AbortSignal): Promise<Result<Reservation, SpendRefusal>>;
  settle(
    request: SpendRequest,
    settlement: Settlement,
  ): Promise<Omit<Payload<'SpendSettle'>, 'key' | 'attempt' | 'worker'>>;
}
