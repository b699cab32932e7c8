import type { Stage } from '../../core/run/stage.ts';
import type { Feed } from '../../protocol/feed.ts';

/** Where cells go: the sending end of a feed, or anything that takes the same changes. */
export type CellFeed = Pick<Feed, 'set' | 'append' | 'remove'>;

/** What the log does not say. `budget` is in microdollars; `requested` is what a person asked of the process at work and it has not done yet. */
export interface RunFacts {
  readonly owner: 'here' | 'elsewhere' | 'nobody';
  readonly requested: 'pausing' | 'stopping' | null;
  /** Set when the inputs changed since: what, and which finished stages would be done anew. */
  readonly stale: { readonly text: string; readonly stages: readonly Stage[] } | null;
  readonly budget: number;
  /** Cloud workers whose model no price is known for: what their calls settle with says nothing of what they cost. */
  readonly unpriced: readonly string[];
}

/** A time in milliseconds since 1970 as cells have it. */
export const timeOf = (milliseconds: number): string => new Date(milliseconds).toISOString();
