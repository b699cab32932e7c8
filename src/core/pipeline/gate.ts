import { hashOf } from '../../base/hash.ts';
import { ACCEPTABLE_RULES } from '../gates/accept.ts';
import { gatePolicyOf, type GateRequest } from '../gates/context.ts';
import { evaluateGate } from '../gates/evaluate.ts';
import { signalSchema, type Signal } from '../gates/signal.ts';
import type { Question, Verdict } from '../gates/verdict.ts';
import type { QuestionFacts } from '../run/questionFacts.ts';
import type { Stage } from '../run/stage.ts';
import { allowedFindings, TESTS_WEAKENED } from './allowedFindings.ts';
import type { RunContext } from './context.ts';
import { checksInOrder } from './evidence.ts';
import { askPerson, questionsOf } from './questions.ts';
import { RunStopped } from './stopped.ts';

/** One gate of one thing (a plan, a task, the audit): `key` is unique for each decision, `earlier` are its former verdicts. */
export interface GateAddress {
  readonly key: string;
  readonly stage: Stage;
  readonly advisers?: GateRequest['advisers'];
  readonly earlier?: readonly Verdict[];
  /** What is known of the questions it may ask, by their ids. */
  readonly facts?: ReadonlyMap<string, QuestionFacts>;
}

/** Weighs the signals, records them and the verdict, and asks what the verdict asks. The caller acts on the verdict. */
export function decide(context: RunContext, address: GateAddress, signals: readonly Signal[]): Verdict {
  const parsed = signals.map((signal) => signalSchema.parse(signal));
  // A person's answer is to the question that was asked: what was sent back before it stays sent back, or the run would leave its own past.
  const isOpenToAnswers = !wasSentBack(context, address, parsed);
  const request: GateRequest = {
    stage: address.stage,
    treeHash: context.workspace.current.evidence,
    checks: checksInOrder(context).map(({ name, settings }) => ({ name, checkKind: settings.kind })),
    advisers: address.advisers ?? [],
    earlier: address.earlier ?? [],
    accepted: isOpenToAnswers ? acceptedBy(context) : [],
  };
  const policy = gatePolicyOf(context.configuration, address.stage);
  const first = evaluateGate(request, parsed, policy);
  const weighed = isOpenToAnswers ? clearedBy(context, first, parsed) : parsed;
  const verdict = weighed === parsed ? first : evaluateGate(request, weighed, policy);
  record(context, address, weighed, verdict);
  return verdict;
}

/**
 * For gates that have no way back of their own: proceeds or throws RunStopped. A question that has been answered with `stop` ends the run.
 */
export function proceedOrStop(context: RunContext, address: GateAddress, verdict: Verdict): void {
  const first = verdict.reasons[0]?.text ?? '';
  switch (verdict.kind) {
    case 'proceed':
      return;
    case 'ask':
      throw unanswered(context, address, verdict.questions, first);
    case 'retry':
    case 'escalate':
    case 'stop':
      throw new RunStopped('gateFailed', `The gate after ${address.stage} did not open: ${first}${wayOnOf(context)}`);
  }
}

/** While one of the questions has no answer the run waits for it. An answer that did not open the gate ends the run, and so does `stop`. */
function unanswered(
  context: RunContext,
  { stage }: GateAddress,
  questions: readonly Question[],
  first: string,
): RunStopped {
  const asked = questionsOf(context.log.events).filter(
    (question) =>
      question.stage === stage && questions.some(({ id, text }) => id === question.about && text === question.text),
  );
  if (asked.some((question) => question.answer === 'stop'))
    return new RunStopped('gateFailed', `A person answered stop: ${first}`);
  if (asked.some((question) => question.answer === undefined)) return new RunStopped('needsInput', first);
  return new RunStopped('gateFailed', `${first} An answer alone does not change that.`);
}

/** Whether this gate, told the same, has sent the work back already in an earlier process. */
function wasSentBack(context: RunContext, { key }: GateAddress, signals: readonly Signal[]): boolean {
  const keys = signals.map((signal) => signalKey(key, signal));
  return context.log.events.some(
    ({ kind, payload }) =>
      kind === 'GateDecision' &&
      payload.key === key &&
      (payload.verdict === 'retry' || payload.to === 'nextWorker') &&
      payload.signals.length === keys.length &&
      payload.signals.every((other, index) => other === keys[index]),
  );
}

const signalKey = (gate: string, signal: Signal): string =>
  `${gate}/signal/${signal.kind}/${hashOf(signal).slice(0, 8)}`;

/** A hotfix gets one attempt and one audit: what needs more is no hotfix. */
export function wayOnOf(context: RunContext): string {
  return context.size === 'hotfix' ? ' Set `size: standard` in spec.md and start a new run for the full ladder.' : '';
}

function acceptedBy(context: RunContext): GateRequest['accepted'] {
  return questionsOf(context.log.events).flatMap((question) =>
    ACCEPTABLE_RULES.has(question.about) && question.answer === 'accept'
      ? [{ rule: question.about, text: question.text }]
      : [],
  );
}

/** The signals with those weakened tests cleared that a person has allowed by name: what the question did not list stays open. */
function clearedBy(context: RunContext, verdict: Verdict, signals: readonly Signal[]): readonly Signal[] {
  if (!verdict.reasons.some((reason) => reason.rule === TESTS_WEAKENED)) return signals;
  return signals.map((signal) => {
    if (signal.kind !== 'testIntegrity') return signal;
    const named = allowedFindings(context.log.events, signal.findings);
    if (named.length === 0) return signal;
    return { ...signal, clearedByPerson: named.map(({ rule, path }) => ({ rule, path })) };
  });
}

function record(context: RunContext, address: GateAddress, signals: readonly Signal[], verdict: Verdict): void {
  const keys = signals.map((signal) => {
    const key = signalKey(address.key, signal);
    context.steps.note('Signal', { key, stage: address.stage, signal: signal as unknown as { [name: string]: never } });
    return key;
  });
  context.steps.note('GateDecision', {
    key: address.key,
    stage: address.stage,
    verdict: verdict.kind,
    to: verdict.kind === 'escalate' ? verdict.to : null,
    reasons: verdict.reasons.map((reason) => ({ ...reason })),
    signals: keys,
  });
  // At unlock the person stands before it and is told: no answer would change anything there but another approval.
  if (verdict.kind !== 'ask' || address.stage === 'unlock') return;
  for (const question of verdict.questions) {
    askPerson(context, {
      stage: address.stage,
      about: question.id,
      text: question.text,
      options: optionsFor(question.id),
      facts: address.facts?.get(question.id),
    });
  }
}

function optionsFor(about: string): readonly string[] {
  if (about === TESTS_WEAKENED) return ['allow', 'stop'];
  return ACCEPTABLE_RULES.has(about) ? ['accept', 'stop'] : [];
}
