import type { Cell } from '../../src/protocol/runPanel.ts';
import { dollars } from '../words.ts';

/* Words and figures of the cost panel. */

export type Billing = Cell<'costBillings'>['rows'][number]['billing'];

/** Who pays for a call, in the words that stand in the place of dollars. */
export const BILLING_WORDS: Readonly<Record<Billing, string>> = {
  cloud: 'paid by the token',
  local: 'local',
  included: 'included',
  recorded: 'recorded',
};

type Figures = Cell<'costGroups'>['rows'][number];

/** What calls came to: dollars, or the word for why it is none. Nothing that costs nothing by its nature reads as `$0.00`. */
export function priceText({ spent, billings, callsUnpriced }: Omit<Figures, 'name'>): string {
  const unpriced = callsUnpriced === 0 ? '' : `${callsUnpriced} unpriced`;
  if (spent > 0) return unpriced === '' ? dollars(spent) : `${dollars(spent)}, ${unpriced}`;
  if (unpriced !== '') return 'unpriced';
  return billings.includes('cloud') ? dollars(0) : billings.map((billing) => BILLING_WORDS[billing]).join(', ');
}

/** `2026-11-21T14` as `14:00`, a day as `11-21`, a month as it is. */
export function partText(at: string, unit: Cell<'costTime'>['unit']): string {
  if (unit === 'hour') return `${at.slice(11)}:00`;
  return unit === 'day' ? at.slice(5) : at;
}

/** Part of a whole as a percentage, which is never 0 for something. */
export function percentText(part: number, whole: number): string {
  if (part === 0) return '0 %';
  const percent = (part / whole) * 100;
  return percent < 1 ? '< 1 %' : `${Math.round(percent)} %`;
}
