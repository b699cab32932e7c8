import { createApp } from '../../app/createApp.ts';
import { EXIT, exitOfOutcome } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

/** How often the log is looked at. */
const POLL_MS = 200;

/** `speckit watch RUN`: shows what another process does, until it ends. Reads only. */
export async function runWatch(terminal: Terminal, [runId = '']: readonly string[]): Promise<number> {
  const app = createApp(terminal.host);
  let shown = 0;
  for (;;) {
    const detail = await app.detail(runId);
    for (const event of detail.events.slice(shown)) terminal.host.onEvent(runId, event);
    shown = detail.events.length;
    if (detail.at !== 'working') {
      const { end } = detail.view;
      const exit = end === undefined ? EXIT.infrastructure : exitOfOutcome(end.outcome);
      terminal.result({ runId, at: detail.at, outcome: end?.outcome ?? null, exitCode: exit });
      terminal.say(
        end === undefined ? `Its process is gone. Go on: speckit resume ${runId}` : `${end.outcome}: ${end.text}`,
      );
      return exit;
    }
    if (terminal.host.signal.aborted) {
      // Only the watching ends: the run is another process's.
      terminal.result({ runId, at: detail.at, outcome: null, exitCode: EXIT.stopped });
      return EXIT.stopped;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
