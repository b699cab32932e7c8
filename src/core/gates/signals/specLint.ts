import { z } from 'zod';
import { boundedList, boundedText } from '../bounds.ts';
import { ask, listed, PROCEED } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** Problems of severity error in spec.md, as the document linter words them. */
export const specLintSchema = z.strictObject({ kind: z.literal('specLint'), errors: boundedList(boundedText) });
export type SpecLint = z.infer<typeof specLintSchema>;

/** The spec is a person's document, so a person is asked to put it right. */
export function weighSpecLint(signal: SpecLint): readonly Finding[] {
  if (signal.errors.length === 0) return [{ effect: PROCEED, rule: 'spec-sound', text: 'The spec has no errors.' }];
  return [ask('spec-errors', `The spec has errors: ${listed(signal.errors)}.`)];
}
