import { z } from 'zod';
import { boundedList, boundedText } from '../bounds.ts';
import { ask, climb, type GateContext, listed, PROCEED } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** Ids of requirements that the plan (or the tasks) leaves out, of `total` requirements. */
export const coverageSchema = z.strictObject({
  kind: z.literal('coverage'),
  subject: z.enum(['plan', 'tasks']),
  missing: boundedList(boundedText),
  total: z.int().nonnegative(),
});
export type Coverage = z.infer<typeof coverageSchema>;

/** What is left out goes back or up. Covering all of nothing proves nothing, so a person is asked. */
export function weighCoverage(signal: Coverage, context: GateContext): readonly Finding[] {
  const { subject, missing, total } = signal;
  if (missing.length > 0) {
    const text = `The ${subject} left out ${missing.length} of ${total} requirements: ${listed(missing)}.`;
    return [{ effect: climb(context), rule: 'not-covered', text }];
  }
  if (!(total > 0)) return [ask('nothing-to-cover', `There is no requirement for the ${subject} to cover.`)];
  return [{ effect: PROCEED, rule: 'covered', text: `The ${subject} covers all ${total} requirements.` }];
}
