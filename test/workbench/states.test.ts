import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import { FILES, GOOD_CODE, installation } from '../support/scriptedProject.ts';
import { eventually } from './support/eventually.ts';
import { repositoryOfManySpecs, SPECS, type SpecState } from './support/manySpecs.ts';
import { sharedWorkbench } from './support/sharedWorkbench.ts';
import { pictures, type Theme } from './support/workbenchPage.ts';
import type { ScriptedWorkspace } from './support/workspace.ts';

const THEMES: readonly Theme[] = ['dark', 'light', 'high-contrast'];

/** What is read in the panel of each state, in this order. */
const WORDS: Readonly<Record<SpecState, readonly string[]>> = {
  running: [
    'Running',
    'Pause',
    'Stop',
    'T2',
    'alive',
    'Attempt 1',
    'Answer of the implementer',
    'Why cheap?',
    'Guidance',
  ],
  question: [
    'Waits for an answer',
    'Needs you',
    'Is a stranger addressed as "ti" or as "chi"?',
    'Answer',
    'Ask a person',
  ],
  failed: ['Failed', 'Run Again', 'Continue', 'Needs you', 'every worker failed', 'Explain', 'Attempt 2', 'Gate:'],
  stale: ['Paused', 'Continue', 'Needs you', 'Stale: spec.md has changed since', 'Plan', 'stale'],
  proposed: [
    'Waits for your review',
    'Needs you',
    'Review 2 files',
    'Does',
    'Changes',
    '2 files, 14 lines',
    'Checked',
    'Unchecked',
    'Risks',
    'Review Changes',
    'Approve All',
    'Reject…',
    'Open and Try It',
    'src/greet.js',
  ],
  applied: [
    'Applied',
    'Undo',
    'Run Again',
    'Unlock',
    'done',
    'Proposal',
    'applied, 2 files',
    'Commit message',
    'Farewell',
  ],
};

/** What the explorer says beside each spec, in a side bar of its usual width. */
const ROWS: Readonly<Record<SpecState, string>> = {
  running: 'implement 2/3',
  question: '1 question',
  failed: 'failed',
  stale: 'paused, stale',
  proposed: 'to review',
  applied: 'applied',
};
const STATES = Object.keys(WORDS) as readonly SpecState[];

