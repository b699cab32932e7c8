import { z } from 'zod';
import { boundedList, boundedText } from '../bounds.ts';
import { type GateContext, listed, PROCEED, retryThenAsk } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** What the judge recommends and found. */
export const auditSchema = z.strictObject({
  kind: z.literal('audit'),
  recommendation: z.enum(['unlock', 'block']),
  findings: boundedList(z.strictObject({ severity: z.enum(['advisory', 'blocking']), message: boundedText })),
});
export type Audit = z.infer<typeof auditSchema>;

/** A block, by recommendation or by a finding, sends the work back to implement `auditRetries` times; then a person is asked. */
export function weighAudit(signal: Audit, context: GateContext): readonly Finding[] {
  const blocking = signal.findings.filter((finding) => finding.severity === 'blocking');
  if (signal.recommendation === 'unlock' && blocking.length === 0) {
    const text = `The judge recommends to unlock, with ${signal.findings.length} advisory findings.`;
    return [{ effect: PROCEED, rule: 'audit-unlocks', text }];
  }
  const named = blocking.length === 0 ? 'no blocking finding is given' : listed(blocking.map(({ message }) => message));
  const text = `The judge recommends to ${signal.recommendation}: ${named}.`;
  return [retryThenAsk(context, 'audit-blocks', text, context.policy.auditRetries)];
}
