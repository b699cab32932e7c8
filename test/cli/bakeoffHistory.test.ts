import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bakeoffReportSchema, type BakeoffReport } from '../../src/core/reflex/bakeoffReport.ts';
import { userGit } from '../support/gitRepository.ts';
import { historyProject, type HistoryProject, type Redoing } from '../support/historyProject.ts';
import { runFolderOf } from '../support/killedRun.ts';
import { finished, type ScriptedProject } from '../support/scriptedProject.ts';

const bakeoff = ({ project }: HistoryProject, ...words: readonly string[]) =>
  project.speckit('reflex', 'bakeoff', '--from-history', ...words);

type Reported = BakeoffReport & { readonly file: string; readonly exit: number | null };

async function reportOf(held: HistoryProject, ...words: readonly string[]): Promise<Reported> {
  const { exit, stdout, stderr } = await bakeoff(held, ...words, '--json');
  const said = JSON.parse(stdout) as { readonly file: string };
  assert.ok(said.file !== undefined, stdout + stderr);
  const written = JSON.parse(readFileSync(path.join(held.project.root, said.file), 'utf8')) as unknown;
  return { ...bakeoffReportSchema.parse(written), file: said.file, exit };
}

const outcomes = ({ trials }: BakeoffReport): readonly string[] =>
  trials.map(({ side, task, outcome }) => `${side} ${task} ${outcome}`);

/** Folders of bake-offs in the person's state folder. */
const places = ({ environment }: ScriptedProject): readonly string[] => {
  const folder = path.join(environment['SPECKIT_HOME'] ?? '', 'state/bakeoff');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((key) =>
    readdirSync(path.join(folder, key), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name),
  );
};

