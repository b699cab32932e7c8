import type { Forecast, Range } from '../core/ledger/forecast.ts';
import { dollars } from '../core/ledger/money.ts';

/** What a run may cost, as every host says it. */
export function moneyForecastText({ microdollars }: Forecast): string {
  return microdollars === undefined ? 'cost unknown' : rangeText(microdollars, dollars);
}

/** How long a run may take, in minutes; what a person is waited for is not in it. */
export function timeForecastText({ milliseconds }: Forecast): string {
  return `${rangeText(milliseconds, (amount) => (amount / 60_000).toFixed(1))} minutes`;
}

function rangeText({ min, likely, max }: Range, textOf: (amount: number) => string): string {
  if (min === max) return textOf(likely);
  return `about ${textOf(likely)} (${textOf(min)} to ${textOf(max)})`;
}
