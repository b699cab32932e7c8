import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { auto } from '../support/pipelineScript.ts';
import { configuration } from '../support/scriptedProject.ts';
import { eventually } from './support/eventually.ts';
import { ownProjects } from './support/ownProjects.ts';
import { sharedWorkbench } from './support/sharedWorkbench.ts';

describe('keeping house', () => {
  const shared = sharedWorkbench();
  const opened = ownProjects(shared);

  it('warns beside the evidence, verifies a log, and removes what it has shown after a person said so', async () => {
    const project = await opened({
      toml: (url) => `${configuration(url)}\n[retention]\nrun_days = 0\nevidence_megabytes = 0.001\n`,
    });
    const { workbench } = shared();
    assert.equal((await auto(project)).exit, 11);
    assert.equal((await project.speckit('approve', 'run-1')).exit, 0);
    await workbench.openContainer('SpecKit');
    const spec = workbench.treeRow('SPEC-001 Greeting').first();
    await workbench.treeRow('applied').first().waitFor();
    await spec.click();
    await workbench.treeRow(/Evidence.*nearly full/).waitFor();
    await workbench.picture('evidence-nearly-full', ['nearly full']);

    await workbench.runCommand("SpecKit: Verify a Run's Log");
    await workbench.editorTabs().filter({ hasText: 'log.txt' }).waitFor();
    await workbench.page.locator('.view-line', { hasText: 'The log of run run-1 is sound' }).waitFor();

    const runs = path.join(project.root, '.git/speckit/runs');
    await workbench.runCommand('SpecKit: Clean Up Old Runs');
    const question = workbench.page.locator('.monaco-dialog-box');
    await question.getByText('Remove 1 thing that SpecKit keeps of finished runs?').waitFor();
    await workbench.page.locator('.view-line', { hasText: 'run run-1' }).waitFor();
    assert.deepEqual(readdirSync(runs), ['run-1']);
    await workbench.picture('clean-up', ['Remove 1 thing', 'older than 0 days']);
    await question.getByRole('button', { name: 'Remove' }).click();
    await eventually('the run is gone', () => (readdirSync(runs).length === 0 ? true : undefined));
    await workbench.page.locator('.view-line', { hasText: 'Removed' }).waitFor();
    await workbench.treeRow('no run yet').waitFor();
  });
});
