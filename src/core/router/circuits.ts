import type { ModelError } from '../ports.ts';
import type { RunLog } from '../run/runLog.ts';
import type { Configuration } from '../settings.ts';
import { afterFailure, type Circuit, CLOSED, circuitState, type CircuitState } from './circuit.ts';
import { faultText } from './recovery.ts';

/** One circuit breaker for each endpoint of a run's workers, as this process has found them: a run that is resumed begins with all of them closed. */
export interface Circuits {
  /** `why` says since which fault it is not closed. */
  state(worker: string): { readonly state: CircuitState; readonly why: string };
  /** Before a call, and after it: `key` is the call's. Each change of state is an event of the log. */
  began(worker: string, key: string): void;
  ended(worker: string, key: string, error: ModelError | undefined): void;
}

export interface CircuitGround {
  readonly configuration: Configuration;
  readonly log: RunLog;
  now(): number;
}

/** An endpoint is one model at one server: a server whose one model is overloaded may well answer with another. */
export function createCircuits({ configuration, log, now }: CircuitGround): Circuits {
  const known = new Map<string, { readonly circuit: Circuit; readonly why: string }>();
  const coolDownMs = configuration.limits.circuit_seconds * 1_000;
  const endpointOf = (worker: string): string => {
    const settings = configuration.workers[worker];
    return `${settings?.model ?? worker} at ${settings?.base_url ?? settings?.provider ?? 'nowhere'}`;
  };
  const knownOf = (worker: string) => known.get(endpointOf(worker)) ?? { circuit: CLOSED, why: '' };
  const note = (worker: string, key: string, to: CircuitState, text: string): void => {
    log.append('CircuitChange', { key, endpoint: endpointOf(worker), to, text });
  };
  return {
    state: (worker) => {
      const { circuit, why } = knownOf(worker);
      return { state: circuitState(circuit, now()), why };
    },
    began: (worker, key) => {
      const { circuit, why } = knownOf(worker);
      if (circuit.openUntil !== undefined) note(worker, key, 'halfOpen', `one call tries it again after: ${why}`);
    },
    ended: (worker, key, error) => {
      const before = knownOf(worker);
      const at = now();
      const circuit = error === undefined ? CLOSED : afterFailure(before.circuit, error, { now: at, coolDownMs });
      const why = error === undefined || circuit === CLOSED ? '' : faultText(error);
      known.set(endpointOf(worker), { circuit, why: circuit === before.circuit ? before.why : why });
      if (circuit.openUntil !== undefined && circuit !== before.circuit)
        note(worker, key, 'open', `left alone for ${Math.round((circuit.openUntil - at) / 1_000)} s: ${why}`);
      else if (circuit.openUntil === undefined && before.circuit.openUntil !== undefined)
        note(worker, key, 'closed', 'it answers again');
    },
  };
}
