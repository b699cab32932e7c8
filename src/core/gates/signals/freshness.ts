import { z } from 'zod';
import { boundedList, boundedText } from '../bounds.ts';
import { listed, PROCEED, STOP } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** Ids of evidence that was measured on another tree than the one judged. */
export const freshnessSchema = z.strictObject({ kind: z.literal('freshness'), stale: boundedList(boundedText) });
export type Freshness = z.infer<typeof freshnessSchema>;

/** Stale evidence says nothing of this tree: the gate ends and the checks have to run again. */
export function weighFreshness(signal: Freshness): readonly Finding[] {
  if (signal.stale.length === 0) {
    return [{ effect: PROCEED, rule: 'evidence-fresh', text: 'All evidence was measured on this tree.' }];
  }
  const text = `Evidence was measured on another tree: ${listed(signal.stale)}.`;
  return [{ effect: STOP, rule: 'stale-evidence', text }];
}
