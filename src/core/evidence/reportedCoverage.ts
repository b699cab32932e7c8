import { isPercent, percentOf, type CoverageFigure } from '../run/coverageFigure.ts';

/** Bytes of a report that is read; a larger one tells nothing. */
export const REPORT_CAP = 32 * 1024 * 1024;

type Reader = (text: string) => number | undefined;

/** The files in which tools usually report coverage, each with its format. Paths are relative to the root of the tree. */
const READERS: Readonly<Record<string, Reader>> = {
  'lcov.info': lcovPercent,
  'coverage.lcov': lcovPercent,
  'coverage/lcov.info': lcovPercent,
  'coverage/coverage-summary.json': summaryPercent,
  'coverage.xml': coberturaPercent,
  'cobertura.xml': coberturaPercent,
  'coverage/cobertura-coverage.xml': coberturaPercent,
  'coverage/coverage.xml': coberturaPercent,
  'target/site/jacoco/jacoco.csv': jacocoPercent,
  'build/reports/jacoco/test/jacocoTestReport.csv': jacocoPercent,
};

/** The paths at which a report is looked for. */
export const REPORT_PATHS: readonly string[] = Object.keys(READERS);

/** What a report says of the lines; undefined where it says nothing that can be true. Never throws. */
export function reportedCoverage(path: string, text: string): CoverageFigure | undefined {
  const percent = READERS[path]?.(text);
  return percent !== undefined && isPercent(percent) ? { percent, of: 'lines', by: path } : undefined;
}

/**
 * lcov's tracefile (geninfo(1), FILES): for each source file `LF:` lines found and `LH:` lines hit; where a writer leaves them out, the lines
 * themselves, `DA:line,count`.
 */
function lcovPercent(text: string): number | undefined {
  let covered = 0;
  let total = 0;
  for (const record of text.split('end_of_record')) {
    const found = numberAfter(record, /^LF:(\d+)\s*$/m);
    const hit = numberAfter(record, /^LH:(\d+)\s*$/m);
    const counts = [...record.matchAll(/^DA:\d+,(\d+)/gm)];
    total += found ?? counts.length;
    covered += hit ?? counts.filter(([, count]) => Number(count) > 0).length;
  }
  return percentOf(covered, total);
}

/** istanbul's json-summary: `{ total: { lines: { total, covered, skipped, pct } } }` (istanbul-reports/lib/json-summary; c8 was run). */
function summaryPercent(text: string): number | undefined {
  const lines = memberOf(memberOf(parsed(text), 'total'), 'lines');
  const [covered, total] = [memberOf(lines, 'covered'), memberOf(lines, 'total')];
  return typeof covered === 'number' && typeof total === 'number' ? percentOf(covered, total) : undefined;
}

/**
 * Cobertura's XML (coverage-04.dtd): the root's `lines-covered` and `lines-valid`, or its `line-rate` (0..1) where they are left out. Written by coverage.py,
 * istanbul, tarpaulin and cargo llvm-cov.
 */
function coberturaPercent(text: string): number | undefined {
  const root = /<coverage\s[^>]{0,2000}>/.exec(text)?.[0];
  if (root === undefined) return undefined;
  const covered = numberAfter(root, /\slines-covered="(\d+)"/);
  const valid = numberAfter(root, /\slines-valid="(\d+)"/);
  if (covered !== undefined && valid !== undefined) return percentOf(covered, valid);
  const rate = numberAfter(root, /\sline-rate="(\d+(?:\.\d+)?)"/);
  return rate === undefined ? undefined : Math.round(rate * 1_000_000) / 10_000;
}

/**
 * JaCoCo's CSV (org.jacoco.report.csv): one row for each class, after a row of names with LINE_MISSED and LINE_COVERED among them. The columns are
 * counted from the end, because a name of a group or class may hold a comma.
 */
function jacocoPercent(text: string): number | undefined {
  const [head = '', ...rows] = text.split(/\r?\n/);
  const names = head.split(',');
  const [missed, covered] = ['LINE_MISSED', 'LINE_COVERED'].map((name) => names.indexOf(name) - names.length);
  if (
    missed === undefined ||
    covered === undefined ||
    !names.includes('LINE_MISSED') ||
    !names.includes('LINE_COVERED')
  )
    return undefined;
  const sum = (column: number): number =>
    rows.filter((row) => row !== '').reduce((total, row) => total + Number(row.split(',').at(column)), 0);
  return percentOf(sum(covered), sum(missed) + sum(covered));
}

function numberAfter(text: string, pattern: RegExp): number | undefined {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
