import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import type { RunEvent } from '../../src/core/run/event.ts';
import { foldRun } from '../../src/core/run/view.ts';
import { openLedger } from '../../src/node/ledger.ts';
import { runOwner } from '../../src/node/lock.ts';
import { ledgerRun, repositoryKey } from '../../src/node/repositoryKey.ts';
import { readEventLog } from '../../src/node/log/eventLog.ts';
import { eventMark } from './eventMark.ts';
import { userGit } from './gitRepository.ts';
import { finished, scriptedProject, type CommandResult, type ScriptedProject } from './scriptedProject.ts';

/*
 * Runs that are killed and resumed, and what they must have in common with one that nobody disturbed.
 */

/** What a run came to, without anything that a kill may change: times, attempts, money in doubt. */
export interface RunFacts {
  readonly outcome: string | undefined;
  readonly tree: string | undefined;
  readonly files: readonly { readonly path: string; readonly sha256: string | null }[];
  readonly verdicts: readonly string[];
  /** Key, outcome and the hash of each named input. */
  readonly endedSteps: readonly string[];
  readonly settledMicrodollars: number;
  readonly ledgerMicrodollars: number;
}

/**
 * When a process is killed: as soon as its n-th event was seen (from 1) or a little later, after a time, as soon as the model server has got its n-th
 * request (from 1), or exactly when the first event with a mark is on disk and nothing behind it is (`torn`: half of a further line is).
 */
export type KillMoment =
  | { readonly kind: 'line'; readonly mark: string; readonly torn?: true }
  | { readonly kind: 'request'; readonly number: number }
  | { readonly kind: 'event'; readonly number: number; readonly laterMs?: number }
  | { readonly kind: 'time'; readonly milliseconds: number };

/** A project that can be put back to its first state, and an undisturbed run of it. */
export interface KillBench extends AsyncDisposable {
  readonly project: ScriptedProject;
  readonly undisturbed: RunFacts;
  /** The undisturbed run's events by their marks, in order. */
  readonly marks: readonly string[];
  readonly nRequests: number;
  readonly milliseconds: number;
  /** Puts repository, ledger and run trees back to where they were before the first run. */
  reset(): void;
}

export const RUN = 'run-1';
const START = ['--events', 'auto', 'SPEC-001', '--run-id', RUN] as const;

export const runFolderOf = (project: ScriptedProject, runId = RUN): string =>
  path.join(project.root, '.git/speckit/runs', runId);

/** Makes the project and runs it once from start to proposal. */
export async function killBench(options: Parameters<typeof scriptedProject>[0] = {}): Promise<KillBench> {
  const project = await scriptedProject({ answersBy: 'turn', ...options });
  const pristine = project.folder.join('pristine');
  cpSync(project.root, pristine, { recursive: true });
  const reset = (): void => {
    rmSync(project.root, { recursive: true, force: true });
    rmSync(project.folder.join('home'), { recursive: true, force: true });
    cpSync(pristine, project.root, { recursive: true });
  };
  const startedAt = performance.now();
  await runToEnd(project, START, 'nobody disturbs it');
  const milliseconds = performance.now() - startedAt;
  return {
    project,
    undisturbed: await factsOf(project),
    marks: (await eventsOf(project)).map(eventMark),
    nRequests: project.server.requests.length,
    milliseconds,
    reset,
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  };
}

const RESUME = ['--events', 'resume', RUN] as const;
/** The person's answer to the one question that a script may lead to. */
const ANSWER = ['clarify', RUN, '--answer', 'Q1=Yes'] as const;
/** The exit of a process whose run waits for an answer. */
const ASKS = 10;

/** Goes on with a run to its proposal; where it asks, the command line answers. */
async function runToEnd(project: ScriptedProject, words: readonly string[], at: string): Promise<void> {
  const first = await project.speckit(...words);
  if (first.exit === ASKS) await answerIt(project, at);
  const last = first.exit === ASKS ? await project.speckit(...RESUME) : first;
  assert.equal(last.exit, 11, `${at}: ${last.stderr}${last.stdout.slice(-2_000)}`);
}

