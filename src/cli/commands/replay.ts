import { createApp } from '../../app/createApp.ts';
import { replayText } from '../../app/replayText.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

/** `speckit replay RUN`: exit 0 only if the run comes to the same again. `--json` has every difference. */
export async function runReplay(terminal: Terminal, [runId = '']: readonly string[]): Promise<number> {
  const report = await createApp(terminal.host).replay(runId);
  const isSame = report.differences.length === 0;
  const exitCode = isSame ? EXIT.ok : EXIT.gate;
  terminal.result({ ...report, same: isSame, exitCode });
  terminal.say(replayText(report).join('\n'));
  return exitCode;
}
