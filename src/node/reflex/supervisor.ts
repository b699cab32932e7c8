import { setTimeout as wait } from 'node:timers/promises';
import { keysIn, withoutKeys } from '../../core/reflex/serverCommand.ts';
import { canPass, faultOf, notReadyFault, OPEN_TO_ALL, type ServerFault } from '../../core/reflex/outputFaults.ts';
import { nextStart } from '../../core/reflex/restarts.ts';
import type { ServerEnd, ServerState } from '../../core/reflex/serverState.ts';
import { acquireRunLock } from '../lock.ts';
import { createOutputCap } from '../outputCap.ts';
import { createProcessGuard, type ProcessGuard } from '../processGuard.ts';
import { processStart } from '../processStart.ts';
import { watchRequests } from '../runRequests.ts';
import { readHealth, WANTS_KEY, type ServerHealth } from './health.ts';
import { isOpenToAll } from './listeners.ts';
import { endLeftOverServer } from './leftOver.ts';
import { writeServerState } from './serverFolder.ts';
import { openServerLog, type ServerLog } from './serverLog.ts';
import { startServerProcess, type ServerProcess } from './serverProcess.ts';

export interface SupervisedServer {
  /** Absolute: lock, state and log lie in it. */
  readonly folder: string;
  readonly words: readonly string[];
  /** The server's whole environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly url: string;
  /** The key it wants, where it wants one. */
  readonly key?: string;
  /** Texts that its output must not show. */
  readonly secrets: readonly string[];
  readonly readySeconds: number;
  /** Starts again after a crash, at most, within ten minutes. */
  readonly restarts: number;
  readonly allowRemote: boolean;
  /** Three times that tests shorten, in milliseconds: the first delay of a restart, how long the server has to end, between two looks at a start. */
  readonly firstDelayMs?: number;
  readonly graceMs?: number;
  readonly lookMs?: number;
}

const FIRST_DELAY_MS = 1_000;
/** SGLang and vLLM end their workers, a container its server: that takes a few seconds. */
const GRACE_MS = 10_000;
const LOOK_MS = 1_000;
/** SGLang's /health makes a token and takes a second or more. */
const HEALTH_DEADLINE_MS = 5_000;
/** Output of one start that is looked through for faults: its beginning and its end. */
const KEPT_BYTES = 256 * 1024;
const LAST_LINES = 12;
const LAST_LINE_CHARACTERS = 300;
/** Crashes that are remembered. */
const MOST_CRASHES = 100;

/**
 * Owns a server: starts it, waits until it is ready, starts it again when it crashes, ends it when it is asked to (the request `stop` in the folder, or
 * the signal), and writes down all of that. Resolves with the last state, or `held` when another supervisor is at work. When this process dies without
 * a word, a guard ends the server (processGuard.ts).
 */
export async function superviseServer(
  server: SupervisedServer,
  signal: AbortSignal,
): Promise<ServerState | { readonly kind: 'held' }> {
  const taken = await acquireRunLock(server.folder);
  if (taken.kind === 'error') return { kind: 'held' };
  await using _lock = taken.value;
  const stop = new AbortController();
  using _requests = await watchRequests(server.folder, (request) => {
    if (request === 'stop') stop.abort();
  });
  const supervision: Supervision = {
    server,
    stop: AbortSignal.any([signal, stop.signal]),
    log: openServerLog(server.folder),
    guard: createProcessGuard(),
    command: server.words.map((word) => withoutKeys(word, [...server.secrets, ...keysIn(server.words)])),
  };
  const left = await endLeftOverServer(server.folder, server.graceMs ?? GRACE_MS);
  if (left !== undefined)
    say(supervision.log, `process ${left} was left of a supervisor that was killed, and is ended`);
  const crashes: number[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const ended = await runOnce(supervision, attempt);
    const base = { url: server.url, command: supervision.command, attempt };
    if (ended.kind === 'stopped') return tell(supervision, { kind: 'stopped', ...base, at: Date.now() });
    const { last, wasReady } = ended;
    crashes.push(last.at);
    if (crashes.length > MOST_CRASHES) crashes.shift();
    const next = canPass(last.fault, wasReady)
      ? nextStart({
          crashes,
          most: server.restarts,
          firstMs: server.firstDelayMs ?? FIRST_DELAY_MS,
          chance: Math.random(),
        })
      : ({ kind: 'giveUp' } as const);
    if (next.kind === 'giveUp') return tell(supervision, { kind: 'failed', ...base, at: Date.now(), last });
    const againAt = Date.now() + next.ms;
    await tell(supervision, { kind: 'waiting', ...base, at: Date.now(), againAt, last });
    await wait(next.ms, undefined, { signal: supervision.stop }).catch(() => undefined);
    if (supervision.stop.aborted) return tell(supervision, { kind: 'stopped', ...base, at: Date.now() });
  }
}

interface Supervision {
  readonly server: SupervisedServer;
  readonly stop: AbortSignal;
  readonly log: ServerLog;
  readonly guard: ProcessGuard;
  readonly command: string[];
}

type RunEnd =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'ended'; readonly last: ServerEnd; readonly wasReady: boolean };

