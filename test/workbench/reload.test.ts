import assert from 'node:assert/strict';
import { GOOD } from '../support/scriptedProject.ts';
import type { Step } from '../support/scriptedStep.ts';
import { eventually } from './support/eventually.ts';
import { ownProjects } from './support/ownProjects.ts';
import { reloadWindow } from './support/reloadWindow.ts';
import { sharedWorkbench } from './support/sharedWorkbench.ts';
import { shownRun, startAuto, UNDISTURBED } from './support/startedRun.ts';

/** The first answer does not come by itself within a test, the next one does. */
const heldOnce = (step: Step | undefined): readonly Step[] => [{ ...step, delayMs: 300_000 }, step ?? {}];

describe('a window that is reloaded while a run is at work', () => {
  const shared = sharedWorkbench();
  const opened = ownProjects(shared);

  it('shows the run again and goes on with it by itself', async () => {
    const { workbench } = shared();
    const project = await opened({ answers: { plan: heldOnce(GOOD.plan[0]) } });
    await startAuto(workbench);
    await eventually('the plan is asked for', () => (project.calls.includes('plan') ? true : undefined));
    await reloadWindow(workbench);
    const { panel, state } = await shownRun(workbench);
    await panel.getByText('brief of 2 requirements').waitFor();
    await state('Waits for your review').waitFor();
    // The call under way when the window went is made again; none that had ended is.
    assert.deepEqual(project.calls, ['brief', 'plan', ...UNDISTURBED.slice(1)]);
    assert.equal(await workbench.notifications().count(), 0);
  });

  // The editor keeps which tabs are open only now and then, so a page that goes without a word may come back without its panel: the run is what counts.
  it('goes on with the run where the browser loads the page anew', async () => {
    const { workbench } = shared();
    const project = await opened({ answers: { plan: heldOnce(GOOD.plan[0]) } });
    await startAuto(workbench);
    await eventually('the plan is asked for', () => (project.calls.includes('plan') ? true : undefined));
    await workbench.page.reload({ waitUntil: 'domcontentloaded' });
    // The start of the window and the rest of the run, each with its own time.
    await workbench.treeRow(/^SPEC-001 Greeting/).waitFor();
    await eventually('the run goes on', () => (project.calls.includes('implement') ? true : undefined));
    await workbench.treeRow(/^Review 2 files/).waitFor();
    assert.deepEqual(project.calls, ['brief', 'plan', ...UNDISTURBED.slice(1)]);
  });

  it('leaves a run alone that a person stopped', async () => {
    const { workbench } = shared();
    const project = await opened({ answers: { plan: heldOnce(GOOD.plan[0]) } });
    const before = await startAuto(workbench);
    await eventually('the plan is asked for', () => (project.calls.includes('plan') ? true : undefined));
    await before.button('Stop').click();
    await before.state('Stopped').waitFor();
    await reloadWindow(workbench);
    const { panel, state, button } = await shownRun(workbench);
    await panel.getByText('brief of 2 requirements').waitFor();
    await workbench.treeRow(/^SPEC-001 Greeting.*stopped/).waitFor();
    await state('Stopped').waitFor();
    assert.deepEqual(project.calls, ['brief', 'plan']);
    await button('Continue').click();
    await state('Waits for your review').waitFor();
    assert.deepEqual(project.calls, ['brief', 'plan', ...UNDISTURBED.slice(1)]);
  });

  it('asks first where the settings say so', async () => {
    const { workbench } = shared();
    const settings = { '.vscode/settings.json': '{ "speckitAuto.resumeAfterReload": false }' };
    const project = await opened({ answers: { plan: heldOnce(GOOD.plan[0]) }, files: settings });
    await startAuto(workbench);
    await eventually('the plan is asked for', () => (project.calls.includes('plan') ? true : undefined));
    await reloadWindow(workbench);
    const { state, button } = await shownRun(workbench);
    await state('Interrupted').waitFor();
    await workbench.treeRow('Run interrupted').waitFor();
    assert.deepEqual(project.calls, ['brief', 'plan']);
    await button('Continue').click();
    await state('Waits for your review').waitFor();
    assert.deepEqual(project.calls, ['brief', 'plan', ...UNDISTURBED.slice(1)]);
  });
});
