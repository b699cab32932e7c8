import assert from 'node:assert/strict';
import type { CostReport } from '../../src/app/cost.ts';
import { ownProjects } from './support/ownProjects.ts';
import { reloadWindow } from './support/reloadWindow.ts';
import { sharedWorkbench } from './support/sharedWorkbench.ts';
import { startAuto } from './support/startedRun.ts';

describe('costs in the editor', () => {
  const shared = sharedWorkbench({ viewport: { width: 1400, height: 1200 } });
  const opened = ownProjects(shared);

  it('are shown before anything was spent, grow while a run is at work, and are there again after a reload', async () => {
    const project = await opened();
    const { workbench } = shared();
    await workbench.openContainer('SpecKit');
    await workbench.treeRow('SPEC-001 Greeting').first().waitFor();
    await workbench.runCommand('SpecKit: Show Costs');
    const empty = await workbench.panel('SpecKit Costs');
    await empty.getByText('Nothing spent yet').waitFor();
    await empty.getByText('$0.00 spent').waitFor();
    await empty.locator('h1', { hasText: 'Costs this repository' }).waitFor();
    await workbench.picture('costs-empty', ['Nothing spent yet', 'Change Limits']);
    await workbench.treeRow('SPEC-001 Greeting').first().click({ button: 'right' });
    await workbench.chooseInMenu('Show Costs');
    await empty.locator('h1', { hasText: 'SPEC-001, all runs' }).waitFor();

    const run = await startAuto(workbench);
    await run.state('Waits for your review').waitFor({ timeout: 60_000 });
    await run.panel.getByRole('button', { name: /^Implement/ }).click();
    await run.panel.locator('summary', { hasText: 'Calls' }).click();
    const prices = await run.panel.locator('.calls .price').allInnerTexts();
    assert.equal(prices.length, project.calls.filter((call) => call === 'implement').length);
    for (const price of prices) assert.match(price, /^\$0\.\d{4}$/);
    await workbench.picture('run-panel-prices', ['Calls', prices[0] ?? '']);

    const told = JSON.parse((await project.speckit('cost', 'SPEC-001', '--json')).stdout) as CostReport;
    const spent = `$${told.spent < 0.1 ? (Math.ceil(told.spent * 10_000) / 10_000).toFixed(4) : told.spent.toFixed(2)} spent`;
    const panel = await workbench.panel('SpecKit Costs');
    await panel.getByText(spent).waitFor();
    await panel.getByText(`${told.call_count} calls;`).waitFor();
    for (const part of ['By stage', 'By model', 'By role', 'Over time', 'Local against cloud', 'Saved by caches'])
      await panel.getByRole('heading', { name: part, exact: true }).waitFor();
    await panel.getByRole('rowheader', { name: 'implementer', exact: true }).waitFor();
    await workbench.picture('costs-of-a-spec', ['SPEC-001, all runs', spent, 'By stage']);

    await reloadWindow(workbench);
    const again = await workbench.panel('SpecKit Costs');
    await again.locator('h1', { hasText: 'SPEC-001, all runs' }).waitFor();
    await again.getByText(spent).waitFor();
    await again.getByLabel('Of', { exact: true }).selectOption('everything');
    await again.locator('h1', { hasText: 'all repositories, the last 366 days' }).waitFor();
    await again.getByLabel('Time', { exact: true }).selectOption('Today');
    await again.getByText('By hour, in UTC.').waitFor();
    await again.getByText(spent).waitFor();
  });
});
