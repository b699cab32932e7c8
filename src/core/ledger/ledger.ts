import type { Result } from '../../base/result.ts';
import type { Admission, BudgetLimits, BudgetRule, CallEstimate, Spending } from './budget.ts';
import type { LedgerBasis, LedgerEntry, LedgerKey } from './entry.ts';

/*
 * The ledger as the core sees it. The file behind it belongs to one person and is shared by all their processes, so every check and the
 * write that follows from it happen in one transaction. Calls are short and synchronous; a lock held by another process is waited for at
 * most a few seconds and then reported as `busy`.
 */

/** What a call asks the ledger for before it is made. `time` is wall-clock milliseconds; its UTC day is the day it counts for. */
export interface Reservation extends LedgerKey, CallEstimate {
  readonly time: number;
  readonly worker: string;
  readonly model: string;
  readonly priceVersion: string;
  readonly spec: string;
  readonly stage: string;
  readonly role: string;
  readonly limits: BudgetLimits;
}

/** `reserved` carries the row as written; the call may ask for `maxOutputTokens` and no more. */
export type ReserveOutcome =
  | {
      readonly kind: 'reserved';
      readonly entry: LedgerEntry;
      readonly maxOutputTokens: number;
      /** The limits it passes because a person lifted them. */
      readonly passed?: readonly BudgetRule[];
    }
  | Exclude<Admission, { readonly kind: 'admit' }>;

/** What a finished call came to. Without usage from the server the caller settles the reservation's own figures with basis `estimate`. */
export interface Settlement {
  readonly settledMicrodollars: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly basis: LedgerBasis;
  readonly endedAt: number;
}

export type LedgerScope =
  | { readonly kind: 'run'; readonly run: string }
  | { readonly kind: 'stage'; readonly run: string; readonly stage: string }
  /** A UTC day as YYYY-MM-DD, a UTC month as YYYY-MM. */
  | { readonly kind: 'day'; readonly day: string }
  | { readonly kind: 'month'; readonly month: string }
  /** UTC days from the first to the last, both with it. */
  | { readonly kind: 'days'; readonly first: string; readonly last: string }
  /** `repository` is what the names of its runs begin with (`key/`): two repositories may have specs of one name. */
  | { readonly kind: 'spec'; readonly repository: string; readonly spec: string };

/** Spending of a scope and how many calls it is made of (released ones left out). */
export interface LedgerTotals extends Spending {
  readonly nCalls: number;
}

/** Why the ledger cannot be used, or why an act on it makes no sense. `message` says what to do. */
export type LedgerError =
  | {
      readonly kind: 'newerVersion';
      readonly file: string;
      readonly found: number;
      readonly known: number;
      readonly message: string;
    }
  | { readonly kind: 'notALedger'; readonly file: string; readonly message: string }
  | { readonly kind: 'notWritable'; readonly file: string; readonly message: string }
  | { readonly kind: 'unsupported'; readonly message: string }
  | { readonly kind: 'busy'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'alreadyReserved'; readonly entry: LedgerEntry; readonly message: string }
  | { readonly kind: 'notReserved'; readonly message: string };

export interface Ledger extends Disposable {
  /** Checks the limits and writes the reservation in one transaction. `alreadyReserved` when the key has a row. */
  reserve(reservation: Reservation): Result<ReserveOutcome, LedgerError>;
  /**
   * Ends a reservation, also one in doubt, with what the call came to, and returns the row. A row already settled stays as it is:
   * settling twice is settling once. `notReserved` when there is no row or it was released.
   */
  settle(key: LedgerKey, settlement: Settlement): Result<LedgerEntry, LedgerError>;
  /** Gives a reservation back whose call was never sent. A row that is settled or in doubt stays as it is. Returns the row. */
  release(key: LedgerKey): Result<LedgerEntry, LedgerError>;
  /** Marks the reserved rows of these steps as in doubt and returns them; every attempt of a step is meant. */
  markInDoubt(run: string, steps: readonly string[]): Result<readonly LedgerEntry[], LedgerError>;
  totals(scope: LedgerScope): LedgerTotals;
  /** The rows of a run in the order they were reserved. Not capped: whoever shows them caps them. */
  rows(run: string): readonly LedgerEntry[];
  /** The rows of a scope in the order they were reserved, released ones with them. Not capped: whoever shows them caps them. */
  entries(scope: LedgerScope): readonly LedgerEntry[];
  /** The specs of a repository (`repository` as in LedgerScope) that have rows, the one that was called for last first, at most 200. */
  specs(repository: string): readonly string[];
  /** Another number whenever another connection, of whichever process, has written since the last time. Costs next to nothing. */
  version(): number;
  /** Replaces all rows of the runs that `entries` name by `entries`, as read back from the runs' logs. Rows of other runs stay. */
  rebuild(entries: readonly LedgerEntry[]): Result<void, LedgerError>;
}
