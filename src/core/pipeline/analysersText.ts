import { analysersOf, type Analyser } from '../policy/analysers.ts';
import { fencedText } from '../prompt/fence.ts';
import type { FileDifference, RepositoryPath } from '../ports.ts';
import { cutMiddle } from '../run/normalise.ts';
import type { RunContext } from './context.ts';
import { runAnalyser, type Evidence } from './evidence.ts';
import { recordDecision } from './permit.ts';
import type { Validated } from './validate.ts';

/** Characters of one analyser's output in a prompt, and analysers in one. */
const OUTPUT_CAP = 8_000;
const MOST_ANALYSERS = 6;

/** What one analyser came to, in a line, and what it printed. */
interface Analysed {
  readonly line: string;
  readonly output: string;
}

/**
 * What the project's static analysers print about the change, for a reviewer. Those that declared checks run have been measured already; others that the
 * base configures run where the command policy allows their line as it is, kept in as checks are. Nobody is asked for one: it is said that it was not run.
 */
export async function analysersText(
  context: RunContext,
  { differences, evidence }: Pick<Validated, 'differences' | 'evidence'>,
): Promise<string> {
  const found = analysersOf({
    paths: await configurationFiles(context, differences),
    pyproject: await baseText(context, 'pyproject.toml'),
    packageJson: await baseText(context, 'package.json'),
    checks: context.configuration.checks,
  });
  const analysed: Analysed[] = [];
  for (const analyser of found.slice(0, MOST_ANALYSERS)) analysed.push(await analysedBy(context, analyser, evidence));
  if (analysed.length === 0) return '(the project has none)';
  return analysed
    .map(({ line, output }) => (output.trim() === '' ? line : `${line}\n${fencedText(cutMiddle(output, OUTPUT_CAP))}`))
    .join('\n');
}

async function analysedBy(context: RunContext, analyser: Analyser, evidence: readonly Evidence[]): Promise<Analysed> {
  const { name } = analyser;
  if (analyser.kind === 'check') {
    const result = evidence.find(({ check }) => check === name);
    return { line: `- ${name}: ${result?.outcome ?? 'not run'}`, output: result?.output ?? '' };
  }
  const decision = await context.judge(analyser.line);
  if (decision.kind !== 'allow') {
    recordDecision(context, analyser, decision);
    return { line: `- ${name}: not run, although ${analyser.why} configures it (${decision.reason})`, output: '' };
  }
  const { outcome, exitCode, output } = await runAnalyser(context, analyser);
  return { line: `- ${name}: ${outcome}${exitCode === null ? '' : `, exit code ${exitCode}`}`, output };
}

/** The files of the root and of `.semgrep` that were there before the change: what it adds configures nothing. */
async function configurationFiles(
  context: RunContext,
  differences: readonly FileDifference[],
): Promise<ReadonlySet<RepositoryPath>> {
  const files = await context.workspace.list(`analysers/files/${context.workspace.current.evidence}`);
  const added = new Set(differences.flatMap(({ path, change }) => (change === 'added' ? [path] : [])));
  return new Set(files.filter((path) => /^(?:[^/]+|\.semgrep\/.+)$/.test(path) && !added.has(path)));
}

async function baseText(context: RunContext, path: RepositoryPath): Promise<string | undefined> {
  const content = await context.tree.readAt(context.workspace.base.tree, path);
  return content?.kind === 'text' ? content.text : undefined;
}
