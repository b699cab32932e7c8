import assert from 'node:assert/strict';
import type { ReflexStateName } from '../../webview/gallery/reflexStates.ts';
import { openPanels, type PanelPage, type Panels } from './panelPage.ts';
import { describeStates } from './panelStates.ts';

/** What must be read in each state, in this order. */
const WORDS: Readonly<Record<ReflexStateName, readonly string[]>> = {
  empty: [
    'Local server',
    'No local server of this folder is watched',
    'Reflex is not enabled',
    '“SpecKit: Plan the Local Server”',
    'Plan the Server',
    'Open speckit.toml',
    'Run a Bake-Off…',
    'What it has to reach',
    'No bake-off has measured qwen2.5-coder-7b-instruct at http://127.0.0.1:3009/v1.',
    'P95 of an answer',
    'under 2000 ms',
    'unknown',
    'Bake-offs',
    'None yet.',
    '“SpecKit: Run a Bake-Off of the Local Server...”',
  ],
  notEnabled: [
    'gpu (qwen2.5-coder-7b-instruct)',
    'Not promoted',
    'Reflex is not enabled',
    'Run a Bake-Off…',
    'Now',
    'GPU memory',
    '14.2/32 GB',
    'Throughput',
    'unknown',
    'Last latency',
    'unknown',
    'History',
    'One reading so far',
    'Bake-offs',
    'None yet.',
  ],
  notPromoted: [
    'Not promoted',
    'Not promoted: there is no readable report',
    'Nothing proves it now',
    'Run a Bake-Off…',
    'Now',
    'History',
    '24 readings in',
  ],
  promoted: [
    'reflex (qwen2.5-coder-7b-instruct)',
    'Busy',
    'Promoted: it makes the first attempts.',
    'Machine: this computer, workstation.',
    'Check Health',
    'Now',
    'GPU memory',
    'Cache hit rate',
    'Power',
    '320 of 575 W',
    'NVIDIA GeForce RTX 5090, 37 % busy',
    'History',
    '360 readings in 29 min 55 s',
    'Last latency',
    'now,',
    'Throughput',
    'KV cache in use',
    '330 earlier readings drawn and not listed.',
    'What it has to reach',
    'as the bake-off of 2026-11-17 10:02 (UTC) found it',
    'P95 of an answer',
    'under 2000 ms',
    'reached',
    'Success parity',
    "at least 85 % of the cloud's",
    '95.8 %, 95 % interval',
    'Bake-offs',
    'passed',
    '2026-11-17 10:02',
    'until 2026-12-17',
    'beside strong (gpt-6.1-sol)',
    'Success parity',
    '95.8 %',
    '95 % interval 85.4 % to 107.5 %',
    '1360 ms',
    '100 %',
    '$0.0720',
    'Why passed',
    'All trials were made.',
    'Open Report',
    'about another server or model',
    'not passed',
    '70.8 %',
    'Why not passed',
  ],
  degraded: [
    'Degraded',
    'answers in 2210 ms',
    'gpu-box:3009; the extension runs on laptop',
    'Nothing proves it now',
    'GPU memory',
    'unknown',
    'It tells nothing of its load',
    'History',
    'unknown',
    'missed',
    'missed',
    'Bake-offs',
    'not passed',
    'expired on',
    'Success parity is 66.6 %',
    'passed',
    'expired on',
  ],
  down: [
    'Down',
    'nothing listens on its port. It ended and is not started again: its log says why.',
    'Start',
    'unknown',
    'GPU: unknown (nvidia-smi is not installed here)',
    'unknown',
    'reached',
  ],
  huge: [
    '<script>window.attacked = 1</script>',
    'and 32 more GPUs',
    '330 earlier readings',
    '40 earlier bake-offs not shown',
  ],
};

describeStates('reflex', {
  words: WORDS,
  pictures: 'reflex',
  fewestFigures: 1,
  open: (panels, state) => panels.openReflex(state),
});

