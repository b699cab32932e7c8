import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AbortedError } from '../base/withAbort.ts';
import { isLoopback } from '../core/policy/loopback.ts';
import { keysIn, serverPort, serverReach, serverWords } from '../core/reflex/serverCommand.ts';
import type { ServerState } from '../core/reflex/serverState.ts';
import { runOwner } from '../node/lock.ts';
import { readHealth, type ServerHealth } from '../node/reflex/health.ts';
import { endLeftOverServer, leftOverServer } from '../node/reflex/leftOver.ts';
import { isPortOpen } from '../node/reflex/listeners.ts';
import { serverEnvironment } from '../node/reflex/serverEnvironment.ts';
import { forgetServerState, readServerState, serverFolder, writeServerState } from '../node/reflex/serverFolder.ts';
import { lastOfLog, moreOfLog, serverLogFile } from '../node/reflex/serverLog.ts';
import { superviseServer, type SupervisedServer } from '../node/reflex/supervisor.ts';
import { askOwner } from '../node/runRequests.ts';
import { refuseInsideRun } from './insideRun.ts';
import { CommandProblem } from './problem.ts';
import { reflexTarget, type ReflexTarget } from './reflexTarget.ts';
import { userConfigurationFile, type Services } from './services.ts';
import { readTextIfThere } from './textFile.ts';

/** Which server is to be started, and who is told how it comes along. */
export interface ServerStarting {
  /** The first local worker when left out. */
  readonly worker?: string;
  onState(state: ServerState): void;
}

/** What became of a wish to start the server. All values are structured-cloneable. */
export type StartReport =
  /** `already`: it was there, or on its way, under a supervisor of ours. */
  | { readonly outcome: 'started' | 'already'; readonly state: Extract<ServerState, { kind: 'ready' }> }
  /** A server that somebody else started answers there: it is used and never stopped. */
  | { readonly outcome: 'adopted'; readonly url: string; readonly models: readonly string[] }
  | { readonly outcome: 'failed'; readonly state: Extract<ServerState, { kind: 'failed' }> }
  /** Somebody stopped it before it was ready. */
  | { readonly outcome: 'stopped' }
  /** The wait was ended: it goes on starting. */
  | { readonly outcome: 'left' };

export type StopReport = {
  /** `adopted`: not ours to stop. `ended`: its supervisor had been killed and what was left of it was ended. */
  readonly outcome: 'stopped' | 'ended' | 'adopted' | 'notRunning';
};

/** Text of the log, and where it ends. */
export interface ServerLogPart {
  readonly text: string;
  readonly position: number;
}

/** What is known of the server that SpecKit started or adopted. */
export interface ServerStatus {
  /** `killed`: its supervisor ended without a word. `none`: nothing was started. */
  readonly supervisor: 'atWork' | 'killed' | 'ended' | 'none';
  readonly state?: ServerState;
  readonly logFile: string;
}

const POLL_MS = 200;
const HEALTH_DEADLINE_MS = 5_000;
/** A supervisor that is not there after so long will not come. */
const SUPERVISOR_MS = 20_000;
/** What is left of a server has so long to end by itself. */
const GRACE_MS = 10_000;
/** The server has ten seconds to end by itself, its supervisor a little more. */
const STOP_MS = 25_000;

/** Starts the server of the person's own config.toml under a supervisor that outlives this process, and waits until it is ready or has failed. */
export async function startServer(
  services: Services,
  { worker, onState }: ServerStarting,
  signal: AbortSignal,
): Promise<StartReport> {
  refuseInsideRun(services);
  const target = await reflexTarget(services, worker);
  launchOf(services, target);
  const folder = serverFolder(services.folders.state);
  if ((await runOwner(folder)) !== undefined) return followStart({ folder, outcome: 'already', onState }, signal);
  if ((await leftOverServer(folder)) === undefined) {
    const adopted = await adoptable(target, signal);
    if (signal.aborted) throw new AbortedError();
    if (adopted !== undefined) {
      await writeServerState(folder, { kind: 'adopted', url: target.url, at: Date.now(), models: [...adopted] });
      return { outcome: 'adopted', url: target.url, models: adopted };
    }
    // Somebody else may have started it while we looked: then the state is theirs.
    if ((await runOwner(folder)) === undefined) await forgetServerState(folder);
  }
  const supervisor = startSupervisor(services, folder, worker);
  return followStart({ folder, outcome: 'started', supervisor, onState }, signal);
}

