import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { eventsOf, ledgerRows, RUN } from '../support/killedRun.ts';
import { appOf } from '../support/projectApp.ts';
import { finished, GOOD, scriptedProject, type ScriptedProject } from '../support/scriptedProject.ts';
import { until } from '../support/until.ts';

/** A plan that streams for about a second, so that a pause comes in its middle. */
const slowPlan = () =>
  scriptedProject({
    answersBy: 'turn',
    answers: { plan: [{ ...GOOD.plan[0], chunkDelayMs: 40, chunkSize: 30 }] },
  });

const callsOf = async (project: ScriptedProject) =>
  (await eventsOf(project)).flatMap((event) =>
    event.kind === 'LLMCall' ? [[event.payload.key, event.payload.outcome] as const] : [],
  );

describe('a run that is paused', () => {
  it('lets the call under way end and be settled, begins nothing new, and goes on without paying twice', async () => {
    await using project = await slowPlan();
    const run = finished(project.spawn(['--json', 'auto', 'SPEC-001', '--run-id', RUN]));
    await until('the plan', () => project.calls.includes('plan'));
    await wait(100);
    const pause = await project.speckit('--json', 'pause', RUN);
    assert.deepEqual(JSON.parse(pause.stdout), { runId: RUN, outcome: 'pausing', exitCode: 0 }, pause.stderr);
    const ended = await run;
    assert.equal(ended.exit, 0, ended.stderr);
    assert.equal((JSON.parse(ended.stdout) as { outcome: string }).outcome, 'paused');
    assert.deepEqual(project.calls, ['brief', 'plan'], 'no request after the one under way');
    assert.deepEqual(
      (await callsOf(project)).map(([, outcome]) => outcome),
      ['stop', 'stop'],
      'both calls ended as answers do',
    );
    assert.deepEqual([...new Set(ledgerRows(project).map(({ state }) => state))], ['settled']);
    const needs = await appOf(project).overview();
    assert.deepEqual([needs.runs[0]?.outcome, needs.needs], ['paused', []], 'a pause asks nothing of anybody');
    const resumed = await project.speckit('--json', 'resume', RUN);
    assert.equal(resumed.exit, 11, resumed.stderr);
    assert.deepEqual(project.calls.slice(2).includes('plan'), false, 'what was paid for is not asked again');
    const keys = (await callsOf(project)).map(([key]) => key);
    assert.equal(new Set(keys).size, keys.length);
    assert.equal(ledgerRows(project).length, keys.length);
  });

  it('is still stopped at once', async () => {
    await using project = await scriptedProject({
      answers: { plan: [{ ...GOOD.plan[0], chunkDelayMs: 400, chunkSize: 4 }] },
    });
    const run = finished(project.spawn(['--json', 'auto', 'SPEC-001', '--run-id', RUN]));
    await until('the plan', () => project.calls.includes('plan'));
    const app = appOf(project);
    assert.equal(await app.pause(RUN), 'pausing');
    assert.equal(await app.pause(RUN), 'pausing', 'asking twice is asking once');
    const startedAt = performance.now();
    assert.equal(await app.stop(RUN), 'stopped');
    assert.ok(performance.now() - startedAt < 1_500);
    const ended = await run;
    assert.equal((JSON.parse(ended.stdout) as { outcome: string }).outcome, 'stopped', ended.stderr);
  });

  it('does not wait for a server to be asked again', async () => {
    await using project = await scriptedProject({
      answers: { tasks: [{ fault: { kind: 'status', status: 429, retryAfter: '30' } }, ...GOOD.tasks] },
    });
    const run = finished(project.spawn(['--json', 'auto', 'SPEC-001', '--run-id', RUN]));
    await until('the refusal', () => project.calls.includes('tasks'));
    await wait(200);
    const startedAt = performance.now();
    await project.speckit('pause', RUN);
    assert.equal((await run).exit, 0);
    assert.ok(performance.now() - startedAt < 5_000);
  });

  it('is none when nothing is at work, and a pause nobody heard does not hold the next process up', async () => {
    await using project = await scriptedProject();
    await project.speckit('plan', 'SPEC-001', '--run-id', RUN);
    assert.equal(await appOf(project).pause(RUN), 'notRunning');
    assert.equal((await project.speckit('resume', RUN)).exit, 11);
    assert.equal((await project.speckit('pause', 'nothing')).exit, 4);
  });
});
