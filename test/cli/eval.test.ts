import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { DriftReport } from '../../src/app/drift.ts';
import type { Scorecard } from '../../src/core/router/scorecard.ts';
import { commandLine } from '../support/commandLine.ts';
import type { ScriptedRequest } from '../support/scriptedModelServer.ts';
import {
  configuration,
  finished,
  GOOD,
  scriptedProject,
  SPEC,
  type CallName,
  type ScriptedProject,
} from '../support/scriptedProject.ts';
import type { Step } from '../support/scriptedStep.ts';

const AB = ['eval', 'ab', '--stage', 'plan', '--a', 'strong', '--b', 'cheap'] as const;
const plan = JSON.parse((GOOD.plan[0] as { readonly text: string }).text) as object;

/** How the judge of a test scores, by which plan it reads first. */
type Judging = (first: 'a' | 'b') => { readonly a: number; readonly b: number };
const EQUAL: Judging = () => ({ a: 8, b: 8 });
const FOR_A: Judging = () => ({ a: 9, b: 4 });
const FOR_THE_FIRST: Judging = (first) => (first === 'a' ? { a: 9, b: 5 } : { a: 5, b: 9 });

interface Scripted {
  judging: Judging;
  /** What the cheaper worker answers to the plan's stage in place of its plan. */
  cheapPlan?: Step;
}

function answerOf(scripted: Scripted): (request: ScriptedRequest, name: CallName) => Step | undefined {
  return ({ body }, name) => {
    const text = JSON.stringify(body);
    const isCheap = text.includes('"model":"gpt-6-luna"');
    if (name === 'plan') {
      if (isCheap && scripted.cheapPlan !== undefined) return scripted.cheapPlan;
      return { text: JSON.stringify({ ...plan, summary: isCheap ? 'The short way.' : 'The long way.' }) };
    }
    if (name !== 'judge-pair') return undefined;
    // Blind: nothing says whose work it is.
    for (const word of ['cheap', 'strong', 'gpt-6-luna', 'gpt-6.1-sol']) assert.ok(!text.includes(word), word);
    const first = text.indexOf('The long way.') < text.indexOf('The short way.') ? 'a' : 'b';
    const { a, b } = scripted.judging(first);
    const scores = first === 'a' ? [a, b] : [b, a];
    const [one, other] = scores.map((score) => ({ why: 'so it is', score }));
    return { text: JSON.stringify({ first: one, second: other }) };
  };
}

/** A project with so many specs, whose architect is the dearer worker and whose judge is neither. */
async function comparing(nSpecs: number, scripted: Scripted, more = ''): Promise<ScriptedProject> {
  const specs = Array.from({ length: nSpecs - 1 }, (_, index) => String(index + 2).padStart(3, '0'));
  return scriptedProject({
    answersBy: 'turn',
    answer: answerOf(scripted),
    files: Object.fromEntries(
      specs.map((number) => [
        `specs/SPEC-${number}-greeting/spec.md`,
        SPEC.replace('# Greeting', `# Greeting ${number}`),
      ]),
    ),
    toml: (url) =>
      configuration(
        url,
        `\n[workers.umpire]\nprovider = "openai-chat"\nmodel = "gpt-6-sol"\nbase_url = "${url}/v1"\n\n[demotions.plan]\nfrom = "strong"\nto = "cheap"\n${more}`,
      )
        .replace('architect = ["cheap", "strong"]', 'architect = ["strong"]')
        .replace('judge = ["strong"]', 'judge = ["umpire"]'),
  });
}

async function cardOf(project: ScriptedProject, ...words: readonly string[]): Promise<Scorecard> {
  const { exit, stdout, stderr } = await project.speckit(...AB, ...words, '--json');
  assert.equal(exit, 0, stdout + stderr);
  return JSON.parse(stdout) as Scorecard;
}

const countOf = (project: ScriptedProject, name: CallName): number =>
  project.calls.filter((call) => call === name).length;
const explained = async (project: ScriptedProject): Promise<string> =>
  (await project.speckit('route', 'explain', 'architect')).stdout;