/** One start of the server, to its end. */
async function runOnce(supervision: Supervision, attempt: number): Promise<RunEnd> {
  const { server, stop, log } = supervision;
  if (stop.aborted) return { kind: 'stopped' };
  const kept = createOutputCap(KEPT_BYTES);
  const startedAt = Date.now();
  say(log, `start ${attempt}: ${supervision.command.join(' ')}`);
  const launch = { ...server, graceMs: server.graceMs ?? GRACE_MS };
  const running = startServerProcess(launch, supervision.guard, (text) => {
    kept.add(text);
    log.add(text);
  });
  const { pid } = running;
  const start = pid === undefined ? undefined : processStart(pid);
  const base = {
    url: server.url,
    command: supervision.command,
    attempt,
    ...(pid !== undefined && { pid }),
    ...(start !== undefined && { start }),
  };
  if (base.pid !== undefined) await tell(supervision, { kind: 'starting', ...base, pid: base.pid, at: startedAt });
  const become = await becomesReady(supervision, running, startedAt);
  if (become.kind === 'ready' && base.pid !== undefined) {
    const at = Date.now();
    const readyAfterMs = at - startedAt;
    await tell(supervision, { kind: 'ready', ...base, pid: base.pid, at, models: [...become.models], readyAfterMs });
  }
  const how = await untilEnd(running, become, stop);
  if (how === 'stopped') {
    say(log, 'stopped');
    return { kind: 'stopped' };
  }
  const told = how === 'ended by SIGKILL' && become.kind !== 'refused' ? `${how}, which was not ours` : how;
  say(log, told);
  const { output } = kept.end();
  const known = knownFault(become, `${output}\n${told}`);
  return {
    kind: 'ended',
    wasReady: become.kind === 'ready',
    last: { at: Date.now(), how: told, ...(known !== undefined && { fault: known }), lastLines: lastLinesOf(output) },
  };
}

/** Why it ended. What it printed says more than that it was not ready in time. */
function knownFault(become: Become, output: string): ServerFault | undefined {
  if (become.kind !== 'refused') return faultOf(output);
  return become.fault.kind === 'notReady' ? (faultOf(output) ?? become.fault) : become.fault;
}

type Become =
  | { readonly kind: 'ready'; readonly models: readonly string[] }
  /** It is ended because it is not what was wanted. */
  | { readonly kind: 'refused'; readonly fault: ServerFault }
  | { readonly kind: 'gone' };

/** Looks at the server until it is ready, its time is over, it has ended, or it is to be stopped. */
async function becomesReady(
  { server, stop }: Supervision,
  { ended }: ServerProcess,
  startedAt: number,
): Promise<Become> {
  const end = new AbortController();
  void ended.then(() => end.abort());
  const over = AbortSignal.any([end.signal, stop]);
  while (!over.aborted) {
    const health = await readHealth(
      {
        baseUrl: server.url,
        depth: 'whole',
        deadlineMs: HEALTH_DEADLINE_MS,
        ...(server.key !== undefined && { key: server.key }),
      },
      over,
    );
    if (over.aborted) break;
    const models = readyModels(health, server.key);
    if (models !== undefined) {
      const isOpen = !server.allowRemote && (await isOpenToAll(portOf(server.url)));
      return isOpen ? { kind: 'refused', fault: OPEN_TO_ALL } : { kind: 'ready', models };
    }
    if (Date.now() - startedAt > server.readySeconds * 1000)
      return { kind: 'refused', fault: notReadyFault(server.readySeconds) };
    await wait(server.lookMs ?? LOOK_MS, undefined, { signal: over }).catch(() => undefined);
  }
  return { kind: 'gone' };
}

/** What a server that is ready serves. One that wants a key we have not got (it may lie in the editor's store) answers, which is all that can be known. */
function readyModels(health: ServerHealth, key: string | undefined): readonly string[] | undefined {
  if (health.kind === 'odd') return key === undefined && health.why.startsWith(WANTS_KEY) ? [] : undefined;
  if (health.kind !== 'answers') return undefined;
  return health.health === 'good' || health.health === 'unknown' ? health.models : undefined;
}

/** How the server ended, by itself or by us. */
async function untilEnd(running: ServerProcess, become: Become, stop: AbortSignal): Promise<string> {
  if (become.kind === 'refused') {
    await running.end();
    return running.ended;
  }
  const how = await Promise.race([running.ended, aborted(stop)]);
  if (how !== 'stopped') return how;
  await running.end();
  return how;
}

function aborted(signal: AbortSignal): Promise<'stopped'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('stopped');
    signal.addEventListener('abort', () => resolve('stopped'), { once: true });
  });
}

async function tell({ server }: Supervision, state: ServerState): Promise<ServerState> {
  await writeServerState(server.folder, state);
  return state;
}

function say(log: ServerLog, text: string): void {
  log.add(`speckit ${new Date().toISOString()} ${text}\n`);
}

function lastLinesOf(output: string): string[] {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-LAST_LINES).map((line) => line.slice(0, LAST_LINE_CHARACTERS));
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}
