import { lowestCoverage, type CoverageFigure } from '../run/coverageFigure.ts';
import { coverageRows, printedCoverage } from '../evidence/printedCoverage.ts';
import { REPORT_CAP, REPORT_PATHS, reportedCoverage } from '../evidence/reportedCoverage.ts';
import type { Signal } from '../gates/signal.ts';
import type { RepositoryPath } from '../ports.ts';
import type { RunContext } from './context.ts';
import type { Evidence } from './evidence.ts';

/** What stood at the places of reports before a check ran: a report of an earlier tree is none of this one. */
export type ReportsBefore = ReadonlyMap<RepositoryPath, string>;

/** Looks at the places of reports, where the policy asks for coverage. */
export async function reportsBefore(context: RunContext): Promise<ReportsBefore | undefined> {
  if (context.configuration.gates.min_test_coverage === undefined) return undefined;
  const marks = await Promise.all(
    REPORT_PATHS.map(async (path) => [path, (await context.tree.written(path))?.mark ?? ''] as const),
  );
  return new Map(marks);
}

/**
 * The lowest coverage that a check told: what it printed, and what stands in the reports that it wrote into the tree. To be asked before the tree is put back,
 * since a report that git does not ignore goes then.
 */
export async function coverageTold(
  { tree }: RunContext,
  before: ReportsBefore,
  output: string,
): Promise<CoverageFigure | undefined> {
  const figures = [...printedCoverage(output)];
  for (const [path, mark] of before) {
    const written = await tree.written(path);
    if (written === undefined || written.mark === mark || written.bytes > REPORT_CAP) continue;
    const content = await tree.read(path);
    const figure = content?.kind === 'text' ? reportedCoverage(path, content.text) : undefined;
    if (figure !== undefined) figures.push(figure);
  }
  return lowestCoverage(figures);
}

/** The lowest coverage of all checks on one tree, for the gate after validate. */
export function coverageSignal(evidence: readonly Evidence[]): Extract<Signal, { kind: 'testCoverage' }> {
  const figures = evidence.flatMap(({ check, coverage }) => (coverage === undefined ? [] : [{ ...coverage, check }]));
  return { kind: 'testCoverage', measured: lowestCoverage(figures) ?? null };
}

/** What the checks printed of the changed files, for whoever has to raise the coverage; empty where they printed no table. */
export function uncoveredPoints(evidence: readonly Evidence[], paths: readonly RepositoryPath[]): readonly string[] {
  const rows = [...new Set(evidence.flatMap(({ output }) => coverageRows(output, paths)))];
  return rows.length === 0
    ? []
    : [`What the checks say of the changed files: ${rows.map((row) => `\`${row}\``).join('; ')}`];
}
