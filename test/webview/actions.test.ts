import assert from 'node:assert/strict';
import type { StateName } from '../../webview/gallery/states.ts';
import { openPanels, type PanelPage, type Panels } from './panelPage.ts';

interface Walk {
  readonly title: string;
  readonly state: StateName;
  /** By keyboard alone: `Tab to` a name, a key to press, or text to type. */
  readonly keys: readonly (readonly ['tab' | 'press' | 'type', string])[];
  readonly posted: readonly unknown[];
}

const WALKS: readonly Walk[] = [
  {
    title: 'stops',
    state: 'running',
    keys: [
      ['tab', 'Stop'],
      ['press', 'Enter'],
    ],
    posted: [{ kind: 'stop' }],
  },
  {
    title: 'pauses',
    state: 'running',
    keys: [
      ['tab', 'Pause'],
      ['press', 'Space'],
    ],
    posted: [{ kind: 'pause' }],
  },
  {
    title: 'continues',
    state: 'stale',
    keys: [
      ['tab', 'Continue'],
      ['press', 'Enter'],
    ],
    posted: [{ kind: 'resume' }],
  },
  {
    title: 'runs again',
    state: 'failed',
    keys: [
      ['tab', 'Run Again'],
      ['press', 'Enter'],
    ],
    posted: [{ kind: 'runAgain' }],
  },
  {
    title: 'asks to go on over budget',
    state: 'atLimit',
    keys: [
      ['tab', 'Continue over Budget…'],
      ['press', 'Enter'],
    ],
    posted: [{ kind: 'resumeOverBudget' }],
  },
  {
    title: 'undoes',
    state: 'applied',
    keys: [
      ['tab', 'Undo'],
      ['press', 'Enter'],
    ],
    posted: [{ kind: 'undo' }],
  },
  {
    title: 'reviews',
    state: 'proposed',
    keys: [
      ['tab', 'Review Changes'],
      ['press', 'Enter'],
    ],
    posted: [{ kind: 'review' }],
  },
  {
    title: 'approves all',
    state: 'proposed',
    keys: [
      ['tab', 'Approve All'],
      ['press', 'Enter'],
    ],
    posted: [{ kind: 'approveAll', round: 1 }],
  },
  {
    title: 'tries the proposal',
    state: 'proposed',
    keys: [
      ['tab', 'Open and Try It'],
      ['press', 'Enter'],
    ],
    posted: [{ kind: 'tryProposal' }],
  },
  {
    title: 'rejects with a reason',
    state: 'proposed',
    keys: [
      ['tab', 'Reject…'],
      ['press', 'Enter'],
      ['tab', 'Why it is rejected'],
      ['type', 'Use the clock port.'],
      ['tab', 'Reject'],
      ['press', 'Enter'],
    ],
    posted: [{ kind: 'reject', round: 1, why: 'Use the clock port.' }],
  },
  {
    title: 'dismisses the notice',
    state: 'failed',
    keys: [
      ['tab', 'Dismiss'],
      ['press', 'Enter'],
    ],
    posted: [{ kind: 'dismissNotice' }],
  },
  {
    title: 'explains',
    state: 'failed',
    keys: [
      ['tab', 'Explain'],
      ['press', 'Enter'],
    ],
    posted: [{ kind: 'explain' }],
  },
  {
    title: 'answers with an option',
    state: 'question',
    keys: [
      ['tab', 'In memory'],
      ['press', 'Space'],
      ['press', 'ArrowDown'],
      ['tab', 'Answer'],
      ['press', 'Enter'],
    ],
    posted: [{ kind: 'answer', question: 'Q1', answer: 'Redis' }],
  },
  {
    title: 'answers in words',
    state: 'question',
    keys: [
      ['tab', 'Answer to Q2'],
      ['type', ' X-Api-Key '],
      ['tab', 'Answer'],
      ['press', 'Space'],
    ],
    posted: [{ kind: 'answer', question: 'Q2', answer: 'X-Api-Key' }],
  },
  {
    title: 'accepts a suggestion with one press',
    state: 'question',
    keys: [
      ['tab', 'Accept Suggestion'],
      ['press', 'Enter'],
    ],
    posted: [{ kind: 'answer', question: 'Q2', answer: 'Authorization, as a bearer token' }],
  },
  {
    title: 'accepts an answer into the spec',
    state: 'question',
    keys: [
      ['tab', 'Answer to Q2'],
      ['type', 'X-Api-Key'],
      ['tab', 'Write the answer into spec.md too; what was made of it is done anew'],
      ['press', 'Space'],
      ['tab', 'Answer'],
      ['press', 'Enter'],
    ],
    posted: [{ kind: 'answer', question: 'Q2', answer: 'X-Api-Key', intoSpec: true }],
  },
  {
    title: 'tells the run something',
    state: 'running',
    keys: [
      ['tab', 'Tell the run something'],
      ['type', 'Mind the clock.'],
      ['tab', 'Send'],
      ['press', 'Enter'],
    ],
    posted: [{ kind: 'tell', text: 'Mind the clock.' }],
  },
  {
    title: 'opens the evidence of a verdict',
    state: 'running',
    keys: [
      ['tab', 'npm test exited with 1: limit.test.ts:41'],
      ['press', 'Enter'],
    ],
    posted: [{ kind: 'open', place: { kind: 'blob', sha256: 'a'.repeat(64), bytes: 2_048, title: 'npm test' } }],
  },
  {
    title: 'opens the change of a patch',
    state: 'running',
    keys: [
      ['tab', 'Show change'],
      ['press', 'Enter'],
    ],
    posted: [{ kind: 'open', place: { kind: 'patch', key: 'implement/T2/1/patch', path: 'src/http/limit.ts' } }],
  },
  {
    title: 'opens a file of the proposal',
    state: 'proposed',
    keys: [
      ['tab', 'src/http/server.ts'],
      ['press', 'Enter'],
    ],
    posted: [{ kind: 'open', place: { kind: 'proposal', path: 'src/http/server.ts' } }],
  },
];

