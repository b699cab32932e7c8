import assert from 'node:assert/strict';
import type { CostStateName } from '../../webview/gallery/costStates.ts';
import { openPanels, type Panels } from './panelPage.ts';
import { describeStates } from './panelStates.ts';

/** What must be read in each state, in this order. */
const WORDS: Readonly<Record<CostStateName, readonly string[]>> = {
  empty: [
    'Costs this repository, 2026-11 (UTC)',
    '$0.00 spent',
    'Limits',
    'Day 2026-11-20',
    '$5.00',
    'within',
    'Nothing spent yet',
    'Choose another time',
    'what caches saved',
  ],
  spec: [
    'Costs SPEC-012, all runs',
    '$0.13 spent',
    '7 calls',
    'Limits',
    'By stage',
    'audit',
    '$0.0880',
    'implement',
    'local',
    'By model',
    'claude-opus-5-5',
    'By role',
    'judge',
    'Over time',
    'Local against cloud',
    'Saved by caches',
    'Cost of a call',
    'Escalations',
    'escalated from reflex to sonnet',
    'two attempts failed',
  ],
  many: [
    'EUR',
    '1 call in flight: up to $0.0900 reserved.',
    '1 call in doubt, whose end nobody saw: up to $0.0140.',
    '1 call estimated',
    'Limits',
    '90 % reached',
    'By stage',
    'held',
    'By spec',
    'SPEC-010',
    'Over time',
    'Local against cloud',
    'Included',
    'Recorded',
    'Saved by caches',
    'local, included or recorded',
    'Cost of a call',
    'Escalations',
    'Read from the logs of 31 runs; not read: 4 runs',
    'fell back from reflex to haiku',
  ],
  overBudget: ['all repositories, 2026-11-20 (UTC)', 'Limits', 'limit reached', '90 % reached', '> 100 %'],
  unpriced: [
    '2 calls unpriced: what they cost is unknown and in no sum.',
    'By stage',
    'By model',
    'house-model-2',
    'unpriced',
    'By role',
    'unknown',
    'Saved by caches',
    'unknown: it has no price',
    'unknown: prices have changed since',
  ],
  huge: ['4000 calls', '<script>window.attacked = 1</script>', 'and 40 more', 'Not shown: '],
};

describeStates('cost', {
  words: WORDS,
  pictures: 'costs',
  fewestFigures: 4,
  open: (panels, state) => panels.openCosts(state),
});

describe('the cost panel and what a person does', function () {
  this.timeout(60_000);
  let panels: Panels;
  before(async () => {
    panels = await openPanels();
  });
  after(() => panels[Symbol.asyncDispose]());

  it('asks for another choice, shows it at once, and keeps it for the time after a reload', async () => {
    const panel = await panels.openCosts('many');
    assert.deepEqual(await panel.posted(), [{ kind: 'ready' }]);
    await panel.page.getByLabel('Of', { exact: true }).selectOption('SPEC-010');
    await panel.page.getByLabel('Time', { exact: true }).selectOption('All');
    assert.deepEqual(await panel.posted(), [
      { kind: 'chooseCosts', choice: { whose: 'spec', spec: 'SPEC-010', period: 'month' } },
      { kind: 'chooseCosts', choice: { whose: 'spec', spec: 'SPEC-010', period: 'all' } },
    ]);
    assert.equal(await panel.page.getByLabel('Of', { exact: true }).inputValue(), 'spec SPEC-010');
    assert.deepEqual(await panel.page.evaluate(() => window.fakeHost.kept.value), {
      folder: '/projects/api',
      whose: 'spec',
      spec: 'SPEC-010',
      period: 'all',
      folds: [],
    });
    await panel.page.close();
  });

  it('is worked by keys alone, and reaches the limits', async () => {
    const panel = await panels.openCosts('many');
    await panel.posted();
    await panel.tabTo('Change Limits');
    await panel.page.keyboard.press('Enter');
    assert.deepEqual(await panel.posted(), [{ kind: 'openConfiguration' }]);
    await panel.tabTo('Costs by model');
    await panel.page.close();
  });

  it('says another choice to a screen reader, and nothing while calls settle', async () => {
    const panel = await panels.openCosts('many');
    const said = panel.page.getByRole('status');
    const total = await panel.page.evaluate(() => window.fakeHost.valueOf('costTotal'));
    const set = (value: object) =>
      panel.change({ kind: 'set', key: 'costTotal', value: { ...(total as object), ...value } });
    await set({ spent: 6_000_000 });
    assert.deepEqual(
      [await said.innerText(), await panel.page.locator('.sum').innerText()],
      ['', '$6.00 (EUR 5.52) spent'],
    );
    await set({ choice: { whose: 'everything', spec: '', period: 'month' } });
    assert.match(await said.innerText(), /^Costs of all repositories, 2026-11 \(UTC\): \$5\.80 in 222 calls\.$/);
    assert.deepEqual(panel.complaints, []);
    await panel.page.close();
  });

  it('says what could not be read, and takes it away', async () => {
    const panel = await panels.openCosts('empty');
    await panel.change({ kind: 'set', key: 'notice', value: { at: '', text: 'speckit.toml:3:1 is wrong' } });
    await panel.page.getByRole('alert').getByText('speckit.toml:3:1 is wrong').waitFor();
    await panel.change({ kind: 'set', key: 'notice', value: null });
    assert.equal(await panel.page.getByRole('alert').count(), 0);
    await panel.page.close();
  });
});
