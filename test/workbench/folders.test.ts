import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FILES, GOOD, GOOD_CODE, SPEC } from '../support/scriptedProject.ts';
import type { Step } from '../support/scriptedStep.ts';
import { eventually } from './support/eventually.ts';
import { sharedWorkbench } from './support/sharedWorkbench.ts';
import { shownRun, startAuto, UNDISTURBED } from './support/startedRun.ts';
import { scriptedWorkspace, type ScriptedWorkspace } from './support/workspace.ts';

const GREETING = 'SPEC-001 Greeting';
const FAREWELL = 'SPEC-001 Farewell';

describe('two folders in one window', () => {
  const projects: ScriptedWorkspace[] = [];
  const shared = sharedWorkbench({
    folder: async (server) => {
      // Slow enough that both are at work at once.
      const answers = { plan: [{ ...(GOOD.plan[0] as Step), delayMs: 12_000 }] };
      const files = { 'specs/SPEC-001-greeting/spec.md': SPEC.replace('# Greeting', '# Farewell') };
      projects.push(await scriptedWorkspace(server, { answers }), await scriptedWorkspace(server, { answers, files }));
      const urls = projects.map((project) => `"${project.server.url}/v1"`);
      projects[0]?.setUserConfiguration(`[trusted]\nurls = [${urls.join(', ')}]\n`);
      const [first, second] = projects.map(({ root }) => root);
      const workspace = path.join(server.folder, 'both.code-workspace');
      const folders = [
        { path: first, name: 'shop' },
        { path: second, name: 'station' },
      ];
      writeFileSync(workspace, JSON.stringify({ folders }));
      return workspace;
    },
  });
  after(() => Promise.all(projects.map((project) => project[Symbol.asyncDispose]())));
  const codeIn = (index: number): string =>
    readFileSync(path.join(projects[index]?.root ?? '', 'src/greet.js'), 'utf8');

  it('each have a run at once, and each run its own panel, needs and proposal', async () => {
    const { workbench } = shared();
    await workbench.openContainer('SpecKit');
    await workbench.treeRow('shop').waitFor();
    await workbench.treeRow('station').waitFor();
    await startAuto(workbench, GREETING);
    await startAuto(workbench, FAREWELL);
    const item = workbench.statusBarItem('speckit-auto.speckit-auto.speckitAuto.run');
    await item.filter({ hasText: '+1' }).waitFor();
    await workbench.treeRow(/^Review 2 files.*shop$/).waitFor();
    await workbench.treeRow(/^Review 2 files.*station$/).waitFor();
    await item.filter({ hasText: '2 need you' }).waitFor();
    await workbench.picture('two-folders', ['shop', 'station', 'SPEC-001 · shop', 'SPEC-001 · station']);
    assert.deepEqual(
      projects.map(({ calls }) => calls),
      [UNDISTURBED, UNDISTURBED],
    );
    for (const [title, other] of [
      [GREETING, 'Farewell'],
      [FAREWELL, 'Greeting'],
    ] as const) {
      const { panel, state } = await shownRun(workbench, title);
      await state('Waits for your review').waitFor();
      assert.equal(await panel.locator('h1', { hasText: other }).count(), 0);
    }
  });

  it('get what was approved for them, and nothing of the other', async () => {
    const { workbench } = shared();
    await workbench.openContainer('SpecKit');
    await workbench.treeRow(FAREWELL).click();
    await workbench.runCommand('SpecKit: Show Run');
    await workbench.quickPick().row(FAREWELL).click();
    const { button } = await shownRun(workbench, FAREWELL);
    await button('Approve All').click();
    await eventually('the change is applied', () => (codeIn(1) === GOOD_CODE ? true : undefined));
    await workbench.treeRow(/^SPEC-001 Farewell.*applied/).waitFor();
    await workbench.treeRow(/^SPEC-001 Greeting.*to review/).waitFor();
    assert.equal(codeIn(0), FILES['src/greet.js']);
    // Tall enough for every row of the view: others are not on the page.
    await workbench.page.setViewportSize({ width: 1400, height: 3_200 });
    const rows = await workbench.scmRows();
    await rows.filter({ hasText: 'SpecKit proposal: SPEC-001' }).waitFor();
    assert.equal(await rows.filter({ hasText: 'SpecKit proposal' }).count(), 1);
  });
});
