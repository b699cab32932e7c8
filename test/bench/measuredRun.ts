import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readEventLog } from '../../src/node/log/eventLog.ts';
import { userGit } from '../support/gitRepository.ts';
import { installation, scriptedProject } from '../support/scriptedProject.ts';
import { probeSchema } from './probeFile.ts';
import { covered, type Span } from './spans.ts';
import { timed } from './timed.ts';

/** One `speckit auto` from the start of its process to its exit, and the peers on the same repository just before. Milliseconds. */
export interface MeasuredRun {
  readonly wall: number;
  /** What the project's own checks took. */
  readonly checks: number;
  readonly nChecks: number;
  readonly overhead: number;
  /** From the start of the process to the first git call. */
  readonly start: number;
  readonly git: number;
  readonly gitCalls: readonly string[];
  readonly syncs: number;
  readonly nSyncs: number;
  readonly modelCalls: readonly number[];
  /** Nothing of the above: reading, checking and writing JSON, hashing, gates, the way out. */
  readonly rest: number;
  /** Processor time of the process itself, without git and checks. */
  readonly cpu: number;
  readonly nEvents: number;
  readonly peers: Readonly<Record<Peer, number>>;
}

export const PEERS = ['node -e 0', 'git worktree add', 'npm test', 'node --test'] as const;
export type Peer = (typeof PEERS)[number];

/** Makes the scripted project anew, times the peers on it, then the whole pipeline up to the proposal. */
export async function measureRun(): Promise<MeasuredRun> {
  await using project = await scriptedProject();
  const { environment, root } = project;
  const peers = await measurePeers(root, project.folder.join('peer'), environment);
  const probe = project.folder.join('probe.json');
  const { start, end } = await timed(
    [
      process.execPath,
      '--import',
      path.join(import.meta.dirname, 'probe.mjs'),
      path.join(installation, 'dist/cli/main.js'),
      '-C',
      root,
      '--json',
      'auto',
      'SPEC-001',
      '--run-id',
      'run-1',
    ],
    { cwd: project.folder.path, environment: { ...environment, SPECKIT_PROBE: probe }, exit: 11 },
  );
  const { processes, syncs, cpuMs } = probeSchema.parse(JSON.parse(readFileSync(probe, 'utf8')));
  const log = await readEventLog(path.join(root, '.git/speckit/runs/run-1/events.jsonl'));
  if (log.kind === 'error') throw new Error(`the run's log cannot be read: ${log.error.kind}`);
  const calls = log.value.events.flatMap((event): readonly Span[] => {
    if (event.kind !== 'LLMCall') return [];
    const ended = Date.parse(event.time);
    return [{ name: 'call', start: ended - event.payload.durationMs, end: ended }];
  });
  const checks = processes.filter(({ name }) => name === 'check');
  const git = processes.filter(({ name }) => name.startsWith('git '));
  const loading = { name: 'start', start, end: git[0]?.start ?? start };
  return {
    wall: end - start,
    checks: covered(checks),
    nChecks: checks.length,
    overhead: end - start - covered(checks),
    start: loading.end - loading.start,
    git: covered(git),
    gitCalls: git.map(({ name }) => name),
    syncs: covered(syncs),
    nSyncs: syncs.length,
    modelCalls: calls.map((call) => call.end - call.start),
    rest: end - start - covered([loading, ...git, ...syncs, ...calls, ...checks]),
    cpu: cpuMs,
    nEvents: log.value.events.length,
    peers,
  };
}

async function measurePeers(
  root: string,
  tree: string,
  environment: Readonly<Record<string, string>>,
): Promise<MeasuredRun['peers']> {
  const took = async (cwd: string, ...words: readonly string[]): Promise<number> => {
    const { start, end } = await timed(words, { cwd, environment });
    return end - start;
  };
  const peers = {
    'node -e 0': await took(root, process.execPath, '-e', '0'),
    'git worktree add': await took(root, 'git', 'worktree', 'add', '--quiet', '--detach', tree),
    'npm test': await took(tree, 'npm', 'test'),
    'node --test': await took(tree, process.execPath, '--test'),
  };
  await userGit(root, 'worktree', 'remove', '--force', tree);
  return peers;
}
