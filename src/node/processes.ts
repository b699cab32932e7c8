import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as wait } from 'node:timers/promises';
import type { ProcessOutcome, ProcessRequest, ProcessResult, Processes, SandboxKind } from '../core/ports.ts';
import { killMarked, MARK, markOf } from './markedProcesses.ts';
import { createOutputCap } from './outputCap.ts';
import { processEnvironment } from './processEnvironment.ts';
import { createProcessGuard } from './processGuard.ts';
import { isGroupAlive, killGroupNow, terminateGroup } from './processGroup.ts';
import { watchLimits } from './processLimits.ts';
import type { FoundSandbox, Kept } from './sandbox.ts';
import { readSandboxStatus, type SandboxStatus } from './sandboxStatus.ts';

/*
 * Over node:child_process and not over execa, for three reasons: execa waits until the output pipes close, which a forgotten background
 * process can put off for ever; when this process exits it sends SIGTERM only, and only to the direct child; and execa 10 wants
 * Node 22 where the command line also runs on Node 20.
 */

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** The longest delay a timer can hold; a longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1;
const lookMs = 50;

/**
 * Real child processes. Each is the leader of its own process group, with stdin closed; the group ends with the command, its deadline,
 * the signal, or this process's 'exit' event. (The host must turn SIGINT and SIGTERM into an abort or an exit: node fires no 'exit' event
 * for a signal nobody handles. After SIGKILL of this process a guard ends the groups: see processGuard.ts.)
 * `inherited` is where PATH, HOME and a few more are taken from: see processEnvironment.ts. A request that is to be kept in runs in `findSandbox`'s
 * sandbox or not at all.
 */
export function createProcesses(
  inherited: Readonly<Record<string, string | undefined>> = process.env,
  findSandbox: () => Promise<FoundSandbox> = noSandbox,
): Processes {
  const groups = createLiveGroups();
  return { run: (request, onOutput, signal) => run({ request, inherited, groups, findSandbox }, onOutput, signal) };
}

const noSandbox = async (): Promise<FoundSandbox> => ({ kind: 'none', why: 'no sandbox was looked for.' });

interface LiveGroups {
  /** To be called before a group is started. */
  prepare(): void;
  /** `folder` is the one the group's command runs in. */
  add(groupId: number, folder: string): void;
  delete(groupId: number): void;
  /** Whether another group runs in this folder. */
  isIn(folder: string, except: number | undefined): boolean;
}

/** The groups alive now. While there is one, this process's end ends them. */
function createLiveGroups(): LiveGroups {
  const groups = new Map<number, string>();
  const guard = createProcessGuard();
  const killAll = (): void => [...groups.keys()].forEach(killGroupNow);
  return {
    prepare: () => guard.prepare(),
    add: (groupId, folder) => {
      if (groups.size === 0) process.on('exit', killAll);
      groups.set(groupId, folder);
      guard.add(groupId, folder);
    },
    delete: (groupId) => {
      if (groups.delete(groupId)) guard.delete(groupId);
      if (groups.size === 0) process.off('exit', killAll);
    },
    isIn: (folder, except) => [...groups].some(([groupId, other]) => other === folder && groupId !== except),
  };
}

interface RunContext {
  readonly request: ProcessRequest;
  readonly inherited: Readonly<Record<string, string | undefined>>;
  readonly groups: LiveGroups;
  readonly findSandbox: () => Promise<FoundSandbox>;
}

