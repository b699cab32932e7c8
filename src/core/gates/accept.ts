import { type GateRequest, PROCEED } from './context.ts';
import { type Finding, reasonText } from './verdict.ts';

/**
 * Rules whose finding a person may accept and go on. Failing checks, stale evidence, missing signals and approvals are not among them:
 * those are answered by doing the work, never by a click. Weakened tests are cleared finding by finding (testIntegrity.clearedByPerson).
 */
export const ACCEPTABLE_RULES: ReadonlySet<string> = new Set([
  'low-confidence',
  'constitution-conflict',
  'blocking-counter-signal',
  'audit-blocks',
  'local-judge',
  'no-checks',
  'no-criteria',
  'nothing-to-cover',
  'adviser-silent',
  // It opens no gate: the check stays failed, and the next worker is called.
  'check-fails-without-change',
]);

/** The finding, or a note that a person accepted it. The text must be the one the person saw: a new objection is a new question. */
export function afterAcceptance(finding: Finding, gate: GateRequest): Finding {
  if (finding.effect.kind === 'proceed' || !ACCEPTABLE_RULES.has(finding.rule)) return finding;
  const isAccepted = gate.accepted.some(({ rule, text }) => rule === finding.rule && text === reasonText(finding.text));
  if (!isAccepted) return finding;
  return { ...finding, effect: PROCEED, rule: `accepted:${finding.rule}`, text: `A person accepted: ${finding.text}` };
}
