import { z } from 'zod';
import { boundedList, boundedText } from '../bounds.ts';
import { climb, type GateContext, listed, PROCEED } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** Files that were changed and that the plan does not name. */
export const scopeSchema = z.strictObject({ kind: z.literal('scope'), outside: boundedList(boundedText) });
export type Scope = z.infer<typeof scopeSchema>;

/** A change outside the plan goes back or up; amending the plan is a decision of its own, made before this gate. */
export function weighScope(signal: Scope, context: GateContext): readonly Finding[] {
  if (signal.outside.length === 0) {
    return [{ effect: PROCEED, rule: 'inside-plan', text: 'Every changed file is named in the plan.' }];
  }
  const text = `The plan does not name these changed files: ${listed(signal.outside)}.`;
  return [{ effect: climb(context), rule: 'outside-plan', text }];
}
