import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { GOOD, GOOD_CODE } from '../support/scriptedProject.ts';
import type { Step } from '../support/scriptedStep.ts';
import { eventually } from './support/eventually.ts';
import { ownProjects } from './support/ownProjects.ts';
import { sharedWorkbench } from './support/sharedWorkbench.ts';
import { shownRun, startAuto, UNDISTURBED } from './support/startedRun.ts';
import { openWorkbenchPage, type WorkbenchPage } from './support/workbenchPage.ts';

describe('a second window', () => {
  const shared = sharedWorkbench();
  const opened = ownProjects(shared);

  /** Another window of the same person's on the same folder. */
  async function secondWindow(folder: string): Promise<WorkbenchPage & AsyncDisposable> {
    const { server, workbench } = shared();
    const browser = workbench.page.context().browser();
    assert.ok(browser !== null);
    const second = await openWorkbenchPage(browser, server, folder);
    return { ...second, [Symbol.asyncDispose]: () => second.page.close() };
  }

  it('follows a run that is at work in the first, and applies what it proposes', async () => {
    const project = await opened({ answers: { plan: [{ ...(GOOD.plan[0] as Step), delayMs: 20_000 }] } });
    const { workbench } = shared();
    await startAuto(workbench);
    await eventually('the plan is asked for', () => (project.calls.includes('plan') ? true : undefined));
    await using second = await secondWindow(project.root);
    await second.openContainer('SpecKit');
    await second.treeRow(/^SPEC-001 Greeting.*plan/).waitFor();
    await second.runCommand('SpecKit: Show Run');
    const followed = await shownRun(second);
    await followed.panel.getByText('Followed read-only: at work in another process.').first().waitFor();
    await second.picture('run-panel-followed', ['Followed read-only: at work in another process.']);
    await followed.state('Waits for your review').waitFor({ timeout: 40_000 });
    assert.deepEqual(project.calls, UNDISTURBED);
    // The command is there once the explorer's look at the folder knows of the proposal, too.
    await second.treeRow(/^Review 2 files/).waitFor();
    await second.runCommand('SpecKit: Approve All and Apply');
    const code = (): string => readFileSync(path.join(project.root, 'src/greet.js'), 'utf8');
    await eventually('the change is applied', () => (code() === GOOD_CODE ? true : undefined));
    await workbench.treeRow(/^SPEC-001 Greeting.*applied/).waitFor();
  });

  it('shows the proposal as a folder of its own, to be tried', async () => {
    const project = await opened();
    const { workbench } = shared();
    const { state } = await startAuto(workbench);
    await state('Waits for your review').waitFor();
    const [page] = await Promise.all([
      workbench.page.context().waitForEvent('page'),
      workbench.runCommand('SpecKit: Open the Proposal and Try It'),
    ]);
    const folder = await eventually(
      'the folder is shown',
      () => new URL(page.url()).searchParams.get('folder') ?? undefined,
    );
    assert.notEqual(folder, project.root);
    assert.equal(readFileSync(path.join(folder, 'src/greet.js'), 'utf8'), GOOD_CODE);
    await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'src' }).first().waitFor();
    await page.close();
  });
});
