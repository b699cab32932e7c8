import { unreachable } from '../../base/unreachable.ts';
import type { ModelError } from '../ports.ts';

/** What was tried before at this worker for this call. */
export interface RecoveryFacts {
  readonly retries: number;
  /** 0..1, drawn by the caller. */
  readonly jitter: number;
  /** Workers after this one that could take the call; left out where the router is asked next and will say. */
  readonly workersLeft?: number;
  /** The endpoint's circuit is not closed after this failure: it is left alone. */
  readonly isLeftAlone?: boolean;
}

/** How to go on after a failed call. `stop` ends the run with that outcome; nothing is stopped silently, so it always says why. */
export type Recovery =
  | { readonly kind: 'retry'; readonly afterMs: number }
  | { readonly kind: 'nextWorker'; readonly why: string }
  | { readonly kind: 'stop'; readonly exit: 'infrastructure' | 'configuration' | 'stopped'; readonly why: string };

/** How to go on after an answer without the shape asked for: `repair` shows the worker what is wrong with it and asks again. */
export type AnswerRecovery = { readonly kind: 'repair' } | Exclude<Recovery, { kind: 'retry' }>;

/** Retries of one call at one worker. */
export const MOST_RETRIES = 2;
/** Times a worker is shown what is wrong with the shape of its answer. */
export const MOST_REPAIRS = 1;
/** A server that asks to wait longer than this is passed over. */
export const LONGEST_RETRY_AFTER_MS = 60_000;

/**
 * One stated way to go on for every kind of failure. Faults that pass are retried at most MOST_RETRIES times, then another worker is
 * called; what a person has to put right is never retried. Where another worker is due and none is left, the run stops.
 */
export function recover(failure: ModelError, facts: RecoveryFacts): Recovery {
  switch (failure.kind) {
    case 'rateLimited':
    case 'overloaded':
    case 'serverError':
    case 'connection':
    case 'timeout':
    case 'cut':
    case 'malformed':
      return retryAfter(failure, facts);
    case 'contextOverflow':
      return nextWorker(`The request does not fit: ${failure.message}`, facts, 'configuration');
    case 'tooLarge':
      return nextWorker(`The answer is larger than ${failure.limitBytes} bytes.`, facts);
    case 'badRequest':
    case 'unauthorized':
      return configuration(`${failure.message} (status ${failure.status})`);
    case 'notFound':
    case 'configuration':
      return configuration(failure.message);
    case 'overBudget':
      return nextWorker(failure.message, facts);
    case 'recordingMissing':
      return configuration(`Nothing is recorded for ${failure.stepKey}: ${failure.message}`);
    case 'stopped':
      return { kind: 'stop', exit: 'stopped', why: 'The call was stopped.' };
  }
  return unreachable(failure);
}

/** A worker repairs the shape of one answer MOST_REPAIRS times; then another worker is due. `message` says what is wrong. */
export function recoverAnswer(
  message: string,
  facts: { readonly repairs: number; readonly workersLeft?: number },
): AnswerRecovery {
  if (facts.repairs < MOST_REPAIRS) return { kind: 'repair' };
  return nextWorker(`The answer has the wrong shape after ${facts.repairs} repairs: ${message}`, facts);
}

/**
 * Milliseconds before the retry that follows `retries` earlier ones: 500 ms, doubled each time, at most 20 s; the lower half is fixed and
 * the upper half scaled by `jitter` ("equal jitter": https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 * A jitter outside 0..1 counts as the nearer end, one that is no number as 1.
 */
export function backoffMs(retries: number, jitter: number): number {
  const whole = Math.min(20_000, 500 * 2 ** retries);
  const share = Number.isNaN(jitter) ? 1 : Math.min(1, Math.max(0, jitter));
  return Math.round(whole / 2 + (whole / 2) * share);
}

/** Faults that pass by themselves: the only ones for which another worker stands in. */
export function isTransient(failure: ModelError): failure is Passing {
  switch (failure.kind) {
    case 'rateLimited':
    case 'overloaded':
    case 'serverError':
    case 'connection':
    case 'timeout':
    case 'cut':
    case 'malformed':
      return true;
    case 'badRequest':
    case 'contextOverflow':
    case 'unauthorized':
    case 'notFound':
    case 'tooLarge':
    case 'configuration':
    case 'overBudget':
    case 'recordingMissing':
    case 'stopped':
      return false;
  }
  return unreachable(failure);
}

/** What a call that the budgets do not admit has failed by, in the log and for the router. */
export const OVER_BUDGET = 'overBudget';

/** Whether another worker stands in: the fault says nothing about the work, and no person has to put anything right. */
export function letsStandIn(failure: ModelError): boolean {
  return failure.kind === OVER_BUDGET || isTransient(failure);
}

/** Milliseconds a server asked to wait; 0 when it did not ask, or for nothing that can be waited for. */
export function askedWaitMs(failure: ModelError): number {
  const asked = failure.kind === 'rateLimited' || failure.kind === 'overloaded' ? (failure.retryAfterMs ?? 0) : 0;
  return asked > 0 ? asked : 0;
}

/** A failure in one line: its kind, and what the server said. */
export function faultText(failure: ModelError): string {
  if (failure.kind === 'timeout') return `timeout: ${failure.phase} after ${failure.afterMs} ms`;
  if (failure.kind === 'tooLarge') return `tooLarge: more than ${failure.limitBytes} bytes`;
  return failure.kind === 'stopped' ? 'stopped' : `${failure.kind}: ${failure.message}`;
}

type Passing = Extract<
  ModelError,
  { kind: 'serverError' | 'connection' | 'timeout' | 'cut' | 'malformed' | 'rateLimited' | 'overloaded' }
>;

/** As `retry`, and never sooner than the server asks. A Retry-After that is negative or no number is not there. */
function retryAfter(failure: Passing, facts: RecoveryFacts): Recovery {
  const asked = askedWaitMs(failure);
  if (asked > LONGEST_RETRY_AFTER_MS)
    return nextWorker(`${faultText(failure)} (asks to wait ${Math.round(asked / 1000)} s)`, facts);
  if ('retryRefused' in failure) return nextWorker(`${faultText(failure)} (asks not to be tried again)`, facts);
  const recovery = retry(failure, facts);
  if (recovery.kind !== 'retry' || !(asked > recovery.afterMs)) return recovery;
  return { kind: 'retry', afterMs: asked };
}

function retry(failure: Passing, facts: RecoveryFacts): Recovery {
  if (facts.retries < MOST_RETRIES && facts.isLeftAlone !== true)
    return { kind: 'retry', afterMs: backoffMs(facts.retries, facts.jitter) };
  return nextWorker(`${faultText(failure)} after ${facts.retries} retries`, facts);
}

function nextWorker(
  why: string,
  { workersLeft }: { readonly workersLeft?: number },
  exit: 'infrastructure' | 'configuration' = 'infrastructure',
): Exclude<Recovery, { kind: 'retry' }> {
  if (workersLeft === undefined || workersLeft > 0) return { kind: 'nextWorker', why };
  return { kind: 'stop', exit, why: `${why}; no other worker is left` };
}

function configuration(why: string): Recovery {
  return { kind: 'stop', exit: 'configuration', why };
}
