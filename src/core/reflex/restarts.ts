/** When a server that has crashed is started again. */
export type NextStart = { readonly kind: 'after'; readonly ms: number } | { readonly kind: 'giveUp' };

export interface CrashHistory {
  /** When it crashed, this time too, in milliseconds of any clock, oldest first. */
  readonly crashes: readonly number[];
  /** Starts again at most so often within the window. */
  readonly most: number;
  /** The first delay, in milliseconds. */
  readonly firstMs: number;
  /** From 0 up to 1: where in the jitter the delay falls. */
  readonly chance: number;
}

/** The window in which starts are counted. */
export const RESTART_WINDOW_MS = 10 * 60_000;
const LONGEST_MS = 60_000;

/**
 * The delays double from `firstMs` to a minute with the crashes of the last ten minutes, and each falls by chance between half of that and one and a half
 * times it, so that several computers that lost the same thing do not come back together. After `most` starts in ten minutes it is given up.
 */
export function nextStart({ crashes, most, firstMs, chance }: CrashHistory): NextStart {
  const now = crashes.at(-1) ?? 0;
  const recent = crashes.filter((crash) => now - crash < RESTART_WINDOW_MS).length;
  if (recent > most) return { kind: 'giveUp' };
  const doubled = Math.min(LONGEST_MS, firstMs * 2 ** Math.max(0, recent - 1));
  return { kind: 'after', ms: Math.round(doubled * (0.5 + chance)) };
}
