import { dollars } from '../../core/ledger/money.ts';
import type { Payload } from '../../core/run/event.ts';

/** How a call was settled. `isUnpriced`: it was made of a cloud worker whose model no price is known for. */
export interface Charge extends Pick<
  Payload<'SpendSettle'>,
  'state' | 'microdollars' | 'basis' | 'inputTokens' | 'outputTokens'
> {
  readonly isUnpriced: boolean;
}

/** What one call came to, in words: its dollars, or why there are none. */
export function priceText(charge: Charge): string {
  if (charge.state === 'released') return 'not paid';
  if (charge.state === 'inDoubt') return `in doubt, up to ${dollars(charge.microdollars)}`;
  const word = wordOf(charge);
  if (word !== undefined) return word;
  return `${dollars(charge.microdollars)}${charge.basis === 'estimate' ? ' (estimated)' : ''}`;
}

/** What calls came to together: `$0.0123`, `local`, `$0.0123, local`, `$0.0123, $0.0140 in doubt`; empty for none. */
export function pricesText(charges: readonly Charge[]): string {
  const sum = (state: Charge['state']): number =>
    charges.reduce((total, charge) => total + (charge.state === state ? charge.microdollars : 0), 0);
  const settled = charges.filter(({ state }) => state === 'settled');
  const words = new Set(settled.map(wordOf).filter((word) => word !== undefined));
  const paid = settled.length > 0 && (sum('settled') > 0 || words.size === 0) ? [dollars(sum('settled'))] : [];
  const doubt = charges.some(({ state }) => state === 'inDoubt') ? [`${dollars(sum('inDoubt'))} in doubt`] : [];
  return [...paid, ...words, ...doubt].join(', ');
}

function wordOf({ basis, microdollars, isUnpriced, inputTokens, outputTokens }: Charge): string | undefined {
  if (basis === 'local' || basis === 'recorded' || basis === 'included') return basis;
  return isUnpriced && microdollars === 0 && inputTokens + outputTokens > 0 ? 'unpriced' : undefined;
}
