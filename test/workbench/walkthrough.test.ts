import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { COMMANDS } from '../../src/extension/manifest.ts';
import { WALKTHROUGH } from '../../src/extension/contributions/walkthrough.ts';
import { REVIEW_SETTINGS, REVIEW_VIEWPORT, reviewBench, type ReviewBench } from './support/reviewBench.ts';
import { sharedWorkbench } from './support/sharedWorkbench.ts';
import { AGAIN_MS, untilDone } from './support/untilDone.ts';

/** Every button of the walkthrough, by its step and its words. */
const BUTTONS = WALKTHROUGH[0].steps.flatMap(({ title, description }) =>
  [...description.matchAll(/^\[([^\]]+)\]\(command:([^)]+)\)$/gm)].map(([, words = '', command = '']) => ({
    title,
    words,
    command,
  })),
);

describe('the walkthrough', () => {
  let bench: ReviewBench;
  const shared = sharedWorkbench({
    settings: REVIEW_SETTINGS,
    viewport: REVIEW_VIEWPORT,
    folder: async (server) => {
      bench = await reviewBench(server);
      return bench.copy().root;
    },
  });
  after(() => bench[Symbol.asyncDispose]());

  const tab = (name: string): Locator => shared().workbench.editorTabs().filter({ hasText: name }).first();
  const asked = (words: string): Locator => shared().workbench.quickPick().widget.getByText(words).first();
  /** What is seen of each button's command, in a repository in which a proposal waits. */
  const effects: Readonly<Record<string, () => Locator>> = {
    'speckitAuto.doctor': () => tab('what-was-found.txt'),
    'speckitAuto.setKey': () => shared().workbench.quickPick().widget.getByPlaceholder('Which key?'),
    'speckitAuto.sample': () => asked('where should the sample project go?'),
    // The repository has one already: what would be written is shown beside it.
    'speckitAuto.init': () => tab('speckit.toml'),
    'speckitAuto.new': () => asked('New spec'),
    'speckitAuto.auto': () => asked('SPEC-001 Greeting'),
    'speckitAuto.reviewAll': () => shared().workbench.page.locator('.multiDiffEntry').first(),
  };

  it('has a button for each command that a step is about', () => {
    assert.deepEqual(BUTTONS.map(({ command }) => command).toSorted(), Object.keys(effects).toSorted());
    assert.ok(BUTTONS.every(({ command }) => Object.hasOwn(COMMANDS, command)));
  });

  for (const { title, words, command } of BUTTONS) {
    it(`does what "${words}" says`, async () => {
      const { workbench } = shared();
      const { page } = workbench;
      await workbench.runCommand('Welcome: Open Walkthrough...');
      await workbench.quickPick().row('Get Started with SpecKit').click();
      const step = page.locator('.getting-started-step', { hasText: title });
      await untilDone(
        () => step.locator('h3').click({ timeout: AGAIN_MS }),
        async () => ((await step.getAttribute('class')) ?? '').includes('expanded'),
      );
      const effect = effects[command];
      assert.ok(effect !== undefined);
      await untilDone(
        () => step.getByRole('button', { name: words, exact: true }).click({ timeout: AGAIN_MS }),
        () => effect().isVisible(),
      );
      await workbench.picture(`walkthrough-${command.split('.')[1]}`, []);
      await page.keyboard.press('Escape');
    });
  }
});
