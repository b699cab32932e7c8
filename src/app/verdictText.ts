import { firstLine } from '../base/firstLine.ts';
import type { Payload } from '../core/run/event.ts';

/**
 * The rules that say most about why a gate opened, weightiest first: what was shown to work before what was merely in order. The reasons of
 * a verdict to proceed are all of one strictness, so that their own order says nothing.
 */
const WEIGHTY = [
  'audit-unlocks',
  'new-tests-proven',
  'check-passed',
  'coverage-reached',
  'criteria-evidenced',
  'covered',
  'task-graph-sound',
  'confident',
  'spec-sound',
  'constitution-kept',
];

/** Reasons named for a verdict to proceed. */
const REASONS_SHOWN = 2;

type Reasons = Payload<'GateDecision'>['reasons'];

/** The reasons as a person reads them, what decided first: by strictness, as the gate left them, or for `proceed` by weight. */
export function reasonsInOrder({ verdict, reasons }: Pick<Payload<'GateDecision'>, 'verdict' | 'reasons'>): Reasons {
  const weightOf = (rule: string): number => (WEIGHTY.includes(rule) ? WEIGHTY.indexOf(rule) : WEIGHTY.length);
  return verdict === 'proceed'
    ? reasons.toSorted((left, right) => weightOf(left.rule) - weightOf(right.rule))
    : reasons;
}

/** What decided a gate, with the rules in brackets: the strictest reason, or for `proceed` the weightiest two. */
export function verdictText(decision: Pick<Payload<'GateDecision'>, 'verdict' | 'reasons'>): string {
  return reasonsInOrder(decision)
    .slice(0, decision.verdict === 'proceed' ? REASONS_SHOWN : 1)
    .map(({ rule, text }) => `${firstLine(text)} (${rule})`)
    .join(' ');
}
