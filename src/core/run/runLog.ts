import type { EventKind, Payload, RunEvent } from './event.ts';

/**
 * The append-only log of one run, owned by one process. `append` keeps order and returns at once: the event counts in `events` from then on,
 * and is on disk after `flush` (which also syncs it). A failed write makes every later `append` and `flush` throw: a run never goes on unlogged.
 */
export interface RunLog {
  readonly events: readonly RunEvent[];
  append<Kind extends EventKind>(kind: Kind, payload: Payload<Kind>): RunEvent;
  flush(): Promise<void>;
}
