import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { installation } from '../../support/scriptedProject.ts';
import { node24 } from './node24.ts';
import { tailOfLogs } from './serverLogs.ts';

/*
 * A real VS Code server with its own home, settings and extensions, in a short temporary folder: the paths of its sockets would be cut otherwise.
 */

const entry = path.join(installation, 'test/host/node_modules/code-server/out/node/entry.js');
const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 5_000;

/** Settings that keep a fresh editor quiet. A test adds its own. */
const QUIET: Readonly<Record<string, unknown>> = {
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Dark Modern',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
};

export interface CodeServerOptions {
  /** Extensions to install, as paths of vsix files. */
  readonly vsixes?: readonly string[];
  /** The user's settings, added to the quiet ones. They are set before the start: a later change of the file is not always noticed. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Settings of the machine that the server runs on: those of scope `machine` are read from nowhere else for certain. */
  readonly machineSettings?: Readonly<Record<string, unknown>>;
  /** Added to the environment, which the extension host and all it starts inherit. */
  readonly environment?: Readonly<Record<string, string>>;
  /** `trusted` when left out: every folder is trusted and nobody is asked. `asked` keeps workspace trust on, as a person has it. */
  readonly trust?: 'trusted' | 'asked';
  /** More words on the command line of code-server. */
  readonly words?: readonly string[];
  /** A free port when left out. */
  readonly port?: number;
}

export interface CodeServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** `127.0.0.1:<port>`, the authority of `vscode-remote` addresses. */
  readonly authority: string;
  /** Its temporary folder, which goes when it stops. */
  readonly folder: string;
  /** SPECKIT_HOME of everything in the extension host. */
  readonly speckitHome: string;
  /** The address that opens the workbench on a folder, or on a workspace of several: a file named `*.code-workspace`. */
  address(folder: string, more?: Readonly<Record<string, string>>): string;
  /** The last lines of the server's log, the extension host's and SpecKit's own. */
  logTail(): string;
  /** Ends the server and everything it started, and removes its folder. May be called twice. */
  stop(): Promise<void>;
}

/** Installs the extensions and starts a server; throws with its log when it does not answer within a minute. */
export async function startCodeServer(options: CodeServerOptions = {}): Promise<CodeServer> {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'cs-')));
  for (const name of ['user/User', 'user/Machine', 'extensions', 'tmp', 'speckit'])
    mkdirSync(path.join(folder, name), { recursive: true });
  const trust = { 'security.workspace.trust.enabled': options.trust === 'asked' };
  const settings = { ...QUIET, ...trust, ...options.settings };
  writeFileSync(path.join(folder, 'user/User/settings.json'), JSON.stringify(settings, null, 2));
  if (options.machineSettings !== undefined)
    writeFileSync(path.join(folder, 'user/Machine/settings.json'), JSON.stringify(options.machineSettings, null, 2));
  const environment = hostEnvironment(folder, options.environment);
  await installVsixes(folder, environment, options.vsixes ?? []);
  const port = options.port ?? (await freePort());
  const child = launch({ folder, port, environment, options });
  const killAtExit = (): void => killGroup(child, 'SIGKILL');
  process.once('exit', killAtExit);
  const logTail = (): string => tailOfLogs(folder);
  const stop = async (): Promise<void> => {
    await endGroup(child);
    process.off('exit', killAtExit);
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await answering(url, child);
  } catch (problem) {
    const log = logTail();
    await stop();
    throw new Error(`${String(problem)}\n${log}`, { cause: problem });
  }
  return {
    url,
    authority: `127.0.0.1:${port}`,
    folder,
    speckitHome: path.join(folder, 'speckit'),
    address: (opened, more = {}) => {
      const kind = opened.endsWith('.code-workspace') ? 'workspace' : 'folder';
      return `${url}/?${new URLSearchParams({ [kind]: opened, ...more }).toString()}`;
    },
    logTail,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Only what is named here: nothing of npm, of another VS Code or of the person's own configuration reaches the editor. */
function hostEnvironment(folder: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: `${path.dirname(node24())}${path.delimiter}${process.env['PATH'] ?? ''}`,
    LC_ALL: 'C.UTF-8',
    HOME: folder,
    TMPDIR: path.join(folder, 'tmp'),
    XDG_CONFIG_HOME: path.join(folder, 'config'),
    XDG_DATA_HOME: path.join(folder, 'data'),
    XDG_STATE_HOME: path.join(folder, 'state'),
    XDG_CACHE_HOME: path.join(folder, 'cache'),
    CS_DISABLE_GETTING_STARTED_OVERRIDE: '1',
    SPECKIT_HOME: path.join(folder, 'speckit'),
    SPECKIT_PERSON: 'Ada',
    ...more,
  };
}

async function installVsixes(
  folder: string,
  environment: Readonly<Record<string, string>>,
  vsixes: readonly string[],
): Promise<void> {
  if (vsixes.length === 0) return;
  const wanted = vsixes.flatMap((vsix) => ['--install-extension', vsix]);
  const places = ['--extensions-dir', path.join(folder, 'extensions'), '--user-data-dir', path.join(folder, 'user')];
  await promisify(execFile)(node24(), [entry, ...wanted, '--force', ...places], {
    env: environment,
    timeout: START_DEADLINE_MS,
  });
}

interface Launch {
  readonly folder: string;
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly options: CodeServerOptions;
}

/**
 * The server leads a process group of its own. Beside it stands a `cat` on a pipe from this process: when this process dies in any way at all, the
 * pipe closes and the whole group is killed.
 */
function launch({ folder, port, environment, options }: Launch): ChildProcess {
  const guarded = 'exec 3<&0; (cat <&3 >/dev/null; kill -KILL 0) & exec "$0" "$@" </dev/null 3<&-';
  const quiet = ['--disable-telemetry', '--disable-update-check', '--disable-proxy', '--ignore-last-opened'];
  const trust = options.trust === 'asked' ? [] : ['--disable-workspace-trust'];
  const places = ['--user-data-dir', path.join(folder, 'user'), '--extensions-dir', path.join(folder, 'extensions')];
  const address = ['--bind-addr', `127.0.0.1:${port}`, '--auth', 'none', '--disable-getting-started-override'];
  const words = [...address, ...quiet, ...trust, ...places, ...(options.words ?? [])];
  const child = spawn('sh', ['-c', guarded, node24(), entry, ...words], {
    cwd: folder,
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const log = createWriteStream(path.join(folder, 'code-server.log'));
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  return child;
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + START_DEADLINE_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`code-server ended with ${child.exitCode} before it answered`);
    const isUp = await fetch(`${url}/healthz`).then(
      (response) => response.ok,
      () => false,
    );
    if (isUp) return;
    await delay(50);
  }
  throw new Error(`code-server did not answer within ${START_DEADLINE_MS / 1000} s`);
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    killGroup(child, 'SIGTERM');
    await Promise.race([ended, delay(STOP_DEADLINE_MS, undefined, { ref: false })]);
  }
  killGroup(child, 'SIGKILL');
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (problem) {
    // The group may be gone already, which is what was wanted.
    if ((problem as NodeJS.ErrnoException).code !== 'ESRCH') throw problem;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