/** Stops the server, where SpecKit started it, with all its processes. */
export async function stopServer(services: Services): Promise<StopReport> {
  refuseInsideRun(services);
  const folder = serverFolder(services.folders.state);
  const owner = await runOwner(folder);
  if (owner === undefined) {
    const state = await readServerState(folder);
    if (state?.kind === 'adopted') return { outcome: 'adopted' };
    const outcome = (await endLeftOverServer(folder, GRACE_MS)) === undefined ? 'notRunning' : 'ended';
    if (state?.kind !== 'failed') await forgetServerState(folder);
    return { outcome };
  }
  for (const end = Date.now() + STOP_MS; Date.now() < end; await wait(POLL_MS)) {
    await askOwner(folder, 'stop');
    if ((await runOwner(folder)) === undefined) return { outcome: 'stopped' };
  }
  throw new CommandProblem(
    'infrastructure',
    `The server did not end within ${STOP_MS / 1000} s. Try \`speckit reflex stop\` again. If that does not help, end process ${owner.pid} (\`kill ${owner.pid}\`), which watches over the server and ends it.`,
  );
}

/** Stops the server and starts it with the command as it is configured now. */
export async function restartServer(
  services: Services,
  starting: ServerStarting,
  signal: AbortSignal,
): Promise<StartReport> {
  refuseInsideRun(services);
  // A mistake in the configuration is told before anything is stopped.
  launchOf(services, await reflexTarget(services, starting.worker));
  const { outcome } = await stopServer(services);
  if (outcome === 'adopted')
    throw new CommandProblem(
      'blocked',
      'The server was not started by SpecKit, so it is left running. Restart it where it was started, or end it and then: `speckit reflex start`',
    );
  return startServer(services, starting, signal);
}

/** What `speckit reflex supervise` does: owns the server until it is stopped or has failed for good. */
export async function supervise(services: Services, worker: string | undefined, signal: AbortSignal): Promise<void> {
  refuseInsideRun(services);
  const target = await reflexTarget(services, worker);
  await superviseServer(launchOf(services, target), signal);
}

export async function serverStatus(services: Services): Promise<ServerStatus> {
  const folder = serverFolder(services.folders.state);
  const [owner, state] = await Promise.all([runOwner(folder), readServerState(folder)]);
  const logFile = serverLogFile(folder);
  if (state === undefined) return { supervisor: owner === undefined ? 'none' : 'atWork', logFile };
  const isOver = state.kind === 'failed' || state.kind === 'stopped' || state.kind === 'adopted';
  return { supervisor: owner !== undefined ? 'atWork' : isOver ? 'ended' : 'killed', state, logFile };
}

/** The last lines of the server's log and where they end; given that position, what came since. */
export function readServerLog(
  services: Services,
  from: { readonly lines: number } | { readonly position: number },
): Promise<ServerLogPart> {
  const folder = serverFolder(services.folders.state);
  return 'lines' in from ? lastOfLog(folder, from.lines) : moreOfLog(folder, from.position);
}

/** What is to be supervised. Throws a CommandProblem for a command that is missing, cannot be run, or would serve everybody. */
function launchOf(services: Services, { url, key, launch }: ReflexTarget): SupervisedServer {
  const file = userConfigurationFile(services);
  if (launch === undefined)
    throw new CommandProblem(
      'configuration',
      `There is no command that starts your server. Write it into your own ${file} (a repository cannot name one):\n[reflex_server]\ncommand = "python -m sglang.launch_server --model-path ... --host 127.0.0.1 --port ${new URL(url).port || '3009'}"\n\`speckit reflex plan\` writes one that suits your card.`,
    );
  const words = serverWords(launch.command);
  if (words.kind === 'error')
    throw new CommandProblem('configuration', `reflex_server.command in ${file}: ${words.error}`);
  const { environment, secrets } = serverEnvironment({
    inherited: services.host.environment,
    given: launch.environment,
    keys: launch.keys,
  });
  const reach = serverReach(words.value, environment);
  if (reach.kind === 'everybody' && !launch.allow_remote)
    throw new CommandProblem(
      'configuration',
      `reflex_server.command in ${file} is not started. ${reach.why} ${reach.next}, or allow_remote = true under [reflex_server] if that is what you want.`,
    );
  const { host, hostname, port } = new URL(url);
  if (!isLoopback(hostname) && !launch.allow_remote)
    throw new CommandProblem(
      'configuration',
      `The server is to be reached at ${host}, which is another computer: start it there. If it is this computer, write allow_remote = true under [reflex_server] in ${file}.`,
    );
  const served = serverPort(words.value);
  if (served !== undefined && String(served) !== port)
    throw new CommandProblem(
      'configuration',
      `reflex_server.command in ${file} serves on port ${served}, and the server is asked at ${host}. Write the same port into both.`,
    );
  return {
    folder: serverFolder(services.folders.state),
    words: words.value,
    environment,
    cwd: services.host.environment['HOME'] ?? os.homedir(),
    url,
    ...(key !== undefined && { key }),
    secrets: [...secrets, ...keysIn(words.value), ...(key === undefined ? [] : [key])],
    readySeconds: launch.ready_seconds,
    restarts: launch.restarts,
    allowRemote: launch.allow_remote,
  };
}

