import type { ServerLoad } from './metrics.ts';

/** What a running server tells of its work and its memory. */
export interface LoadReading {
  readonly load: ServerLoad;
  /** Of GPU memory, in GiB. */
  readonly memoryGigabytes?: number;
  /** Ids of the models in memory, at most 5, from servers that list others as well. */
  readonly loaded?: readonly string[];
}

/** The text of a route that answered 200, else undefined. Has a deadline and never throws. */
export type AskText = (path: string) => Promise<string | undefined>;
