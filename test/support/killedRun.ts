import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { RunEvent } from '../../src/core/run/event.ts';
import { foldRun } from '../../src/core/run/view.ts';
import { openLedger } from '../../src/node/ledger.ts';
import { runOwner } from '../../src/node/lock.ts';
import { readEventLog } from '../../src/node/log/eventLog.ts';
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
  readonly endedSteps: readonly string[];
  readonly settledMicrodollars: number;
  readonly ledgerMicrodollars: number;
}

/** When a process is killed: as soon as its n-th event was seen (from 1) or a little later, or after a time. */
export type KillMoment =
  | { readonly kind: 'event'; readonly number: number; readonly laterMs?: number }
  | { readonly kind: 'time'; readonly milliseconds: number };

/** A project that can be put back to its first state, and an undisturbed run of it. */
export interface KillBench extends AsyncDisposable {
  readonly project: ScriptedProject;
  readonly undisturbed: RunFacts;
  readonly nEvents: number;
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
  const result = await project.speckit(...START);
  const milliseconds = performance.now() - startedAt;
  assert.equal(result.exit, 11, result.stderr);
  return {
    project,
    undisturbed: await factsOf(project),
    nEvents: result.stdout.trim().split('\n').length,
    nRequests: project.server.requests.length,
    milliseconds,
    reset,
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  };
}

export async function eventsOf(project: ScriptedProject, runId = RUN): Promise<readonly RunEvent[]> {
  const content = await readEventLog(path.join(runFolderOf(project, runId), 'events.jsonl'));
  assert.ok(content.kind === 'ok', JSON.stringify(content));
  return content.value.events;
}

export async function factsOf(project: ScriptedProject, runId = RUN): Promise<RunFacts> {
  const events = await eventsOf(project, runId);
  const view = foldRun(events);
  const ended = new Map<string, string>();
  for (const event of events) if (event.kind === 'StepEnd') ended.set(event.payload.key, event.payload.outcome);
  return {
    outcome: view.end?.outcome,
    tree: view.proposal?.tree,
    files: view.proposal?.files.map(({ path: file, sha256 }) => ({ path: file, sha256 })) ?? [],
    verdicts: view.verdicts.map(
      ({ stage, verdict, reasons }) => `${stage} ${verdict} ${reasons.map(({ rule }) => rule).join(' ')}`,
    ),
    endedSteps: [...ended].map(([key, outcome]) => `${key} ${outcome}`).sort(),
    settledMicrodollars: view.spend.settled,
    ledgerMicrodollars: ledgerRows(project, runId).reduce((sum, row) => sum + row.settledMicrodollars, 0),
  };
}

export function ledgerRows(project: ScriptedProject, runId = RUN) {
  const ledger = openLedger(project.folder.join('home', 'data', 'ledger.sqlite'));
  assert.ok(ledger.kind === 'ok', JSON.stringify(ledger));
  using opened = ledger.value;
  return opened.rows(runId);
}

/** Starts (or resumes) a run and kills it with SIGKILL at a moment. What had already ended by then is left as it is. */
export async function runAndKill(
  project: ScriptedProject,
  words: readonly string[],
  moment: KillMoment,
): Promise<CommandResult> {
  const child = project.spawn(words);
  const ended = finished(child);
  let seen = 0;
  const kill = (): boolean => child.kill('SIGKILL');
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

/**
 * Kills a fresh run at each moment in turn, resumes it to its end, and compares with the undisturbed run: tree, files, verdicts, steps and settled
 * money are the same; a kill costs at most one more request; nothing of the user's changed; nothing is left behind.
 */
export async function checkKilledRun(bench: KillBench, moments: readonly KillMoment[]): Promise<void> {
  bench.reset();
  const { project } = bench;
  const at = JSON.stringify(moments);
  const nBefore = project.server.requests.length;
  let nKills = 0;
  let words: readonly string[] = START;
  for (const moment of moments) {
    const killed = await runAndKill(project, words, moment);
    if (killed.signal === 'SIGKILL') nKills += 1;
    await assertUserTreeUntouched(project, at);
    words = hasLog(project) ? ['--events', 'resume', RUN] : START;
  }
  const last = await finished(project.spawn(words));
  assert.equal(last.exit, 11, `${at}: ${last.stderr}${last.stdout.slice(-2_000)}`);
  assert.deepEqual(await factsOf(project), bench.undisturbed, at);
  const nRequests = project.server.requests.length - nBefore;
  assert.ok(nRequests >= bench.nRequests && nRequests <= bench.nRequests + nKills, `${at}: ${nRequests} requests`);
  await assertAccounted(project, nRequests, at);
  await assertUserTreeUntouched(project, at);
  await assertNothingLeft(project, at);
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

/** Every request stands in the ledger as settled or in doubt, nothing stays reserved, and the log says the same as the ledger. */
async function assertAccounted(project: ScriptedProject, nRequests: number, at: string): Promise<void> {
  const rows = ledgerRows(project);
  assert.deepEqual(
    rows.filter(({ state }) => state === 'reserved').map(({ step }) => step),
    [],
    at,
  );
  const paid = rows.filter(({ state }) => state === 'settled' || state === 'inDoubt');
  assert.ok(paid.length >= nRequests, `${at}: ${nRequests} requests, ${paid.length} of them in the ledger`);
  const { spend } = foldRun(await eventsOf(project));
  const inDoubt = rows.filter(({ state }) => state === 'inDoubt');
  assert.deepEqual(
    { reserved: spend.reserved, inDoubt: spend.inDoubt },
    { reserved: 0, inDoubt: inDoubt.reduce((sum, row) => sum + row.reservedMicrodollars, 0) },
    at,
  );
}

/** Nothing but the spec's folder differs from HEAD, and no branch or stash was made. */
export async function assertUserTreeUntouched(project: ScriptedProject, at: string): Promise<void> {
  assert.equal(await userGit(project.root, 'status', '--porcelain', '--', '.', ':!specs'), '', at);
  const refs = await userGit(project.root, 'for-each-ref', '--format=%(refname)', 'refs/heads', 'refs/stash');
  assert.equal(refs, 'refs/heads/main\n', at);
}

/** No process, lock or half-made tree. */
export async function assertNothingLeft(project: ScriptedProject, at: string): Promise<void> {
  assert.deepEqual(await processesLeft(project), [], at);
  assert.equal(await runOwner(runFolderOf(project)), undefined, at);
  const trees = project.folder.join('home', 'state', 'trees');
  assert.deepEqual(readdirSync(trees).sort(), [RUN, `${RUN}.git`, `${RUN}.trees`].sort(), at);
  const own = readdirSync(path.join(trees, `${RUN}.trees`));
  assert.ok(own.includes('ready') && !own.includes('index.lock'), `${at}: ${own.join(' ')}`);
  const locks = readdirSync(project.root + '/.git').filter((name) => name.endsWith('.lock'));
  assert.deepEqual(locks, [], at);
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