/** The models of a server that answers there already; undefined where the port is free. Throws a CommandProblem where something else has it. */
async function adoptable({ url, key }: ReflexTarget, signal: AbortSignal): Promise<readonly string[] | undefined> {
  const health = await readHealth(
    { baseUrl: url, depth: 'whole', deadlineMs: HEALTH_DEADLINE_MS, ...(key !== undefined && { key }) },
    signal,
  );
  if (health.kind === 'answers') return health.models;
  if (health.kind === 'loading') return [];
  if (health.kind === 'refuses' && !(await isPortOpen(url))) return undefined;
  throw new CommandProblem(
    'infrastructure',
    `Something else has ${new URL(url).host}: ${whatElse(health)}. End it (ss -ltnp shows what it is), or give both the server and the worker another port. Nothing was started.`,
  );
}

function whatElse(health: Exclude<ServerHealth, { kind: 'answers' | 'loading' }>): string {
  return health.kind === 'silent' ? `it said nothing within ${health.afterMs / 1000} s` : health.why;
}

interface StartedSupervisor {
  /** Whether it has ended. */
  isOver(): boolean;
  readonly errorFile: string;
}

/** Our own program in a session of its own, so that it outlives whoever starts it. What it says on stderr is a fault of ours. */
function startSupervisor(services: Services, folder: string, worker: string | undefined): StartedSupervisor {
  const { host } = services;
  mkdirSync(folder, { recursive: true });
  const errorFile = path.join(folder, 'supervisor.log');
  const file = openSync(errorFile, 'w', 0o600);
  let isOver = false;
  try {
    const program = path.join(host.installation, 'dist/cli/main.js');
    const words = ['-C', host.folder, 'reflex', 'supervise', ...(worker === undefined ? [] : ['--worker', worker])];
    const child = spawn(process.execPath, [program, ...words], {
      cwd: folder,
      // The editor's own program is Node.js where it is told so.
      env: { ...host.environment, ELECTRON_RUN_AS_NODE: '1' },
      detached: true,
      windowsHide: true,
      stdio: ['ignore', 'ignore', file],
    });
    const end = (): void => {
      isOver = true;
    };
    child.once('exit', end);
    child.once('error', end);
    child.unref();
  } finally {
    closeSync(file);
  }
  return { isOver: () => isOver, errorFile };
}

interface Followed {
  readonly folder: string;
  readonly outcome: 'started' | 'already';
  /** The one we started ourselves. */
  readonly supervisor?: StartedSupervisor;
  readonly onState: (state: ServerState) => void;
}

/** Tells each new state until it is a last one. */
async function followStart(
  { folder, outcome, supervisor, onState }: Followed,
  signal: AbortSignal,
): Promise<StartReport> {
  let told = '';
  let lonelySince: number | undefined;
  while (!signal.aborted) {
    // In this order: the last state is written before the lock is let go.
    const owner = await runOwner(folder);
    const state = await readServerState(folder);
    if (state !== undefined && (owner !== undefined || isLast(state))) {
      const now = JSON.stringify(state);
      if (now !== told) onState(state);
      told = now;
      if (state.kind === 'ready') return { outcome, state };
      if (state.kind === 'failed') return { outcome: 'failed', state };
      if (state.kind === 'stopped') return { outcome: 'stopped' };
    }
    lonelySince = owner === undefined ? (lonelySince ?? Date.now()) : undefined;
    const isLost = lonelySince !== undefined && Date.now() - lonelySince > SUPERVISOR_MS;
    if (owner === undefined && (isLost || supervisor?.isOver() === true) && !isLast(await readServerState(folder)))
      throw await supervisorProblem(supervisor);
    await wait(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
  return { outcome: 'left' };
}

const isLast = (state: ServerState | undefined): boolean => state?.kind === 'failed' || state?.kind === 'stopped';

async function supervisorProblem(supervisor: StartedSupervisor | undefined): Promise<CommandProblem> {
  const said = supervisor === undefined ? undefined : ((await readTextIfThere(supervisor.errorFile)) ?? '').trim();
  return new CommandProblem(
    'infrastructure',
    `SpecKit's process that watches over the server ended by itself${saidText(said)}\nThe server was ended with it. Start it again: \`speckit reflex start\``,
  );
}

/** The end of the sentence that it ended; what somebody else's process said is not known. */
function saidText(said: string | undefined): string {
  if (said === undefined) return '.';
  return said === '' ? ' and said nothing.' : `. It said:\n${said.slice(-2_000)}`;
}
