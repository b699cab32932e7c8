import { z } from 'zod';
import { ask, PROCEED } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** A decision to let the change in. `bytesMatch` is false when what was approved is not, byte for byte, what would be written now. */
export const approvalSchema = z.strictObject({
  kind: z.literal('approval'),
  by: z.enum(['person', 'worker', 'policy']),
  bytesMatch: z.boolean(),
});
export type Approval = z.infer<typeof approvalSchema>;

/** Only a person's approval of exactly these bytes counts; anything else asks a person. */
export function weighApproval(signal: Approval): readonly Finding[] {
  if (signal.by !== 'person') {
    return [
      ask('not-approved-by-person', `The change was approved by a ${signal.by}: only a person's approval counts.`),
    ];
  }
  if (!signal.bytesMatch) return [ask('approval-void', 'The change is not the one that was approved.')];
  return [{ effect: PROCEED, rule: 'approved-by-person', text: 'A person approved exactly these bytes.' }];
}
