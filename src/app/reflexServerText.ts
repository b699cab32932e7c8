import { unreachable } from '../base/unreachable.ts';
import type { ServerEnd, ServerState } from '../core/reflex/serverState.ts';
import type { VramReading } from '../node/reflex/vram.ts';
import type { ServerStatus, StartReport, StopReport } from './reflexServer.ts';

/** A state of the server as one line for a person who waits, or looks. `now` is in milliseconds since 1970. */
export function serverStateText(state: ServerState, now: number): string {
  const at = new URL(state.url).host;
  switch (state.kind) {
    case 'starting':
      return `Starting the server for ${at}${state.attempt > 1 ? `, start ${state.attempt}` : ''}: process ${state.pid}, ${seconds(now - state.at)}`;
    case 'ready':
      return `The server at ${at} is ready after ${seconds(state.readyAfterMs)}: ${modelsText(state.models)}`;
    case 'waiting':
      return `${endText(state.last)} It is started again in ${seconds(Math.max(0, state.againAt - now))}.`;
    case 'failed':
      return `${endText(state.last)} It was ${triedWord(state.last)} ${state.attempt === 1 ? 'once' : `${state.attempt} times`} and is not ${triedWord(state.last)} again.`;
    case 'stopped':
      return `The server for ${at} was stopped.`;
    case 'adopted':
      return `There was a server at ${at} that SpecKit did not start: it is used while it answers, and never stopped. ${capital(modelsText(state.models))}`;
  }
  return unreachable(state);
}

/** How a start ended: what happened, the line that says so, what to do. */
export function serverEndLines({ how, fault, lastLines }: ServerEnd): readonly string[] {
  if (fault !== undefined)
    return [fault.what, ...(fault.line === '' ? [] : [`  ${fault.line}`]), `What to do: ${fault.next}`];
  return [
    `${howText(how)}. SpecKit does not know why; its last lines:`,
    ...lastLines.map((line) => `  ${line}`),
    'What to do: `speckit reflex logs` shows all of it.',
  ];
}

export function startText(report: StartReport, now: number): string {
  switch (report.outcome) {
    case 'started':
      return serverStateText(report.state, now);
    case 'already':
      return `It runs already. ${serverStateText(report.state, now)}`;
    case 'adopted':
      return serverStateText({ kind: 'adopted', url: report.url, at: now, models: [...report.models] }, now);
    case 'failed':
      return [serverStateText(report.state, now), ...serverEndLines(report.state.last)].join('\n');
    case 'stopped':
      return 'It was stopped before it was ready.';
    case 'left':
      return 'It goes on starting; `speckit reflex status` shows when it is ready.';
  }
  return unreachable(report);
}

export function stopText({ outcome }: StopReport): string {
  switch (outcome) {
    case 'stopped':
      return 'The server is stopped.';
    case 'ended':
      return "SpecKit's process that watches over the server was killed. What was left of the server is ended.";
    case 'adopted':
      return 'The server was not started by SpecKit, so it is left running. End it where it was started.';
    case 'notRunning':
      return 'No server of SpecKit is running.';
  }
  return unreachable(outcome);
}

/** What SpecKit knows of the server it started, in lines. */
export function serverStatusLines({ supervisor, state, logFile }: ServerStatus, now: number): readonly string[] {
  if (state === undefined) return ['SpecKit has not started a server here.'];
  const shown =
    supervisor === 'killed'
      ? [
          "SpecKit's process that watches over it was killed, and the server with it. Start it again: `speckit reflex start`",
        ]
      : [serverStateText(state, now), ...(state.kind === 'failed' ? serverEndLines(state.last) : [])];
  return [...shown, `Log: ${logFile}`];
}

/** The GPUs of this computer, a line each; what one does not tell is unknown, never 0. */
export function gpuLines(gpu: VramReading): readonly string[] {
  if (gpu.kind === 'none') return [`GPU: unknown (${gpu.why})`];
  return gpu.gpus.map(({ name, usedMebibytes, totalMebibytes, celsius, watts }) => {
    const isTold = usedMebibytes !== undefined && totalMebibytes !== undefined;
    const facts = [
      isTold ? `${usedMebibytes} of ${totalMebibytes} MiB used` : 'memory unknown',
      celsius === undefined ? 'temperature unknown' : `${celsius} °C`,
      watts === undefined ? 'power unknown' : `${Math.round(watts)} W`,
    ];
    return `GPU: ${name}, ${facts.join(', ')}`;
  });
}

function endText({ how, fault }: ServerEnd): string {
  return `${howText(how)}${fault === undefined ? '' : ` (${fault.what.replace(/\.$/, '')})`}.`;
}

/** Whether there was a server that could end: otherwise `how` says why there was none. */
const wasStarted = (how: string): boolean => how.startsWith('ended ');

function howText(how: string): string {
  return wasStarted(how) ? `The server ${how}` : `The server could not be started: ${how}`;
}

const triedWord = ({ how }: ServerEnd): string => (wasStarted(how) ? 'started' : 'tried');

const modelsText = (models: readonly string[]): string =>
  models.length === 0 ? 'it lists no model yet' : `it serves ${models.join(', ')}`;

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

const seconds = (ms: number): string => `${(Math.max(0, ms) / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
