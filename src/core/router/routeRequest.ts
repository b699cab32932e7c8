import type { Configuration } from '../settings.ts';
import type { SpendTotals } from '../run/spending.ts';
import type { Role, Stage } from '../run/stage.ts';

/** One call that needs a worker. */
export interface RouteRequest {
  readonly role: Role;
  readonly stage: Stage;
  /** Counts from 1. Only said in the reasons: what is passed over follows from `failures`. */
  readonly attempt: number;
  /** Failed attempts at this piece of work, by worker. A worker that is left out has none. */
  readonly failures: Readonly<Record<string, number>>;
  /** Workers whose calls for this piece of work failed in a way that passes. None when left out. */
  readonly unreached?: readonly string[];
  /** How risky the change is, and why; not known yet when left out. */
  readonly risk?: { readonly level: 'low' | 'medium' | 'high'; readonly reasons: readonly string[] };
  /** Tokens of the request, without the answer. */
  readonly estimatedTokens: number;
  readonly needsTools: boolean;
}

/**
 * What is known of a worker's endpoint. `up` may say that the model cannot call tools. `down` is a circuit that is open, a key that is
 * not there, or a worker that only another host can call. A worker nobody has looked at is unknown, and is tried.
 */
export type WorkerHealth =
  | { readonly kind: 'up'; readonly tools?: boolean }
  | { readonly kind: 'down'; readonly cause: 'circuitOpen' | 'keyMissing' | 'elsewhere'; readonly why?: string }
  | { readonly kind: 'unknown'; readonly why?: string };

export interface RouteReason {
  readonly rule: string;
  readonly text: string;
}

/** What a worker is weighed against. */
export interface RouteFacts {
  readonly request: RouteRequest;
  readonly policy: Configuration;
  readonly health: Readonly<Record<string, WorkerHealth>>;
  readonly spend: SpendTotals;
}