async function run(context: RunContext, onOutput: (text: string) => void, signal: AbortSignal): Promise<ProcessResult> {
  const startedAt = performance.now();
  const cap = createOutputCap(context.request.outputCapBytes);
  const finish = (outcome: ProcessOutcome, sandbox: SandboxKind = 'none'): ProcessResult => ({
    outcome,
    ...cap.end(),
    durationMs: Math.round(performance.now() - startedAt),
    sandbox,
  });
  if (signal.aborted) return finish({ kind: 'stopped' });
  const launch = await launchOf(context);
  if (launch.kind === 'refused') return finish({ kind: 'unconfined', message: launch.why });
  if (signal.aborted) return finish({ kind: 'stopped' });

  context.groups.prepare();
  const { cwd } = context.request;
  const child = start(launch);
  if (typeof child === 'string') return finish({ kind: 'notFound', message: child });
  const output = collect(child, (text) => {
    cap.add(text);
    onOutput(text);
  });
  const status = launch.hasStatus ? readSandboxStatus(child.stdio[3]) : undefined;
  if (child.pid !== undefined) context.groups.add(child.pid, cwd);
  try {
    const outcome = await ending(child, { request: context.request, kept: launch.kept, status }, signal);
    const isEnded = outcome.kind === 'deadline' || outcome.kind === 'stopped' || outcome.kind === 'limit';
    if (child.pid !== undefined && (isEnded || isGroupAlive(child.pid))) await terminateGroup(child.pid);
    // What a command printed before it ended still stands in the pipes; a stop does not wait for it.
    const isFree = launch.sandbox === 'none';
    await Promise.all([
      isFree ? endRest(context, child.pid) : undefined,
      output.drained(outcome.kind === 'stopped' ? 1 : 40),
    ]);
    return finish(status === undefined ? outcome : insideOf(outcome, status, cap.end().output), launch.sandbox);
  } finally {
    if (child.pid !== undefined) context.groups.delete(child.pid);
  }
}

/** Ends what has left the group. The mark names the folder: while another command runs there, what bears it may be that one's. A sandbox ends its own. */
async function endRest({ request: { cwd }, groups }: RunContext, groupId: number | undefined): Promise<void> {
  if (!groups.isIn(cwd, groupId)) await killMarked(cwd);
}

/** What is really started, where, and what keeps it in. */
type Launch =
  | {
      readonly kind: 'launch';
      readonly command: ProcessRequest['command'];
      readonly cwd: string;
      readonly environment: Readonly<Record<string, string>>;
      readonly sandbox: SandboxKind;
      readonly kept: Kept | undefined;
      readonly hasStatus: boolean;
    }
  | { readonly kind: 'refused'; readonly why: string };

async function launchOf({ request, inherited, findSandbox }: RunContext): Promise<Launch> {
  const { command, cwd, confinement } = request;
  const environment = processEnvironment(inherited, request.environment);
  const plain = {
    kind: 'launch',
    command,
    cwd,
    // By this mark what leaves its group is found again; a sandbox has no need of it.
    environment: { ...environment, [MARK]: markOf(cwd) },
    sandbox: 'none',
    kept: undefined,
    hasStatus: false,
  } as const;
  if (confinement === undefined || confinement.kind === 'none') return plain;
  const found = await findSandbox();
  if (found.kind === 'none') return { kind: 'refused', why: found.why };
  const argv = command.kind === 'argv' ? command.argv : ['/bin/sh', '-c', command.line];
  const started = await found.sandbox.start({ argv, cwd, environment, confinement });
  return {
    ...plain,
    command: { kind: 'argv', argv: started.argv },
    cwd: started.cwd,
    environment: started.environment,
    sandbox: found.sandbox.kind,
    kept: confinement,
    hasStatus: started.status === 'descriptor3',
  };
}

/** An exit of bubblewrap itself is none of the command's: then the command was never begun. */
function insideOf(outcome: ProcessOutcome, status: SandboxStatus, output: string): ProcessOutcome {
  if (outcome.kind !== 'exited' || status.exitCode() !== undefined) return outcome;
  return { kind: 'unconfined', message: output.trim().slice(-500) || 'the sandbox could not be set up' };
}

