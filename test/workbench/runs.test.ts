import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { callNameOf, FILES, GOOD, type CallName } from '../support/scriptedProject.ts';
import { goodCode, goodTest, OLD_TEST, patchCall, said, withFiles } from '../support/pipelineScript.ts';
import type { Step } from '../support/scriptedStep.ts';
import { eventually } from './support/eventually.ts';
import { AGAIN_MS, untilDone } from './support/untilDone.ts';
import { openOwnFile } from './support/reviewBench.ts';
import { ownProjects } from './support/ownProjects.ts';
import { sharedWorkbench } from './support/sharedWorkbench.ts';
import { shownRun, startAuto, UNDISTURBED } from './support/startedRun.ts';
import type { ScriptedWorkspace } from './support/workspace.ts';

/** An answer of the model with some of its members changed. */
function changed(name: 'brief' | 'plan', members: object): Step {
  return { text: JSON.stringify({ ...(JSON.parse(GOOD[name][0]?.text ?? '{}') as object), ...members }) };
}

/** An answer that does not come by itself within a test. */
const HELD_MS = 300_000;

const requestsOf = (project: ScriptedWorkspace, name: CallName) =>
  project.server.requests.filter((request) => callNameOf(request) === name);

describe('a run at work', () => {
  const shared = sharedWorkbench();
  const opened = ownProjects(shared);

  it('asks in its panel and under what needs you, and goes on by itself once it is answered', async () => {
    const open_questions = ['May a name hold spaces?', 'In which language?'].map((text) => ({ text, blocking: true }));
    const project = await opened({ answers: { brief: [changed('brief', { open_questions })] } });
    const { workbench } = shared();
    const { panel, state, button, field } = await startAuto(workbench);
    await state('Waits for an answer').waitFor();
    await workbench.treeRow(/^2 questions/).waitFor();
    await workbench.picture('needs-you-question', ['2 questions', 'May a name hold spaces?', 'In which language?']);
    assert.deepEqual(project.calls, ['brief', 'clarify']);
    await field('Answer to Q1').fill('Yes, as they are');
    await button('Answer').first().click();
    await workbench.treeRow(/^1 question(?!s)/).waitFor();
    await panel.getByText('Yes, as they are').waitFor();
    assert.deepEqual(project.calls, ['brief', 'clarify']);
    await field('Answer to Q2').fill('English, in capitals');
    await button('Answer').click();
    await state('Waits for your review').waitFor();
    const plan = JSON.stringify(requestsOf(project, 'plan')[0]?.body);
    assert.match(plan, /May a name hold spaces\? -> Yes, as they are/);
    assert.match(plan, /In which language\? -> English, in capitals/);
    assert.deepEqual(project.calls, ['brief', 'clarify', ...UNDISTURBED.slice(1)]);
  });

  it('asks with choices whether a weakened test is meant, and goes on with the one that is chosen', async () => {
    const shape = 'test/shape.test.js';
    const loosened = OLD_TEST.replace("assert.equal(typeof greet('x'), 'string')", "assert.ok(greet('x') !== null)");
    const implement = [
      goodCode(),
      goodTest(),
      patchCall(shape, OLD_TEST, loosened),
      said('Done.'),
      said('It is meant.'),
    ];
    const project = await opened({ answers: { ...withFiles(shape), implement } });
    const { workbench } = shared();
    const { panel, state, button } = await startAuto(workbench);
    await state('Waits for an answer').waitFor();
    await panel
      .getByText(/test\/shape\.test\.js:6 assertion-changed/)
      .first()
      .waitFor();
    const choices = panel.getByRole('radio');
    await choices.nth(1).waitFor();
    assert.deepEqual(await panel.locator('label.option').allInnerTexts(), ['allow', 'stop']);
    assert.equal(await button('Answer').isDisabled(), true);
    await workbench.picture('question-with-choices', ['allow', 'stop']);
    await choices.first().check();
    await button('Answer').click();
    await state('Waits for your review').waitFor();
    assert.equal(project.calls.filter((call) => call === 'implement').length, 5);
  });

  it('is paused: the call under way ends, no other begins, and going on pays for nothing twice', async () => {
    const project = await opened({ answers: { plan: [{ ...(GOOD.plan[0] as Step), delayMs: 3_000 }] } });
    const { workbench } = shared();
    const { state, button } = await startAuto(workbench);
    await eventually('the plan is asked for', () => requestsOf(project, 'plan')[0]);
    await button('Pause').click();
    await state('Paused').waitFor();
    await workbench.picture('run-panel-paused', ['Paused', 'Continue']);
    assert.deepEqual(project.calls, ['brief', 'plan']);
    assert.equal(requestsOf(project, 'plan')[0]?.closedByClientAt, undefined);
    await button('Continue').click();
    await state('Waits for your review').waitFor();
    assert.deepEqual(project.calls, UNDISTURBED);
  });

  const stops: readonly (readonly [
    from: string,
    stop: (run: Awaited<ReturnType<typeof startAuto>>) => Promise<void>,
  ])[] = [
    ['the palette', () => shared().workbench.runCommand('SpecKit: Stop Run')],
    [
      'its row in the explorer',
      async () => {
        const row = shared().workbench.treeRow('SPEC-001 Greeting');
        await row.hover();
        await row.getByRole('button', { name: 'Stop Run' }).click();
      },
    ],
    ['its panel', ({ button }) => button('Stop').click()],
  ];
  for (const [from, stop] of stops)
    it(`is stopped at once from ${from}, and can be continued`, async () => {
      const project = await opened({
        answers: { plan: [{ ...(GOOD.plan[0] as Step), delayMs: HELD_MS }, GOOD.plan[0] as Step] },
      });
      const run = await startAuto(shared().workbench);
      await eventually('the plan is asked for', () => requestsOf(project, 'plan')[0]);
      await stop(run);
      const asked = Date.now();
      await run.state('Stopped').waitFor();
      const closed = await eventually('the call is ended', () => requestsOf(project, 'plan')[0]?.closedByClientAt);
      assert.ok(closed - asked < 1_000, `${closed - asked} ms`);
      await run.button('Continue').click();
      await run.state('Waits for your review').waitFor();
      assert.deepEqual(project.calls, ['brief', 'plan', ...UNDISTURBED.slice(1)]);
    });

  it('is told something while it works, and the implementer is given it', async () => {
    const [first, ...others] = GOOD.implement;
    const project = await opened({ answers: { implement: [{ ...(first as Step), delayMs: 4_000 }, ...others] } });
    const { panel, state, button, field } = await startAuto(shared().workbench);
    await eventually('the implementer is at work', () => requestsOf(project, 'implement')[0]);
    await panel.locator('summary', { hasText: 'Guidance' }).click();
    await field('Tell the run something').fill('Use a template string.');
    await button('Send').click();
    await panel.getByText('Not taken yet, by Ada').waitFor();
    await panel.getByText('Taken, by Ada').waitFor();
    await state('Waits for your review').waitFor();
    assert.deepEqual(
      requestsOf(project, 'implement').map(({ body }) => JSON.stringify(body).includes('Use a template string.')),
      [false, true, true],
    );
  });

  it('of the command line is followed read-only, and can be stopped', async () => {
    const project = await opened({ answers: { plan: [{ ...(GOOD.plan[0] as Step), delayMs: HELD_MS }] } });
    const { workbench } = shared();
    await workbench.openContainer('SpecKit');
    await workbench.treeRow(/^SPEC-001 Greeting.*no run yet/).waitFor();
    const ended = project.speckit('--json', 'auto', 'SPEC-001');
    await eventually('the plan is asked for', () => requestsOf(project, 'plan')[0]);
    await workbench.treeRow(/^SPEC-001 Greeting.*plan/).waitFor({ timeout: 8_000 });
    await workbench.runCommand('SpecKit: Show Run');
    const { panel, state, button, field } = await shownRun(workbench);
    await state('Running').waitFor();
    await panel.getByText('Followed read-only: at work in another process.').waitFor();
    await panel.locator('summary', { hasText: 'Guidance' }).click();
    assert.equal(await button('Pause').getAttribute('aria-disabled'), 'true');
    assert.equal(await field('Tell the run something').isDisabled(), true);
    await workbench.picture('run-panel-followed', ['Followed read-only', 'Stop']);
    await button('Stop').click();
    const { stdout, stderr } = await ended;
    assert.equal((JSON.parse(stdout) as { readonly outcome: string }).outcome, 'stopped', stderr);
    await state('Stopped').waitFor();
    await button('Continue').waitFor();
  });
});

