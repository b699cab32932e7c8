import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { SPEC } from '../support/scriptedProject.ts';
import { packagedTests } from './support/failingTests.ts';
import { ownProjects } from './support/ownProjects.ts';
import { sharedWorkbench } from './support/sharedWorkbench.ts';
import { startAuto } from './support/startedRun.ts';
import { AGAIN_MS, untilDone } from './support/untilDone.ts';
import type { ScriptedWorkspace } from './support/workspace.ts';

describe('a new spec', () => {
  const vsixes: string[] = [];
  before(async () => void vsixes.push(await packagedTests()));
  const shared = sharedWorkbench({ vsixes });
  const opened = ownProjects(shared);

  /** The text of the spec once it is written, whose editor is shown. */
  async function written(project: ScriptedWorkspace, folder: string): Promise<string> {
    await shared().workbench.editorTabs().filter({ hasText: 'spec.md' }).waitFor();
    return readFileSync(path.join(project.root, 'specs', folder, 'spec.md'), 'utf8');
  }

  it('is made from a few words, opened, and offered to Auto', async () => {
    const project = await opened();
    const { workbench } = shared();
    await workbench.runCommand('SpecKit: New Spec...');
    const { input } = workbench.quickPick();
    await input.fill('Rate limit per API key');
    await input.press('Enter');
    assert.match(await written(project, 'SPEC-002-rate-limit-per-api-key'), /^# Rate limit per API key$/m);
    await workbench.openContainer('SpecKit');
    await workbench.treeRow('SPEC-002 Rate limit per API key').waitFor();
  });

  it('of which a marker asks something is not run before that is answered', async () => {
    const file = 'specs/SPEC-001-greeting/spec.md';
    const spec = SPEC.replace('## ', '[NEEDS CLARIFICATION: Which greeting?]\n\n## ');
    assert.notEqual(spec, SPEC);
    const project = await opened({ files: { [file]: spec } });
    const { workbench } = shared();
    const { panel, state, button, field } = await startAuto(workbench);
    await state('Waits for an answer').waitFor();
    await panel.getByText('Which greeting?').first().waitFor();
    await workbench.picture('question-of-a-marker', ['Which greeting?']);
    await field('Answer to Q1').fill('Hello');
    await button('Answer').click();
    await state('Waits for your review').waitFor();
    assert.ok(project.server.requests.some(({ body }) => JSON.stringify(body).includes('Hello')));
  });

  it('quotes what was selected in an editor', async () => {
    const project = await opened();
    const { workbench } = shared();
    await workbench.runCommand('Go to File...');
    await workbench.quickPick().input.fill('src/greet.js');
    await workbench.quickPick().row('greet.js').first().click();
    const line = workbench.page.locator('.editor-instance .view-line', { hasText: 'export function greet' });
    const { input } = workbench.quickPick();
    const item = workbench.page.locator('.monaco-menu .action-item', { hasText: 'New Spec from Selection...' });
    // An open menu stays as it was opened, whatever the editor learns a moment later.
    await untilDone(
      async () => {
        await workbench.page.keyboard.press('Escape');
        await line.click();
        await workbench.page.keyboard.press('Control+A');
        await line.click({ button: 'right', position: { x: 20, y: 8 } });
        await item.and(workbench.page.locator(':not(.disabled)')).click({ timeout: AGAIN_MS });
      },
      () => input.isVisible(),
    );
    await input.fill('Greet strangers');
    await input.press('Enter');
    const spec = await written(project, 'SPEC-002-greet-strangers');
    assert.match(spec, /^> This is about `src\/greet\.js`, lines 1 to 3:$/m);
    assert.ok(
      spec.includes('> ```javascript\n> export function greet(name) {\n>   return `Hi ${name}`;\n> }\n> ```\n'),
      spec,
    );
  });

  it('asks for a failing test to pass', async () => {
    const project = await opened();
    const { workbench } = shared();
    await workbench.runCommand('Test: Run All Tests');
    await workbench.openContainer('Testing');
    const test = workbench.page.locator('.test-explorer .monaco-list-row', { hasText: 'greets by name' });
    await test.click({ button: 'right' });
    await workbench.chooseInMenu('New Spec from Failing Test');
    const folder = 'SPEC-002-make-greets-by-name-pass';
    const spec = await written(project, folder);
    assert.match(spec, /The test "greets by name" in `test\/shape\.test\.js`, line 5 fails and has to pass/);
  });
});
