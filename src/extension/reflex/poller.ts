import type { ReflexReading, ReflexRequest } from '../../app/reflex.ts';
import { nextReflexState, type ReflexMemory, type ReflexState } from '../../app/reflexState.ts';
import { nextPoll } from './polling.ts';

export type ReflexRead = Extract<ReflexReading, { kind: 'read' }>;

export interface PollerOptions {
  /** Asks the engine for one reading; aborting the signal ends the wait. Rejects when the engine is gone. */
  readonly read: (folder: string, request: ReflexRequest, signal: AbortSignal) => Promise<ReflexReading>;
  /** The workspace folder whose local worker is shown: the first with one. Undefined: nothing is shown and nothing is polled. */
  readonly folder: () => string | undefined;
  readonly log: (text: string) => void;
  readonly window: PolledWindow;
  readonly clock: PollerClock;
}

/** What of the editor's window decides and shows. */
interface PolledWindow {
  isFocused(): boolean;
  settings(): { readonly pollSeconds: number; readonly nvidiaSmi: string };
  show(reading: ReflexRead, state: ReflexState): void;
  hide(): void;
}

export interface PollerClock {
  now(): number;
  /** Calls back once; what it returns takes the call back. */
  after(ms: number, call: () => void): () => void;
}

/** Looks at the local server again and again. */
export interface Poller extends Disposable {
  /**
   * To be called when the configuration or the folders may have changed, however often: polling begins or ends by it. While polling goes on it does
   * nothing, because the next reading shows the change.
   */
  refresh(): void;
  /** Looks now, wholly. */
  check(): Promise<void>;
  focusChanged(): void;
}

/** A reading asks several things with deadlines of two to three seconds; later than this the engine itself hangs. */
const READ_DEADLINE_MS = 15_000;

/** Polls while a local worker is configured, as polling.ts says: one reading at a time. */
export function createPoller(options: PollerOptions): Poller {
  const { window, clock } = options;
  let memory: ReflexMemory | undefined;
  let shown: ReflexRead | undefined;
  let downLooks = 0;
  let lastWhole: number | undefined;
  let cancelTimer: () => void = () => undefined;
  let looking: Promise<void> | undefined;
  let isAskedAgain = false;
  const end = new AbortController();

  const look = (depth: 'whole' | 'light'): Promise<void> => {
    cancelTimer();
    // What changes during a reading is not in it, so another one follows.
    if (looking !== undefined) isAskedAgain = true;
    looking ??= lookOnce(depth).finally(() => {
      looking = undefined;
      if (end.signal.aborted) return;
      if (isAskedAgain) {
        isAskedAgain = false;
        void look('whole');
      } else schedule();
    });
    return looking;
  };

  const lookOnce = async (depth: 'whole' | 'light'): Promise<void> => {
    const folder = options.folder();
    if (folder === undefined) return forget();
    const { nvidiaSmi } = window.settings();
    const request: ReflexRequest = { depth, ...(nvidiaSmi !== '' && { nvidiaSmi }) };
    try {
      const signal = AbortSignal.any([end.signal, AbortSignal.timeout(READ_DEADLINE_MS)]);
      const reading = await options.read(folder, request, signal);
      if (end.signal.aborted) return;
      if (depth === 'whole') lastWhole = clock.now();
      if (reading.kind === 'none') forget();
      else keep(reading);
    } catch (error) {
      if (!end.signal.aborted) options.log(`The local server could not be looked at: ${String(error).slice(0, 500)}`);
    }
  };

  const keep = (reading: ReflexRead): void => {
    const isSame = shown?.worker === reading.worker && shown.baseUrl === reading.baseUrl;
    memory = nextReflexState(isSame ? memory : undefined, reading);
    downLooks = memory.state === 'down' ? downLooks + 1 : 0;
    shown = reading;
    window.show(reading, memory.state);
  };

  const forget = (): void => {
    [memory, shown, downLooks, lastWhole] = [undefined, undefined, 0, undefined];
    window.hide();
  };

  const schedule = (): void => {
    cancelTimer();
    const next = nextPoll({
      state: memory?.state ?? 'none',
      isFocused: window.isFocused(),
      downLooks,
      sinceWholeMs: lastWhole === undefined ? undefined : clock.now() - lastWhole,
      focusedMs: Math.max(1, window.settings().pollSeconds) * 1000,
    });
    if (next.kind === 'after') cancelTimer = clock.after(next.ms, () => void look(next.depth));
  };

  return {
    refresh() {
      if (options.folder() === undefined) {
        cancelTimer();
        forget();
      } else if (memory === undefined) void look('whole');
    },
    check: () => look('whole'),
    focusChanged() {
      if (memory === undefined || looking !== undefined) return;
      // Whoever comes back wants the present state, not one of a minute ago.
      if (window.isFocused()) void look('light');
      else schedule();
    },
    [Symbol.dispose]() {
      cancelTimer();
      end.abort();
    },
  };
}
