import { z } from 'zod';
import { boundedList, boundedText } from '../bounds.ts';
import { listed, PROCEED } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** How risky the change is, as core/pipeline/size.ts finds it. */
export const riskSchema = z.strictObject({
  kind: z.literal('risk'),
  level: z.enum(['low', 'medium', 'high']),
  reasons: boundedList(z.strictObject({ rule: boundedText, text: boundedText })),
});
export type Risk = z.infer<typeof riskSchema>;

/** Risk decides nothing by itself: it says who should look, and stands among the reasons a person reads. */
export function weighRisk(signal: Risk): readonly Finding[] {
  const named = signal.reasons.length === 0 ? '' : `: ${listed(signal.reasons.map((reason) => reason.text))}`;
  return [{ effect: PROCEED, rule: `${signal.level}-risk`, text: `The risk is ${signal.level}${named}` }];
}
