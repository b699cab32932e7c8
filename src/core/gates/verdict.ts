import { z } from 'zod';
import { unreachable } from '../../base/unreachable.ts';
import { boundedText } from './bounds.ts';

/** Most reasons a verdict keeps. */
export const REASON_CAP = 50;
/** Most characters of one reason. */
export const REASON_TEXT_CAP = 500;
/** Most questions of one verdict. */
export const QUESTION_CAP = 20;

const reasonSchema = z.strictObject({
  rule: z.string().min(1),
  text: z.string().min(1),
  /** Place of the signal in the list the gate was given; left out where no signal is the reason. */
  signal: z.int().nonnegative().optional(),
});
export type VerdictReason = Readonly<z.infer<typeof reasonSchema>>;

export const questionSchema = z.strictObject({ id: z.string().min(1), text: boundedText });
export type Question = Readonly<z.infer<typeof questionSchema>>;

const reasons = z.array(reasonSchema).min(1).max(REASON_CAP).readonly();

/** What a gate decides. Reasons stand strictest first, so the first one is the one that decided. */
export const verdictSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('proceed'), reasons }),
  z.strictObject({ kind: z.literal('retry'), reasons }),
  z.strictObject({ kind: z.literal('escalate'), to: z.enum(['nextWorker', 'person']), reasons }),
  z.strictObject({
    kind: z.literal('ask'),
    questions: z.array(questionSchema).min(1).max(QUESTION_CAP).readonly(),
    reasons,
  }),
  z.strictObject({ kind: z.literal('stop'), reasons }),
]);
export type Verdict = Readonly<z.infer<typeof verdictSchema>>;

/** What one finding asks for. */
export type Effect =
  | { readonly kind: 'proceed' }
  | { readonly kind: 'retry' }
  | { readonly kind: 'escalate'; readonly to: 'nextWorker' | 'person' }
  | { readonly kind: 'ask'; readonly questions: readonly Question[] }
  | { readonly kind: 'stop' };

/** One thing a rule found, with what it asks for. `signal` is the index of the signal it was found in. */
export interface Finding {
  readonly effect: Effect;
  readonly rule: string;
  readonly text: string;
  readonly signal?: number;
}

/** proceed < retry < escalate to the next worker < escalate to a person < ask < stop. */
export function strictness(effect: Effect | Verdict): number {
  switch (effect.kind) {
    case 'proceed':
      return 0;
    case 'retry':
      return 1;
    case 'escalate':
      return effect.to === 'nextWorker' ? 2 : 3;
    case 'ask':
      return 4;
    case 'stop':
      return 5;
  }
  return unreachable(effect);
}

/**
 * The strictest finding decides; all are kept up to REASON_CAP, at least one of every rule. The same findings in another order give the
 * same verdict. No findings at all is a stop: a gate that weighed nothing has nothing to let through.
 */
export function verdictOf(findings: readonly Finding[]): Verdict {
  const sorted = findings.toSorted(byStrictness);
  const first = sorted[0];
  if (first === undefined) {
    return { kind: 'stop', reasons: [{ rule: 'nothing-weighed', text: 'The gate was given nothing to weigh.' }] };
  }
  const reasons = keptReasons(sorted);
  switch (first.effect.kind) {
    case 'proceed':
    case 'retry':
    case 'stop':
      return { kind: first.effect.kind, reasons };
    case 'escalate':
      return { kind: 'escalate', to: first.effect.to, reasons };
    case 'ask':
      return { kind: 'ask', questions: questionsOf(sorted), reasons };
  }
  return unreachable(first.effect);
}

/** A reason's text as a verdict shows it, cut to REASON_TEXT_CAP. */
export function reasonText(text: string): string {
  return text.length > REASON_TEXT_CAP ? `${text.slice(0, REASON_TEXT_CAP - 1).toWellFormed()}…` : text;
}

function byStrictness(left: Finding, right: Finding): number {
  return (
    strictness(right.effect) - strictness(left.effect) ||
    compare(left.rule, right.rule) ||
    compare(left.text, right.text)
  );
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** The first finding of each rule is kept before any second one: later gates count how often a rule was given as a reason. */
function keptReasons(sorted: readonly Finding[]): readonly VerdictReason[] {
  if (sorted.length <= REASON_CAP) return sorted.map(reasonOf);
  const firsts = new Set(new Map(sorted.toReversed().map((finding) => [finding.rule, finding])).values());
  const others = sorted.filter((finding) => !firsts.has(finding));
  const room = REASON_CAP - 1;
  const kept = [...firsts].toSorted(byStrictness).slice(0, room);
  kept.push(...others.slice(0, room - kept.length));
  const left = sorted.length - kept.length;
  return [
    ...kept.toSorted(byStrictness).map(reasonOf),
    { rule: 'more-reasons', text: `${left} further reasons were left out.` },
  ];
}

function reasonOf(finding: Finding): VerdictReason {
  const signal = finding.signal === undefined ? {} : { signal: finding.signal };
  return { rule: finding.rule, text: reasonText(finding.text), ...signal };
}

function questionsOf(sorted: readonly Finding[]): readonly Question[] {
  const asked = sorted.flatMap((finding) => (finding.effect.kind === 'ask' ? finding.effect.questions : []));
  const bounded = asked.map(({ id, text }): Question => ({ id, text: boundedText.parse(text) }));
  const distinct = new Map(bounded.map((question) => [`${question.id}\n${question.text}`, question]));
  return [...distinct.values()].slice(0, QUESTION_CAP);
}
