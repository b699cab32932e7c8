import type { CoverageFigure } from '../run/coverageFigure.ts';
import { cutMiddle } from '../run/normalise.ts';
import { withBaseDefinitions } from '../patch/definitions.ts';
import type { ProcessResult, TreeId } from '../ports.ts';
import type { Payload } from '../run/event.ts';
import type { CheckSettings } from '../settings.ts';
import {
  checkCommand,
  isInstallation,
  networkOf,
  runCommand,
  setupCommand,
  shownOutput,
  type DeclaredCommand,
  type Kept,
} from './command.ts';
import type { RunContext } from './context.ts';
import type { StepResult } from '../run/steps.ts';
import { pinnedDefinitions } from './pinnedDefinitions.ts';
import { RunStopped } from './stopped.ts';
import { coverageTold, reportsBefore } from './testCoverage.ts';
import type { KnownTree } from './workspace.ts';

/** One measured result: the check, the exact tree, what came of it. `output` is normalised and capped, as a model or a person reads it. */
export interface Evidence {
  readonly id: string;
  readonly check: string;
  readonly checkKind: CheckSettings['kind'];
  readonly tree: TreeId;
  readonly outcome: 'passed' | 'failed' | 'deadline' | 'stopped' | 'notFound';
  readonly exitCode: number | null;
  readonly output: string;
  readonly changedTrackedFiles: readonly string[];
  readonly kept: Kept;
  /** What it told of test coverage, where the policy asks for it and it told something. */
  readonly coverage?: CoverageFigure;
}

/** Cheap and telling checks first: a tree that does not compile is not tested. */
const ORDER: readonly CheckSettings['kind'][] = ['compile', 'types', 'lint', 'format', 'test', 'other'];

/** The configured checks in the order they run, by kind and then by name. */
export function checksInOrder(
  context: RunContext,
): readonly { readonly name: string; readonly settings: CheckSettings }[] {
  return Object.entries(context.configuration.checks)
    .map(([name, settings]) => ({ name, settings }))
    .sort(
      (left, right) =>
        ORDER.indexOf(left.settings.kind) - ORDER.indexOf(right.settings.kind) || (left.name < right.name ? -1 : 1),
    );
}

/** A check on the proposal that is run as the change leaves it, after a person has allowed that. */
const AS_CHANGED = 'as changed';

/** Runs the checks on the workspace's current tree, in order, up to the first that does not pass. */
export async function runChecks(
  context: RunContext,
  on: 'proposal' | typeof AS_CHANGED = 'proposal',
): Promise<readonly Evidence[]> {
  const results: Evidence[] = [];
  for (const { name } of checksInOrder(context)) {
    const evidence = await runCheck(context, name, on, context.workspace.current);
    results.push(evidence);
    if (evidence.outcome !== 'passed' || evidence.changedTrackedFiles.length > 0) break;
  }
  return results;
}

/**
 * Runs one check on one tree, once: the step's key holds the tree, so that the same check on the same tree is evidence already.
 * The check's definitions (scripts, test and lint configuration) are those of the base tree, whatever the change made of them, unless it is measured
 * as the change leaves it, which a person has allowed.
 */
export async function runCheck(
  context: RunContext,
  name: string,
  on: Payload<'EvidenceRecord'>['on'] | typeof AS_CHANGED,
  tree: KnownTree,
): Promise<Evidence> {
  const settings = context.configuration.checks[name];
  if (settings === undefined) throw new Error(`there is no check ${name}`);
  await setUp(context);
  const isChanged = on === AS_CHANGED;
  const key = `check/${name}/${tree.evidence}${isChanged ? '/as-changed' : ''}`;
  const { output } = await context.steps.step(
    { key, effect: 'command' },
    { command: settings.command, tree: tree.evidence },
    async () => {
      context.progress({ kind: 'command', name, text: '' });
      const shown = isChanged ? tree.tree : await withPinned(context, tree);
      const measured = await measure(context, checkCommand(name, settings), tree.evidence, shown);
      const evidence = { ...measured, checkKind: settings.kind };
      await record(context, evidence, { key, command: settings.command, on: isChanged ? 'proposal' : on });
      // A command that is missing or ran out of time may do better on resume, when a person has seen to it.
      const isFinal = evidence.outcome === 'passed' || evidence.outcome === 'failed';
      const { changedTrackedFiles, kept, ...rest } = evidence;
      const output = { ...rest, changedTrackedFiles: [...changedTrackedFiles], kept: { ...kept } };
      return { outcome: isFinal ? 'done' : 'failed', output };
    },
    context.signal,
  );
  return output;
}

