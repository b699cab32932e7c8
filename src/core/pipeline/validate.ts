import type { Signal } from '../gates/signal.ts';
import type { TestIntegrity } from '../gates/signals/testIntegrity.ts';
import { standsAgainst } from '../gates/standsAgainst.ts';
import type { Verdict } from '../gates/verdict.ts';
import { defaultTestFile as isTestFile } from '../patch/testFile.ts';
import type { FileDifference } from '../ports.ts';
import { differencesOf, hasTestCheck, integritySignal, toolTruthOf } from './attemptSignals.ts';
import { allowedDefinitions } from './allowedFindings.ts';
import type { RunContext } from './context.ts';
import { validationDocument } from './documents.ts';
import { checksInOrder, measureNewTests, runChecks, type Evidence, type NewTestEvidence } from './evidence.ts';
import { decide, proceedOrStop } from './gate.ts';
import type { Plan } from './outputs.ts';
import { recordDecision } from './permit.ts';
import { riskOf } from './size.ts';
import { coverageSignal, uncoveredPoints } from './testCoverage.ts';

/** What validation measured on the tree that would be proposed. */
export interface Validated {
  readonly kind: 'passed';
  readonly differences: readonly FileDifference[];
  readonly evidence: readonly Evidence[];
  readonly newTests: NewTestEvidence;
  readonly criteria: readonly CriterionEvidence[];
}

/** Validation passed, or what sends the change back into implement. */
export type Validation =
  | Validated
  | { readonly kind: 'sentBack'; readonly points: readonly string[]; readonly verdict: Verdict };

/**
 * One requirement or criterion, and what shows it on this tree: `named`, test files that the plan names for it; `suite`, no test of its own but
 * the checks as a whole (success criteria and scenarios that the plan ties to nothing); `nothing`.
 */
export interface CriterionEvidence {
  readonly id: string;
  readonly text: string;
  readonly by: 'named' | 'suite' | 'nothing';
  readonly shownBy: readonly string[];
}

/**
 * Stage validate: no model, only measurements. Every check passes on exactly this tree, new tests fail without the change, every requirement is
 * shown by a test file of the plan that exists here, and the tests are as strict as before.
 */
export async function validate(
  context: RunContext,
  plan: Plan,
  at: { readonly round: number; readonly earlier: readonly Verdict[] },
): Promise<Validation> {
  const { current } = context.workspace;
  const differences = await differencesOf(context, current.evidence, context.workspace.base.tree);
  const integrity = await integritySignal(context, differences);
  const evidence = await runPinnedAndChanged(context, integrity);
  const isGreen = evidence.length > 0 && evidence.every(isGood);
  const testFiles = differences
    .filter((difference) => difference.change !== 'deleted' && isTestFile(difference.path))
    .map(({ path }) => path);
  const newTests = isGreen
    ? await measureNewTests(context, testFiles, true)
    : { files: testFiles, failedOnBase: null, passedOnNew: null };
  const criteria = await criteriaOf(context, plan, isGreen);
  const planned = new Set(plan.files.map((file) => file.path));
  const outside = differences
    .map((difference) => difference.path)
    .filter((path) => !planned.has(path) && !isAmended(context, path));
  const risk = riskOf({
    files: differences.map(({ path }) => path),
    changedLines: changedLines(differences),
    filesThreshold: context.configuration.gates.complex_task_files_threshold,
    constitution: context.constitution,
  });
  const { min_test_coverage: minTestCoverage } = context.configuration.gates;
  const signals: readonly Signal[] = [
    ...evidence.map(toolTruthOf),
    {
      kind: 'criteria',
      unevidenced: criteria.filter((criterion) => criterion.by === 'nothing').map(({ id }) => id),
      total: criteria.length,
    },
    { kind: 'freshness', stale: evidence.filter((result) => result.tree !== current.evidence).map(({ id }) => id) },
    integrity,
    ...(isGreen && minTestCoverage !== undefined ? [coverageSignal(evidence)] : []),
    { kind: 'scope', outside },
    {
      kind: 'newTests',
      required: testFiles.length > 0 && hasTestCheck(context),
      ...newTests,
      files: [...newTests.files],
    },
    { kind: 'risk', level: risk.level, reasons: risk.reasons.map((reason) => ({ ...reason })) },
    {
      kind: 'attempts',
      worker: 'the implementer',
      failedHere: at.earlier.length,
      failedTotal: at.earlier.length,
      workersLeft: 0,
    },
  ];
  const address = { key: `validate/${at.round}/gate`, stage: 'validate' as const, earlier: at.earlier };
  const verdict = decide(context, address, signals);
  const validated = { kind: 'passed' as const, differences, evidence, newTests, criteria };
  const against = standsAgainst(verdict.reasons);
  const paths = differences.map(({ path }) => path);
  if (verdict.kind === 'retry' && context.size !== 'hotfix')
    return {
      kind: 'sentBack',
      points: [
        ...against.slice(0, 12).map((reason) => reason.text),
        ...(against.some(({ rule }) => rule === 'coverage-below') ? uncoveredPoints(evidence, paths) : []),
      ],
      verdict,
    };
  if (verdict.kind === 'proceed')
    await context.documents.write(
      'validation.md',
      validationDocument(context.spec, validated, { tree: current.evidence, minTestCoverage }),
    );
  proceedOrStop(context, address, verdict);
  return validated;
}

