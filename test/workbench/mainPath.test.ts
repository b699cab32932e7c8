import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { FILES, GOOD_CODE } from '../support/scriptedProject.ts';
import { eventually } from './support/eventually.ts';
import { sharedWorkbench } from './support/sharedWorkbench.ts';
import { scriptedWorkspace, type ScriptedWorkspace } from './support/workspace.ts';

describe('from the palette to an approved change', () => {
  let project: ScriptedWorkspace;
  const shared = sharedWorkbench({
    folder: async (server) => {
      project = await scriptedWorkspace(server);
      return project.root;
    },
  });
  after(() => project[Symbol.asyncDispose]());
  const inRepository = (file: string): string => readFileSync(path.join(project.root, file), 'utf8');

  it('shows what a run would do before it does anything, and starts it', async () => {
    const { workbench } = shared();
    await workbench.openContainer('SpecKit');
    await workbench.treeRow('SPEC-001 Greeting').first().waitFor();
    await workbench.runCommand('SpecKit: Auto');
    await workbench.quickPick().row('SPEC-001 Greeting').click();
    await workbench.quickPick().row('node --test').waitFor();
    await workbench.picture('preview', ['SpecKit: Auto, SPEC-001 Greeting', 'no earlier run here']);
    assert.deepEqual(project.calls, []);
    await workbench.quickPick().row('Start').first().click();
    const panel = await workbench.panel('SPEC-001 Greeting');
    await panel.getByText('Review changes').first().waitFor();
    await workbench.picture('run-panel-proposed', ['Review changes']);
    assert.equal(inRepository('src/greet.js'), FILES['src/greet.js']);
  });

  it('says in one place what needs the person, and opens the review there', async () => {
    const { workbench } = shared();
    await workbench.treeRow('Review 2 files').click();
    await workbench.picture('review-all', ['greet.js', 'greet.test.js']);
    assert.equal(inRepository('src/greet.js'), FILES['src/greet.js']);
  });

  it('applies what was approved and nothing before', async () => {
    const { workbench } = shared();
    await workbench.runCommand('SpecKit: Approve All and Apply');
    await eventually('the change is applied', () => (inRepository('src/greet.js') === GOOD_CODE ? true : undefined));
    await workbench.treeRow('applied').first().waitFor();
  });

  it('replays the run from its log', async () => {
    const { workbench } = shared();
    await workbench.runCommand('SpecKit: Replay Run');
    await workbench.editorTabs().filter({ hasText: 'replay.md' }).waitFor({ timeout: 60_000 });
    await workbench.page.locator('.view-line', { hasText: 'proposed.' }).waitFor();
    await workbench.picture('replay', ['replay.md']);
  });
});