async function answerIt(project: ScriptedProject, at: string): Promise<void> {
  const answered = await project.speckit(...ANSWER);
  assert.equal(answered.exit, 0, `${at}: ${answered.stderr}`);
}

/** Kills the run at a moment. Where it asks before that, it is answered, and the process that goes on is the one that is killed, or the one that answers. */
async function killOrAnswer(
  project: ScriptedProject,
  words: readonly string[],
  moment: KillMoment,
): Promise<CommandResult> {
  const first = await runAndKill(project, words, moment);
  if (first.exit !== ASKS) return first;
  if (moment.kind === 'line' && moment.mark === 'QuestionAnswer') return runAndKill(project, ANSWER, moment);
  await answerIt(project, JSON.stringify(moment));
  return runAndKill(project, RESUME, moment);
}

export async function eventsOf(project: ScriptedProject, runId = RUN): Promise<readonly RunEvent[]> {
  const content = await readEventLog(path.join(runFolderOf(project, runId), 'events.jsonl'));
  assert.ok(content.kind === 'ok', JSON.stringify(content));
  return content.value.events;
}

export async function factsOf(project: ScriptedProject, runId = RUN): Promise<RunFacts> {
  const events = await eventsOf(project, runId);
  const view = foldRun(events);
  const inputs = new Map<string, string>();
  const ended = new Map<string, string>();
  for (const event of events) {
    if (event.kind === 'StepStart') inputs.set(event.payload.key, inputsText(event.payload.inputs));
    if (event.kind === 'StepEnd') ended.set(event.payload.key, event.payload.outcome);
  }
  return {
    outcome: view.end?.outcome,
    tree: view.proposal?.tree,
    files: view.proposal?.files.map(({ path: file, sha256 }) => ({ path: file, sha256 })) ?? [],
    verdicts: view.verdicts.map(
      ({ stage, verdict, reasons }) => `${stage} ${verdict} ${reasons.map(({ rule }) => rule).join(' ')}`,
    ),
    endedSteps: [...ended].map(([key, outcome]) => `${key} ${outcome} ${inputs.get(key)}`).sort(),
    settledMicrodollars: view.spend.settled,
    ledgerMicrodollars: ledgerRows(project, runId).reduce((sum, row) => sum + row.settledMicrodollars, 0),
  };
}

const inputsText = (inputs: Readonly<Record<string, string>>): string =>
  Object.entries(inputs)
    .map(([name, sha256]) => `${name}=${sha256.slice(0, 12)}`)
    .sort()
    .join(' ');

export function ledgerRows(project: ScriptedProject, runId = RUN) {
  const ledger = openLedger(project.folder.join('home', 'data', 'ledger.sqlite'));
  assert.ok(ledger.kind === 'ok', JSON.stringify(ledger));
  using opened = ledger.value;
  return opened.rows(ledgerRun({ commonDir: path.join(project.root, '.git') }, runId));
}

/** Starts (or resumes) a run and kills it with SIGKILL at a moment. What had already ended by then is left as it is. */
export async function runAndKill(
  project: ScriptedProject,
  words: readonly string[],
  moment: KillMoment,
): Promise<CommandResult> {
  const child = project.spawn(words, moment.kind === 'line' ? ['--import', preload(moment)] : []);
  const ended = finished(child);
  let seen = 0;
  const kill = (): boolean => child.kill('SIGKILL');
  if (moment.kind === 'request')
    void project.server.received(project.server.requests.length + moment.number).then(kill);
  let timer = moment.kind === 'time' ? setTimeout(kill, moment.milliseconds) : undefined;
  child.stdout?.on('data', (text: string) => {
    seen += text.split('\n').length - 1;
    if (moment.kind !== 'event' || seen < moment.number || timer !== undefined) return;
    if (moment.laterMs === undefined) kill();
    else timer = setTimeout(kill, moment.laterMs);
  });
  const result = await ended;
  clearTimeout(timer);
  return result;
}

