import { createApp } from '../../app/createApp.ts';
import { logReportText } from '../../app/logReportText.ts';
import { CommandProblem } from '../../app/problem.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

/** `speckit log verify RUN`: that nobody has changed, cut or reordered what the run recorded. */
export async function runLog(terminal: Terminal, [action = '', runId = '']: readonly string[]): Promise<number> {
  if (action !== 'verify')
    throw new CommandProblem('usage', `There is no \`speckit log ${action}\`. What there is: speckit log verify RUN`);
  const report = await createApp(terminal.host).verifyLog(runId);
  terminal.result({ ...report, exitCode: EXIT.ok });
  terminal.say(logReportText(report).join('\n'));
  return EXIT.ok;
}