describe('reflex bakeoff --from-history', function () {
  this.timeout(180_000);
  let held: HistoryProject;
  let doing: (who: string) => Redoing = () => 'right';
  /** One run that was applied, two that wait, one of them of three tasks, and runs that give nothing, each for another reason. */
  before(async () => {
    held = await historyProject(7, (who) => doing(who));
    const { project } = held;
    for (const spec of [1, 2, 3, 4, 6, 7]) await held.run(spec, `run-${spec}`);
    assert.equal((await project.speckit('approve', 'run-1')).exit, 0);
    assert.equal((await project.speckit('reject', 'run-4', '--why', 'not this')).exit, 0);
    assert.equal((await project.speckit('plan', 'SPEC-005', '--run-id', 'run-5')).exit, 0);
    const log = path.join(runFolderOf(project, 'run-6'), 'events.jsonl');
    const lines = readFileSync(log, 'utf8').split('\n');
    writeFileSync(log, lines.filter((_, index) => index !== 20).join('\n'));
    for (const name of ['base', 'checkpoint'])
      await userGit(project.root, 'update-ref', '-d', `refs/speckit/run-7/${name}`);
  });
  after(() => held[Symbol.asyncDispose]());

  it('does the tasks of finished runs again, each on the tree it began with, and finds the rates it was told', async () => {
    const { project } = held;
    const answers: Readonly<Record<string, Redoing>> = { 'reflex 2/T1': 'wrong', 'reflex 3/T2': 'cheats' };
    doing = (who) => answers[who] ?? 'right';
    const status = await userGit(project.root, 'status', '--porcelain');
    const refs = await userGit(project.root, 'for-each-ref');
    const cost = (await project.speckit('cost', 'SPEC-003', '--json')).stdout;
    const report = await reportOf(held);
    assert.deepEqual(outcomes(report), [
      'reflex run-1/T1 passed',
      'cloud run-1/T1 passed',
      'reflex run-3/T1 passed',
      'cloud run-3/T1 passed',
      'reflex run-3/T2 failed',
      'cloud run-3/T2 passed',
      'reflex run-2/T1 failed',
      'cloud run-2/T1 passed',
    ]);
    const { suite, statistics, verdict } = report;
    assert.deepEqual([suite.name, suite.origin, suite.tasks], ['history', 'history', 4]);
    assert.deepEqual([statistics.reflex.passed, statistics.cloud.passed, statistics.parity.percent], [2, 4, 50]);
    assert.match(suite.skipped.join('\n'), /^run run-7: its checkpoints are not in this repository any more$/m);
    assert.match(suite.skipped.join('\n'), /^run run-6: .*log/m);
    assert.match(suite.skipped.join('\n'), /^run run-5: it has not come to a proposal$/m);
    assert.match(suite.skipped.join('\n'), /^run run-4: a person rejected what it made$/m);
    assert.match(suite.skipped.join('\n'), /^run-3\/T3: no check fails without it/m);
    assert.equal(suite.skipped.length, 5);
    // Too few tasks are never a promotion, and it says so.
    assert.deepEqual(
      verdict.reasons.map(({ rule }) => rule),
      ['enough-trials', 'enough-tasks', 'success-parity'],
    );
    // What is asked is the task of the run with its files, and the tests it is measured by.
    const single = held.asked.find(({ who }) => who === 'reflex 3/T2')?.text ?? '';
    assert.match(single, /Change it, and bring its test \(3 and T2\)\./);
    assert.match(single, /src\/twice3\.js\n\(does not exist yet\)/);
    assert.match(single, /assert\.equal\(twice3\(\), 6\)/);
    const markdown = readFileSync(path.join(project.root, report.file.replace(/json$/, 'md')), 'utf8');
    assert.match(markdown, /4 tasks of this repository's own finished runs/);
    assert.match(markdown, /Not mined:\n(?:- .*\n){5}/);
    // Nothing of it stays with the person, nor counts as a cost of their specs.
    assert.equal(await userGit(project.root, 'status', '--porcelain'), status);
    assert.equal(await userGit(project.root, 'for-each-ref'), refs);
    assert.equal((await project.speckit('cost', 'SPEC-003', '--json')).stdout, cost);
    assert.deepEqual(places(project), []);
  });

  it('goes on with exactly its tasks after a kill, whatever became of the runs since', async () => {
    const { project } = held;
    let kill: (() => void) | undefined;
    doing = (who) => {
      if (who !== 'cloud 3/T1' || kill === undefined) return 'right';
      kill();
      return { text: '', delayMs: 30_000 };
    };
    const child = project.spawn(['reflex', 'bakeoff', '--from-history']);
    kill = () => child.kill('SIGKILL');
    const { signal, stderr } = await finished(child);
    assert.equal(signal, 'SIGKILL');
    kill = undefined;
    assert.match(stderr, /^run-1\/T1 can be done again\n(?:.*\n)*run-3\/T3 cannot: no check fails without it/);
    assert.match(stderr, /^4 tasks can be done again: with fewer than 12 .* cannot let it make first attempts\.$/m);
    assert.match(stderr, /^1\/8 {2}run-1\/T1 {2}reflex {2}passed/m);
    assert.equal((await project.speckit('reject', 'run-2', '--why', 'not this either')).exit, 0);
    const before = held.asked.length;
    const { stdout } = await bakeoff(held, '--resume');
    assert.match(stdout, /^local beside cheap: not passed$/m);
    assert.match(stdout, /^ {2}- 4 tasks of finished runs; at least 12 are needed\.$/m);
    assert.match(stdout, /^5 not mined: /m);
    const file = /^Written: (\S+\.json),/m.exec(stdout)?.[1] ?? '';
    const report = bakeoffReportSchema.parse(JSON.parse(readFileSync(path.join(project.root, file), 'utf8')));
    assert.deepEqual(
      [report.end.kind, report.suite.tasks, report.statistics.reflex.passed, report.statistics.cloud.passed],
      ['complete', 4, 4, 4],
    );
    assert.deepEqual(
      held.asked.slice(before).map(({ who }) => who),
      ['cloud 3/T1', 'reflex 3/T2', 'cloud 3/T2', 'reflex 2/T1', 'cloud 2/T1'],
    );
    assert.deepEqual(places(project), []);
  });

  it('says that it cannot go on where the files of a task are gone, and what to do', async () => {
    const { root } = held.project;
    const { end, trials } = await reportOf(held, '--budget', '0.0001');
    assert.deepEqual([end.kind, trials.length], ['stopped', 1]);
    const withoutObject = async (name: string): Promise<string> => {
      const lost = (await userGit(root, 'rev-parse', `refs/speckit/run-1/checkpoint:${name}`)).trim();
      const file = path.join(root, '.git/objects', lost.slice(0, 2), lost.slice(2));
      renameSync(file, `${file}.away`);
      const { exit, stderr } = await bakeoff(held, '--resume');
      renameSync(`${file}.away`, file);
      return `${exit} ${stderr}`;
    };
    const withoutFolder = await withoutObject('test');
    assert.match(withoutFolder, /^3 .*run-1\/T1, cloud: git failed: /s);
    assert.match(
      withoutFolder,
      /`speckit reflex bakeoff --from-history` begins another, which chooses its tasks anew\./,
    );
    assert.match(withoutFolder, /Otherwise `speckit reflex bakeoff --from-history --resume` goes on\.$/m);
    const test = (await userGit(root, 'ls-tree', '--name-only', 'refs/speckit/run-1/checkpoint:test'))
      .trim()
      .split('\n');
    const withoutTest = await withoutObject(`test/${test[0]}`);
    assert.match(
      withoutTest,
      /^3 .*run-1\/T1: the test test\/.* is no longer in the repository as it was when the task was chosen/s,
    );
    assert.match(withoutTest, /chooses its tasks anew: `speckit reflex bakeoff --from-history`/);
  });

  it('says why where nothing can be mined, and spends nothing', async () => {
    const asked = held.asked.length;
    const { root } = held.project;
    const lost = await userGit(root, 'rev-parse', 'refs/speckit/run-1/checkpoint:src/number1.js');
    rmSync(path.join(root, '.git/objects', lost.trim().slice(0, 2), lost.trim().slice(2)));
    rmSync(path.join(root, '.git/speckit/runs/run-3'), { recursive: true });
    const { exit, stderr } = await bakeoff(held);
    assert.equal(exit, 4, stderr);
    assert.match(stderr, /No task of a finished run of this repository can be done again.*Nothing was spent\./);
    assert.match(stderr, /^ {2}run-1\/T1: its trees cannot be read any more: /m);
    assert.match(stderr, /^ {2}run run-2: a person rejected what it made$/m);
    const both = await bakeoff(held, '--suite', 'reflex_patchloop_v1');
    assert.match(`${both.exit} ${both.stderr}`, /^4 .*leave one of them out/);
    assert.equal(held.asked.length, asked);
  });
});
