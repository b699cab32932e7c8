import type { Checklist } from './checklist.ts';
import { bySeverity, clip, type Problem } from './problem.ts';

/** Rows of the analysis table, and reasons shown per checklist item. */
const ROW_CAP = 100;
const WHY_CAP = 3;

/** checklist.md: scores, reasons and recommendations on one page. The text holds no date, so equal specs give equal bytes. */
export function renderChecklist(checklist: Checklist): string {
  const rows = checklist.items.map((item) => {
    const why =
      item.why.slice(0, WHY_CAP).join('; ') +
      (item.why.length > WHY_CAP ? `; and ${item.why.length - WHY_CAP} more` : '');
    return `| ${item.title} | ${item.score} | ${Math.round(item.weight * 100)} % | ${cell(why || '–')} |`;
  });
  const recommendations = checklist.recommendations.map((recommendation) => `- ${plain(recommendation)}`);
  return [
    '# Checklist',
    '',
    `**Overall**: ${checklist.overall} of 100, grade ${checklist.grade}`,
    '',
    '| Quality | Score | Weight | Why |',
    '|---|---:|---:|---|',
    ...rows,
    '',
    '## Recommendations',
    '',
    ...(recommendations.length === 0 ? ['Nothing to do.'] : recommendations),
    '',
  ].join('\n');
}

/** The problems as a Markdown table, errors first, at most 100 rows; a last line says how many were left out. */
export function renderAnalysis(problems: readonly Problem[]): string {
  const count = (severity: Problem['severity']): number =>
    problems.filter((problem) => problem.severity === severity).length;
  const head = [
    '# Analysis',
    '',
    `${count('error')} errors, ${count('warning')} warnings, ${count('info')} notes.`,
    '',
  ];
  if (problems.length === 0) return [...head, 'Nothing found.', ''].join('\n');
  const rows = bySeverity(problems)
    .slice(0, ROW_CAP)
    .map(
      (problem) =>
        `| ${problem.severity} | ${problem.rule} | ${cell(`${problem.path}:${problem.line}`)} | ${cell(problem.message)} |`,
    );
  const nMissing = problems.length - rows.length;
  const rest = nMissing > 0 ? [`${nMissing} more problems are not shown.`, ''] : [];
  return [...head, '| Severity | Rule | Place | Problem |', '|---|---|---|---|', ...rows, '', ...rest].join('\n');
}

/** Text that stays inside its table cell. */
function cell(text: string): string {
  return plain(text).replace(/[\\|]/gu, '\\$&');
}

/** One line that opens no comment. */
function plain(text: string): string {
  return clip(text, 500).replace(/</gu, '&lt;');
}
