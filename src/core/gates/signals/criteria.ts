import { z } from 'zod';
import { boundedList, boundedText } from '../bounds.ts';
import { ask, climb, type GateContext, listed, PROCEED } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** Ids of acceptance criteria without evidence on this tree, of `total` criteria. */
export const criteriaSchema = z.strictObject({
  kind: z.literal('criteria'),
  unevidenced: boundedList(boundedText),
  total: z.int().nonnegative(),
});
export type Criteria = z.infer<typeof criteriaSchema>;

/**
 * A criterion without evidence goes back or up. A spec without criteria cannot be shown to be met, nor can one where no check runs tests, so
 * a person is asked.
 */
export function weighCriteria(signal: Criteria, context: GateContext): readonly Finding[] {
  const { unevidenced, total } = signal;
  if (unevidenced.length > 0) {
    const text = `${unevidenced.length} of ${total} criteria have no evidence on this tree: ${listed(unevidenced)}.`;
    // Where no check runs tests nobody could do better: whether to go on all the same is a person's to say.
    if (!context.gate.checks.some(({ checkKind }) => checkKind === 'test')) return [ask('no-criteria', text)];
    return [{ effect: climb(context), rule: 'criteria-unevidenced', text }];
  }
  if (!(total > 0)) return [ask('no-criteria', 'The spec has no acceptance criterion that evidence could show.')];
  return [{ effect: PROCEED, rule: 'criteria-evidenced', text: `All ${total} criteria have evidence on this tree.` }];
}