const preload = ({ mark, torn }: KillMoment & { kind: 'line' }): string => {
  const file = pathToFileURL(path.join(import.meta.dirname, '../crash/dieAtLine.ts'));
  file.searchParams.set('mark', mark);
  if (torn === true) file.searchParams.set('torn', 'yes');
  return file.href;
};

/** What the kills of one run came to. */
export interface KilledRun {
  /** Processes that were really killed: a moment may come after the end. */
  readonly nKills: number;
  readonly nRequests: number;
  /** Calls that had a reservation and no settlement when their process was killed. */
  readonly nInFlight: number;
  readonly nInDoubt: number;
}

/**
 * Kills a fresh run at each moment in turn, resumes it to its end, and compares with the undisturbed run: tree, files, verdicts, steps with their inputs
 * and settled money are the same; every request the server counted is settled or in doubt, and those in doubt were in flight at a kill;
 * nothing of the user's changed; nothing is left behind.
 */
export async function checkKilledRun(bench: KillBench, moments: readonly KillMoment[]): Promise<KilledRun> {
  bench.reset();
  const { project } = bench;
  const at = JSON.stringify(moments);
  const nBefore = project.server.requests.length;
  let nKills = 0;
  const inFlight = new Set<string>();
  let words: readonly string[] = START;
  for (const moment of moments) {
    const killed = await killOrAnswer(project, words, moment);
    if (killed.signal === 'SIGKILL') nKills += 1;
    else
      assert.deepEqual(
        [moment.kind === 'line', killed.exit],
        [false, 11],
        `${at}: ${killed.stderr}${killed.stdout.slice(-2_000)}`,
      );
    for (const { step, attempt, state } of ledgerRows(project))
      if (state === 'reserved') inFlight.add(`${step} ${attempt}`);
    await assertUserTreeUntouched(project, at);
    words = hasLog(project) ? RESUME : START;
  }
  await runToEnd(project, words, at);
  assert.deepEqual(await factsOf(project), bench.undisturbed, at);
  const nRequests = project.server.requests.length - nBefore;
  const nInDoubt = await assertAccounted(project, { nRequests, nSettled: bench.nRequests, inFlight }, at);
  await assertUserTreeUntouched(project, at);
  await assertNothingLeft(project, at);
  return { nKills, nRequests, nInFlight: inFlight.size, nInDoubt };
}

