import { spawn, type ChildProcess } from 'node:child_process';
import { AbortedError, throwIfAborted } from '../base/withAbort.ts';
import { killGroupNow, terminateGroup } from './processGroup.ts';

/** How git ended. `stdout` is raw: names and file contents need not be UTF-8. */
export type GitOutcome =
  | { readonly kind: 'exited'; readonly exitCode: number; readonly stdout: Buffer; readonly stderr: string }
  | { readonly kind: 'missing'; readonly message: string }
  | { readonly kind: 'deadline'; readonly afterMs: number };

export interface GitOptions {
  readonly input?: string | Uint8Array;
  /** Added to what every call gets, and stronger. */
  readonly environment?: Readonly<Record<string, string>>;
  /** 60 s when left out. */
  readonly deadlineMs?: number;
}

/** A git command that had to succeed did not. The message holds git's own words, capped at 2,000 characters. */
export class GitError extends Error {
  override readonly name = 'GitError';
}

/** No answer of ours is larger; a larger one is a fault, not data. */
const outputLimitBytes = 512 * 1024 * 1024;
const stderrLimitBytes = 16 * 1024;

/** Nothing of the user's that git would run or rewrite on the way: hooks, signing, monitors, housekeeping. */
const quietly = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.safecrlf', 'false'],
  ['commit.gpgSign', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
].flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/**
 * Runs the real git with stdin closed or given, without hooks, signing, pager, prompts or optional locks, messages in English.
 * GIT_* variables of our own environment never reach it. An abort ends git and throws an AbortedError, once git is gone.
 */
export async function runGit(
  cwd: string,
  commandArguments: readonly string[],
  options: GitOptions,
  signal: AbortSignal,
): Promise<GitOutcome> {
  throwIfAborted(signal);
  const child = spawn('git', ['--no-pager', ...quietly, ...commandArguments], {
    cwd,
    env: gitEnvironment(options.environment),
    // In its own group, a Ctrl-C at the terminal does not end git in the middle of a write.
    detached: process.platform !== 'win32',
    windowsHide: true,
    // A pipe costs more than nothing to read from.
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  // Git may end without having read its input; its exit code says whether that was right.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input);

  const killOnExit = (): void => killGroupNow(child.pid ?? Number.NaN);
  if (child.pid !== undefined) process.on('exit', killOnExit);
  try {
    const ending = await endingOf(child, options.deadlineMs ?? 60_000, signal);
    if (ending.kind !== 'stopped' && ending.kind !== 'deadline') return ending;
    if (child.pid !== undefined) await terminateGroup(child.pid);
    if (ending.kind === 'stopped') throw new AbortedError(String(signal.reason ?? 'stopped'));
    return ending;
  } finally {
    process.off('exit', killOnExit);
  }
}

/** What git wrote to stdout, when it exited with 0. Throws a GitError otherwise: for commands that only a fault can make fail. */
export async function gitOutput(
  cwd: string,
  commandArguments: readonly string[],
  options: GitOptions,
  signal: AbortSignal,
): Promise<Buffer> {
  const outcome = await runGit(cwd, commandArguments, options, signal);
  if (outcome.kind === 'exited' && outcome.exitCode === 0) return outcome.stdout;
  throw new GitError(`git ${commandArguments[0] ?? ''}: ${describeOutcome(outcome)}`);
}

/** The folders of a repository that git would otherwise look for by itself. */
export interface GitPlace {
  readonly root: string;
  readonly gitDir: string;
}

/**
 * Git in a repository that is known: it is told where its directory and its files are and finds nothing out by itself, so that nothing that was put
 * in the way meanwhile (another `.git`, a work tree named in its configuration) leads it elsewhere.
 */
export function runRepositoryGit(
  { root, gitDir }: GitPlace,
  commandArguments: readonly string[],
  options: GitOptions,
  signal: AbortSignal,
): Promise<GitOutcome> {
  return runGit(root, commandArguments, withPlace({ root, gitDir }, options), signal);
}

/** The same, for commands that only a fault can make fail. */
export function repositoryGitOutput(
  { root, gitDir }: GitPlace,
  commandArguments: readonly string[],
  options: GitOptions,
  signal: AbortSignal,
): Promise<Buffer> {
  return gitOutput(root, commandArguments, withPlace({ root, gitDir }, options), signal);
}

const withPlace = ({ root, gitDir }: GitPlace, options: GitOptions): GitOptions => ({
  ...options,
  environment: { GIT_DIR: gitDir, GIT_WORK_TREE: root, ...options.environment },
});

function describeOutcome(outcome: GitOutcome): string {
  if (outcome.kind === 'missing') return outcome.message;
  if (outcome.kind === 'deadline') return `no end after ${outcome.afterMs} ms`;
  return `exit code ${outcome.exitCode}: ${outcome.stderr.trim().slice(0, 2000)}`;
}

function gitEnvironment(given: Readonly<Record<string, string>> = {}): Record<string, string | undefined> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.toUpperCase().startsWith('GIT_'));
  return {
    ...Object.fromEntries(inherited),
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    ...given,
  };
}

type Ending = GitOutcome | { readonly kind: 'stopped' };

function endingOf(child: ChildProcess, deadlineMs: number, signal: AbortSignal): Promise<Ending> {
  const stdout: Buffer[] = [];
  let stdoutBytes = 0;
  let stderr = '';
  return new Promise((resolve, reject) => {
    const settle = (ending: Ending): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(ending);
    };
    const onAbort = (): void => settle({ kind: 'stopped' });
    const timer = setTimeout(() => settle({ kind: 'deadline', afterMs: deadlineMs }), deadlineMs);
    signal.addEventListener('abort', onAbort, { once: true });
    child.stdout?.on('data', (bytes: Buffer) => {
      stdoutBytes += bytes.length;
      if (stdoutBytes <= outputLimitBytes) stdout.push(bytes);
    });
    child.stderr?.on('data', (bytes: Buffer) => {
      if (stderr.length < stderrLimitBytes) stderr += bytes.toString('utf8').slice(0, stderrLimitBytes);
    });
    child.once('error', (error) => settle({ kind: 'missing', message: `git cannot be started: ${error.message}` }));
    child.once('close', (exitCode, endSignal) => {
      if (stdoutBytes > outputLimitBytes) reject(new GitError(`git wrote more than ${outputLimitBytes} bytes`));
      if (exitCode !== null) settle({ kind: 'exited', exitCode, stdout: Buffer.concat(stdout), stderr });
      else reject(new GitError(`git was ended by ${endSignal ?? 'a signal'}`));
    });
  });
}
