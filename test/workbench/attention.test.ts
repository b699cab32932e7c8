import assert from 'node:assert/strict';
import { GOOD } from '../support/scriptedProject.ts';
import type { Step } from '../support/scriptedStep.ts';
import { ownProjects } from './support/ownProjects.ts';
import { sharedWorkbench } from './support/sharedWorkbench.ts';
import { startAuto } from './support/startedRun.ts';

describe('what a person is told', () => {
  const shared = sharedWorkbench();
  const opened = ownProjects(shared);
  const slow = { answers: { plan: [{ ...(GOOD.plan[0] as Step), delayMs: 4_000 }] } };

  /** A page without a window always has the focus: this is what the workbench would hear of a window that loses it. */
  async function lookAway(): Promise<void> {
    await shared().workbench.page.evaluate(() => {
      document.hasFocus = () => false;
      document.dispatchEvent(new Event('visibilitychange'));
    });
  }

  it('is not said again to who looks at the window', async () => {
    await opened(slow);
    const { workbench } = shared();
    await startAuto(workbench);
    await workbench.treeRow(/^Review 2 files/).waitFor();
    await workbench.statusBarItem('speckit-auto.speckit-auto.speckitAuto.run').filter({ hasText: '1 needs' }).waitFor();
    assert.equal(await workbench.notifications().count(), 0);
  });

  it('is said once to who looks elsewhere, with the way there, and nothing of the progress', async () => {
    await opened(slow);
    const { workbench } = shared();
    await startAuto(workbench);
    await lookAway();
    const told = workbench.notifications();
    await told.first().waitFor();
    await workbench.treeRow(/^Review 2 files/).waitFor();
    const words = 'SpecKit: Review 2 files (SPEC-001 Greeting)';
    assert.deepEqual(await told.locator('.notification-list-item-message').allInnerTexts(), [words]);
    await workbench.picture('notification', [words]);
    await workbench.pressInNotification(words, 'Review');
    await workbench.editorTabs().filter({ hasText: 'SPEC-001' }).nth(1).waitFor();
    await workbench.page.getByText('greet.test.js').first().waitFor();
  });

  it('is said also of a run of the command line that ends meanwhile', async () => {
    const project = await opened(slow);
    const { workbench } = shared();
    await workbench.openContainer('SpecKit');
    const run = project.speckit('auto', 'SPEC-001');
    await workbench.treeRow(/^SPEC-001 Greeting.*plan/).waitFor();
    await lookAway();
    await workbench.notifications().filter({ hasText: 'Review 2 files' }).waitFor();
    assert.equal((await run).exit, 11);
  });
});
