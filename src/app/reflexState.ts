import { unreachable } from '../base/unreachable.ts';
import type { ReflexReading, SupervisedState } from './reflex.ts';

/**
 * How the local server is. `off`: nobody has started it, or a person stopped it; `down`: it should be there and cannot be used; `busy` is healthy and lets others
 * wait; `degraded` answers slowly or says that it is ill.
 */
export type ReflexState = 'off' | 'down' | 'starting' | 'healthy' | 'busy' | 'degraded';

/** The state with what speaks for another one. Fold the readings of one server over it; begin anew with another server. */
export interface ReflexMemory {
  readonly state: ReflexState;
  /** A state that the last `readings` readings in a row showed, and that is not believed yet. */
  readonly next?: { readonly state: ReflexState; readonly readings: number };
  /** What SpecKit's supervisor said at the last reading, where it was about this server. */
  readonly supervised?: SupervisedState;
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
  const seen = shownState(memory, reading);
  const ours = reading.supervised === undefined ? {} : { supervised: reading.supervised };
  if (memory === undefined || seen === memory.state) return { state: seen, ...ours };
  const readings = memory.next?.state === seen ? memory.next.readings + 1 : 1;
  return readings >= readingsNeeded(memory.state, seen, reading)
    ? { state: seen, ...ours }
    : { state: memory.state, next: { state: seen, readings }, ...ours };
}

/** What one reading shows. An answer of 503 is a start for what was down, and trouble for what was healthy. */
function shownState(memory: ReflexMemory | undefined, { health, supervised }: Read): ReflexState {
  const before = memory?.state;
  const couldStart = before === undefined || before === 'off' || before === 'down' || before === 'starting';
  switch (health.kind) {
    case 'refuses':
      return closedState(memory, supervised);
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
      return 'healthy';
  }
  return unreachable(health);
}

/** Nothing listens on its port. What our supervisor says decides; without a word of it, a server that was never seen is off. */
function closedState(memory: ReflexMemory | undefined, supervised: SupervisedState | undefined): ReflexState {
  switch (supervised) {
    case 'starting':
      return 'starting';
    case 'stopped':
      return 'off';
    case 'ready':
    case 'waiting':
    case 'failed':
    case 'killed':
      return 'down';
    case 'adopted':
    case undefined:
      break;
  }
  const isNew = memory === undefined || memory.state === 'off';
  // A supervisor that is asked to stop takes its word back.
  const wasStopped = memory?.supervised !== undefined && memory.supervised !== 'adopted';
  return isNew || wasStopped ? 'off' : 'down';
}

function readingsNeeded(from: ReflexState, to: ReflexState, { health }: Read): number {
  if (from === 'off' || from === 'down' || from === 'starting' || to === 'off') return 1;
  if (to === 'down') return health.kind === 'refuses' ? 1 : 2;
  return from === 'degraded' ? 3 : 2;
}