describe('the reflex panel and what a person does', function () {
  this.timeout(60_000);
  let panels: Panels;
  before(async () => {
    panels = await openPanels();
  });
  after(() => panels[Symbol.asyncDispose]());

  const nowOf = (panel: PanelPage) => panel.page.evaluate(() => window.fakeHost.valueOf('reflexNow') as object);

  it('is worked by keys alone', async () => {
    const panel = await panels.openReflex('down');
    assert.deepEqual(await panel.posted(), [{ kind: 'ready' }]);
    for (const [name, command] of [
      ['Start', 'start'],
      ['Check Health', 'health'],
      ['Show Log', 'logs'],
    ] as const) {
      await panel.tabTo(name);
      await panel.page.keyboard.press('Enter');
      assert.deepEqual(await panel.posted(), [{ kind: 'reflexCommand', command }]);
    }
    await panel.tabTo('Readings, newest first');
    await panel.tabTo('Open Report of 2026-11-17 10:02');
    await panel.page.keyboard.press('Enter');
    assert.deepEqual(await panel.posted(), [
      { kind: 'openReport', file: '.speckit/eval/reflex-bakeoff-20261100T120000.json' },
    ]);
    await panel.page.close();
  });

  it('goes on from where nothing is set up', async () => {
    const panel = await panels.openReflex('empty');
    await panel.posted();
    for (const [name, command] of [
      ['Plan the Server', 'plan'],
      ['Open speckit.toml', 'configuration'],
      ['Run a Bake-Off…', 'bakeoff'],
    ] as const) {
      await panel.tabTo(name);
      await panel.page.keyboard.press('Space');
      assert.deepEqual(await panel.posted(), [{ kind: 'reflexCommand', command }]);
    }
    await panel.page.close();
  });

  it('draws each reading as it comes, and says only another state to a screen reader', async () => {
    const panel = await panels.openReflex('notEnabled');
    const said = panel.page.getByRole('status');
    const rows = panel.page.locator('section:has(#history) tbody tr');
    assert.deepEqual([await rows.count(), await said.innerText()], [1, '']);
    const at = Date.parse('2026-11-20T10:03:00Z');
    const set = (index: number, about: object) => {
      const value = { at: at + index * 5_000, ...about };
      return panel.change({ kind: 'set', key: `reflexReading/${value.at}`, value });
    };
    for (let index = 0; index < 40; index += 1) await set(index, { latencyMs: 100 + index });
    assert.deepEqual([await rows.count(), await said.innerText()], [30, '']);
    assert.match(await rows.first().innerText(), /10:06:15\s+139 ms\s+unknown\s+unknown\s+unknown/);
    await panel.change({
      kind: 'set',
      key: 'reflexNow',
      value: { ...(await nowOf(panel)), state: 'down', words: 'Down.' },
    });
    assert.equal(await said.innerText(), 'The local server is down.');
    await panel.change({ kind: 'set', key: 'reflexNow', value: null });
    assert.equal(await said.innerText(), 'No local server is watched any more.');
    assert.deepEqual(panel.complaints, []);
    await panel.page.close();
  });

  it('breaks its lines where nothing was known, and draws what is known alone as a dot', async () => {
    const panel = await panels.openReflex('notEnabled');
    const lines = (name: string) => panel.page.locator('.overTime', { hasText: name }).locator('polyline');
    assert.deepEqual([await lines('Last latency').count(), await lines('GPU memory').count()], [0, 1]);
    const at = Date.parse('2026-11-20T10:03:00Z');
    const values = [100, 110, undefined, 120, undefined, 0];
    for (const [index, latencyMs] of values.entries()) {
      const value = { at: at + index * 5_000, ...(latencyMs !== undefined && { latencyMs }) };
      await panel.change({ kind: 'set', key: `reflexReading/${value.at}`, value });
    }
    assert.deepEqual(
      [await lines('Last latency').count(), await panel.page.locator('.overTime:first-of-type polyline.dot').count()],
      [3, 2],
    );
    await panel.page.close();
  });

  it('says what could not be read, and takes it away', async () => {
    const panel = await panels.openReflex('promoted');
    await panel.change({ kind: 'set', key: 'notice', value: { at: '', text: 'speckit.toml:3:1 is wrong' } });
    await panel.page.getByRole('alert').getByText('speckit.toml:3:1 is wrong').waitFor();
    await panel.change({ kind: 'set', key: 'notice', value: null });
    assert.equal(await panel.page.getByRole('alert').count(), 0);
    await panel.page.close();
  });
});
