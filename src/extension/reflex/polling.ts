import type { ReflexState } from '../../app/reflexState.ts';

/** What decides when the local server is looked at next. */
export interface PollingFacts {
  /** `none`: no local worker is configured. */
  readonly state: ReflexState | 'none';
  readonly isFocused: boolean;
  /** Looks in a row that found it down or off, this one counted. */
  readonly downLooks: number;
  /** Milliseconds since /health was asked last; undefined before the first time. */
  readonly sinceWholeMs: number | undefined;
  /** The setting speckitAuto.reflex.pollSeconds, in milliseconds. */
  readonly focusedMs: number;
}

export type NextPoll =
  /** Not before the configuration changes. */
  { readonly kind: 'never' } | { readonly kind: 'after'; readonly ms: number; readonly depth: 'whole' | 'light' };

const UNFOCUSED_MS = 60_000;
const LONGEST_MS = 60_000;
/** A server that is healthy is asked for its health so rarely, because SGLang makes a token for it, which wakes an idle GPU. */
const WHOLE_MS = 60_000;

/**
 * When the local server is looked at next, and how closely. Focused every `focusedMs`, otherwise once a minute; a server that is down or off is looked at at
 * doubling distances up to a minute.
 */
export function nextPoll(facts: PollingFacts): NextPoll {
  if (facts.state === 'none') return { kind: 'never' };
  const ms = facts.isFocused ? focusedMs(facts) : Math.max(UNFOCUSED_MS, facts.focusedMs);
  const isWell = facts.state === 'healthy' || facts.state === 'busy';
  const isRecent = facts.sinceWholeMs !== undefined && facts.sinceWholeMs + ms < WHOLE_MS;
  return { kind: 'after', ms, depth: isWell && isRecent ? 'light' : 'whole' };
}

function focusedMs({ state, downLooks, focusedMs: base }: PollingFacts): number {
  if (state !== 'down' && state !== 'off') return base;
  const doubled = base * 2 ** Math.min(10, Math.max(0, downLooks - 1));
  return Math.max(base, Math.min(LONGEST_MS, doubled));
}
