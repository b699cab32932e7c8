import { z } from 'zod';
import { ask, PROCEED } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** Who judged: whether the model runs on the user's own hardware, and whether a person has read the audit and stands by it. */
export const judgeSchema = z.strictObject({ kind: z.literal('judge'), local: z.boolean(), person: z.boolean() });
export type Judge = z.infer<typeof judgeSchema>;

/** A local model's audit never suffices without a person. */
export function weighJudge(signal: Judge): readonly Finding[] {
  if (signal.person) return [{ effect: PROCEED, rule: 'judged-by-person', text: 'A person stands by the audit.' }];
  if (signal.local) return [ask('local-judge', 'A local model made the audit: a person has to read it.')];
  return [{ effect: PROCEED, rule: 'judge-fit', text: 'The audit was made by a model that may judge.' }];
}
