import { z } from 'zod';
import { boundedList, boundedText } from '../bounds.ts';
import { type GateContext, listed, PROCEED, retryThenAsk } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** Places where the change weakens tests (deleted, skipped, loosened), and those a person has looked at and allowed. */
export const testIntegritySchema = z.strictObject({
  kind: z.literal('testIntegrity'),
  findings: boundedList(
    z.strictObject({
      rule: boundedText,
      path: boundedText,
      line: z.int().positive().optional(),
      message: boundedText,
    }),
  ),
  /** A finding is cleared by its rule and its path together, so that clearing one file does not clear the next. */
  clearedByPerson: boundedList(z.strictObject({ rule: boundedText, path: boundedText })),
});
export type TestIntegrity = z.infer<typeof testIntegritySchema>;

/** The implementer is told once; then a person is asked. Only a person's clearing removes a finding. */
export function weighTestIntegrity(signal: TestIntegrity, context: GateContext): readonly Finding[] {
  const { findings, clearedByPerson } = signal;
  const open = findings.filter(
    (finding) => !clearedByPerson.some((cleared) => cleared.rule === finding.rule && cleared.path === finding.path),
  );
  if (open.length > 0) {
    const named = open.map(({ rule, path, line, message }) => `${path}${line ? `:${line}` : ''} ${rule}: ${message}`);
    return [retryThenAsk(context, 'tests-weakened', `The change weakens tests: ${listed(named)}.`, 1)];
  }
  if (findings.length > 0) {
    const text = `A person allowed all ${findings.length} places where the change weakens tests.`;
    return [{ effect: PROCEED, rule: 'tests-cleared-by-person', text }];
  }
  return [{ effect: PROCEED, rule: 'tests-intact', text: 'The change weakens no test.' }];
}
