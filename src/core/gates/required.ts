import { roleText, type Stage } from '../run/stage.ts';
import { ask, type ConfiguredCheck, type GatePolicy, type GateRequest, listed, PROCEED, STOP } from './context.ts';
import type { Signal, SignalKind } from './signal.ts';
import { coverageUnknown } from './signals/testCoverage.ts';
import { isPass, type ToolTruth } from './signals/toolTruth.ts';
import type { Finding } from './verdict.ts';

/**
 * What must be known before a stage is left. A kind that is missing never counts as good news. Results of checks (toolTruth) depend on
 * what the project has configured: see missingChecks. Advisers' objections cannot be required; that advisers answered is.
 */
export const REQUIRED_SIGNALS: Readonly<Record<Stage, readonly SignalKind[]>> = {
  specify: ['specLint', 'openQuestions', 'constitution'],
  plan: ['ownerConfidence', 'coverage', 'openQuestions', 'constitution', 'attempts'],
  tasks: ['coverage', 'taskGraph', 'attempts'],
  implement: ['toolTruth', 'patchApplied', 'scope', 'testIntegrity', 'newTests', 'attempts'],
  validate: ['toolTruth', 'criteria', 'freshness', 'testIntegrity', 'scope', 'attempts'],
  audit: ['audit', 'judge', 'freshness'],
  unlock: ['approval', 'freshness'],
};

/** Kinds a person can supply, so that their absence is a question and not the end. */
const SUPPLIED_BY_PERSON: ReadonlySet<SignalKind> = new Set(['approval', 'judge']);

/** One finding for each thing this stage must know and was not told. */
export function findMissing(gate: GateRequest, signals: readonly Signal[], policy: GatePolicy): readonly Finding[] {
  const missing = REQUIRED_SIGNALS[gate.stage].filter(
    (kind) => kind !== 'toolTruth' && !isPresent(kind, gate.stage, signals),
  );
  const kinds = missing.map((kind): Finding => {
    const rule = `missing-signal:${kind}`;
    const text = `The gate after ${gate.stage} was not told: ${kind}.`;
    return SUPPLIED_BY_PERSON.has(kind) ? ask(rule, text) : { effect: STOP, rule, text };
  });
  return [
    ...kinds,
    ...missingChecks(gate, signals),
    ...missingCoverage(gate, signals, policy),
    ...silentAdvisers(gate),
  ];
}

function isPresent(kind: SignalKind, stage: Stage, signals: readonly Signal[]): boolean {
  return signals.some((signal) => {
    if (signal.kind !== kind) return false;
    // Coverage of the plan says nothing of the tasks.
    if (signal.kind === 'coverage' && (stage === 'plan' || stage === 'tasks')) return signal.subject === stage;
    return true;
  });
}

/**
 * Implement needs the result of at least one check of kind test or compile, validate that of every configured check. A result that
 * fails excuses those not run after it: the gate does not let the work through anyway. So does a patch that was not applied, since there is
 * no change to check then. A project that has no test and no compile check
 * can be implemented, and is validated only by a person.
 */
function missingChecks(gate: GateRequest, signals: readonly Signal[]): readonly Finding[] {
  if (!REQUIRED_SIGNALS[gate.stage].includes('toolTruth')) return [];
  if (!gate.checks.some(isProof)) return [withoutChecks(gate)];
  if (signals.some((signal) => signal.kind === 'patchApplied' && !signal.ok)) return [];
  const results = signals.filter((signal): signal is ToolTruth => signal.kind === 'toolTruth');
  const missing = gate.checks.filter((check) => !results.some((result) => result.check === check.name));
  const proofs = results.filter(isProof);
  if (proofs.length > 0 && gate.stage === 'implement') return [];
  if (proofs.length > 0 && missing.length === 0) return [];
  if (results.some((result) => !isPass(result, gate.treeHash))) return [];
  const named = listed(missing.map((check) => check.name));
  const text = `The gate after ${gate.stage} was not told the results of these checks: ${named}.`;
  return [{ effect: STOP, rule: 'missing-signal:toolTruth', text }];
}

/** Where a minimum is set, validate must be told the coverage. A check that fails excuses it: its work goes back anyway. */
function missingCoverage(gate: GateRequest, signals: readonly Signal[], policy: GatePolicy): readonly Finding[] {
  const { minTestCoverage: minimum } = policy;
  if (minimum === undefined || gate.stage !== 'validate') return [];
  if (signals.some(({ kind }) => kind === 'testCoverage')) return [];
  if (signals.some((signal) => signal.kind === 'toolTruth' && !isPass(signal, gate.treeHash))) return [];
  return [coverageUnknown(minimum)];
}

function isProof({ checkKind }: Pick<ConfiguredCheck, 'checkKind'>): boolean {
  return checkKind === 'test' || checkKind === 'compile';
}

function withoutChecks(gate: GateRequest): Finding {
  const text = `The project has no check of kind test or compile, so nothing shows that tree ${gate.treeHash.slice(0, 12)} works.`;
  return gate.stage === 'validate' ? ask('no-checks', text) : { effect: PROCEED, rule: 'no-checks', text };
}

function silentAdvisers(gate: GateRequest): readonly Finding[] {
  const silent = gate.advisers.filter((adviser) => !adviser.answered);
  return silent.map(({ role }) => {
    const unread = role === 'security_reviewer' ? ' Nobody has read the change for security: read it yourself.' : '';
    return ask('adviser-silent', `The ${roleText(role)} was asked about ${gate.stage} and did not answer.${unread}`);
  });
}
