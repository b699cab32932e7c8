import { unreachable } from '../base/unreachable.ts';
import type { ReflexReading } from './reflex.ts';

/** How the local server is: `busy` answers and lets others wait, `degraded` answers slowly or says that it is ill. */
export type ReflexState = 'down' | 'starting' | 'ready' | 'busy' | 'degraded';

/** The state with what speaks for another one. Fold the readings of one server over it; begin anew with another server. */
export interface ReflexMemory {
  readonly state: ReflexState;
  /** A state that the last `readings` readings in a row showed, and that is not believed yet. */
  readonly next?: { readonly state: ReflexState; readonly readings: number };
}

type Read = Extract<ReflexReading, { kind: 'read' }>;

/** A list of models that takes longer than this comes from a server in trouble: nothing has to be computed for it. */
const SLOW_MS = 1_500;
/** From this part of the cache on, a new request waits or throws another one out. */
const FULL = 0.9;

/**
 * The state after one more reading. A single reading changes it only where it leaves no doubt: the first one, a refused connection, an answer of what
 * was down or starting. Otherwise a change must be seen twice in a row, and the end of trouble three times, so that a server at its limit does not flicker.
 */
export function nextReflexState(memory: ReflexMemory | undefined, reading: Read): ReflexMemory {
  const seen = shownState(memory?.state, reading);
  if (memory === undefined) return { state: seen };
  if (seen === memory.state) return { state: seen };
  const readings = memory.next?.state === seen ? memory.next.readings + 1 : 1;
  return readings >= readingsNeeded(memory.state, seen, reading)
    ? { state: seen }
    : { state: memory.state, next: { state: seen, readings } };
}

/** What one reading shows. An answer of 503 is a start for what was down, and trouble for what was ready. */
function shownState(before: ReflexState | undefined, { health }: Read): ReflexState {
  const couldStart = before === undefined || before === 'down' || before === 'starting';
  switch (health.kind) {
    case 'refuses':
    case 'silent':
    case 'odd':
      return 'down';
    case 'loading':
      return couldStart ? 'starting' : 'degraded';
    case 'answers':
      if (health.health === 'bad') return couldStart ? 'starting' : 'degraded';
      if (health.latencyMs > SLOW_MS) return 'degraded';
      if ((health.load.queued ?? 0) > 0 || (health.load.tokenUsage ?? 0) >= FULL) return 'busy';
      // A busy server may be late with its health, an idle one must not.
      if (health.health === 'slow') return (health.load.running ?? 0) > 0 ? 'busy' : 'degraded';
      return 'ready';
  }
  return unreachable(health);
}

function readingsNeeded(from: ReflexState, to: ReflexState, { health }: Read): number {
  if (from === 'down' || from === 'starting') return 1;
  if (to === 'down') return health.kind === 'refuses' ? 1 : 2;
  return from === 'degraded' ? 3 : 2;
}
