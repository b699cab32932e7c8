import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { personOf } from '../app/person.ts';
import type { Host } from '../app/services.ts';
import type { RunEvent } from '../core/run/event.ts';
import { writeOut } from './output.ts';
import { createRunDisplay, type RunDisplay } from './progressLine.ts';

declare const SPECKIT_VERSION: string;

/** Options every verb knows. */
export interface GlobalOptions {
  readonly json: boolean;
  readonly events: boolean;
  /** Absolute when a terminal is made. */
  readonly directory: string;
}

/** The terminal as commands use it: text for people on stdout, progress on stderr, or JSON alone. */
export interface Terminal extends Disposable {
  readonly host: Host;
  readonly options: GlobalOptions;
  /** Text for a person; nothing under --json and --events. */
  say(text: string): void;
  /** The one object of --json, or the last line of --events (which wins when both are asked for). */
  result(value: unknown): void;
}

/** The version, set when the bundle is made. */
export const VERSION = typeof SPECKIT_VERSION === 'string' ? SPECKIT_VERSION : '0.0.0';

/** The folder of the installation: the bundle lies in dist/cli, the source in src/cli, chunks one below. */
export function installationFolder(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  return path.resolve(here, path.basename(here) === 'chunks' ? '../../..' : '../..');
}

/** Writes the one result of a command in the form asked for; nothing for a person. */
export function resultWriter({ json, events }: Pick<GlobalOptions, 'json' | 'events'>): (value: unknown) => void {
  return (value) => {
    if (events) writeOut(`${JSON.stringify({ kind: 'result', ...(value as object) })}\n`);
    else if (json) writeOut(`${JSON.stringify(value, null, 2)}\n`);
  };
}

export function createTerminal(options: GlobalOptions): Terminal {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort('stopped');
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const isQuiet = options.json || options.events;
  const screen = {
    write: (text: string) => void process.stderr.write(text),
    // Asked when something is shown: opening the stream takes a short command longer than its work.
    get isTerminal() {
      return process.stderr.isTTY ?? false;
    },
    get columns() {
      return process.stderr.columns || 100;
    },
    now: () => Date.now(),
  };
  const displays = new Map<string, RunDisplay>();
  const displayOf = (runId: string): RunDisplay | undefined => {
    if (isQuiet) return undefined;
    const display = displays.get(runId) ?? createRunDisplay(screen);
    displays.set(runId, display);
    return display;
  };
  const environment = process.env;
  const host: Host = {
    folder: options.directory,
    installation: installationFolder(),
    environment,
    program: `speckit ${VERSION}`,
    // The account is looked up when somebody is named.
    get person() {
      return personOf(environment);
    },
    secret: async (name) => environment[name],
    provider: () => undefined,
    onEvent: (runId: string, event: RunEvent) => {
      if (options.events) writeOut(`${JSON.stringify({ runId, ...event })}\n`);
      displayOf(runId)?.event(event);
    },
    onProgress: (runId, progress) => displayOf(runId)?.progress(progress),
    signal: stop.signal,
  };
  return {
    host,
    options,
    say: (text) => {
      for (const display of displays.values()) display[Symbol.dispose]();
      if (!isQuiet) writeOut(`${text}\n`);
    },
    result: resultWriter(options),
    [Symbol.dispose]: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
      for (const display of displays.values()) display[Symbol.dispose]();
    },
  };
}