/** An analyser is given this long. */
const ANALYSER_SECONDS = 300;

/** Runs a static analyser that no check runs on the current tree, once. What it says is no evidence: it opens and closes no gate. */
export async function runAnalyser(
  context: RunContext,
  { name, line }: Pick<DeclaredCommand, 'name' | 'line'>,
): Promise<Pick<Evidence, 'outcome' | 'exitCode' | 'output'>> {
  await setUp(context);
  const { current } = context.workspace;
  const { output } = await context.steps.step(
    { key: `analyser/${name}/${current.evidence}`, effect: 'command' },
    { command: line, tree: current.evidence },
    async () => {
      context.progress({ kind: 'command', name, text: '' });
      const command = { name, line, timeoutSeconds: ANALYSER_SECONDS, asksForNetwork: false };
      const measured = await measure(context, command, current.evidence, await withPinned(context, current));
      const { outcome, exitCode, output: printed } = measured;
      return { outcome: 'done', output: { outcome, exitCode, output: printed } };
    },
    context.signal,
  );
  return output;
}

async function record(
  context: RunContext,
  evidence: Evidence,
  about: Pick<Payload<'EvidenceRecord'>, 'key' | 'command' | 'on'>,
): Promise<void> {
  const { id: _id, output, kept, changedTrackedFiles, ...facts } = evidence;
  const blob = await context.blobs.put(output);
  context.log.append('EvidenceRecord', {
    ...about,
    ...facts,
    ...kept,
    changedTrackedFiles: [...changedTrackedFiles],
    output: blob,
  });
}

/** The tree with the definitions of its checks as the base has them. */
async function withPinned(context: RunContext, { tree }: KnownTree): Promise<TreeId> {
  const differences = await context.tree.differences(context.workspace.base.tree, tree);
  const definitions = withBaseDefinitions(differences, await pinnedDefinitions(context));
  return definitions.length > 0 ? context.tree.compose(tree, definitions) : tree;
}

/** `tree` is what the result is evidence for, `shown` what the command finds. */
async function measure(
  context: RunContext,
  command: DeclaredCommand,
  tree: TreeId,
  shown: TreeId,
): Promise<Omit<Evidence, 'checkKind'>> {
  await context.workspace.show(shown);
  const before = await reportsBefore(context);
  const result = await runCommand(context, command);
  const coverage = before === undefined ? undefined : await coverageTold(context, before, result.output);
  const changedTrackedFiles = await context.workspace.settle();
  const { outcome, exitCode } = outcomeOf(result);
  const output = cutMiddle(shownOutput(context, result.output), context.configuration.limits.prompt_output_bytes);
  return {
    id: `${command.name}@${tree.slice(0, 12)}`,
    check: command.name,
    tree,
    outcome,
    exitCode,
    output,
    changedTrackedFiles,
    kept: result.kept,
    ...(coverage === undefined ? {} : { coverage }),
  };
}

function outcomeOf(result: ProcessResult): Pick<Evidence, 'outcome' | 'exitCode'> {
  switch (result.outcome.kind) {
    case 'exited':
      // 127 is what a POSIX shell answers when the command was not found.
      if (result.outcome.exitCode === 127) return { outcome: 'notFound', exitCode: 127 };
      return { outcome: result.outcome.exitCode === 0 ? 'passed' : 'failed', exitCode: result.outcome.exitCode };
    case 'signalled':
    case 'limit':
      return { outcome: 'failed', exitCode: null };
    case 'deadline':
      return { outcome: 'deadline', exitCode: null };
    case 'stopped':
      return { outcome: 'stopped', exitCode: null };
    case 'notFound':
    case 'unconfined':
      return { outcome: 'notFound', exitCode: null };
  }
}

