import { spawn, type ChildProcess } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as wait } from 'node:timers/promises';
import { withoutKeys } from '../../core/reflex/serverCommand.ts';
import { killMarked, MARK, markOf } from '../markedProcesses.ts';
import type { ProcessGuard } from '../processGuard.ts';
import { isGroupAlive, terminateGroup } from '../processGroup.ts';

export interface ServerLaunch {
  readonly words: readonly string[];
  /** The whole environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where it runs: relative paths count from here. Never a repository: Python finds modules in the folder it is started in. */
  readonly cwd: string;
  /** Our own folder; it names the processes that the server starts (see markedProcesses.ts). */
  readonly folder: string;
  /** Texts that its output must not show. */
  readonly secrets: readonly string[];
  /** How long it has to end by itself. */
  readonly graceMs: number;
}

/** A server at work. */
export interface ServerProcess {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined;
  /** Resolves with how it ended, once all it said was handed on: `ended with exit code 1`, `ended by SIGKILL`, `python: no such executable`. */
  readonly ended: Promise<string>;
  /** Ends it and all that it started, also what has left its group; resolves when none is left, a little after the grace at most. */
  end(): Promise<void>;
}

/** Longest part of an unfinished line that is held back, so that a secret in it is seen whole. */
const HELD_CHARACTERS = 8 * 1024;
/** How long the pipes of a process that has ended are read on: something it started may hold them. */
const DRAIN_MS = 500;

/** Starts a server without a shell, as the leader of a group that the guard ends when we die without a word. `onOutput` gets whole lines. */
export function startServerProcess(
  launch: ServerLaunch,
  guard: ProcessGuard,
  onOutput: (text: string) => void,
): ServerProcess {
  const [program = '', ...rest] = launch.words;
  guard.prepare();
  const child = spawn(program, rest, {
    cwd: launch.cwd,
    env: { ...launch.environment, [MARK]: markOf(launch.folder) },
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid !== undefined) guard.add(pid, launch.folder);
  const show = (text: string): void => onOutput(withoutKeys(text, launch.secrets));
  const closed = Promise.all([handOn(child.stdout, show), handOn(child.stderr, show)]);
  const endRest = async (): Promise<void> => {
    if (pid === undefined) return;
    if (isGroupAlive(pid)) await terminateGroup(pid, launch.graceMs);
    await killMarked(launch.folder);
  };
  const ended = endOf(child, program).then(async (how) => {
    // A server's workers hold the GPU's memory after their leader is gone.
    await endRest();
    await Promise.race([closed, wait(DRAIN_MS)]);
    if (pid !== undefined) guard.delete(pid);
    return how;
  });
  return {
    pid,
    ended,
    async end() {
      await endRest();
      await ended;
    },
  };
}

function endOf(child: ChildProcess, program: string): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      const code = 'code' in error ? String(error.code) : error.message;
      resolve(code === 'ENOENT' ? `${program}: no such executable` : `${program}: cannot be started (${code})`);
    });
    child.once('exit', (code, signal) =>
      resolve(code === null ? `ended by ${signal ?? 'a signal'}` : `ended with exit code ${code}`),
    );
  });
}

/** Hands a stream on in whole lines (a progress bar's carriage returns end lines too). Resolves when it has ended. */
function handOn(stream: NodeJS.ReadableStream, show: (text: string) => void): Promise<void> {
  const decoder = new StringDecoder('utf8');
  let held = '';
  const add = (text: string): void => {
    held += text.replaceAll(/\r\n?/g, '\n');
    const end = held.length > HELD_CHARACTERS ? held.length : held.lastIndexOf('\n') + 1;
    if (end === 0) return;
    show(held.slice(0, end));
    held = held.slice(end);
  };
  return new Promise((resolve) => {
    stream.on('data', (bytes: Buffer) => add(decoder.write(bytes)));
    stream.once('close', () => {
      const rest = `${held}${decoder.end()}`;
      if (rest !== '') show(`${rest}\n`);
      resolve();
    });
  });
}
