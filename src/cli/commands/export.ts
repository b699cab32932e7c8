import path from 'node:path';
import { counted } from '../../base/counted.ts';
import { createApp } from '../../app/createApp.ts';
import { CommandProblem } from '../../app/problem.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

/** Lines of what was left out that are shown; export.json has them all. */
const SHOWN = 12;

/** `speckit export RUN --to FOLDER [--include CONTENTS]`. */
export async function runExport(
  terminal: Terminal,
  [runId = '']: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const { to, include } = options;
  if (typeof to !== 'string' || to === '')
    throw new CommandProblem('usage', 'Say where to: --to FOLDER. The folder is new or empty.');
  const contents = typeof include === 'string' ? include.split(/[\s,]+/).filter((name) => name !== '') : [];
  const report = await createApp(terminal.host).export(runId, { to, include: contents });
  terminal.result({ runId, ...report, exitCode: EXIT.ok });
  const left = report.leftOut.slice(0, SHOWN).map(({ what, count, why }) => `  ${what} (${count}): ${why}`);
  terminal.say(
    [
      `Wrote ${counted(report.events, 'event')} and ${counted(report.texts, 'text')} to ${path.relative(terminal.host.folder, report.folder) || '.'}. Read them before you hand them on.`,
      ...(left.length === 0 ? [] : ['Left out:', ...left]),
      ...(report.leftOut.length > SHOWN ? [`  and ${report.leftOut.length - SHOWN} more: see export.json`] : []),
    ].join('\n'),
  );
  return EXIT.ok;
}