describe('a run beside work that is not saved', () => {
  const shared = sharedWorkbench({ settings: { 'files.autoSave': 'off' } });
  const opened = ownProjects(shared);

  it('asks about what is typed and not saved in a file of the plan, and takes it in', async () => {
    const project = await opened();
    const { workbench } = shared();
    const { page } = workbench;
    const editor = await openOwnFile(workbench, 'src/greet.js');
    await untilDone(
      async () => {
        await editor.locator('.view-line', { hasText: 'export' }).first().click({ timeout: AGAIN_MS });
        await page.keyboard.press('Control+Home');
        // No comment: the editor would go on with it in the next line.
        await page.keyboard.type('const mine = 1;\n');
      },
      async () => (await page.locator('.tab.active.dirty').count()) > 0,
    );
    const { panel, state, button } = await startAuto(workbench);
    await state('Waits for an answer').waitFor();
    await panel.getByText('src/greet.js (not saved)').first().waitFor();
    assert.deepEqual(await panel.locator('label.option').allInnerTexts(), ['include', 'leave out', 'stop']);
    await workbench.picture('question-of-your-work', ['src/greet.js (not saved)', 'leave out']);
    assert.ok(!project.calls.includes('tasks'));
    await panel.getByRole('radio').first().check();
    await button('Answer').click();
    await state('Waits for your review').waitFor();
    assert.match(JSON.stringify(requestsOf(project, 'plan')[1]?.body), /const mine = 1;/);
    const onDisk = readFileSync(path.join(project.root, 'src/greet.js'), 'utf8');
    assert.equal(onDisk, FILES['src/greet.js'], 'nothing of it was saved');
    await page.locator('.tab.dirty', { hasText: 'greet.js' }).click();
    await workbench.runCommand('File: Revert File');
    await page.locator('.tab.dirty').waitFor({ state: 'hidden' });
  });
});
