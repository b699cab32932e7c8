import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { citedBlobs } from '../../src/core/run/retention.ts';
import { bakeoffProject } from '../support/bakeoffProject.ts';
import { userGit } from '../support/gitRepository.ts';
import { eventsOf, runAndKill, runFolderOf, treesOf } from '../support/killedRun.ts';
import { finished, scriptedProject, SPEC, type ScriptedProject } from '../support/scriptedProject.ts';

interface Told {
  readonly runs: readonly { readonly runId: string; readonly why: string }[];
  readonly trees: readonly { readonly runId: string }[];
  readonly blobs: readonly { readonly runId: string; readonly sha256: readonly string[] }[];
  readonly orphans: readonly string[];
  readonly kept: readonly { readonly runId: string; readonly why: string }[];
  readonly bakeoffs: readonly { readonly stamp: string; readonly bytes: number; readonly why: string }[];
}

/** Words, after the limits were written into speckit.toml; the runs of the result by their ids. */
async function gc(project: ScriptedProject, retention: string, ...words: readonly string[]): Promise<Told> {
  const file = path.join(project.root, 'speckit.toml');
  const [before = ''] = readFileSync(file, 'utf8').split('\n[retention]');
  writeFileSync(file, `${before}\n[retention]\n${retention}\n`);
  const result = await project.speckit('--json', 'gc', ...words);
  assert.equal(result.exit, 0, result.stderr + result.stdout);
  return JSON.parse(result.stdout) as Told;
}

const runsOf = (project: ScriptedProject): readonly string[] =>
  readdirSync(path.join(project.root, '.git/speckit/runs')).sort();
const refsOf = async (project: ScriptedProject): Promise<readonly string[]> => {
  const names = await userGit(project.root, 'for-each-ref', '--format=%(refname)', 'refs/speckit');
  return [...new Set(names.split('\n').flatMap((name) => name.split('/')[2] ?? []))].sort();
};

/** Every path below a folder with its size: what is there, and that it is as it was. */
const sizesOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => `${name} ${statSync(path.join(folder, name)).size}`);

describe('speckit gc', function () {
  this.timeout(60_000);
  let project: ScriptedProject;
  /** A run that was applied, one that awaits approval, one that was killed, and what belongs to no run. */
  before(async () => {
    const second = { 'specs/SPEC-002-second/spec.md': SPEC.replace('# Greeting', '# Second greeting') };
    project = await scriptedProject({ answersBy: 'turn', files: second });
    await runAndKill(project, ['--events', 'auto', 'SPEC-001', '--run-id', 'killed'], { kind: 'event', number: 60 });
    for (const [runId, spec] of [
      ['waits', 'SPEC-002'],
      ['applied', 'SPEC-001'],
    ] as const)
      assert.equal((await project.speckit('auto', spec, '--run-id', runId)).exit, 11);
    assert.equal((await project.speckit('approve', 'applied')).exit, 0);
    await userGit(project.root, 'update-ref', 'refs/speckit/gone/base', 'HEAD');
    mkdirSync(path.join(treesOf(project.root, project), 'other', 'src'), { recursive: true });
    cpSync(path.join(runFolderOf(project, 'waits'), 'blobs'), path.join(runFolderOf(project, 'never'), 'blobs'), {
      recursive: true,
    });
    mkdirSync(runFolderOf(project, '.removed-half'));
  });
  after(() => project[Symbol.asyncDispose]());

  it('says with --dry-run what would go, and changes nothing', async () => {
    const retention = 'run_days = 0';
    await gc(project, retention, '--dry-run');
    const before = [sizesOf(path.join(project.root, '.git/speckit')), sizesOf(treesOf(project.root, project))];
    const told = await gc(project, retention, '--dry-run');
    assert.deepEqual(
      told.runs.map(({ runId, why }) => `${runId}: ${why}`),
      ['applied: older than 0 days'],
    );
    assert.deepEqual([...told.orphans].sort(), [
      'run never, which was killed before its first event',
      'tree and refs of run gone, which is gone',
      'tree and refs of run other, which is gone',
      'what is left of run half',
    ]);
    const after = [sizesOf(path.join(project.root, '.git/speckit')), sizesOf(treesOf(project.root, project))];
    assert.deepEqual(after, before);
  });

  it('drops texts beyond the limit, none that a verdict cites, and says so in the log', async () => {
    const cited = citedBlobs(await eventsOf(project, 'applied'));
    const before = readdirSync(path.join(runFolderOf(project, 'applied'), 'blobs'));
    const explained = await project.speckit('--json', 'explain', 'applied');
    const told = await gc(project, 'evidence_megabytes = 0.001');
    const [removal] = told.blobs;
    assert.deepEqual([told.blobs.length, removal?.runId], [1, 'applied']);
    const left = readdirSync(path.join(runFolderOf(project, 'applied'), 'blobs')).sort();
    assert.deepEqual(left, before.filter((name) => cited.has(name)).sort());
    assert.ok(left.length > 3 && left.length < before.length, `${left.length} of ${before.length}`);
    const verified = await project.speckit('--json', 'log', 'verify', 'applied');
    const { droppedBlobs } = JSON.parse(verified.stdout) as { readonly droppedBlobs: number };
    assert.deepEqual([verified.exit, droppedBlobs], [0, removal?.sha256.length], verified.stderr);
    assert.equal((await project.speckit('--json', 'explain', 'applied')).stdout, explained.stdout);
    assert.equal((await project.speckit('diff', 'applied')).exit, 0);
    assert.deepEqual((await gc(project, 'evidence_megabytes = 0.001')).blobs, [], 'what went is not told again');
    assert.match((await project.speckit('status')).stdout, /specs\/SPEC-001-greeting keeps \d.* of evidence/);
  });

  it('removes the files of a finished run and what belongs to no run, and leaves the rest as it was', async () => {
    const waiting = sizesOf(runFolderOf(project, 'waits'));
    await gc(project, 'tree_days = 0');
    const trees = readdirSync(treesOf(project.root, project))
      .filter((name) => !name.includes('.'))
      .sort();
    assert.deepEqual(trees, ['killed', 'waits']);
    assert.deepEqual(runsOf(project), ['applied', 'killed', 'waits']);
    assert.deepEqual(await refsOf(project), ['applied', 'killed', 'waits']);
    assert.deepEqual(sizesOf(runFolderOf(project, 'waits')), waiting);
  });

  it('removes an old finished run whole; one that awaits approval and one that was killed can go on', async () => {
    await gc(project, 'run_days = 0');
    assert.deepEqual(
      [runsOf(project), await refsOf(project)],
      [
        ['killed', 'waits'],
        ['killed', 'waits'],
      ],
    );
    assert.equal((await project.speckit('diff', 'waits')).exit, 0);
    const resumed = await project.speckit('resume', 'killed');
    assert.equal(resumed.exit, 11, resumed.stderr);
  });

  it('leaves a run at work alone, also when unfinished ones are asked for', async () => {
    const child = project.spawn(['--events', 'auto', 'SPEC-001', '--run-id', 'busy']);
    for (let looks = 0; looks < 200 && !existsSync(path.join(runFolderOf(project, 'busy'), 'events.jsonl')); looks += 1)
      await wait(20);
    child.kill('SIGSTOP');
    try {
      const told = await gc(project, 'run_days = 0', '--unfinished');
      assert.deepEqual(told.runs.map(({ runId }) => runId).sort(), ['killed', 'waits']);
      assert.deepEqual(runsOf(project), ['busy']);
    } finally {
      child.kill('SIGKILL');
    }
  });
});

