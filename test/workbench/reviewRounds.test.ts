import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import type { Locator } from 'playwright-core';
import { NEW_CODE } from '../support/reviewedChange.ts';
import { replaceFile, tool, type ProjectOptions } from '../support/scriptedProject.ts';
import { eventually } from './support/eventually.ts';
import {
  BEFORE,
  CODE,
  openOwnFile,
  openProposed,
  proposedRow,
  toast,
  untilFiles,
  WHOLE,
} from './support/reviewBench.ts';
import { sharedReview } from './support/sharedReview.ts';

const toned = (tone: string): string => NEW_CODE.replace('warm', tone);

/** After the first proposal each rejection gets another tone: 'kind', then 'calm'. */
function withMoreRounds(options: ProjectOptions): ProjectOptions {
  const patch = (before: string, after: string) => tool('apply_patch', { patch: replaceFile(CODE, before, after) });
  const implement = [
    ...(options.answers?.implement ?? []),
    { ...patch(NEW_CODE, toned('kind')), delayMs: 1_500 },
    { text: 'kinder now' },
    { ...patch(toned('kind'), toned('calm')), delayMs: 3_000 },
    { text: 'calmer now' },
  ];
  return { ...options, answers: { ...options.answers, implement } };
}

describe('rejecting a proposal with a reason', () => {
  const { shared, copy, bench } = sharedReview({ change: withMoreRounds });
  const git = (...words: readonly string[]): string => execFileSync('git', words, { cwd: copy.root, encoding: 'utf8' });
  const requestsWith = (text: string): number =>
    bench().project.server.requests.filter(({ body }) => JSON.stringify(body).includes(text)).length;
  const rounds = async (): Promise<readonly number[]> =>
    (await copy.events()).flatMap((event) => (event.kind === 'ProposalCreate' ? [event.payload.round] : []));

  it('gives the comment and the reason of the panel to the next attempt, whose proposal comes in new tabs', async () => {
    const { workbench } = shared();
    const { page } = workbench;
    const before = [git('worktree', 'list'), git('branch', '-a')];
    await openProposed(workbench, CODE);
    await workbench.runCommand('View: Keep Editor');
    await workbench
      .lens(/^Approve$/)
      .nth(1)
      .waitFor();
    await comment('the tone is too warm');
    await workbench.openContainer('SpecKit');
    await workbench.runCommand('SpecKit: Show Run');
    const panel = await workbench.panel('SPEC-001 Greeting');
    await panel.getByText('Reject…').click();
    await panel
      .getByLabel('Why it is rejected')
      .locator('textarea, input')
      .or(panel.getByLabel('Why it is rejected'))
      .first()
      .fill('Please be kinder.');
    await panel.getByRole('button', { name: /^Reject$/ }).click();
    await eventually('the next proposal', async () => ((await rounds()).length === 2 ? true : undefined));
    assert.deepEqual(
      [
        requestsWith('Please be kinder.') > 0,
        requestsWith('src/greet.js:2: ') > 0,
        requestsWith('the tone is too warm') > 0,
      ],
      [true, true, true],
    );
    assert.deepEqual([git('worktree', 'list'), git('branch', '-a')], before);

    // The old tab is still there: it shows what was rejected and decides nothing about what came after it.
    await page.locator('.tab', { hasText: 'greet.js' }).click();
    await page.locator('.view-line', { hasText: 'warm' }).first().waitFor();
    await workbench
      .lens(/^Approve$/)
      .first()
      .waitFor({ state: 'hidden' });
    const nEvents = (await copy.events()).length;
    await workbench.runCommand('SpecKit: Approve All and Apply');
    await toast(workbench, /SPEC-001 has a newer proposal. Review that one: nothing was decided/);
    assert.deepEqual([(await copy.events()).length, copy.files()], [nEvents, BEFORE]);
    await openProposed(workbench, CODE);
    await page.locator('.view-line', { hasText: 'kind' }).first().waitFor();
    await page.locator('.tab', { hasText: 'greet.js' }).nth(1).waitFor();

    async function comment(text: string): Promise<void> {
      const line = workbench.diffEditor().modified.locator('.view-line', { hasText: 'stranger' }).first();
      await line.click();
      await workbench.runCommand('Comments: Add Comment on Current Selection');
      const box = page.locator('.review-widget .monaco-editor').first();
      await box.waitFor();
      await page.keyboard.type(text);
      await page.locator('.review-widget').getByText('Give to the Next Attempt').click();
      await page.locator('.review-widget', { hasText: 'Given to the next attempt when you reject' }).waitFor();
    }
  });

  it('goes on from the palette too, and leaves a person who types meanwhile every letter and the cursor', async () => {
    const { workbench } = shared();
    const { page } = workbench;
    await proposedRow(workbench, CODE).then((row) => row.waitFor());
    assert.deepEqual(await providers(), ['copy1Git', 'copy1SpecKit']);
    await workbench.runCommand('SpecKit: Reject Proposal...');
    await workbench.quickPick().input.fill('Calmer, please.');
    await page.keyboard.press('Enter');
    // While the next attempt works there is no proposal, and no repository beside the person's own.
    await proposal().waitFor({ state: 'hidden' });
    assert.deepEqual([git('worktree', 'list').trim().split('\n').length, git('branch', '-a').trim()], [1, '* main']);
    await openOwnFile(workbench, 'package.json');
    const words: string[] = [];
    while ((await rounds()).length < 3 && words.length < 300) {
      words.push(`word${words.length} `);
      await page.keyboard.type(words.at(-1) ?? '', { delay: 15 });
    }
    await proposal().waitFor();
    await page.keyboard.type('end');
    await page.keyboard.press('Control+S');
    const typed = `${words.join('')}end`;
    await eventually('what was typed is saved', () =>
      copy.read('package.json')?.startsWith(typed) === true ? true : undefined,
    );
    assert.deepEqual(
      [
        words.length > 2,
        requestsWith('Calmer, please.') > 0,
        await page.locator('.tab.active').getAttribute('data-resource-name'),
      ],
      [true, true, 'package.json'],
    );
  });

  it('has the newest round in Source Control until it is applied', async () => {
    const { workbench } = shared();
    await proposedRow(workbench, CODE).then((row) => row.waitFor());
    await proposal().hover();
    await workbench.picture('review-scm', ['SpecKit proposal: SPEC-001', 'greet.js', 'greet.test.js', 'hello.sh']);
    assert.deepEqual(
      await proposal()
        .locator('a.action-label')
        .evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label'))),
      ['Review All', 'Apply Approved', 'Approve All and Apply', 'Reject Proposal...'],
    );
    assert.equal(await proposal().locator('.monaco-count-badge').innerText(), '3');
    await proposal().getByRole('button', { name: 'Approve All and Apply' }).click();
    await untilFiles(copy, { ...WHOLE, [CODE]: toned('calm') });
    await proposal().waitFor({ state: 'hidden' });
    await eventually('only the person’s own repository is left', async () => {
      const left = await providers();
      return left.length === 0 || left.join() === 'copy1Git' ? true : undefined;
    });
    assert.deepEqual([git('worktree', 'list').trim().split('\n').length, git('branch', '-a').trim()], [1, '* main']);
  });

  const proposal = (): Locator =>
    shared().workbench.page.locator('.scm-view .monaco-list-row', { hasText: 'SpecKit proposal: SPEC-001' });

  /** The repositories of Source Control by folder and kind; none are listed where there is only one. */
  async function providers(): Promise<readonly string[]> {
    const { page } = shared().workbench;
    const rows = page.locator('.scm-view .monaco-list-row', { has: page.locator('.scm-provider') });
    return rows.locator('.monaco-icon-label').allInnerTexts();
  }
});
