import { isPercent, percentOf, type CoverageFigure } from '../run/coverageFigure.ts';

/** Lines of output longer than this are no row of a coverage table. */
const LINE_CAP = 2_000;

/** One way in which a tool prints its total: on a line of its own. */
interface PrintedFormat {
  readonly by: string;
  readonly of: CoverageFigure['of'];
  readonly pattern: RegExp;
  /** The percentage of a line that fits; undefined where nothing was counted. */
  readonly percent: (groups: readonly string[]) => number | undefined;
}

const first = ([percent]: readonly string[]): number => Number(percent);
const NUMBER = String.raw`(\d+(?:\.\d+)?)`;
const CELL = String.raw`\s*${NUMBER}\s*\|`;

/*
 * The samples in test/core/evidence/printedCoverage.test.ts were printed by the tools named there.
 */
const FORMATS: readonly PrintedFormat[] = [
  {
    // `node --test --experimental-test-coverage`, reporters spec (`ℹ all files |`) and tap (`# all files |`): line %, branch %, funcs %. Run with 20.20 and 24.21.
    by: 'node --test',
    of: 'lines',
    pattern: new RegExp(String.raw`^(?:ℹ|#|i)?\s*all files\s*\|${CELL}${CELL}${CELL}`),
    percent: first,
  },
  {
    // The text table of istanbul, which jest, nyc, c8 and vitest print: % Stmts, % Branch, % Funcs, % Lines. c8 was run; istanbul-reports/lib/text.
    by: 'the table of istanbul',
    of: 'lines',
    pattern: new RegExp(String.raw`^All files\s*\|${CELL}${CELL}${CELL}${CELL}`),
    percent: ([, , , lines]) => Number(lines),
  },
  {
    // Its summary: `Lines        : 55.55% ( 5/9 )`. c8 was run; istanbul-reports/lib/text-summary. Of nothing it says `Unknown%`.
    by: 'the summary of istanbul',
    of: 'lines',
    pattern: new RegExp(String.raw`^Lines\s+: ${NUMBER}% \( (\d+)/(\d+) \)`),
    percent: ([, covered, total]) => percentOf(Number(covered), Number(total)),
  },
  {
    // coverage.py and pytest-cov: Stmts, Miss, then Branch and BrPart with branches, then Cover. Both were run (7.16); of no statement they say 100 %.
    by: 'coverage.py',
    of: 'lines',
    pattern: new RegExp(String.raw`^TOTAL\s+(\d+)\s+\d+(?:\s+\d+\s+\d+)?\s+${NUMBER}%\s*$`),
    percent: ([statements, percent]) => (Number(statements) > 0 ? Number(percent) : undefined),
  },
  {
    // `go tool cover -func`: the total of all packages of a profile (cmd/cover/func.go).
    by: 'go tool cover',
    of: 'statements',
    pattern: new RegExp(String.raw`^total:\s+\(statements\)\s+${NUMBER}%\s*$`),
    percent: first,
  },
  {
    // `go test -cover`: one line for each package (testing/cover.go); `coverage: [no statements]` is no figure.
    by: 'go test',
    of: 'statements',
    pattern: new RegExp(String.raw`(?:^|\s)coverage: ${NUMBER}% of statements`),
    percent: first,
  },
  {
    // `llvm-cov report`, which cargo llvm-cov prints: count, missed and share of regions, functions and lines (llvm/tools/llvm-cov/CoverageReport.cpp).
    by: 'llvm-cov',
    of: 'lines',
    pattern: new RegExp(String.raw`^TOTAL(?:\s+\d+\s+\d+\s+(?:[\d.]+%|-)){2}\s+(\d+)\s+(\d+)\s+${NUMBER}%`),
    percent: ([lines, missed]) => percentOf(Number(lines) - Number(missed), Number(lines)),
  },
  {
    // cargo tarpaulin: `81.25% coverage, 13/16 lines covered` (tarpaulin/src/report/mod.rs).
    by: 'cargo tarpaulin',
    of: 'lines',
    pattern: new RegExp(String.raw`^${NUMBER}% coverage, (\d+)/(\d+) lines covered`),
    percent: ([, covered, total]) => percentOf(Number(covered), Number(total)),
  },
];

/** The figures that a command printed, in the order of its lines; the total of Go's packages stands for them. Never throws. */
export function printedCoverage(output: string): readonly CoverageFigure[] {
  const figures = output
    .split(/\r\n?|\n/)
    .filter((line) => line.length <= LINE_CAP)
    .flatMap((line) => FORMATS.flatMap((format) => figureOf(format, withoutColours(line))));
  const hasTotal = figures.some(({ by }) => by === 'go tool cover');
  return hasTotal ? figures.filter(({ by }) => by !== 'go test') : figures;
}

function figureOf({ by, of, pattern, percent: read }: PrintedFormat, line: string): readonly CoverageFigure[] {
  const match = pattern.exec(line);
  if (match === null) return [];
  const percent = read(match.slice(1));
  return percent !== undefined && isPercent(percent) ? [{ percent, of, by }] : [];
}

// oxlint-disable-next-line no-control-regex -- The escape character is what is looked for.
const withoutColours = (line: string): string => line.replaceAll(/\u001b\[[0-9;]*[A-Za-z]/g, '');

/** Rows shown to whoever has to raise the coverage. */
const ROWS_CAP = 20;

/**
 * The rows of printed coverage tables about these files, as printed: what is not covered stands in them. A row names a file by its path or by its last part,
 * and has a percentage or columns.
 */
export function coverageRows(output: string, paths: readonly string[]): readonly string[] {
  const names = new Set(paths.flatMap((path) => [path, path.slice(path.lastIndexOf('/') + 1)]));
  return output
    .split('\n')
    .map((line) => withoutColours(line).trim())
    .filter((line) => line.length <= 300 && /\d+(?:\.\d+)?\s*\||\d%/.test(line))
    .filter((line) => names.has(line.replace(/^[ℹ#]\s*/, '').split(/\s*\||\s+/)[0] ?? ''))
    .slice(0, ROWS_CAP);
}