const USUAL = { width: 1400, height: 900 };
const MOST_BYTES_OF_PICTURE = 200 * 1024;

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe('SpecKit in every state', () => {
  let project: ScriptedWorkspace;
  const shared = sharedWorkbench({
    folder: async (server) => {
      project = await repositoryOfManySpecs(server);
      return project.root;
    },
  });
  after(() => project[Symbol.asyncDispose]());
  beforeEach(() => shared().workbench.page.setViewportSize(USUAL));

  const inRepository = (file: string): string => readFileSync(path.join(project.root, file), 'utf8');

  async function openRun(state: SpecState): Promise<FrameLocator> {
    const { workbench } = shared();
    // A pick goes when something else takes the focus, as a panel that is drawn late does.
    for (let nTries = 1; ; nTries += 1) {
      await workbench.runCommand('SpecKit: Show Run');
      const isPicked = await workbench
        .quickPick()
        .row(SPECS[state])
        .click({ timeout: 5_000 })
        .then(
          () => true,
          () => false,
        );
      if (isPicked) break;
      assert.ok(nTries < 3, `${state} could not be picked`);
    }
    const panel = await workbench.panel(SPECS[state]);
    await drawn(panel, state);
    return panel;
  }

  it('begins with a run at work', async () => {
    const { workbench } = shared();
    await workbench.openContainer('SpecKit');
    await workbench.runCommand('SpecKit: Auto');
    await workbench.quickPick().row(SPECS.running).click();
    await workbench.quickPick().row('Start').first().click();
    await drawn(await workbench.panel(SPECS.running), 'running');
    const item = workbench.statusBarItem('speckit-auto.speckit-auto.speckitAuto.run');
    await eventually('the status bar', async () =>
      /^SPEC-006 implement 2\/3 \$0\.\d{4}$/.test((await item.innerText()).trim()) ? true : undefined,
    );
  });

  it('counts the time of a run at work, and of no other', async () => {
    const clockOf = async (panel: FrameLocator): Promise<string> => panel.locator('.chip .figures').innerText();
    const proposed = await clockOf(await openRun('proposed'));
    const running = await openRun('running');
    const before = await clockOf(running);
    await eventually('the clock goes on', async () => ((await clockOf(running)) === before ? undefined : true));
    assert.equal(await clockOf(await openRun('proposed')), proposed);
  });

  for (const theme of THEMES) {
    it(`is read in ${theme}, and nothing serious is wrong with any panel`, async () => {
      const { workbench } = shared();
      await workbench.setTheme(theme);
      await workbench.openContainer('SpecKit');
      for (const state of STATES) {
        const panel = await openRun(state);
        await workbench.picture(`panel-${state}-${theme}`, ['Needs You', 'Specs', SPECS[state]]);
        assert.deepEqual(await violationsIn(panel), [], `${state} in ${theme}`);
      }
      if (theme === 'dark') keepReadmePicture('panel-proposed-dark');
    });

    it(`has its native surfaces in ${theme}`, async () => {
      const { workbench } = shared();
      await workbench.setTheme(theme);
      await workbench.runCommand('SpecKit: Auto');
      await workbench.quickPick().row(SPECS.applied).click();
      await workbench.picture(`preview-${theme}`, [
        'Start',
        'node --test',
        'A person decides; nothing is applied before.',
      ]);
      await workbench.page.keyboard.press('Escape');
      await workbench.openContainer('SpecKit');
      await workbench.treeRow('Review 2 files').click();
      await workbench.picture(`review-all-${theme}`, ['Hello, stranger!', 'greet.test.js']);
      // Source Control shares its height with the graph: here is room for both of its groups.
      await workbench.page.setViewportSize({ width: 1400, height: 1300 });
      await (
        await workbench.scmRows()
      )
        .filter({ has: workbench.page.getByText('greet.js', { exact: true }) })
        .first()
        .click();
      await workbench.lens('Approve').first().waitFor();
      await workbench.picture(`review-diff-${theme}`, ['SpecKit proposal: SPEC-001', 'greet.js (SPEC-001: proposal)']);
      await workbench.page.setViewportSize(USUAL);
      await workbench.runCommand('Welcome: Open Walkthrough...');
      await workbench.quickPick().row('Get Started with SpecKit').click();
      await workbench.picture(`walkthrough-${theme}`, ['Get Started with SpecKit', 'Try the sample', 'Press Auto']);
      await workbench.runCommand('Preferences: Open Settings (UI)');
      await workbench.page.locator('.settings-editor .suggest-input-container').click();
      await workbench.page.keyboard.type('@ext:speckit-auto.speckit-auto ');
      await workbench.picture(`settings-${theme}`, ['Notify']);
    });
  }

  it('says beside each spec where it stands, in a side bar of its usual width', async () => {
    const { workbench } = shared();
    await workbench.setTheme('dark');
    await workbench.openContainer('SpecKit');
    await workbench.page.setViewportSize({ width: 1400, height: 1900 });
    for (const state of STATES) {
      const row = workbench.treeRow(SPECS[state]).first();
      await row.waitFor();
      const told = await Promise.all(
        ['.label-name', '.label-description'].map((part) => row.locator(part).first().innerText()),
      );
      assert.deepEqual(told, [SPECS[state], ROWS[state]]);
      assert.equal(await isCut(row), false, `${state} is cut off`);
    }
    await workbench.treeRow('T2 Count the greetings').waitFor();
    await workbench.picture('trees', Object.values(ROWS));
  });

  it('opens what a verdict rests on, and a patch beside the panel without taking the focus', async () => {
    const { workbench } = shared();
    const { page } = workbench;
    const panel = await openRun('failed');
    await panel
      .getByRole('button', { name: /^Check test failed \(exit 1\) on tree/ })
      .first()
      .click();
    await page.locator('.tabs-container .tab.active', { hasText: 'Output of test' }).waitFor();
    await page.locator('.view-line', { hasText: 'FR-002 greets a stranger' }).first().waitFor();
    const again = await workbench.panel(SPECS.failed);
    await again.getByRole('button', { name: 'Show change' }).first().click();
    await page.locator('.tabs-container .tab', { hasText: 'greet.js (T1, attempt 1)' }).waitFor();
    await workbench.diffEditor().modified.getByText('Hello,').first().waitFor();
    await workbench.diffEditor().original.getByText('Hi').first().waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'IFRAME');
    await workbench.picture('patch-beside', [SPECS.failed]);
  });

  it('draws the document of a finished stage, and opens it', async () => {
    const { workbench } = shared();
    const panel = await openRun('proposed');
    await panel.getByRole('button', { name: /^Specify/ }).click();
    await panel.getByRole('heading', { name: 'Brief: SPEC-001 Greeting' }).first().waitFor();
    await workbench.picture('stage-document', ['Open document']);
    await panel.getByRole('button', { name: 'Open document' }).click();
    await workbench.page.locator('.tabs-container .tab.active', { hasText: 'task_brief.md' }).waitFor();
  });

  it('applies what is approved in the panel, with the commit message ready, and takes it back', async () => {
    const { workbench } = shared();
    const panel = await openRun('proposed');
    await panel.getByRole('button', { name: 'Approve All' }).click();
    await panel.getByText('Applied', { exact: true }).waitFor();
    assert.equal(inRepository('src/greet.js'), GOOD_CODE);
    assert.match(await panel.locator('body').innerText(), /Commit message\s+Greeting\s+greet answers with Hello/);
    await workbench.picture('approved', ['Undo', 'Commit message']);
    await panel.getByRole('button', { name: 'Undo' }).click();
    await panel.getByText('Waits for your review').first().waitFor();
    assert.equal(inRepository('src/greet.js'), FILES['src/greet.js']);
  });
});

