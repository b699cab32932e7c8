import { daysOfChoice, type CostChoice } from './costChoice.ts';
import { billingOfEntry, shortName, sum } from './costGroups.ts';
import type { LedgerEntry } from './entry.ts';

/** Parts of a time, without gaps, oldest first: `names` are the beginnings of an ISO time, as long as the unit asks for. */
export interface TimeParts {
  readonly unit: 'hour' | 'day' | 'month';
  readonly names: readonly string[];
  /** Earlier parts that are not shown. */
  readonly left: number;
}

export interface CostOverTime {
  readonly unit: TimeParts['unit'];
  readonly bars: readonly {
    readonly at: string;
    readonly calls: number;
    readonly spent: number;
    readonly cloudTokens: number;
    readonly otherTokens: number;
  }[];
  readonly left: number;
}

/** What a call of each model came to over time. The models beyond MOST_MODELS are `left` out: those that cost least. */
export interface CostDrift {
  readonly unit: TimeParts['unit'];
  readonly bars: number;
  readonly models: readonly ModelOverTime[];
  readonly left: number;
}

interface ModelOverTime {
  readonly model: string;
  readonly calls: number;
  readonly mean: number;
  readonly first: number;
  readonly last: number;
  readonly points: readonly { readonly bar: number; readonly calls: number; readonly mean: number }[];
}

/** Parts of a time that are shown: the newest. */
const MOST_PARTS = 62;
const MOST_MODELS = 8;

const HOUR_MS = 60 * 60 * 1000;
/** Characters of an ISO time that name a part. */
const LENGTH = { hour: 13, day: 10, month: 7 } as const;

const nameOf = (time: number, unit: TimeParts['unit']): string => new Date(time).toISOString().slice(0, LENGTH[unit]);

/** Hours of a day, days of a month; of all, days from the first call on, or months where there would be too many days. */
export function timeParts(choice: CostChoice, calls: readonly LedgerEntry[], now: number): TimeParts {
  const firstCall = calls.reduce((earliest, { time }) => Math.min(earliest, time), now);
  const firstDay = choice.period === 'all' ? undefined : daysOfChoice(choice, now)?.first;
  const from = firstDay === undefined ? firstCall : Date.parse(`${firstDay}T00:00:00Z`);
  const unit = choice.period === 'day' ? 'hour' : now - from < MOST_PARTS * 24 * HOUR_MS ? 'day' : 'month';
  const names: string[] = [];
  // A clock that was put back leaves calls after `now`: they have their parts all the same.
  const end = nameOf(
    calls.reduce((latest, { time }) => Math.max(latest, time), now),
    unit,
  );
  for (let at = from; names.at(-1) !== end; at = after(at, unit)) names.push(nameOf(at, unit));
  return { unit, names: names.slice(-MOST_PARTS), left: Math.max(0, names.length - MOST_PARTS) };
}

/** A time in the next part. */
function after(time: number, unit: TimeParts['unit']): number {
  if (unit !== 'month') return time + (unit === 'hour' ? 1 : 24) * HOUR_MS;
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

export function costOverTime(calls: readonly LedgerEntry[], { unit, names, left }: TimeParts): CostOverTime {
  const byPart = Map.groupBy(calls, ({ time }) => nameOf(time, unit));
  const tokens = ({ inputTokens, outputTokens }: LedgerEntry): number => inputTokens + outputTokens;
  const bars = names.map((at) => {
    const entries = byPart.get(at) ?? [];
    const cloudTokens = sum(entries, (entry) => (billingOfEntry(entry) === 'cloud' ? tokens(entry) : 0));
    return {
      at,
      calls: entries.length,
      spent: sum(entries, ({ settledMicrodollars }) => settledMicrodollars),
      cloudTokens,
      otherTokens: sum(entries, tokens) - cloudTokens,
    };
  });
  return { unit, bars, left };
}

/** Of calls that are settled and cost something: what a call costs says nothing where nobody pays by the token. */
export function costDrift(calls: readonly LedgerEntry[], { unit, names }: TimeParts): CostDrift {
  const paid = calls.filter(({ state, settledMicrodollars }) => state === 'settled' && settledMicrodollars > 0);
  const spentOf = (entries: readonly LedgerEntry[]): number =>
    sum(entries, ({ settledMicrodollars }) => settledMicrodollars);
  const models = [...Map.groupBy(paid, ({ model }) => model)].sort(
    ([left, some], [right, others]) => spentOf(others) - spentOf(some) || (left < right ? -1 : 1),
  );
  const shown = models.slice(0, MOST_MODELS).flatMap(([model, entries]): readonly ModelOverTime[] => {
    const byPart = Map.groupBy(entries, ({ time }) => nameOf(time, unit));
    const points = names.flatMap((name, bar) => {
      const here = byPart.get(name);
      return here === undefined ? [] : [{ bar, calls: here.length, mean: Math.ceil(spentOf(here) / here.length) }];
    });
    const [first, last] = [points[0], points.at(-1)];
    if (first === undefined || last === undefined) return [];
    const mean = Math.ceil(spentOf(entries) / entries.length);
    return [{ model: shortName(model), calls: entries.length, mean, first: first.mean, last: last.mean, points }];
  });
  return { unit, bars: names.length, models: shown, left: Math.max(0, models.length - MOST_MODELS) };
}
