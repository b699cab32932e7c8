import { z } from 'zod';
import { ROLES, roleText } from '../../run/stage.ts';
import { boundedText } from '../bounds.ts';
import { ask, type GateContext, PROCEED, retryThenAsk } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** One objection to the stage's work, usually an adviser's. `reference` names the file, requirement or evidence it speaks of. */
export const counterSignalSchema = z.strictObject({
  kind: z.literal('counterSignal'),
  source: z.enum(ROLES),
  severity: z.enum(['advisory', 'blocking']),
  message: boundedText,
  reference: boundedText.optional(),
});
export type CounterSignal = z.infer<typeof counterSignalSchema>;

/** Advice is kept as a reason and holds nothing back. A blocking objection sends a plan back once; else a person is asked. */
export function weighCounterSignal(signal: CounterSignal, context: GateContext): readonly Finding[] {
  const reference = signal.reference === undefined ? '' : ` (${signal.reference})`;
  const text = `${roleText(signal.source)}: ${signal.message}${reference}`;
  if (signal.severity === 'advisory') return [{ effect: PROCEED, rule: 'advice', text }];
  const rule = 'blocking-counter-signal';
  if (context.gate.stage === 'plan') return [retryThenAsk(context, rule, text, 1)];
  return [ask(rule, text)];
}
