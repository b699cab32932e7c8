import { ACCEPTABLE_RULES, afterAcceptance } from './accept.ts';
import { ask, type GateContext, type GatePolicy, type GateRequest } from './context.ts';
import { findMissing } from './required.ts';
import type { Signal, SignalKind } from './signal.ts';
import { weighApproval } from './signals/approval.ts';
import { weighAttempts, worstAttempts } from './signals/attempts.ts';
import { weighAudit } from './signals/audit.ts';
import { weighConstitution } from './signals/constitution.ts';
import { weighCounterSignal } from './signals/counterSignal.ts';
import { weighCoverage } from './signals/coverage.ts';
import { weighCriteria } from './signals/criteria.ts';
import { weighFreshness } from './signals/freshness.ts';
import { weighJudge } from './signals/judge.ts';
import { weighNewTests } from './signals/newTests.ts';
import { weighOpenQuestions } from './signals/openQuestions.ts';
import { weighOwnerConfidence } from './signals/ownerConfidence.ts';
import { weighPatchApplied } from './signals/patchApplied.ts';
import { weighRisk } from './signals/risk.ts';
import { weighScope } from './signals/scope.ts';
import { weighSpecLint } from './signals/specLint.ts';
import { weighTaskGraph } from './signals/taskGraph.ts';
import { weighTestCoverage } from './signals/testCoverage.ts';
import { weighTestIntegrity } from './signals/testIntegrity.ts';
import { weighToolTruth } from './signals/toolTruth.ts';
import { type Finding, type Verdict, verdictOf } from './verdict.ts';

/**
 * What happens after a stage, decided from the signals alone: every signal is weighed by its own rule at every stage, what the stage must
 * know and was not told is added, and the strictest finding decides. The order of the signals does not matter.
 * `retry` sends the work back to its worker (from validate and audit: into implement). Never throws.
 */
export function evaluateGate(gate: GateRequest, signals: readonly Signal[], policy: GatePolicy): Verdict {
  const attempts = worstAttempts(signals.filter((signal) => signal.kind === 'attempts'));
  const context: GateContext = { gate, policy, attempts };
  const weighed = signals.flatMap((signal, index) =>
    weighSignal(signal, context).map((finding): Finding => ({ ...finding, signal: index })),
  );
  const findings = [...weighed, ...findMissing(gate, signals, policy)];
  return verdictOf(findings.map((finding) => atUnlock(askable(afterAcceptance(finding, gate)), gate)));
}

/** What has climbed up to a person and may be accepted by one is asked; what may not be is handed over as it is. */
function askable(finding: Finding): Finding {
  const isForPerson = finding.effect.kind === 'escalate' && finding.effect.to === 'person';
  return isForPerson && ACCEPTABLE_RULES.has(finding.rule)
    ? { ...finding, ...ask(finding.rule, finding.text) }
    : finding;
}

/** At unlock nothing is sent back by itself: what elsewhere retries or climbs is a question for the person who decides. */
function atUnlock(finding: Finding, gate: GateRequest): Finding {
  if (gate.stage !== 'unlock') return finding;
  if (finding.effect.kind !== 'retry' && finding.effect.kind !== 'escalate') return finding;
  return { ...finding, ...ask(finding.rule, finding.text) };
}

/** A signal of one kind, written so that the compiler sees a rule and its signal belong together. */
type SignalOf<Kind extends SignalKind> = { [K in Kind]: Extract<Signal, { kind: K }> & { readonly kind: K } }[Kind];
type Rule<Kind extends SignalKind> = (signal: SignalOf<Kind>, context: GateContext) => readonly Finding[];

/** The rule of every kind of signal. */
const RULES: { readonly [Kind in SignalKind]: Rule<Kind> } = {
  ownerConfidence: weighOwnerConfidence,
  toolTruth: weighToolTruth,
  patchApplied: weighPatchApplied,
  scope: weighScope,
  specLint: weighSpecLint,
  openQuestions: weighOpenQuestions,
  constitution: weighConstitution,
  coverage: weighCoverage,
  taskGraph: weighTaskGraph,
  counterSignal: weighCounterSignal,
  testIntegrity: weighTestIntegrity,
  testCoverage: weighTestCoverage,
  newTests: weighNewTests,
  criteria: weighCriteria,
  freshness: weighFreshness,
  audit: weighAudit,
  judge: weighJudge,
  risk: weighRisk,
  attempts: weighAttempts,
  approval: weighApproval,
};

function weighSignal<Kind extends SignalKind>(signal: SignalOf<Kind>, context: GateContext): readonly Finding[] {
  return RULES[signal.kind](signal, context);
}
