import type { BakeoffNews, EngineRequests, TrialNews } from '../engine/api.ts';

/** The engine, as far as it is about bake-offs. */
export interface BakeoffEngine {
  bakeoff(
    folder: string,
    request: Parameters<EngineRequests['bakeoff']>[1],
    onTrial: (trial: TrialNews) => void,
    signal: AbortSignal,
  ): Promise<BakeoffNews>;
}

/** The window, as far as it is about bake-offs. */
export interface BakeoffWindow {
  /** Throws in a workspace that is not trusted. */
  requireTrust(): void;
  /** Undefined when a person leaves the question, here and below. */
  chooseStart(): Promise<'new' | 'resume' | undefined>;
  /** Dollars as they were typed. */
  askBudget(): PromiseLike<string | undefined>;
  /** Shows that something goes on, until `work` ends; a person may end the wait. */
  progress<Value>(
    title: string,
    work: (say: (text: string) => void, signal: AbortSignal) => Promise<Value>,
  ): PromiseLike<Value>;
  tell(level: 'information' | 'warning', text: string): void;
  /** Shows a report for reading. */
  openReport(file: string): Promise<void>;
}

const MOST_DOLLARS = 10_000;

/** Microdollars; undefined for what is no amount from 0 to 10,000 dollars. */
export function budgetOf(text: string): number | undefined {
  const amount = /^\s*\d{1,5}(?:\.\d{1,6})?\s*$/.test(text) ? Number(text) : Number.NaN;
  return amount <= MOST_DOLLARS ? Math.round(amount * 1_000_000) : undefined;
}

/** Asks what it may cost, lets both sides do the tasks, and shows the report. Who ends it keeps what was measured. */
export async function bakeOff(engine: BakeoffEngine, window: BakeoffWindow, folder: string): Promise<void> {
  const start = await window.chooseStart();
  const typed = start === undefined ? undefined : await window.askBudget();
  const budget = typed === undefined ? undefined : budgetOf(typed);
  if (start === undefined || budget === undefined) return;
  // Nothing is spent in a workspace that lost its trust while the questions stood open.
  window.requireTrust();
  const news = await window.progress('SpecKit: bake-off of the local server', async (say, signal) => {
    say('checking the tasks and the server');
    return engine
      .bakeoff(folder, { budget, start }, ({ line }) => say(line), signal)
      .catch((error: unknown): undefined => {
        if (signal.aborted) return undefined;
        throw error;
      });
  });
  if (news === undefined)
    return window.tell(
      'information',
      'The bake-off was ended. What it measured is kept: the same command goes on with it.',
    );
  window.tell(news.passed ? 'information' : 'warning', news.text);
  await window.openReport(news.file);
}
