import assert from 'node:assert/strict';
import { activationsOf } from './support/serverLogs.ts';
import { eventually } from './support/eventually.ts';
import { sharedWorkbench } from './support/sharedWorkbench.ts';
import { scriptedWorkspace, type ScriptedWorkspace } from './support/workspace.ts';

const SPECKIT = 'speckit-auto.speckit-auto';

describe('SpecKit in an editor that has no specs open', () => {
  const shared = sharedWorkbench();
  const activations = (): Promise<readonly string[]> =>
    eventually('the extension host has started', () => activationsOf(shared().server.folder, SPECKIT));

  it('stays asleep', async () => {
    assert.deepEqual(await activations(), []);
  });

  it('opens its log, which wakes it', async () => {
    const { workbench } = shared();
    await workbench.runCommand('SpecKit: Show Log');
    await workbench.page.locator('.part.panel .pane-body.output-view, .part.panel .output-view').first().waitFor();
    await workbench.picture('log', ['Output']);
    assert.deepEqual(await activations(), ['onCommand:speckitAuto.showLog']);
  });
});

describe('SpecKit in an editor that has specs open', () => {
  let project: ScriptedWorkspace;
  const shared = sharedWorkbench({ folder: async (server) => (project = await scriptedWorkspace(server)).root });
  after(() => project[Symbol.asyncDispose]());

  it('is woken by them, and calls nobody', async () => {
    const activations = await eventually('SpecKit is awake', () => {
      const known = activationsOf(shared().server.folder, SPECKIT);
      return known === undefined || known.length === 0 ? undefined : known;
    });
    assert.ok(
      activations.every((event) => event.startsWith('workspaceContains:')),
      activations.join(', '),
    );
    await shared().workbench.openContainer('SpecKit');
    await shared().workbench.treeRow('SPEC-001 Greeting').first().waitFor();
    assert.deepEqual(project.calls, []);
  });
});