const isGood = ({ outcome, changedTrackedFiles }: Evidence): boolean =>
  outcome === 'passed' && changedTrackedFiles.length === 0;

/** The checks as the base has them, and where a person has allowed that the change makes something else of them, as it leaves them too. */
async function runPinnedAndChanged(context: RunContext, { findings }: TestIntegrity): Promise<readonly Evidence[]> {
  const evidence = await runChecks(context);
  const changed = allowedDefinitions(context.log.events, findings) ?? [];
  if (changed.length === 0 || !evidence.every(isGood)) return evidence;
  for (const { name, settings } of checksInOrder(context))
    recordDecision(
      context,
      { name, line: settings.command },
      {
        kind: 'allow',
        rule: 'answers.changed-check',
        reason: `a person allowed for this run what the change makes of it: ${changed.join(', ')}`,
      },
    );
  return [...evidence, ...(await runChecks(context, 'as changed'))];
}

/**
 * A requirement is shown by the test files that the plan names for it, when they exist on this tree and all checks pass here; a criterion by those
 * named for it or for its requirements. What is tied to no requirement (success criteria, scenarios of stories) is shown by the suite as a whole, and
 * so is everything in a hotfix, which plans no tests.
 */
async function criteriaOf(context: RunContext, plan: Plan, isGreen: boolean): Promise<readonly CriterionEvidence[]> {
  const files = new Set(await context.workspace.list(`validate/files/${context.workspace.current.evidence}`));
  const evidenceOf = (ids: readonly string[], isTied: boolean): Pick<CriterionEvidence, 'by' | 'shownBy'> => {
    const nothing = { by: 'nothing' as const, shownBy: [] };
    if (!isGreen) return nothing;
    const suite = { by: 'suite' as const, shownBy: Object.keys(context.configuration.checks) };
    if (context.size === 'hotfix') return suite;
    if (!hasTestCheck(context)) return nothing;
    const named = plan.tests.filter((test) => files.has(test.file) && namedIn(test).some((id) => ids.includes(id)));
    if (named.length > 0) return { by: 'named', shownBy: [...new Set(named.map((test) => test.file))] };
    return isTied ? nothing : suite;
  };
  const { requirements, criteria } = context.spec.spec;
  const scenarios = new Set(criteria.map(({ id }) => id));
  // A scenario may be named in what the test shows; a requirement only where the plan ties it to the test.
  const namedIn = ({ requirement, what }: Plan['tests'][number]): readonly string[] => [
    ...idsIn(requirement),
    ...idsIn(what).filter((id) => scenarios.has(id)),
  ];
  return [
    ...requirements.map(({ id, text, family }) => ({ id, text, ...evidenceOf([id], family !== 'success') })),
    ...criteria.map(({ id, text, requirements: ids }) => ({ id, text, ...evidenceOf([id, ...ids], ids.length > 0) })),
  ];
}

/** Words that could be ids of a spec, e.g. `FR-001` or `US1.2`. */
const idsIn = (text: string): readonly string[] => text.match(/[A-Za-z]+[\w.-]*\w/g) ?? [];

function isAmended(context: RunContext, path: string): boolean {
  return context.log.events.some((event) => event.kind === 'PlanAmendment' && event.payload.path === path);
}

/** Lines removed and added, counted per file as the larger side's difference in lines: an estimate that needs no diff. */
export function changedLines(differences: readonly FileDifference[]): number {
  const lines = (text: string | undefined): readonly string[] => (text === undefined ? [] : text.split('\n'));
  return differences.reduce((sum, { before, after }) => {
    const old = new Set(lines(before));
    const now = new Set(lines(after));
    return (
      sum + lines(after).filter((line) => !old.has(line)).length + lines(before).filter((line) => !now.has(line)).length
    );
  }, 0);
}
