import { z } from 'zod';
import { boundedList, boundedText } from '../bounds.ts';
import { climb, type GateContext, listed, PROCEED } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** The tests a task added, run on the tree before it and on the tree after it. Null where they were not run. */
export const newTestsSchema = z.strictObject({
  kind: z.literal('newTests'),
  required: z.boolean(),
  files: boundedList(boundedText),
  failedOnBase: z.boolean().nullable(),
  passedOnNew: z.boolean().nullable(),
});
export type NewTests = z.infer<typeof newTestsSchema>;

/** A test is evidence when it fails without the change and passes with it; anything else goes back or up. */
export function weighNewTests(signal: NewTests, context: GateContext): readonly Finding[] {
  const { required, files, failedOnBase, passedOnNew } = signal;
  if (!required) return [{ effect: PROCEED, rule: 'no-new-tests-needed', text: 'The task needs no new test.' }];
  if (files.length > 0 && failedOnBase === true && passedOnNew === true) {
    const text = `New tests fail without the change and pass with it: ${listed(files)}.`;
    return [{ effect: PROCEED, rule: 'new-tests-proven', text }];
  }
  return [
    { effect: climb(context), rule: 'new-tests-unproven', text: `No new test is evidence: ${shortfall(signal)}.` },
  ];
}

function shortfall({ files, failedOnBase, passedOnNew }: NewTests): string {
  if (files.length === 0) return 'none was added';
  if (failedOnBase === null) return 'they were not run without the change';
  if (!failedOnBase) return 'they pass without the change';
  return passedOnNew === null ? 'they were not run with the change' : 'they fail with the change';
}