/** UPDATE_PICTURE=1 makes a picture that of the README, which every installed extension carries. */
function keepReadmePicture(name: string): void {
  const picture = readFileSync(path.join(pictures, `${name}.png`));
  assert.ok(picture.byteLength < MOST_BYTES_OF_PICTURE, `${name} has ${picture.byteLength} bytes`);
  if (process.env['UPDATE_PICTURE'] === '1') writeFileSync(path.join(installation, 'media/run-panel.png'), picture);
}

/** Waits until the panel says all that it must in this state, and its icons are there. */
async function drawn(panel: FrameLocator, state: SpecState): Promise<void> {
  const body = panel.locator('body');
  const lacking = async (): Promise<readonly string[]> => missing(await body.innerText(), WORDS[state]);
  await eventually(`the panel of ${state}`, async () => ((await lacking()).length === 0 ? true : undefined)).catch(
    async () => assert.deepEqual(await lacking(), [], state),
  );
  await body.evaluate(() => document.fonts.ready.then(() => undefined));
}

/** The words that do not follow in their order. */
function missing(text: string, words: readonly string[]): readonly string[] {
  let from = 0;
  return words.filter((word) => {
    const at = text.indexOf(word, from);
    if (at >= 0) from = at + word.length;
    return at < 0;
  });
}

/** Whether what stands beside a row's name goes beyond the row. */
const isCut = (row: Locator): Promise<boolean> =>
  row.locator('.monaco-icon-label').evaluate((label) => {
    const right = (name: string): number => label.querySelector(name)?.getBoundingClientRect().right ?? Infinity;
    return right('.label-description') > right('.monaco-icon-label-container') + 1;
  });

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

/** Violations of axe-core that are serious or critical. The browser's own door is used: the page's policy lets no script in. */
async function violationsIn(panel: FrameLocator): Promise<readonly string[]> {
  const body = await panel.locator('body').elementHandle();
  const frame = await body?.ownerFrame();
  assert.ok(frame !== null && frame !== undefined);
  await frame.evaluate(axeSource);
  const { violations } = await frame.evaluate<AxeResult>(
    'axe.run(document, { resultTypes: ["violations"], preload: false })',
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary}`);
}