/** A run that was killed before its first event was on disk is no run yet: it is started, not resumed. */
function hasLog(project: ScriptedProject): boolean {
  try {
    return readFileSync(path.join(runFolderOf(project), 'events.jsonl'), 'utf8').includes('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Each of the undisturbed run's calls is settled once; every other request the server saw is in doubt, and was in flight at a kill; nothing stays
 * reserved; the log says the same as the ledger. Returns how many are in doubt.
 */
async function assertAccounted(
  project: ScriptedProject,
  seen: { readonly nRequests: number; readonly nSettled: number; readonly inFlight: ReadonlySet<string> },
  at: string,
): Promise<number> {
  const rows = ledgerRows(project);
  const inDoubt = rows.filter(({ state }) => state === 'inDoubt');
  const ended = { settled: rows.filter(({ state }) => state === 'settled').length, open: rows.length };
  ended.open -= ended.settled + inDoubt.length + rows.filter(({ state }) => state === 'released').length;
  assert.deepEqual(ended, { settled: seen.nSettled, open: 0 }, at);
  assert.deepEqual(
    inDoubt.map(({ step, attempt }) => `${step} ${attempt}`).filter((call) => !seen.inFlight.has(call)),
    [],
    `${at}: in doubt without having been in flight`,
  );
  // A kill between a reservation and its request leaves a call in doubt that the server never saw.
  const beyond = seen.nRequests - seen.nSettled;
  assert.ok(beyond >= 0 && beyond <= inDoubt.length, `${at}: ${seen.nRequests} requests, ${inDoubt.length} in doubt`);
  const { spend } = foldRun(await eventsOf(project));
  const expected = inDoubt.reduce((sum, row) => sum + row.reservedMicrodollars, 0);
  assert.deepEqual({ reserved: spend.reserved, inDoubt: spend.inDoubt }, { reserved: 0, inDoubt: expected }, at);
  return inDoubt.length;
}

/** Nothing but the spec's folder differs from HEAD, and no branch or stash was made. */
export async function assertUserTreeUntouched(project: ScriptedProject, at: string): Promise<void> {
  assert.equal(await userGit(project.root, 'status', '--porcelain', '--', '.', ':!specs'), '', at);
  const refs = await userGit(project.root, 'for-each-ref', '--format=%(refname)', 'refs/heads', 'refs/stash');
  assert.equal(refs, 'refs/heads/main\n', at);
}

/** Where the trees of a repository's runs lie in the project's user folders. */
export const treesOf = (root: string, { folder }: Pick<ScriptedProject, 'folder'>): string =>
  folder.join('home', 'state', 'trees', repositoryKey({ commonDir: path.join(root, '.git') }));

/** No process, lock or half-made tree. */
export async function assertNothingLeft(project: ScriptedProject, at: string): Promise<void> {
  assert.deepEqual(await processesLeft(project), [], at);
  assert.equal(await runOwner(runFolderOf(project)), undefined, at);
  const trees = treesOf(project.root, project);
  assert.deepEqual(readdirSync(path.dirname(trees)), [path.basename(trees)], at);
  assert.deepEqual(readdirSync(trees).sort(), [RUN, `${RUN}.git`, `${RUN}.trees`].sort(), at);
  const own = readdirSync(path.join(trees, `${RUN}.trees`));
  assert.ok(own.includes('ready') && !own.includes('index.lock'), `${at}: ${own.join(' ')}`);
  const locks = readdirSync(project.root + '/.git', { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.lock'),
  );
  assert.deepEqual(locks, [], at);
  assert.deepEqual(strangeFiles(runFolderOf(project)), [], at);
  const specs = readdirSync(path.join(project.root, 'specs'), { recursive: true, encoding: 'utf8' });
  assert.deepEqual(
    specs.filter((name) => /(^|\/)\.|\.tmp|~$/.test(name)),
    [],
    at,
  );
}

/** What a run's folder holds beside its log, its blobs, what was told to it and one lock file. */
function strangeFiles(runFolder: string): readonly string[] {
  const names = readdirSync(runFolder, { recursive: true, encoding: 'utf8' });
  const locks = names.filter((name) => /^lock\.\d+$/.test(name));
  const known = /^(events\.jsonl|notes|blobs|blobs\/[0-9a-f]{64}|lock\.\d+)$/;
  return [...names.filter((name) => !known.test(name)), ...locks.slice(1)];
}

/** Command lines of processes that stand in the project's folders; those on their way out get 1.5 s. */
export async function processesLeft(project: ScriptedProject): Promise<readonly string[]> {
  for (let waited = 0; ; waited += 50) {
    const left = processesIn(project.folder.path);
    if (left.length === 0 || waited >= 1_500) return left;
    await wait(50);
  }
}

/** Command lines of the processes whose working folder lies in `folder`. Reads /proc, so Linux only. */
export function processesIn(folder: string): readonly string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      if (!readlinkSync(`/proc/${pid}/cwd`).startsWith(`${folder}${path.sep}`)) return [];
      return [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()}`];
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      // The process ended while it was looked at, or belongs to somebody else.
      if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return [];
      throw error;
    }
  });
}

/** Numbers in [0, 1), the same ones for the same seed (a linear congruential generator, constants of Numerical Recipes). */
export function seededNumbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1664525 + 1013904223) % 2 ** 32) / 2 ** 32;
}
