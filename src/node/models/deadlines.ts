import type { ModelError } from '../../core/ports.ts';

/** How long a call may wait: for its first token, between two signs of life after that, and altogether. */
export interface Timeouts {
  readonly firstTokenMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
}

/** Why a call was ended from our side. */
export type CallEnd = Extract<ModelError, { kind: 'timeout' | 'stopped' }>;

/** The three deadlines of one call and the caller's signal, as one signal. Whoever starts them closes them. */
export interface Deadlines {
  /** Aborts when a deadline passes, the caller's signal aborts, or on `close`. */
  readonly signal: AbortSignal;
  /** A token came (text, reasoning or a part of a tool call): from now on the idle deadline holds. */
  sawToken(): void;
  /** Bytes came. Before the first token they change nothing: a queue that sends keep-alives is still a queue. */
  sawBytes(): void;
  /** The answer is whole and only its end is awaited: the idle deadline becomes at most two seconds. */
  sawFinish(): void;
  /** What ended the call, the first cause only; undefined while nothing did. */
  ended(): CallEnd | undefined;
  /** Ends the request if it still runs, stops every timer and lets go of the caller's signal. */
  close(): void;
}

const FINISH_GRACE_MS = 2_000;

/** The longest delay a timer takes before it wraps round to 1 ms. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** Starts the deadlines of one call now. */
export function startDeadlines(timeouts: Timeouts, signal: AbortSignal): Deadlines {
  const controller = new AbortController();
  let ended: CallEnd | undefined;
  let idleMs = timeouts.idleMs;
  let phase: 'firstToken' | 'idle' = 'firstToken';
  const end = (cause: CallEnd): void => {
    ended ??= cause;
    close();
  };
  const stop = (): void => end({ kind: 'stopped' });
  const after = (ms: number, cause: CallEnd): NodeJS.Timeout =>
    setTimeout(() => end(cause), Math.min(ms, LONGEST_TIMER_MS));
  const total = after(timeouts.totalMs, { kind: 'timeout', phase: 'total', afterMs: timeouts.totalMs });
  let waiting = after(timeouts.firstTokenMs, { kind: 'timeout', phase: 'firstToken', afterMs: timeouts.firstTokenMs });
  const startIdle = (): void => {
    clearTimeout(waiting);
    phase = 'idle';
    if (!controller.signal.aborted) waiting = after(idleMs, { kind: 'timeout', phase: 'idle', afterMs: idleMs });
  };
  const restartIdle = (): void => {
    if (!controller.signal.aborted) waiting.refresh();
  };
  function close(): void {
    clearTimeout(total);
    clearTimeout(waiting);
    signal.removeEventListener('abort', stop);
    controller.abort();
  }
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  return {
    signal: controller.signal,
    sawToken() {
      if (phase === 'idle') restartIdle();
      else startIdle();
    },
    sawBytes() {
      if (phase === 'idle') restartIdle();
    },
    sawFinish() {
      idleMs = Math.min(idleMs, FINISH_GRACE_MS);
      startIdle();
    },
    ended: () => ended,
    close,
  };
}
