import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { configuration } from '../support/scriptedProject.ts';
import { eventually } from './support/eventually.ts';
import { ownProjects } from './support/ownProjects.ts';
import { sharedWorkbench } from './support/sharedWorkbench.ts';
import { startAuto } from './support/startedRun.ts';

const ASKING_RULE = `
[[commands.rules]]
id = "look-first"
pattern = ["node"]
decision = "ask"
justification = "it may take the machine of the lab"
`;

describe('a command that a rule asks about', () => {
  const shared = sharedWorkbench();
  const opened = ownProjects(shared);

  it('is asked about with three choices, and the one for good is written into the own file of the person', async () => {
    const project = await opened({ toml: (url) => `${configuration(url)}${ASKING_RULE}` });
    const { server, workbench } = shared();
    const { panel, state, button } = await startAuto(workbench);
    await state('Waits for an answer').waitFor();
    await panel.getByText('May the command of test run, `node --test`?').first().waitFor();
    const choices = ['Allow for this run', 'Always allow', 'Do not run'];
    assert.deepEqual((await panel.locator('label.option').allInnerTexts()).slice(0, 3), choices);
    assert.deepEqual(project.calls, []);
    await workbench.picture('question-permission', choices);
    await panel.getByRole('radio').nth(1).check();
    await button('Answer').click();
    // The last answer lets the run go on by itself.
    await eventually('the run goes on', () => (project.calls.length > 0 ? true : undefined));
    const own = readFileSync(path.join(server.speckitHome, 'config/config.toml'), 'utf8');
    assert.match(own, /^\[\[commands\.rules\]\]\nid = "allow-[0-9a-f]{12}"\npattern = \["node", "--test"\]$/m);
  });
});
