import { z } from 'zod';
import { boundedList, boundedText } from '../bounds.ts';
import { ask, climb, type GateContext, listed, PROCEED } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** Rules of the constitution that the stage's document or change breaks. */
export const constitutionSchema = z.strictObject({
  kind: z.literal('constitution'),
  conflicts: boundedList(z.strictObject({ rule: boundedText, text: boundedText })),
});
export type Constitution = z.infer<typeof constitutionSchema>;

/** At specify the spec itself is in conflict, which only a person can settle; later the worker that broke the rule goes back. */
export function weighConstitution(signal: Constitution, context: GateContext): readonly Finding[] {
  const { conflicts } = signal;
  if (conflicts.length === 0) {
    return [{ effect: PROCEED, rule: 'constitution-kept', text: 'No rule of the constitution is broken.' }];
  }
  const named = listed(conflicts.map((conflict) => `${conflict.rule}: ${conflict.text}`));
  const text = `The constitution is broken: ${named}.`;
  if (context.gate.stage === 'specify') return [ask('constitution-conflict', text)];
  return [{ effect: climb(context), rule: 'constitution-conflict', text }];
}
