import type { ServerNow } from '../src/protocol/reflexPanel.ts';
import type {
  AttemptCell,
  CallCell,
  QuestionCell,
  RunHead,
  StageCell,
  TaskCell,
  VerdictCell,
} from '../src/protocol/runPanel.ts';

/*
 * Words, figures and icons of the panel. An icon never stands for a state alone: its word is beside it, or there for a screen reader.
 */

/** Whole microdollars as `$1.50`, with four digits below ten cents, rounded up so that no cost reads as nothing: as on the command line. */
export function dollars(microdollars: number): string {
  const digits = microdollars === 0 || microdollars >= 100_000 ? 2 : 4;
  const unit = 10 ** (6 - digits);
  return `$${((Math.ceil(microdollars / unit) * unit) / 1_000_000).toFixed(digits)}`;
}

/** A duration in milliseconds as a clock: `02:41`, `1:02:41`. */
export function clockText(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return seconds < 3600 ? minutes : `${Math.floor(seconds / 3600)}:${minutes}`;
}

/** A duration in milliseconds as words: `0.4 s`, `12 s`, `3 min 05 s`. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`;
}

/** An instant as the reader's time of day, or nothing for a text that is none. */
export function timeText(instant: string): string {
  const date = new Date(instant);
  return Number.isNaN(date.getTime()) ? '' : date.toLocaleTimeString([], { hour12: false });
}

export function tokensText(tokens: number): string {
  if (tokens < 1_000) return String(tokens);
  return tokens < 1_000_000 ? `${(tokens / 1_000).toFixed(1)}k` : `${(tokens / 1_000_000).toFixed(1)}M`;
}

/** `1 file`, `2 files`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

export const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** What a suggested answer cites: `The spec says: “…”`. */
export const citedText = ({ document, quote }: { readonly document: string; readonly quote: string }): string =>
  document === 'answers' ? `A person has answered: “${quote}”` : `The ${document} says: “${quote}”`;

const SETTLED = { rule: 'By rule, nobody was asked.', model: '', noted: 'Noted, nobody was asked.' } as const;

/** How a question was settled that no person was asked. */
export function settledText({ settled, facts }: Pick<QuestionCell, 'settled' | 'facts'>): string {
  if (settled === undefined) return '';
  const cited = facts?.citation ?? null;
  return settled === 'model' && cited !== null ? citedText(cited) : SETTLED[settled];
}

interface Look {
  readonly icon: string;
  readonly word: string;
  /** Which of the theme's state colours, a class of the style sheet. */
  readonly tone: 'good' | 'bad' | 'warn' | 'busy' | 'quiet';
}

const spinning = 'sync codicon-modifier-spin';

export const RUN_LOOKS: Readonly<Record<RunHead['state'], Look>> = {
  working: { icon: spinning, word: 'Running', tone: 'busy' },
  pausing: { icon: spinning, word: 'Pausing', tone: 'busy' },
  stopping: { icon: spinning, word: 'Stopping', tone: 'busy' },
  proposed: { icon: 'git-compare', word: 'Waits for your review', tone: 'warn' },
  applied: { icon: 'pass-filled', word: 'Applied', tone: 'good' },
  rejected: { icon: 'circle-slash', word: 'Rejected', tone: 'quiet' },
  paused: { icon: 'debug-pause', word: 'Paused', tone: 'quiet' },
  stopped: { icon: 'stop-circle', word: 'Stopped', tone: 'quiet' },
  question: { icon: 'question', word: 'Waits for an answer', tone: 'warn' },
  failed: { icon: 'error', word: 'Failed', tone: 'bad' },
  blocked: { icon: 'error', word: 'Blocked', tone: 'bad' },
  interrupted: { icon: 'warning', word: 'Interrupted', tone: 'warn' },
};

export const STAGE_LOOKS: Readonly<Record<StageCell['state'], Look>> = {
  waiting: { icon: 'circle-outline', word: 'waiting', tone: 'quiet' },
  running: { icon: spinning, word: 'running', tone: 'busy' },
  person: { icon: 'account', word: 'waits for you', tone: 'warn' },
  done: { icon: 'check', word: 'done', tone: 'good' },
  halted: { icon: 'error', word: 'halted', tone: 'bad' },
  stopped: { icon: 'stop-circle', word: 'stopped', tone: 'quiet' },
  stale: { icon: 'history', word: 'stale', tone: 'warn' },
};

export const TASK_LOOKS: Readonly<Record<TaskCell['state'], Look>> = {
  waiting: { icon: 'circle-outline', word: 'waiting', tone: 'quiet' },
  running: { icon: spinning, word: 'running', tone: 'busy' },
  done: { icon: 'check', word: 'done', tone: 'good' },
  failed: { icon: 'error', word: 'failed', tone: 'bad' },
};

export const ATTEMPT_LOOKS: Readonly<Record<AttemptCell['state'], Look>> = {
  running: { icon: spinning, word: 'running', tone: 'busy' },
  passed: { icon: 'check', word: 'passed', tone: 'good' },
  failed: { icon: 'error', word: 'failed', tone: 'bad' },
};

export const CHECK_LOOKS: Readonly<Record<AttemptCell['checks'][number]['outcome'], Look>> = {
  running: { icon: spinning, word: 'running', tone: 'busy' },
  passed: { icon: 'check', word: 'passed', tone: 'good' },
  failed: { icon: 'error', word: 'failed', tone: 'bad' },
  deadline: { icon: 'error', word: 'took too long', tone: 'bad' },
  stopped: { icon: 'circle-slash', word: 'stopped', tone: 'quiet' },
  notFound: { icon: 'error', word: 'not found', tone: 'bad' },
};

export const PATCH_LOOKS: Readonly<Record<AttemptCell['patches'][number]['outcome'], Look>> = {
  applied: { icon: 'check', word: 'Patch applied', tone: 'good' },
  refused: { icon: 'error', word: 'Patch refused', tone: 'bad' },
};

export const CALL_LOOKS: Readonly<Record<CallCell['state'], Look>> = {
  calling: { icon: spinning, word: 'on its way', tone: 'busy' },
  settled: { icon: 'check', word: 'settled', tone: 'good' },
  released: { icon: 'circle-slash', word: 'not paid', tone: 'quiet' },
  inDoubt: { icon: 'question', word: 'in doubt', tone: 'warn' },
};

export const DECISION_LOOKS: Readonly<Record<VerdictCell['decision'], Look>> = {
  proceed: { icon: 'pass-filled', word: 'Proceed', tone: 'good' },
  retry: { icon: 'debug-restart', word: 'Retry', tone: 'warn' },
  escalate: { icon: 'arrow-up', word: 'Escalate', tone: 'warn' },
  ask: { icon: 'question', word: 'Ask a person', tone: 'warn' },
  stop: { icon: 'error', word: 'Stop', tone: 'bad' },
};
/** How the local server is: the icons are those of the status bar. */
export const SERVER_LOOKS: Readonly<Record<ServerNow['state'], Look>> = {
  off: { icon: 'circle-slash', word: 'Off', tone: 'quiet' },
  down: { icon: 'debug-disconnect', word: 'Down', tone: 'warn' },
  starting: { icon: 'loading codicon-modifier-spin', word: 'Starting', tone: 'busy' },
  healthy: { icon: 'pulse', word: 'Healthy', tone: 'good' },
  busy: { icon: 'pulse', word: 'Busy', tone: 'good' },
  degraded: { icon: 'warning', word: 'Degraded', tone: 'warn' },
  'not promoted': { icon: 'unverified', word: 'Not promoted', tone: 'quiet' },
};
export type { Look };
