import { createApp } from '../../app/createApp.ts';
import { EXIT, exitOfOutcome } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

/** How often it is looked whether the run's process is still there. */
const POLL_MS = 200;

/** `speckit watch RUN`: shows what another process does, until it ends. Reads only. */
export async function runWatch(terminal: Terminal, [runId = '']: readonly string[]): Promise<number> {
  const app = createApp(terminal.host);
  const watching = new AbortController();
  let shown = 0;
  const following = app.follow(
    runId,
    (events) => {
      for (const event of events) terminal.host.onEvent(runId, event);
      shown += events.length;
    },
    watching.signal,
  );
  // Ends the waiting too when the log cannot be followed.
  const over = new AbortController();
  const ended = following.then(
    () => over.abort(),
    () => over.abort(),
  );
  try {
    while (!over.signal.aborted && !terminal.host.signal.aborted && (await app.isAtWork(runId)))
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, POLL_MS))]);
  } finally {
    watching.abort();
  }
  await following;
  const detail = await app.detail(runId);
  // What its process wrote last, between the last look and its end.
  for (const event of detail.events.slice(shown)) terminal.host.onEvent(runId, event);
  if (detail.at === 'working') {
    // Only the watching ends: the run is another process's.
    terminal.result({ runId, at: detail.at, outcome: null, exitCode: EXIT.stopped });
    return EXIT.stopped;
  }
  const { end } = detail.view;
  const exit = end === undefined ? EXIT.infrastructure : exitOfOutcome(end.outcome);
  terminal.result({ runId, at: detail.at, outcome: end?.outcome ?? null, exitCode: exit });
  terminal.say(
    end === undefined ? `Its process is gone. Go on: speckit resume ${runId}` : `${end.outcome}: ${end.text}`,
  );
  return exit;
}
