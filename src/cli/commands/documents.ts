import { createApp } from '../../app/createApp.ts';
import { counted } from '../../base/counted.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

/** Problems shown for people; all of them are in --json. */
const PROBLEMS_SHOWN = 60;

/** `speckit analyze SPEC`: exit 0 clean, 1 with warnings, 2 with errors. */
export async function runAnalyze(terminal: Terminal, [specId = '']: readonly string[]): Promise<number> {
  const { folder, problems, read } = await createApp(terminal.host).analyze(specId);
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const warnings = problems.filter((problem) => problem.severity === 'warning').length;
  const exit = errors > 0 ? EXIT.gate : warnings > 0 ? EXIT.soft : EXIT.ok;
  terminal.result({ specId, folder, read, problems, exitCode: exit });
  const lines = problems
    .slice(0, PROBLEMS_SHOWN)
    .map((problem) => `${problem.path}:${problem.line}  ${problem.severity}  ${problem.message}  (${problem.rule})`);
  if (problems.length > PROBLEMS_SHOWN) lines.push(`… and ${problems.length - PROBLEMS_SHOWN} more (--json shows all)`);
  terminal.say(
    [...lines, `${counted(errors, 'error')}, ${counted(warnings, 'warning')} in ${read.join(', ')}.`].join('\n'),
  );
  return exit;
}

/** `speckit checklist SPEC`: exit 0 from grade C up, 1 below. */
export async function runChecklist(terminal: Terminal, [specId = '']: readonly string[]): Promise<number> {
  const { score, file } = await createApp(terminal.host).checklist(specId);
  const exit = score.grade === 'D' || score.grade === 'F' ? EXIT.soft : EXIT.ok;
  terminal.result({ specId, file, ...score, exitCode: exit });
  const items = score.items.map(
    (item) =>
      `  ${String(item.score).padStart(3)}  ${item.title}${item.why.length === 0 ? '' : `: ${item.why.slice(0, 3).join('; ')}`}`,
  );
  terminal.say(
    [
      `${specId}   ${score.overall} of 100, grade ${score.grade}`,
      ...items,
      ...score.recommendations.slice(0, 8).map((text) => `  -> ${text}`),
      `Written to ${file}.`,
    ].join('\n'),
  );
  return exit;
}
