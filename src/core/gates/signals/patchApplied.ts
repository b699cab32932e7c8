import { z } from 'zod';
import { boundedText } from '../bounds.ts';
import { climb, type GateContext, PROCEED } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** Whether the worker's patch could be applied to the tree. `error` says why not. */
export const patchAppliedSchema = z.strictObject({
  kind: z.literal('patchApplied'),
  ok: z.boolean(),
  error: boundedText.optional(),
});
export type PatchApplied = z.infer<typeof patchAppliedSchema>;

/** A patch that does not apply goes back to its worker, or up. */
export function weighPatchApplied(signal: PatchApplied, context: GateContext): readonly Finding[] {
  if (signal.ok) return [{ effect: PROCEED, rule: 'patch-applied', text: 'The patch applies.' }];
  const text = `The patch does not apply: ${signal.error ?? 'no reason was given'}.`;
  return [{ effect: climb(context), rule: 'patch-refused', text }];
}
