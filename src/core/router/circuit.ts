import type { ModelError } from '../ports.ts';
import { askedWaitMs, isTransient, LONGEST_RETRY_AFTER_MS } from './recovery.ts';

/** What is known of one endpoint: failures in a row, and until when (milliseconds since 1970) it is left alone. */
export interface Circuit {
  readonly failures: number;
  readonly openUntil: number | undefined;
  /** Times in a row that it was opened. */
  readonly opened: number;
}

export type CircuitState = 'closed' | 'open' | 'halfOpen';

export const CLOSED: Circuit = { failures: 0, openUntil: undefined, opened: 0 };

/** Transient failures in a row that open a circuit: as many as one call with its retries makes. */
export const FAILURES_THAT_OPEN = 3;
/** However often an endpoint fails, it is tried again after so long, unless it asks for more itself. */
export const LONGEST_COOL_DOWN_MS = 5 * 60_000;

/** `open` until the cool-down has passed, then `halfOpen`: the next call shows whether it answers again. */
export function circuitState(circuit: Circuit, now: number): CircuitState {
  if (circuit.openUntil === undefined) return 'closed';
  return now < circuit.openUntil ? 'open' : 'halfOpen';
}

/**
 * The circuit after a call that failed. Three transient failures in a row open it for the cool-down; a failure of the call that tries it again opens
 * it anew for twice as long as before; so does one whose server asks to wait longer than any call waits, and then for as long as it asks. Any other failure is an
 * answer: the endpoint is there. What never reached it (a stop, a fault of the configuration) changes nothing.
 */
export function afterFailure(circuit: Circuit, error: ModelError, at: { now: number; coolDownMs: number }): Circuit {
  if (error.kind === 'stopped' || error.kind === 'configuration' || error.kind === 'recordingMissing') return circuit;
  if (!isTransient(error)) return CLOSED;
  const failures = circuit.failures + 1;
  const asked = askedWaitMs(error);
  const opens = circuit.openUntil !== undefined || failures >= FAILURES_THAT_OPEN || asked > LONGEST_RETRY_AFTER_MS;
  if (!opens) return { ...circuit, failures };
  const longest = Math.max(LONGEST_COOL_DOWN_MS, at.coolDownMs);
  const coolDown = Math.min(longest, at.coolDownMs * 2 ** circuit.opened);
  return { failures, openUntil: at.now + Math.max(coolDown, asked), opened: circuit.opened + 1 };
}
