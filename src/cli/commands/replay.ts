import { createApp } from '../../app/createApp.ts';
import { replayText } from '../../app/replayText.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

/** `speckit replay RUN`: exit 0 only if the whole run comes to the same again, 1 where only a part could be compared and is the same. `--json` has every difference. */
export async function runReplay(terminal: Terminal, [runId = '']: readonly string[]): Promise<number> {
  const report = await createApp(terminal.host).replay(runId);
  const isWhole = report.unreached === 0;
  const isSame = isWhole && report.differences.length === 0;
  const exitCode = isSame ? EXIT.ok : report.differences.length === 0 ? EXIT.soft : EXIT.gate;
  terminal.result({ ...report, same: isSame, exitCode });
  terminal.say(replayText(report).join('\n'));
  return exitCode;
}