describe('speckit gc after a bake-off', function () {
  this.timeout(120_000);

  it('frees what a killed one left once nobody goes on with it, and it can be gone on with all the same', async () => {
    let kill: (() => void) | undefined;
    await using held = await bakeoffProject(2, (side, task) => {
      if (kill === undefined || side !== 'cloud' || task !== 2) return 'right';
      kill();
      return { text: '', delayMs: 30_000 };
    });
    const { project, suite } = held;
    const state = path.join(project.environment['SPECKIT_HOME'] ?? '', 'state/bakeoff');
    const places = (): readonly string[] =>
      readdirSync(state).flatMap((key) =>
        readdirSync(path.join(state, key), { withFileTypes: true }).flatMap((entry) =>
          entry.isDirectory() ? [entry.name] : [],
        ),
      );
    const killAt = async (signal: 'SIGKILL' | 'SIGSTOP') => {
      const child = project.spawn(['reflex', 'bakeoff', '--suite', suite]);
      const stopped = new Promise<void>((resolve) => {
        kill = () => {
          child.kill(signal);
          resolve();
        };
      });
      await stopped;
      kill = undefined;
      return child;
    };
    assert.equal((await finished(await killAt('SIGKILL'))).signal, 'SIGKILL');
    const [stamp = ''] = places();
    assert.match(stamp, /^\d{8}T\d{6}$/);
    assert.deepEqual((await gc(project, 'tree_days = 1')).bakeoffs, [], 'somebody may still go on with it');
    const [told] = (await gc(project, 'tree_days = 0', '--dry-run')).bakeoffs;
    assert.deepEqual([told?.stamp, told?.why], [stamp, 'nobody has gone on with it for 0 days']);
    assert.ok((told?.bytes ?? 0) > 1_000, JSON.stringify(told));
    assert.deepEqual(places(), [stamp]);
    const said = await project.speckit('gc');
    assert.match(said.stdout, new RegExp(`^ {2}files of bake-off ${stamp}   .*nobody has gone on with it`, 'm'));
    assert.deepEqual(places(), []);
    const resumed = await project.speckit('reflex', 'bakeoff', '--suite', suite, '--resume');
    assert.equal(resumed.exit, 0, resumed.stderr);
    assert.deepEqual(
      held.asked.filter((call) => call.startsWith('reflex')),
      ['reflex 1', 'reflex 2'],
    );

    assert.equal((await finished(await killAt('SIGKILL'))).signal, 'SIGKILL');
    for (const name of readdirSync(path.join(project.root, '.speckit/eval')))
      if (name.endsWith('.trials.jsonl')) rmSync(path.join(project.root, '.speckit/eval', name));
    const [lost] = (await gc(project, 'tree_days = 7')).bakeoffs;
    assert.equal(lost?.why, 'it was killed, and cannot be gone on with');
    assert.deepEqual(places(), []);

    const child = await killAt('SIGSTOP');
    try {
      assert.deepEqual((await gc(project, 'tree_days = 0')).bakeoffs, [], 'a process is at work on it');
      assert.equal(places().length, 1);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
