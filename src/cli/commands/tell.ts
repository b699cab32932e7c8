import { createApp } from '../../app/createApp.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

/** `speckit tell RUN TEXT [--about WHAT]`. */
export async function runTell(
  terminal: Terminal,
  [runId = '', text = '']: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const about = options['about'];
  const outcome = await createApp(terminal.host).tell(runId, { text, ...(typeof about === 'string' ? { about } : {}) });
  terminal.result({ runId, outcome, exitCode: EXIT.ok });
  terminal.say(
    outcome === 'atWork'
      ? 'Told. The implementer hears it before its next call.'
      : `Noted. It is heard when the run goes on: speckit resume ${runId}`,
  );
  return EXIT.ok;
}
