import type { ReflexReading, ReflexRequest } from '../../app/reflex.ts';
import { nextReflexState, type ReflexMemory, type ReflexState } from '../../app/reflexState.ts';
import { nextTrend, type ReflexTrend } from '../../app/reflexTrend.ts';
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
  /** `reading` has the promotion that was read last, also where this look did not ask for it. */
  show(reading: ReflexRead, state: ReflexState, trend: ReflexTrend): void;
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
/** Reports of bake-offs are megabytes, and change when one ends: so rarely they are read. */
const PROMOTION_MS = 60_000;

/** Polls while a local worker is configured, as polling.ts says: one reading at a time. */
export function createPoller(options: PollerOptions): Poller {
  const { window, clock } = options;
  let memory: ReflexMemory | undefined;
  let shown: ReflexRead | undefined;
  let trend: ReflexTrend | undefined;
  let lastPromotion: number | undefined;
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
        // Nor are the reports that it has read those of now.
        lastPromotion = undefined;
        void look('whole');
      } else schedule();
    });
    return looking;
  };

  const lookOnce = async (depth: 'whole' | 'light'): Promise<void> => {
    const folder = options.folder();
    if (folder === undefined) return forget();
    const { nvidiaSmi } = window.settings();
    const isDue = lastPromotion === undefined || clock.now() - lastPromotion >= PROMOTION_MS;
    const isAsked = depth === 'whole' && isDue;
    const request: ReflexRequest = {
      depth,
      ...(nvidiaSmi !== '' && { nvidiaSmi }),
      ...(isAsked && { promotion: 'read' }),
    };
    try {
      const signal = AbortSignal.any([end.signal, AbortSignal.timeout(READ_DEADLINE_MS)]);
      const reading = await options.read(folder, request, signal);
      if (end.signal.aborted) return;
      if (depth === 'whole') lastWhole = clock.now();
      if (reading.kind === 'none') forget();
      else keep(reading, isAsked && reading.health.kind === 'answers' ? 'new' : 'last');
    } catch (error) {
      if (!end.signal.aborted) options.log(`The local server could not be looked at: ${String(error).slice(0, 500)}`);
    }
  };

  const keep = (reading: ReflexRead, whose: 'new' | 'last'): void => {
    const isSame = shown?.worker === reading.worker && shown.baseUrl === reading.baseUrl;
    memory = nextReflexState(isSame ? memory : undefined, reading);
    trend = nextTrend(isSame ? trend : undefined, reading, clock.now());
    downLooks = memory.state === 'down' || memory.state === 'off' ? downLooks + 1 : 0;
    if (whose === 'new') lastPromotion = clock.now();
    const promotion = whose === 'new' || !isSame ? reading.promotion : shown?.promotion;
    shown = promotion === undefined ? reading : { ...reading, promotion };
    window.show(shown, memory.state, trend);
  };

  const forget = (): void => {
    [memory, shown, trend, downLooks, lastWhole, lastPromotion] = [
      undefined,
      undefined,
      undefined,
      0,
      undefined,
      undefined,
    ];
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
    check() {
      // Whoever asks wants to know it as it is now.
      lastPromotion = undefined;
      return look('whole');
    },
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
