import { collectText } from '../../app/collectText.ts';
import { createApp } from '../../app/createApp.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

/** `speckit gc [--dry-run] [--unfinished]`. */
export async function runGc(
  terminal: Terminal,
  _words: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const isDry = options['dryRun'] === true;
  const mode = isDry ? 'tell' : 'remove';
  const collected = await createApp(terminal.host).collect({
    mode,
    includes: options['unfinished'] === true ? 'unfinished' : 'finished',
  });
  terminal.result({ dryRun: isDry, ...collected, exitCode: EXIT.ok });
  terminal.say(collectText(collected, mode).join('\n'));
  return EXIT.ok;
}