/** Makes a fresh tree ready for the checks (`npm ci` and the like), once for each making of the tree. */
async function setUp(context: RunContext): Promise<void> {
  const command = setupCommand(context.configuration);
  if (command === undefined) return;
  const { output } = await context.steps.step(
    { key: 'setup', effect: 'command' },
    { command: command.line, tree: context.treeGeneration },
    () => runSetUp(context, command),
    context.signal,
  );
  if (output.outcome !== 'passed') {
    throw new RunStopped(
      'infrastructure',
      `The set-up command \`${command.line}\` ${output.outcome === 'notFound' ? 'was not found' : 'failed'}:\n${output.text}${networkHint(output)}`,
    );
  }
}

type SetUpOutput = { outcome: Evidence['outcome']; text: string } & { -readonly [Key in keyof Kept]: Kept[Key] };

async function runSetUp(context: RunContext, command: DeclaredCommand): Promise<StepResult<SetUpOutput>> {
  context.progress({ kind: 'command', name: 'setup', text: '' });
  await context.workspace.ready();
  const isGranted = networkOf(context, command) === 'granted';
  const shown = isGranted ? [] : await context.sandbox.dependencies();
  if (isInstallation(command.line) && shown.length > 0) {
    const text = `not run: commands find the dependencies of your repository, read-only: ${shown.slice(0, 20).join(', ')}`;
    return { outcome: 'done', output: { outcome: 'passed', text, sandbox: 'none', network: 'refused' } };
  }
  const result = await runCommand(context, command, isGranted ? 'own' : 'shown');
  await context.workspace.settle();
  const { outcome } = outcomeOf(result);
  return {
    outcome: outcome === 'passed' ? 'done' : 'failed',
    output: { outcome, text: shownOutput(context, result.output).slice(-2_000), ...result.kept },
  };
}

function networkHint({ network }: Pick<Kept, 'network'>): string {
  if (network !== 'refused') return '';
  return '\nIt ran without the network. If it needs it, write `network = true` under [setup] in speckit.toml: you are asked before it gets it.';
}

/** What newly added or changed tests show: whether they fail on the base tree and pass on the new one. */
export interface NewTestEvidence {
  readonly files: readonly string[];
  readonly failedOnBase: boolean | null;
  readonly passedOnNew: boolean | null;
}

/**
 * Puts the test files of the change on the base tree and runs the tests there: they must fail, or they show nothing. Null where it could not be
 * measured: there is no check of kind test, or the base's own tests fail already.
 */
export async function measureNewTests(
  context: RunContext,
  testFiles: readonly string[],
  passedOnNew: boolean | null,
): Promise<NewTestEvidence> {
  const tests = checksInOrder(context).filter((check) => check.settings.kind === 'test');
  if (tests.length === 0 || testFiles.length === 0) return { files: testFiles, failedOnBase: null, passedOnNew };
  // All on one tree before any on the other: each change of tree rewrites files.
  const before: Evidence[] = [];
  for (const { name } of tests) before.push(await runCheck(context, name, 'base', context.workspace.base));
  const withTests = await baseWith(context, testFiles);
  let failedOnBase: boolean | null = false;
  for (const [index, { name }] of tests.entries()) {
    const after = await runCheck(context, name, 'newTestsOnBase', withTests);
    if (before[index]?.outcome !== 'passed') failedOnBase = failedOnBase === true ? true : null;
    else if (after.outcome === 'failed') failedOnBase = true;
  }
  return { files: testFiles, failedOnBase, passedOnNew };
}

/** The base tree with these files as they stand in the workspace's current tree: a step, because it makes objects. */
async function baseWith(context: RunContext, paths: readonly string[]): Promise<KnownTree> {
  const current = context.workspace.current;
  const { output } = await context.steps.step(
    { key: `tree/base-with-tests/${current.evidence}`, effect: 'tree' },
    { base: context.workspace.base.tree, paths, tree: current.evidence },
    async () => {
      const changes = await Promise.all(
        paths.map(async (path) => {
          const content = await context.tree.readAt(current.tree, path);
          return content?.kind === 'text' ? [{ kind: 'write' as const, path, content: content.text }] : [];
        }),
      );
      const tree = await context.tree.compose(context.workspace.base.tree, changes.flat());
      return { outcome: 'done', output: { tree, evidence: await context.tree.evidenceOf(tree) } };
    },
    context.signal,
  );
  return output;
}
