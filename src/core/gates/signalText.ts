import { counted } from '../../base/counted.ts';
import { roleText } from '../run/stage.ts';
import { listed } from './context.ts';
import type { Signal, SignalKind } from './signal.ts';
import { reasonText } from './verdict.ts';

/** What a signal says, as a sentence for a person; cut to REASON_TEXT_CAP. What the gate made of it is in the verdict's reasons. */
export function signalText(signal: Signal): string {
  return reasonText(wordsOf(signal));
}

/** A signal of one kind, written so that the compiler sees a sentence and its signal belong together. */
type SignalOf<Kind extends SignalKind> = { [K in Kind]: Extract<Signal, { kind: K }> & { readonly kind: K } }[Kind];

const OUTCOMES = {
  passed: 'passed',
  failed: 'failed',
  deadline: 'ran out of time',
  stopped: 'was stopped',
  notFound: 'was not found',
} as const;

const WORDS: { readonly [Kind in SignalKind]: (signal: SignalOf<Kind>) => string } = {
  ownerConfidence: ({ role, worker, value }) =>
    `The ${roleText(role)} ${worker} is ${Math.round(value * 100)} % confident.`,
  toolTruth: ({ check, outcome, exitCode, treeHash }) =>
    `Check ${check} ${OUTCOMES[outcome]}${exitCode === null ? '' : ` (exit ${exitCode})`} on tree ${treeHash.slice(0, 12)}.`,
  patchApplied: ({ ok, error }) => (ok ? 'A patch was applied.' : `Nothing was applied: ${error ?? 'no patch'}.`),
  scope: ({ outside }) =>
    outside.length === 0 ? 'Nothing outside the plan was changed.' : `Changed outside the plan: ${listed(outside)}.`,
  specLint: ({ errors }) =>
    errors.length === 0 ? 'The spec has no errors.' : `Errors in the spec: ${listed(errors)}.`,
  openQuestions: ({ blocking }) =>
    blocking.length === 0 ? 'No question is open.' : `Open: ${listed(blocking.map(({ text }) => text))}`,
  constitution: ({ conflicts }) =>
    conflicts.length === 0
      ? 'Nothing conflicts with the constitution.'
      : `Against the constitution: ${listed(conflicts.map(({ rule, text }) => `${rule} ${text}`))}`,
  coverage: ({ subject, missing, total }) =>
    missing.length === 0
      ? `The ${subject} ${subject === 'plan' ? 'covers' : 'cover'} all of ${counted(total, 'requirement')}.`
      : `The ${subject} ${subject === 'plan' ? 'leaves' : 'leave'} out ${missing.length} of ${total}: ${listed(missing)}.`,
  taskGraph: ({ problems }) =>
    problems.length === 0 ? 'The tasks can be done in their order.' : `The tasks' order: ${listed(problems)}.`,
  counterSignal: ({ source, severity, message, reference }) =>
    `The ${roleText(source)}, ${severity}: ${message}${reference === undefined ? '' : ` (${reference})`}`,
  testIntegrity: ({ findings, clearedByPerson }) =>
    findings.length === 0
      ? 'The tests are as strict as before.'
      : `Tests: ${listed(findings.map(({ path, line, message }) => `${path}${line === undefined ? '' : `:${line}`} ${message}`))}${clearedByPerson.length === 0 ? '' : ` (${clearedByPerson.length} allowed by a person)`}`,
  testCoverage: ({ measured }) =>
    measured === null
      ? 'No check reported its test coverage.'
      : `Check ${measured.check} reports ${measured.percent} % of ${measured.of} covered by tests (${measured.by}).`,
  newTests: ({ files, failedOnBase, passedOnNew }) =>
    files.length === 0
      ? 'There is no new test.'
      : `New tests (${listed(files)}): ${shown(failedOnBase, 'fail', 'pass')} without the change, ${shown(passedOnNew, 'pass', 'fail')} with it.`,
  criteria: ({ unevidenced, total }) =>
    unevidenced.length === 0
      ? `All of ${total} criteria are shown.`
      : `Not shown: ${unevidenced.length} of ${total} criteria: ${listed(unevidenced)}.`,
  freshness: ({ stale }) =>
    stale.length === 0 ? 'All evidence is of this tree.' : `Evidence of another tree: ${listed(stale)}.`,
  audit: ({ recommendation, findings }) =>
    `The audit says ${recommendation}${findings.length === 0 ? '.' : `: ${listed(findings.map(({ severity, message }) => `${severity}: ${message}`))}`}`,
  judge: ({ local, person }) =>
    person ? 'A person stands by the audit.' : `The judge is a ${local ? 'local' : 'hosted'} model.`,
  risk: ({ level, reasons }) =>
    `The risk is ${level}${reasons.length === 0 ? '.' : `: ${listed(reasons.map(({ text }) => text))}`}`,
  attempts: ({ worker, failedHere, workersLeft }) =>
    `${worker} failed ${counted(failedHere, 'time')} before; ${counted(workersLeft, 'worker')} left.`,
  approval: ({ by, bytesMatch }) =>
    `Approved by a ${by}${bytesMatch ? ', for exactly these bytes' : ', for other bytes than these'}.`,
};

/** A measurement in words; null is what could not be measured. */
const shown = (value: boolean | null, yes: string, no: string): string =>
  value === null ? 'are not known to ' + yes : value ? yes : no;

function wordsOf<Kind extends SignalKind>(signal: SignalOf<Kind>): string {
  return WORDS[signal.kind](signal);
}