describe('what a person does in the run panel, by keyboard', function () {
  this.timeout(60_000);
  let panels: Panels;
  before(async () => {
    panels = await openPanels();
  });
  after(() => panels[Symbol.asyncDispose]());

  for (const { title, state, keys, posted } of WALKS) {
    it(title, async () => {
      const panel = await panels.open(state);
      for (const key of keys) await press(panel, key);
      assert.deepEqual(await panel.posted(), [{ kind: 'ready' }, ...posted]);
      assert.deepEqual(panel.complaints, []);
      await panel.page.close();
    });
  }

  it('passes what is decided before what is read', async () => {
    const panel = await panels.open('proposed');
    const steps = [];
    for (const name of [
      'Review Changes',
      'Approve All',
      'Unlock waits for youa person',
      'src/http/limit.ts',
      'Guidance',
      'Evidence',
      'Steps5',
    ]) {
      steps.push(await panel.tabTo(name));
    }
    // Each is reached going forward from the one before; going round would take more steps than there are stops.
    assert.deepEqual(steps, [1, 2, 9, 1, 6, 1, 1]);
    await panel.page.close();
  });

  it('opens each fold by Enter and remembers it with the run', async () => {
    const panel = await panels.open('running');
    for (const name of ['Evidence', 'Steps5']) {
      await panel.tabTo(name);
      await panel.page.keyboard.press('Enter');
    }
    await panel.page.getByText('architect asked sonnet').first().waitFor();
    assert.deepEqual(await panel.page.evaluate(() => window.fakeHost.kept.value), {
      folder: '/projects/api',
      runId: '20261120T100000-1',
      folds: [
        ['evidence', true],
        ['steps', true],
      ],
    });
    await panel.page.close();
  });

  it('shows a stage that is chosen, and its document', async () => {
    const panel = await panels.open('running');
    await panel.page.locator('.stageRow').first().focus();
    await panel.page.keyboard.press('Enter');
    assert.equal(await panel.page.locator('#stageTitle').innerText(), 'Specify');
    await panel.page.getByRole('link', { name: 'RFC 6585' }).click();
    await panel.page.getByRole('link', { name: 'the plan' }).press('Enter');
    assert.deepEqual(await panel.posted(), [
      { kind: 'ready' },
      { kind: 'link', url: 'https://www.rfc-editor.org/rfc/rfc6585' },
      { kind: 'open', place: { kind: 'file', path: 'specs/SPEC-012-rate-limit/plan.md', line: 12 } },
    ]);
    await panel.page.close();
  });

  it('lets a run of another process only be stopped', async () => {
    const panel = await panels.open('followed');
    for (const name of ['Pause', 'Stop'])
      await panel.page.getByRole('button', { name, exact: true }).click({ force: true });
    assert.deepEqual(await panel.posted(), [{ kind: 'ready' }, { kind: 'stop' }]);
    assert.equal(await panel.page.locator('vscode-textarea textarea').isDisabled(), true);
    await panel.page.close();
  });

  it('asks once, however long a key is held', async () => {
    const panel = await panels.open('running');
    await panel.tabTo('Stop');
    for (let count = 0; count < 5; count += 1) await panel.page.keyboard.down('Enter');
    assert.deepEqual(await panel.posted(), [{ kind: 'ready' }, { kind: 'stop' }]);
    await panel.page.close();
  });
});

async function press(panel: PanelPage, [kind, text]: Walk['keys'][number]): Promise<void> {
  if (kind === 'tab') await panel.tabTo(text);
  if (kind === 'press') await panel.page.keyboard.press(text);
  if (kind === 'type') await panel.page.keyboard.type(text);
}
