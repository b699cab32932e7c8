export type Severity = 'error' | 'warning' | 'info';

/** One finding in a document. `rule` is a stable kebab-case id, `line` is 1-based in the file at `path`. */
export interface Problem {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly path: string;
  readonly line: number;
}

/** Most problems one analyser hands on; what is beyond is counted in one last problem. */
const PROBLEM_CAP = 500;

/**
 * The problems by line (order of discovery within a line), at most PROBLEM_CAP of them. Errors are never left out before
 * warnings, nor warnings before infos; a last problem `problems-left-out` says how many are missing.
 */
export function orderProblems(problems: readonly Problem[]): readonly Problem[] {
  const kept = problems.length <= PROBLEM_CAP ? problems : bySeverity(problems).slice(0, PROBLEM_CAP);
  const ordered = kept.toSorted((left, right) => compareText(left.path, right.path) || left.line - right.line);
  const nMissing = problems.length - kept.length;
  const last = ordered.at(-1);
  if (nMissing === 0 || last === undefined) return ordered;
  const message = `${nMissing} more problems are not listed.`;
  return [...ordered, { rule: 'problems-left-out', severity: 'info', message, path: last.path, line: last.line }];
}

/** The problems, errors first, then warnings, then infos; order is kept within a severity. */
export function bySeverity(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted((left, right) => RANK[left.severity] - RANK[right.severity]);
}

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** At most `length` UTF-16 code units of the text, white space collapsed, `…` at the end when cut; no surrogate pair is split. */
export function clip(text: string, length: number): string {
  // The slice before the replacement keeps the work small for a line of a megabyte.
  const flat = text
    .slice(0, length * 4)
    .replace(/\s+/gu, ' ')
    .trim();
  if (flat.length <= length && text.length <= length * 4) return flat;
  const cut = flat.slice(0, length - 1);
  const last = cut.charCodeAt(cut.length - 1);
  return `${last >= 0xd800 && last <= 0xdbff ? cut.slice(0, -1) : cut}…`;
}
