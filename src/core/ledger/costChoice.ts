/**
 * Of what costs are shown: a spec over all its runs, the repository, or everything of this user; of the UTC day, the UTC month, or all. All of more than a
 * spec are the last 366 days. `spec` is empty where `whose` is not `spec`.
 */
export interface CostChoice {
  readonly whose: 'spec' | 'repository' | 'everything';
  readonly spec: string;
  readonly period: 'day' | 'month' | 'all';
}

/** Days that `all` goes back where it is not of one spec. */
export const MOST_DAYS = 366;

const DAY_MS = 24 * 60 * 60 * 1000;

/** The UTC days of a choice, both with them; undefined for all of a spec. */
export function daysOfChoice(
  { whose, period }: CostChoice,
  now: number,
): { readonly first: string; readonly last: string } | undefined {
  const last = new Date(now).toISOString().slice(0, 10);
  if (period === 'day') return { first: last, last };
  if (period === 'month') return { first: `${last.slice(0, 7)}-01`, last };
  if (whose === 'spec') return undefined;
  return { first: new Date(now - (MOST_DAYS - 1) * DAY_MS).toISOString().slice(0, 10), last };
}

/** The time of a choice in words. */
export function timeOfChoice(choice: CostChoice, now: number): string {
  const today = new Date(now).toISOString().slice(0, 10);
  if (choice.period === 'day') return `${today} (UTC)`;
  if (choice.period === 'month') return `${today.slice(0, 7)} (UTC)`;
  return choice.whose === 'spec' ? 'all runs' : `the last ${MOST_DAYS} days (UTC)`;
}
