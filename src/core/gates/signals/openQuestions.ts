import { z } from 'zod';
import { boundedList } from '../bounds.ts';
import { listed, PROCEED } from '../context.ts';
import { type Finding, questionSchema } from '../verdict.ts';

/** Questions nobody has answered and without whose answer the stage's work would be a guess. */
export const openQuestionsSchema = z.strictObject({
  kind: z.literal('openQuestions'),
  blocking: boundedList(questionSchema),
});
export type OpenQuestions = z.infer<typeof openQuestionsSchema>;

/** The questions are asked as they stand. */
export function weighOpenQuestions(signal: OpenQuestions): readonly Finding[] {
  const { blocking } = signal;
  if (blocking.length === 0) {
    return [{ effect: PROCEED, rule: 'no-open-questions', text: 'No blocking question is open.' }];
  }
  // Their words and not their ids: a person sees them as Q1, Q2, in the order of asking.
  const text = `Blocking questions are open: ${listed(blocking.map((question) => question.text))}`;
  return [{ effect: { kind: 'ask', questions: blocking }, rule: 'open-questions', text }];
}