describe('eval ab', () => {
  it('proves a demotion over ten specs, and a later one takes it back', async () => {
    const scripted: Scripted = { judging: EQUAL };
    await using project = await comparing(10, scripted);
    assert.match(await explained(project), /-> strong .*demotion-unproven/s);
    const { exit, stdout, stderr } = await project.speckit(...AB);
    assert.equal(exit, 0, stdout + stderr);
    assert.match(
      stdout,
      /^cheap beside strong at plan: agreement 100 % over 10 specs \(0 better, 10 equal, 0 split, 0 worse, 0 not-compared\)$/m,
    );
    // What comes before the stage is asked and paid once; each plan has its critic; each pair is judged in both orders.
    assert.deepEqual(
      (['brief', 'plan', 'critic-plan', 'judge-pair', 'tasks'] as const).map((name) => countOf(project, name)),
      [10, 20, 20, 20, 0],
    );
    const folder = path.join(project.root, '.speckit/eval');
    const [json = '', markdown = ''] = readdirSync(folder).sort();
    const card = JSON.parse(readFileSync(path.join(folder, json), 'utf8')) as Scorecard;
    assert.deepEqual([card.agreement, card.compared, card.failures], [1, 10, { a: 0, b: 0 }]);
    assert.ok(
      card.dollars.a > card.dollars.b && card.dollars.b > 0 && card.dollars.judge > 0,
      JSON.stringify(card.dollars),
    );
    const [one] = card.specs;
    assert.deepEqual(
      one?.orders.map(({ judge }) => judge),
      ['umpire', 'umpire'],
    );
    assert.deepEqual(new Set(one?.orders.map(({ first }) => first)), new Set(['a', 'b']));
    assert.match(readFileSync(path.join(folder, markdown), 'utf8'), /\*\*Agreement 100 %\*\* = \(better \+ equal\)/);
    const raw =
      one?.orders.map(({ answer }) => path.join(project.root, '.git', card.runs_in, one.b.run, 'blobs', answer)) ?? [];
    assert.deepEqual(
      raw.map((file) => existsSync(file)),
      [true, true],
    );
    // The person's own files, specs and runs are what they were.
    assert.equal(execFileSync('git', ['status', '--porcelain'], { cwd: project.root, encoding: 'utf8' }), '');
    assert.equal(execFileSync('git', ['for-each-ref', 'refs/speckit'], { cwd: project.root, encoding: 'utf8' }), '');
    const { runs } = JSON.parse((await project.speckit('status', '--json')).stdout) as {
      readonly runs: readonly unknown[];
    };
    assert.deepEqual(runs, []);
    // It is in the ledger, under the specs it was spent for.
    const { spent } = JSON.parse((await project.speckit('cost', '--month', '--json')).stdout) as {
      readonly spent: number;
    };
    const { a, b, judge } = card.dollars;
    assert.ok(spent > a + b + judge, `${spent}`);

    assert.match(
      await explained(project),
      /plan {3}tier C \(complex\) {3}architect, by routing\.architect\n {2}-> cheap .*demoted: /s,
    );
    scripted.judging = FOR_A;
    const later = await cardOf(project, '--specs', 'SPEC-001*');
    assert.deepEqual([later.agreement, later.outcomes.worse], [0, 1]);
    assert.match(
      await explained(project),
      /-> strong .*demotion-rolled-back: cheap does not take plan .* any more: ab-plan-\S+ found an agreement of 0 % over 1 specs, less than 85 %/s,
    );
  });

  it('keeps no text of a comparison where the person lets none be kept', async () => {
    await using project = await comparing(1, { judging: EQUAL }, '\n[capture]\nmode = "none"\n');
    const card = await cardOf(project);
    assert.equal(card.compared, 1);
    const left = readdirSync(path.join(project.root, '.git', card.runs_in), { recursive: true, encoding: 'utf8' });
    assert.deepEqual(
      left.filter((name) => /blobs|files|documents/.test(name)),
      [],
    );
    assert.equal(left.filter((name) => name.endsWith('events.jsonl')).length, 2);
  });

  it('takes a judge that prefers what it reads first for no proof', async () => {
    await using project = await comparing(1, { judging: FOR_THE_FIRST });
    const card = await cardOf(project);
    assert.deepEqual([card.agreement, card.outcomes.split], [0, 1]);
    assert.deepEqual(card.specs[0]?.orders.map(({ scores }) => scores.a > scores.b).sort(), [false, true]);
  });

  it('counts a worker that does not bring the stage through its gate against it, and asks no judge', async () => {
    await using project = await comparing(1, { judging: EQUAL, cheapPlan: { text: 'I would rather not.' } });
    const card = await cardOf(project);
    assert.deepEqual(
      [card.agreement, card.outcomes.worse, card.failures, countOf(project, 'judge-pair')],
      [0, 1, { a: 0, b: 1 }, 0],
    );
    const { b } = card.specs[0] ?? {};
    assert.deepEqual([b?.kind, b?.kind === 'failed' && b.at], ['failed', 'plan']);
  });

  it('goes on where it was killed, and pays for nothing twice', async () => {
    await using project = await comparing(3, { judging: EQUAL });
    const child = project.spawn([...AB]);
    const ended = finished(child);
    while (project.calls.length < 10) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGKILL');
    await ended;
    // Cleaning up leaves what a comparison stands on.
    assert.equal((await project.speckit('gc')).exit, 0);
    assert.notEqual(execFileSync('git', ['for-each-ref', 'refs/speckit'], { cwd: project.root, encoding: 'utf8' }), '');
    const card = await cardOf(project);
    assert.deepEqual([card.agreement, card.compared], [1, 3]);
    const asked = (['brief', 'plan', 'critic-plan', 'judge-pair'] as const).map((name) => countOf(project, name));
    const total = asked.reduce((sum, count) => sum + count, 0);
    // 3 briefs, 6 plans, 6 critics, 6 scores; the kill costs the calls in flight.
    assert.ok(total >= 21 && total <= 23, `${asked.join()} ${total}`);
    const again = await cardOf(project);
    assert.equal(again.compared, 3);
    assert.ok(project.calls.length >= total + 21, 'a comparison that has ended is made anew');
  });

  it('is held by the budgets, and goes on when there is more', async () => {
    await using project = await comparing(1, { judging: EQUAL }, '\n[cost]\nper_spec_limit_usd = 0\n');
    const stopped = await project.speckit(...AB);
    assert.deepEqual([stopped.exit, project.calls.length], [12, 0], stopped.stdout + stopped.stderr);
    assert.match(
      stopped.stderr + stopped.stdout,
      /SPEC-001: .*\n?.*What was done is kept: the same command goes on with it/s,
    );
    assert.match(stopped.stderr + stopped.stdout, /past the limit with SPEC_OPS_ALLOW_BUDGET_OVERFLOW=1/);
    assert.equal(existsSync(path.join(project.root, '.speckit')), false);
    const environment = { ...project.environment, SPEC_OPS_ALLOW_BUDGET_OVERFLOW: '1' };
    const lifted = await commandLine({ cwd: project.root, home: project.folder.path, environment }, ...AB, '--json');
    assert.equal(lifted.exit, 0, lifted.stdout + lifted.stderr);
    assert.equal((JSON.parse(lifted.stdout) as Scorecard).compared, 1);
  });

  it('tells how each model did over the runs, and counts no comparison among them', async () => {
    await using project = await comparing(1, { judging: EQUAL });
    assert.match((await project.speckit('eval', 'drift')).stdout, /^0 runs read\nNo model has been called in them\.$/m);
    assert.equal((await project.speckit('auto', 'SPEC-001', '--run-id', 'run-1')).exit, 11);
    await cardOf(project);
    const { exit, stdout } = await project.speckit('eval', 'drift', '--json');
    const { runs, models } = JSON.parse(stdout) as DriftReport;
    assert.deepEqual(
      [exit, runs, models.map(({ model }) => model)],
      [0, 1, ['gpt-6-luna', 'gpt-6-sol', 'gpt-6.1-sol']],
    );
    const [architect] = models.filter(({ model }) => model === 'gpt-6.1-sol').flatMap(({ weeks }) => weeks);
    assert.deepEqual([architect?.calls, architect?.runs, architect?.gate_failures], [3, 1, 0]);
    assert.ok((architect?.gates ?? 0) >= 2 && (architect?.microdollars ?? 0) > 0, stdout);
    assert.match(
      (await project.speckit('eval', 'drift')).stdout,
      /gpt-6-luna\n {2}week of .*\n.*\n {2}newest week against those before: not known: the newest week, and the weeks before it together, need at least 5 calls each \(5 gates each for /,
    );
  });

  it('says what it cannot compare', async () => {
    await using project = await comparing(1, { judging: EQUAL });
    const said = async (...words: readonly string[]) => {
      const { exit, stderr, stdout } = await project.speckit(...words);
      return `${exit} ${stderr}${stdout}`;
    };
    assert.match(await said('eval', 'ab'), /^4 .*How it is used: speckit eval ab/s);
    assert.match(
      await said('eval', 'ab', '--stage', 'validate', '--a', 'strong', '--b', 'cheap'),
      /^4 .*specify, plan, tasks, implement, audit; not at "validate"/s,
    );
    assert.match(await said(...AB, '--specs', 'X-*'), /^4 .*No spec of standard size is called X-\*/s);
    assert.match(
      await said('eval', 'ab', '--stage', 'plan', '--a', 'strong', '--b', 'nobody'),
      /^4 .*There is no \[workers\.nobody\]/s,
    );
    assert.match(
      await said('eval', 'ab', '--stage', 'plan', '--a', 'strong', '--b', 'strong'),
      /^4 .*the same model at the same server/s,
    );
    assert.match(
      await said('eval', 'ab', '--stage', 'plan', '--a', 'strong', '--b', 'umpire'),
      /^4 .*Nobody can judge: umpire would judge work of the model gpt-6-sol/s,
    );
    assert.equal(project.calls.length, 0);
  });
});
