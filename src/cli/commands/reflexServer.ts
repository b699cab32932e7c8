import { setTimeout as wait } from 'node:timers/promises';
import { createApp } from '../../app/createApp.ts';
import { CommandProblem } from '../../app/problem.ts';
import type { StartReport } from '../../app/reflexServer.ts';
import { gpuLines, serverStateText, serverStatusLines, startText, stopText } from '../../app/reflexServerText.ts';
import type { ServerState } from '../../core/reflex/serverState.ts';
import { EXIT } from '../exitCode.ts';
import { writeOut } from '../output.ts';
import type { Terminal } from '../terminal.ts';

type Options = Readonly<Record<string, unknown>>;

const LINES = 100;
const MOST_LINES = 5_000;
const FOLLOW_MS = 300;

/** `speckit reflex health`: exit 0 when the server can be used, 1 with what to do otherwise, 4 when the configuration names none. */
export async function reflexHealth(terminal: Terminal, options: Options): Promise<number> {
  const report = await createApp(terminal.host).checkReflex(workerOf(options), terminal.host.signal);
  const exitCode = report.healthy ? EXIT.ok : EXIT.soft;
  terminal.result({ ...report, exitCode });
  terminal.say(report.healthy ? report.message : `${report.message}\nWhat to do: ${report.next ?? ''}`);
  return exitCode;
}

/** `speckit reflex models`: the ids that the server lists, that of the worker marked. Exit 1 when it cannot be asked. */
export async function reflexModels(terminal: Terminal, options: Options): Promise<number> {
  const { health, url, worker, model, message, next } = await createApp(terminal.host).checkReflex(
    workerOf(options),
    terminal.host.signal,
  );
  const asked = { url, ...(worker !== undefined && { worker }), ...(model !== undefined && { model }) };
  if (health.kind !== 'answers') {
    terminal.result({ ...asked, models: [], message, ...(next !== undefined && { next }), exitCode: EXIT.soft });
    terminal.say(`${message}\nWhat to do: ${next ?? ''}`);
    return EXIT.soft;
  }
  terminal.result({ ...asked, server: health.server, models: health.models, exitCode: EXIT.ok });
  const lines = health.models.map((id) => `${id}${id === model ? `   asked for by worker ${worker}` : ''}`);
  terminal.say(lines.length === 0 ? 'The server lists no model.' : lines.join('\n'));
  return EXIT.ok;
}

/** `speckit reflex status`: what SpecKit started, how the server answers, and the GPU. */
export async function reflexStatus(terminal: Terminal, options: Options): Promise<number> {
  const app = createApp(terminal.host);
  const worker = workerOf(options);
  const { signal } = terminal.host;
  const [server, health, reading] = await Promise.all([
    app.serverStatus(),
    app.checkReflex(worker, signal),
    app.reflex({ depth: 'light', ...(worker !== undefined && { worker }) }, signal),
  ]);
  const gpu = reading.kind === 'read' ? reading.vram : reading;
  terminal.result({ server, health, gpu, exitCode: EXIT.ok });
  const about = health.worker === undefined ? health.url : `worker ${health.worker} (${health.model}) at ${health.url}`;
  const next = health.next === undefined ? [] : [`What to do: ${health.next}`];
  const lines = [about, health.message, ...next, ...gpuLines(gpu), '', ...serverStatusLines(server, Date.now())];
  terminal.say(lines.join('\n'));
  return EXIT.ok;
}

/** `speckit reflex start`: exit 0 when the server is ready or was there, 3 when it failed. Ctrl-C ends the wait and not the server. */
export async function reflexStart(terminal: Terminal, options: Options): Promise<number> {
  const report = await createApp(terminal.host).startServer(startingOf(terminal, options), terminal.host.signal);
  return tellStart(terminal, report);
}

/** `speckit reflex restart`. */
export async function reflexRestart(terminal: Terminal, options: Options): Promise<number> {
  const report = await createApp(terminal.host).restartServer(startingOf(terminal, options), terminal.host.signal);
  return tellStart(terminal, report);
}

/** `speckit reflex stop`: exit 0 also when there was nothing to stop. */
export async function reflexStop(terminal: Terminal): Promise<number> {
  const report = await createApp(terminal.host).stopServer();
  terminal.result({ ...report, exitCode: EXIT.ok });
  terminal.say(stopText(report));
  return EXIT.ok;
}

/** `speckit reflex logs [--follow] [--lines N]`. */
export async function reflexLogs(terminal: Terminal, options: Options): Promise<number> {
  const app = createApp(terminal.host);
  let { text, position } = await app.serverLog({ lines: linesOf(options) });
  if (options['follow'] !== true) {
    terminal.result({ text, exitCode: EXIT.ok });
    terminal.say(text === '' ? 'There is no log: SpecKit has not started a server here.' : text.replace(/\n$/, ''));
    return EXIT.ok;
  }
  if (terminal.options.json || terminal.options.events)
    throw new CommandProblem('usage', '--follow prints text as it comes: leave --json out.');
  const { signal } = terminal.host;
  for (;;) {
    writeOut(text);
    if (signal.aborted) return EXIT.ok;
    await wait(FOLLOW_MS, undefined, { signal }).catch(() => undefined);
    ({ text, position } = await app.serverLog({ position }));
  }
}

/** `speckit reflex supervise`: the process that owns the server. Only `speckit reflex start` calls it. */
export async function reflexSupervise(terminal: Terminal, options: Options): Promise<number> {
  await createApp(terminal.host).superviseServer(workerOf(options), terminal.host.signal);
  return EXIT.ok;
}

function startingOf(terminal: Terminal, options: Options) {
  const worker = workerOf(options);
  let shown = '';
  const onState = (state: ServerState): void => {
    const text = state.kind === 'starting' || state.kind === 'waiting' ? serverStateText(state, Date.now()) : '';
    if (text === '' || text === shown || terminal.options.json || terminal.options.events) return;
    shown = text;
    process.stderr.write(`${text}\n`);
  };
  return { onState, ...(worker !== undefined && { worker }) };
}

function tellStart(terminal: Terminal, report: StartReport): number {
  const exitCode = exitOf(report);
  terminal.result({ ...report, exitCode });
  terminal.say(startText(report, Date.now()));
  return exitCode;
}

function exitOf({ outcome }: StartReport): number {
  if (outcome === 'failed') return EXIT.infrastructure;
  return outcome === 'left' || outcome === 'stopped' ? EXIT.stopped : EXIT.ok;
}

function workerOf(options: Options): string | undefined {
  const worker = options['worker'];
  return typeof worker === 'string' ? worker : undefined;
}

function linesOf(options: Options): number {
  const given = options['lines'];
  if (given === undefined) return LINES;
  const lines = typeof given === 'string' && /^\d{1,6}$/.test(given) ? Number(given) : 0;
  if (lines < 1 || lines > MOST_LINES)
    throw new CommandProblem('usage', `--lines is a whole number from 1 to ${MOST_LINES}.`);
  return lines;
}