/** Starts the command, or says in words why it cannot be started. */
function start({ command, cwd, environment, hasStatus }: Extract<Launch, { kind: 'launch' }>): Child | string {
  const options = { cwd, env: environment, detached: process.platform !== 'win32', windowsHide: true };
  const stdio = ['ignore', 'pipe', 'pipe', ...(hasStatus ? ['pipe' as const] : [])] as ['ignore', 'pipe', 'pipe'];
  try {
    if (command.kind === 'shell') return spawn(command.line, { ...options, shell: true, stdio });
    const [file, ...rest] = command.argv;
    if (file === undefined) return 'the command is empty';
    return spawn(file, rest, { ...options, stdio });
  } catch (error) {
    // Node refuses an empty name or a NUL character before it starts anything.
    return error instanceof Error ? error.message : String(error);
  }
}

interface Watched {
  readonly request: ProcessRequest;
  readonly kept: Kept | undefined;
  readonly status: SandboxStatus | undefined;
}

/** How the command ended, or what ended our patience first. Never rejects. */
function ending(child: Child, { request, kept, status }: Watched, signal: AbortSignal): Promise<ProcessOutcome> {
  return new Promise((resolve) => {
    const settle = (outcome: ProcessOutcome): void => {
      clearTimeout(timer);
      limits?.[Symbol.dispose]();
      signal.removeEventListener('abort', onAbort);
      resolve(outcome);
    };
    const onAbort = (): void => settle({ kind: 'stopped' });
    const limits =
      kept === undefined || status === undefined
        ? undefined
        : watchLimits({
            limits: kept.limits,
            folder: kept.tree,
            namespace: () => status.namespace(),
            onLimit: (message) => settle({ kind: 'limit', message }),
          });
    const afterMs = Math.min(request.deadlineMs, longestTimerMs);
    const timer = setTimeout(() => settle({ kind: 'deadline', afterMs: request.deadlineMs }), afterMs);
    signal.addEventListener('abort', onAbort, { once: true });
    child.once('error', (error) => settle({ kind: 'notFound', message: whyNotStarted(error, request) }));
    child.once('exit', (exitCode, endSignal) => {
      if (exitCode !== null) settle({ kind: 'exited', exitCode });
      else settle({ kind: 'signalled', signal: endSignal ?? 'unknown' });
    });
  });
}

/** Words without absolute paths: they may reach a model. */
function whyNotStarted(error: Error, request: ProcessRequest): string {
  if (!existsSync(request.cwd)) return 'the folder to run in does not exist';
  const name = request.command.kind === 'argv' ? (request.command.argv[0] ?? '') : 'the shell';
  const code = 'code' in error ? String(error.code) : error.message;
  return code === 'ENOENT' ? `${name}: no such executable` : `${name}: cannot be started (${code})`;
}

interface Collected {
  /**
   * Resolves when both pipes have closed, when nothing more has come for three looks, or after `mostLooks` of them (a process that left
   * the group may hold a pipe for ever); then nothing is read any more. Looks are counted, not time: each lets the pipes be read.
   */
  drained(mostLooks: number): Promise<void>;
}

function collect(child: Child, onText: (text: string) => void): Collected {
  let chunks = 0;
  const closed = new Promise<true>((resolve) => child.once('close', () => resolve(true)));
  for (const stream of [child.stdout, child.stderr]) {
    const decoder = new StringDecoder('utf8');
    const emit = (text: string): void => {
      chunks += 1;
      if (text !== '') onText(text);
    };
    stream.on('data', (bytes: Buffer) => emit(decoder.write(bytes)));
    stream.once('end', () => emit(decoder.end()));
  }
  return {
    drained: async (mostLooks) => {
      for (let looks = 0, quiet = 0; looks < mostLooks && quiet < 3; looks += 1) {
        const before = chunks;
        if (await Promise.race([closed, wait(lookMs, false)])) break;
        quiet = chunks === before ? quiet + 1 : 0;
      }
      child.stdout.destroy();
      child.stderr.destroy();
    },
  };
}
