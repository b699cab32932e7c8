import assert from 'node:assert/strict';
import { sharedWorkbench } from './support/sharedWorkbench.ts';
import { scriptedWorkspace, type ScriptedWorkspace } from './support/workspace.ts';

describe('a scripted project in the editor', () => {
  let project: ScriptedWorkspace | undefined;
  const shared = sharedWorkbench({
    folder: async (server) => {
      project = await scriptedWorkspace(server);
      return project.root;
    },
  });
  after(() => project?.[Symbol.asyncDispose]());

  it('is shown, and shares its runs with the command line', async () => {
    const { workbench } = shared();
    await workbench.page.getByRole('treeitem', { name: 'speckit.toml' }).waitFor();
    const done = await project?.speckit('specify', 'SPEC-001');
    assert.deepEqual([done?.exit, project?.calls], [0, ['brief']], done?.stderr);
    await workbench.page.getByRole('treeitem', { name: 'specs' }).click();
    await workbench.picture('scripted-project', ['speckit.toml', 'SPEC-001-greeting']);
  });
});
