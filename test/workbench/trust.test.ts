import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { folderContents } from '../support/folderContents.ts';
import { COMMANDS } from '../../src/extension/manifest.ts';
import { activationsOf } from './support/serverLogs.ts';
import { eventually } from './support/eventually.ts';
import { sharedWorkbench } from './support/sharedWorkbench.ts';
import { shownRun, startAuto, UNDISTURBED } from './support/startedRun.ts';
import { scriptedWorkspace, type ScriptedWorkspace } from './support/workspace.ts';

describe('a folder nobody trusts yet', () => {
  let project: ScriptedWorkspace;
  let before: Readonly<Record<string, string>>;
  const shared = sharedWorkbench({
    trust: 'asked',
    folder: async (server) => {
      project = await scriptedWorkspace(server, { answersBy: 'turn' });
      const made = await project.speckit('auto', 'SPEC-001');
      assert.equal(made.exit, 11, made.stderr);
      before = await written();
      return project.root;
    },
  });
  after(() => project[Symbol.asyncDispose]());

  /** All files of the folder and its logs of runs. What the editor's own git view does in .git is not ours. */
  async function written(): Promise<Readonly<Record<string, string>>> {
    const all = Object.entries(await folderContents(project.root));
    return Object.fromEntries(all.filter(([file]) => !file.startsWith('.git/') || file.startsWith('.git/speckit/')));
  }

  it('shows its specs, its runs and what they came to', async () => {
    const { workbench } = shared();
    await workbench.openContainer('SpecKit');
    await workbench.treeRow(/^SPEC-001 Greeting.*to review/).waitFor();
    await workbench.page.getByText('This workspace is not trusted').first().waitFor();
    await workbench.treeRow(/^Review 2 files/).waitFor();
    await workbench.picture('restricted', ['Restricted Mode', 'This workspace is not trusted', 'SPEC-001 Greeting']);
    await workbench.runCommand('SpecKit: Show Run');
    const { state } = await shownRun(workbench);
    await state('Waits for your review').waitFor();
    await workbench.runCommand('SpecKit: Explain Run');
    await workbench.editorTabs().filter({ hasText: 'why.md' }).waitFor();
  });

  it('offers no command that would run or write anything', async () => {
    const { workbench } = shared();
    await workbench.page.keyboard.press('F1');
    const { input, widget } = workbench.quickPick();
    await input.fill('>SpecKit: ');
    await widget.locator('.monaco-list-row', { hasText: 'SpecKit: Show Run' }).waitFor();
    const offered = await widget.locator('.monaco-list-row .monaco-icon-label .label-name').allInnerTexts();
    const running = Object.values(COMMANDS as Readonly<Record<string, { title: string; enablement?: string }>>)
      .filter(({ enablement }) => enablement?.includes('isWorkspaceTrusted') === true)
      .map(({ title }) => `SpecKit: ${title}`);
    assert.ok(running.includes('SpecKit: Auto') && running.includes('SpecKit: Continue Run'));
    assert.deepEqual(
      offered.filter((title) => running.includes(title)),
      [],
    );
  });

  it('says no where a button is left, and does nothing', async () => {
    const { workbench } = shared();
    await workbench.runCommand('SpecKit: Show Run');
    const { panel, button } = await shownRun(workbench);
    await button('Approve All').click();
    await workbench.notifications().filter({ hasText: 'Trust this workspace first. Nothing was decided.' }).waitFor();
    await button('Open and Try It').click();
    await workbench.notifications().filter({ hasText: 'This workspace is not trusted' }).waitFor();
    await panel.getByText('Waits for your review').first().waitFor();
    assert.deepEqual(project.calls, UNDISTURBED);
    assert.deepEqual(await written(), before);
    assert.equal(existsSync(path.join(project.root, 'test/greet.test.js')), false);
  });

  it('lets SpecKit work once it is trusted', async () => {
    const { workbench, server } = shared();
    await workbench.trustFolder();
    await eventually('the extension host has started', () => activationsOf(server.folder, 'speckit-auto.speckit-auto'));
    await workbench.page.getByText('This workspace is not trusted: specs').waitFor({ state: 'hidden' });
    const { state } = await startAuto(workbench);
    await state('Waits for your review').waitFor();
    assert.deepEqual(project.calls, [...UNDISTURBED, ...UNDISTURBED]);
  });
});
