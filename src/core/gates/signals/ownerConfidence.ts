import { z } from 'zod';
import { ROLES } from '../../run/stage.ts';
import { boundedText } from '../bounds.ts';
import { type GateContext, nextOwner, PROCEED, STOP } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** What the owner of the stage says of its own work, 0..1. A claim: it can hold work back and never proves it. */
export const ownerConfidenceSchema = z.strictObject({
  kind: z.literal('ownerConfidence'),
  role: z.enum(ROLES),
  worker: boundedText,
  value: z.number(),
});
export type OwnerConfidence = z.infer<typeof ownerConfidenceSchema>;

/** Below the policy's minimum: the next worker, or a person when none is left. NaN and values outside 0..1 count as missing. */
export function weighOwnerConfidence(signal: OwnerConfidence, context: GateContext): readonly Finding[] {
  const { role, worker, value } = signal;
  if (!(value >= 0 && value <= 1)) {
    const text = `The confidence of ${role} ${worker} is ${value}, which is no number from 0 to 1.`;
    return [{ effect: STOP, rule: 'missing-signal:ownerConfidence', text }];
  }
  const { minConfidence } = context.policy;
  // Written as "not at least", so that a minimum which is not a number lets nothing through.
  if (!(value >= minConfidence)) {
    const text = `${role} ${worker} is ${value} confident; ${minConfidence} is asked for.`;
    return [{ effect: nextOwner(context), rule: 'low-confidence', text }];
  }
  return [{ effect: PROCEED, rule: 'confident', text: `${role} ${worker} is ${value} confident.` }];
}
