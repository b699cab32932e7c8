import assert from 'node:assert/strict';
import type { StateName } from '../../webview/gallery/states.ts';
import { openPanels, type PanelPage, type Panels } from './panelPage.ts';
import { missing, THEMES } from './panelStates.ts';

/** What must be read in each state, in this order. */
const WORDS: Readonly<Record<StateName, readonly string[]>> = {
  running: [
    'SPEC-012',
    'Rate limit per API key',
    'Running',
    '02:41',
    '$0.0412 of $2.00 ($0.0300 reserved)',
    'Pause',
    'Stop',
    'Implement',
    'running npm test',
    'holds up to $0.0300',
    'alive',
    'Attempt 1',
    'failed',
    'Attempt 2',
    'after T2, T3',
    'Calls',
    'implementer, mode cloud haiku',
    'up to $0.0300',
    'not paid',
    'in doubt, up to $0.0140',
    'unpriced',
    'implementer, mode reflex reflex',
    '3.9k cached',
    'local',
    'Gate:',
    'Retry',
    'By rule',
    'checks-green',
    'From',
    'npm test exited with 1',
    'Why reflex?',
    'Explain',
    'Not taken yet',
  ],
  planStreaming: [
    'Running',
    'Plan',
    'writing the plan',
    'silent for 14 s',
    'The plan is being written.',
    'Summary',
    'Steps',
    'covers FR-1, FR-2',
    'Files',
    'Answer of the architect',
  ],
  question: [
    'Waits for an answer',
    'Needs you',
    'Should limits survive a restart?',
    'In memory',
    'Redis',
    'Let the architect decide',
    'Answer',
    'Q2, Plan, critical:',
    'Which header names the key?',
    'Suggested: Authorization, as a bearer token',
    'The constitution says: “Keys are sent in the header Authorization and nowhere else.”',
    'Accept Suggestion',
    'Write the answer into spec.md too',
    'Answer',
    'The plan is whole. Confidence 0.86.',
    'Ask a person',
    'Answered',
    'R1 How long is a window?',
    'One minute. The spec says: “at most 100 requests in any minute”',
    'Per key.',
  ],
  proposed: [
    'Waits for your review',
    'Review Changes',
    'Needs you',
    'Review 3 files',
    'Does',
    'Requests under /v1',
    'Checked',
    'Unchecked',
    'AC-4, AC-5',
    'Risk',
    'several processes',
    'read once at the start',
    'Approve All',
    'Reject…',
    'Open and Try It',
    'Proposal',
    'src/http/limit.ts',
    '3 hunks, 1 approved, 2 open',
    'person-unlocks',
  ],
  failed: [
    'The run could not be continued',
    'Dismiss',
    'Failed',
    '$0.0140 in doubt',
    'Run Again',
    'Continue',
    'Needs you',
    'Raise it in speckit.toml',
    'halted',
    'Patch refused',
    'took too long',
    'Escalate',
    'to sonnet',
    '1 earlier verdict',
  ],
  atLimit: [
    'Blocked',
    'Run Again',
    'Continue over Budget…',
    'Continue',
    'Needs you',
    'are spent or reserved',
    'halted',
  ],
  stale: ['Paused', 'Continue', 'Needs you', 'Stale: spec.md changed after the plan was made', 'Implement', 'stale'],
  applied: [
    'Applied',
    'all recorded',
    'Undo',
    'Unlock',
    'done',
    'Proposal',
    'applied, 3 files',
    'By rule',
    'approved',
    '3 files approved by mika',
  ],
  followed: ['Running', 'Followed read-only: at work in another process.', 'Pause', 'Stop', 'running npm test'],
  empty: ['Waiting for the run’s log.'],
  huge: ['<script>window.attacked = 1</script>', 'Needs you', 'Answer', 'Implement', 'Gate:', 'Steps', '300'],
};
const STATES = Object.keys(WORDS) as readonly StateName[];

describe('the run panel in each state', function () {
  this.timeout(60_000);
  let panels: Panels;
  before(async () => {
    panels = await openPanels();
  });
  after(() => panels[Symbol.asyncDispose]());

  for (const state of STATES) {
    describe(state, () => {
      let panel: PanelPage;
      before(async () => {
        panel = await panels.open(state);
      });
      after(() => panel.page.close());

      it('says what it must', async () => {
        assert.deepEqual(missing(await panel.page.locator('body').innerText(), WORDS[state]), []);
      });

      it('never scrolls sideways, however narrow', async () => {
        for (const width of [320, 480, 1400]) {
          await panel.setWidth(width);
          if (width === 320) await panel.picture(`${state}-narrow`);
          assert.equal(await panel.page.evaluate(() => document.documentElement.scrollWidth), width);
        }
        await panel.setWidth(1000);
      });

      for (const theme of THEMES) {
        it(`has nothing serious wrong with it in ${theme}`, async () => {
          await panel.setTheme(theme);
          await panel.picture(`${state}-${theme}`);
          // The huge state has the parts of the others five hundred times: its names and roles are looked at once, its colours in the others.
          if (state !== 'huge') assert.deepEqual(await panel.violations(), []);
          else if (theme === 'dark') assert.deepEqual(await panel.violations('withoutColours'), []);
          assert.deepEqual(panel.complaints, []);
        });
      }
    });
  }
});
