import { z } from 'zod';
import { coverageFigureSchema } from '../../run/coverageFigure.ts';
import { boundedText } from '../bounds.ts';
import { climb, type GateContext, PROCEED, STOP } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** The lowest coverage that the checks of this tree reported; null where none did. */
export const testCoverageSchema = z.strictObject({
  kind: z.literal('testCoverage'),
  measured: coverageFigureSchema.extend({ percent: z.number(), by: boundedText, check: boundedText }).nullable(),
});
export type TestCoverage = z.infer<typeof testCoverageSchema>;

/**
 * Below the policy's minimum: back to the worker, or up. Coverage that nobody told cannot be mended by one, since checks run by their base definitions: the
 * gate stays closed and says what a person can do. A figure that is no percentage counts as none. Without a minimum nothing is asked for.
 */
export function weighTestCoverage({ measured }: TestCoverage, context: GateContext): readonly Finding[] {
  const { minTestCoverage: minimum } = context.policy;
  if (minimum === undefined)
    return [{ effect: PROCEED, rule: 'no-coverage-asked', text: 'No test coverage is asked for.' }];
  if (measured === null || !(measured.percent >= 0 && measured.percent <= 100)) return [coverageUnknown(minimum)];
  const told = `Check ${measured.check} reports ${measured.percent} % of ${measured.of} covered by tests (${measured.by}).`;
  const asked = `gates.min_test_coverage asks for ${minimum} %.`;
  // Written as "not at least", so that a minimum which is not a number lets nothing through.
  if (!(measured.percent >= minimum))
    return [{ effect: climb(context), rule: 'coverage-below', text: `${told} ${asked}` }];
  return [{ effect: PROCEED, rule: 'coverage-reached', text: `${told} ${asked}` }];
}

/** What is said where a minimum is set and no check told its coverage. */
export function coverageUnknown(minimum: number): Finding {
  const text = `gates.min_test_coverage asks for ${minimum} %, and no check reported its coverage on this tree. Let one print it (node --test --experimental-test-coverage, jest --coverage, c8, pytest --cov, go test -cover, cargo llvm-cov) or write lcov.info, coverage.xml, coverage/coverage-summary.json or jacoco.csv at its usual place in the tree; or take the setting out. Then start a new run.`;
  return { effect: STOP, rule: 'coverage-unknown', text };
}
