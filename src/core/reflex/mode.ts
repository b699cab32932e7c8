import type { ModelError } from '../ports.ts';
import type { ReflexServer } from './decision.ts';
import type { Promotion } from './subject.ts';

/**
 * What a run knows of its local server. Everything but `watch` answers at once from what was found last: a decision waits for nothing.
 */
export interface ReflexMode {
  /** `recorded`: a replay, in which nobody is looked at and every decision is the log's. */
  readonly kind: 'live' | 'recorded';
  /** The switch as it is now: a run keeps the policy it began with, but for this one going off. */
  readonly enabled: boolean;
  server(): ReflexServer;
  promotion(): Promotion;
  /** Calls in a row that the server did not answer, and that no healthy look has followed. */
  failures(): number;
  /** After each of its calls: `error` is undefined where an answer came. `key` is the call's. */
  ended(key: string, error: ModelError | undefined): void;
  /** Looks at the server now, and then again and again until what is returned is disposed. Resolves after the first look, which has a deadline. */
  watch(): Promise<Disposable>;
}
