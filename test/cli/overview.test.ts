import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { StageOverview } from '../../src/app/overview.ts';
import { approvalBench, type ApprovalBench } from '../support/approvalBench.ts';
import { RUN, runFolderOf } from '../support/killedRun.ts';
import { appOf } from '../support/projectApp.ts';
import { scriptedProject } from '../support/scriptedProject.ts';

/** No one's: a prefix that tells it is a secret, and letters that nobody drew. */
const TOKEN = `npm_${'aB3dE6gH9'.repeat(4)}`;
const SPEC_FILE = 'specs/SPEC-001-greeting/spec.md';
const states = (stages: readonly StageOverview[] | undefined) =>
  Object.fromEntries(
    (stages ?? []).map(({ stage, state, document }) => [stage, [state, document?.state ?? null] as const]),
  );

describe('the overview of a repository', () => {
  let bench: ApprovalBench;
  before(async () => {
    bench = await approvalBench({ answersBy: 'turn' });
  });
  beforeEach(() => bench.reset());
  after(() => bench[Symbol.asyncDispose]());

  it('tells of a proposed run, its tasks, its evidence and what it needs', async () => {
    const { specs, needs, runs, problem, specFolder } = await appOf(bench.project).overview();
    assert.deepEqual([problem, specFolder], [undefined, 'specs']);
    const [spec] = specs;
    assert.deepEqual([spec?.id, spec?.title, spec?.path], ['SPEC-001', 'Greeting', SPEC_FILE]);
    assert.deepEqual(spec?.tasks, [{ id: 'T1', title: 'greet', state: 'done', attempt: 1 }]);
    assert.deepEqual(
      spec?.evidence.map(({ check, outcome, isFresh }) => ({ check, outcome, isFresh })),
      [{ check: 'test', outcome: 'passed', isFresh: true }],
    );
    assert.deepEqual(states(spec?.stages), {
      specify: ['done', 'written'],
      plan: ['done', 'written'],
      tasks: ['done', 'written'],
      implement: ['done', null],
      validate: ['done', 'written'],
      audit: ['done', 'written'],
      unlock: ['person', null],
    });
    assert.deepEqual(
      needs.map(({ kind, count, text }) => ({ kind, count, text })),
      [{ kind: 'review', count: 2, text: 'SPEC-001 Greeting: review 2 files' }],
    );
    const [run] = runs;
    assert.deepEqual(
      [run?.at, run?.outcome, run?.tasks, run?.proposedFiles],
      ['ended', 'proposed', { done: 1, total: 1 }, 2],
    );
    assert.match(run?.owner?.program ?? '', /^speckit /);
  });

  it('does not read a log again that did not change, and reads one that did', async () => {
    const app = appOf(bench.project);
    const file = path.join(runFolderOf(bench.project), 'events.jsonl');
    const at = new Date('2026-01-01T00:00:00Z');
    utimesSync(file, at, at);
    const before = await app.overview();
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"kind":"RunStart"', '"kind":"RunStarT"'));
    utimesSync(file, at, at);
    assert.deepEqual(await app.overview(), before, 'damage of the same size and time is not looked at');
    assert.equal((await appOf(bench.project).overview()).broken.length, 1, 'whoever reads it sees the damage');
    writeFileSync(file, text);
    assert.deepEqual(await app.overview(), before);
  });

  it('calls what was made of another spec.md stale until a run has read the new one', async () => {
    const app = appOf(bench.project);
    const file = `${bench.project.root}/${SPEC_FILE}`;
    const original = readFileSync(file, 'utf8');
    appendFileSync(file, '\nOne more line.\n');
    const [spec] = (await app.overview()).specs;
    assert.equal(
      spec?.stages[1]?.document?.why,
      `spec.md has changed since run ${RUN} read it`,
      JSON.stringify(spec?.stages[1]),
    );
    const stale = ['stale', 'stale'];
    assert.deepEqual(states(spec?.stages), {
      specify: stale,
      plan: stale,
      tasks: stale,
      implement: ['stale', null],
      validate: stale,
      audit: stale,
      unlock: ['stale', null],
    });
    assert.deepEqual(
      spec?.evidence.map(({ check, isFresh }) => [check, isFresh]),
      [['test', false]],
    );
    const told = await bench.project.speckit('status');
    assert.match(
      told.stdout,
      new RegExp(`specs/SPEC-001-greeting {3}.* {3}stale: spec.md has changed since run ${RUN}`),
    );
    writeFileSync(file, original);
    assert.deepEqual((await app.overview()).specs[0]?.stages[1]?.state, 'done');
    assert.doesNotMatch((await bench.project.speckit('status')).stdout, /stale/);
    appendFileSync(file, '\nOne more line.\n');
    await bench.speckit(11, 'resume', RUN);
    assert.deepEqual((await app.overview()).specs[0]?.stages[1]?.state, 'done', 'the resumed run read the new one');
  });

  it('calls nothing stale where the spec holds a secret, which the run itself reads as a mark', async () => {
    const app = appOf(bench.project);
    const file = `${bench.project.root}/${SPEC_FILE}`;
    appendFileSync(file, `\nThe staging server takes \`${TOKEN}\`.\n`);
    await bench.speckit(11, 'resume', RUN);
    const [spec] = (await app.overview()).specs;
    assert.deepEqual(states(spec?.stages)['plan'], ['done', 'written']);
    assert.ok(!readFileSync(`${bench.project.root}/.git/speckit/runs/${RUN}/events.jsonl`, 'utf8').includes(TOKEN));
  });

  it('says in words what keeps it from being shown', async () => {
    writeFileSync(`${bench.project.root}/speckit.toml`, 'nonsense = 1\n');
    const mistaken = await appOf(bench.project).overview();
    assert.match(mistaken.problem ?? '', /speckit\.toml:1:1/);
    assert.deepEqual([mistaken.runs.length, mistaken.needs.length], [1, 1], 'the runs are there all the same');
    const nowhere = await appOf(bench.project, { folder: bench.project.folder.path }).overview();
    assert.match(nowhere.problem ?? '', /not in a git repository/);
  });

  it('lists specs without a run, and workers on own hardware', async () => {
    await using project = await scriptedProject({
      more: '[workers.mine]\nprovider = "openai-chat"\nmodel = "small"\nbase_url = "http://127.0.0.1:1/v1"\nlocal = true\n',
    });
    const { specs, localWorkers, needs } = await appOf(project).overview();
    assert.deepEqual(states(specs[0]?.stages)['plan'], ['waiting', 'missing']);
    assert.deepEqual(localWorkers, [{ name: 'mine', model: 'small', baseUrl: 'http://127.0.0.1:1/v1' }]);
    assert.deepEqual(needs, []);
  });
});
