import type { Signal } from '../gates/signal.ts';
import type { TestIntegrity } from '../gates/signals/testIntegrity.ts';
import { defaultTestFile as isTestFile } from '../patch/testFile.ts';
import type { FileDifference } from '../ports.ts';
import { weakeningFindings } from './allowedFindings.ts';
import type { Attempt } from './attempt.ts';
import type { RunContext } from './context.ts';
import { pinnedDefinitions } from './pinnedDefinitions.ts';
import { measureNewTests, runChecks, type Evidence } from './evidence.ts';
import type { Task } from './outputs.ts';
import type { KnownTree } from './workspace.ts';

/** Facts about one attempt for the implement gate: what was applied, what the checks say on exactly this tree, whether tests were weakened. */
export async function signalsOfAttempt(
  context: RunContext,
  task: Task,
  attempt: Attempt,
  facts: { readonly start: KnownTree; readonly attempts: Signal; readonly scope: readonly string[] },
): Promise<readonly Signal[]> {
  const { current } = context.workspace;
  const isChanged = current.tree !== facts.start.tree;
  const refused = attempt.patches.filter((record) => record.outcome === 'refused').length;
  const error = refused > 0 ? `${refused} patches were refused and none was applied` : 'no patch was made';
  const patchApplied: Signal = isChanged
    ? { kind: 'patchApplied', ok: true }
    : { kind: 'patchApplied', ok: false, error };
  attempt.evidence = isChanged ? await runChecks(context) : [];
  const differences = await differencesOf(context, current.evidence, context.workspace.base.tree);
  const changedPaths = (
    await differencesOf(context, `${current.evidence}/from/${facts.start.evidence}`, facts.start.tree)
  ).map(({ path }) => path);
  const testsInChange = differences.map(({ path }) => path).filter(isTestFile);
  const newTests = await newTestsSignal(context, task, { changedPaths, testsInChange }, attempt.evidence);
  return [
    patchApplied,
    { kind: 'scope', outside: changedPaths.filter((path) => !facts.scope.includes(path)) },
    ...attempt.evidence.map(toolTruthOf),
    await integritySignal(context, differences),
    newTests,
    facts.attempts,
  ];
}

/** The change from a tree to the current one, redacted, as a durable step. */
export async function differencesOf(
  context: RunContext,
  name: string,
  from: string,
): Promise<readonly FileDifference[]> {
  const to = context.workspace.current;
  const { output } = await context.steps.step(
    { key: `differences/${name}`, effect: 'retrieval' },
    { from, to: to.tree },
    async () => ({
      outcome: 'done',
      output: (await context.tree.differences(from, to.tree)).map((difference) => ({
        ...context.redaction.json({ ...difference }),
      })),
    }),
    context.signal,
  );
  return output;
}

export function toolTruthOf(evidence: Evidence): Signal {
  return {
    kind: 'toolTruth',
    check: evidence.check,
    checkKind: evidence.checkKind,
    exitCode: evidence.exitCode,
    outcome: evidence.outcome,
    treeHash: evidence.tree,
    evidenceId: evidence.id,
    changedTrackedFiles: [...evidence.changedTrackedFiles],
  };
}

export async function integritySignal(
  context: RunContext,
  differences: readonly FileDifference[],
): Promise<TestIntegrity> {
  const isCheckDefinition = await pinnedDefinitions(context);
  const findings = weakeningFindings(differences, { isTestFile, isCheckDefinition });
  return { kind: 'testIntegrity', findings: [...findings], clearedByPerson: [] };
}

/** Without a check of kind test nothing runs the tests, so none can be asked for as evidence. */
export function hasTestCheck(context: RunContext): boolean {
  return Object.values(context.configuration.checks).some(({ kind }) => kind === 'test');
}

/** Tests changed by a task have to fail without the change and pass with it; a task that plans tests has to bring them, unless an earlier one did. */
async function newTestsSignal(
  context: RunContext,
  task: Task,
  paths: { readonly changedPaths: readonly string[]; readonly testsInChange: readonly string[] },
  evidence: readonly Evidence[],
): Promise<Signal> {
  const planned = task.files.filter(isTestFile);
  const files = paths.changedPaths.filter(isTestFile);
  const isOwed = planned.length > 0 && !planned.some((path) => paths.testsInChange.includes(path));
  const required = hasTestCheck(context) && (files.length > 0 || isOwed);
  const isGreen = evidence.length > 0 && evidence.every((result) => result.outcome === 'passed');
  if (files.length === 0 || !isGreen) {
    return {
      kind: 'newTests',
      required,
      files,
      failedOnBase: null,
      passedOnNew: evidence.length === 0 ? null : isGreen,
    };
  }
  const measured = await measureNewTests(context, files, isGreen);
  return { kind: 'newTests', required, files, failedOnBase: measured.failedOnBase, passedOnNew: measured.passedOnNew };
}
