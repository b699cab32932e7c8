import { createApp } from '../../app/createApp.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

/** `speckit stop RUN`. */
export async function runStop(terminal: Terminal, [runId = '']: readonly string[]): Promise<number> {
  const outcome = await createApp(terminal.host).stop(runId);
  terminal.result({ runId, outcome, exitCode: EXIT.ok });
  terminal.say(outcome === 'stopped' ? `Stopped. Go on: speckit resume ${runId}` : `Run ${runId} is not at work.`);
  return EXIT.ok;
}

/** `speckit pause RUN`. */
export async function runPause(terminal: Terminal, [runId = '']: readonly string[]): Promise<number> {
  const outcome = await createApp(terminal.host).pause(runId);
  terminal.result({ runId, outcome, exitCode: EXIT.ok });
  terminal.say(
    outcome === 'pausing'
      ? `Pausing: the step under way ends first. Then go on: speckit resume ${runId}`
      : `Run ${runId} is not at work.`,
  );
  return EXIT.ok;
}
