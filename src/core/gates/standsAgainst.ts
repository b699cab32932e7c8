import type { VerdictReason } from './verdict.ts';

/** Rules whose finding lets a gate open: all that a rule of this folder gives with the effect `proceed` (a test compares the two). */
const LETTING_RULES: ReadonlySet<string> = new Set([
  'advice',
  'approved-by-person',
  'attempts-counted',
  'audit-unlocks',
  'check-passed',
  'confident',
  'constitution-kept',
  'coverage-reached',
  'covered',
  'criteria-evidenced',
  'evidence-fresh',
  'high-risk',
  'inside-plan',
  'judge-fit',
  'judged-by-person',
  'low-risk',
  'medium-risk',
  'new-tests-proven',
  'no-coverage-asked',
  'no-new-tests-needed',
  'no-open-questions',
  'patch-applied',
  'spec-sound',
  'task-graph-sound',
  'tests-cleared-by-person',
  'tests-intact',
]);

/**
 * The reasons of a verdict that stand against the work: what a worker is told that has to mend it. What holds is left out, and so is a proof of new
 * tests that is only missing because a check failed before them.
 */
export function standsAgainst(reasons: readonly VerdictReason[]): readonly VerdictReason[] {
  const against = reasons.filter(({ rule }) => !LETTING_RULES.has(rule) && !rule.startsWith('accepted:'));
  const hasFailedCheck = against.some(({ rule }) => rule === 'check-failed' || rule === 'check-timed-out');
  return hasFailedCheck ? against.filter(({ rule }) => rule !== 'new-tests-unproven') : against;
}
