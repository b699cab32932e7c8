import assert from 'node:assert/strict';
import {
  BEFORE,
  CODE,
  decisions,
  hasDecided,
  openProposed,
  proposedRow,
  SCRIPT,
  TESTS,
  untilFiles,
  WHOLE,
} from './support/reviewBench.ts';
import { sharedReview } from './support/sharedReview.ts';
import type { WorkbenchPage } from './support/workbenchPage.ts';

describe('reviewing by keys alone', () => {
  const { shared, copy, openCopy } = sharedReview();

  it('goes from what needs the person to the applied change', async () => {
    const { workbench } = shared();
    const { page } = workbench;
    await page.locator('.statusbar-item', { hasText: 'SpecKit: 1 needs you' }).waitFor();
    // The view has never been shown: its first row has the focus all the same, once it is there.
    await byKeys(workbench, 'SpecKit: Status');
    const focused = page.locator('.monaco-list.element-focused .monaco-list-row.focused', {
      hasText: 'Review 3 files',
    });
    await focused.waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.multiDiffEntry').first().waitFor();
    await workbench
      .lens(/^Approve$/)
      .first()
      .waitFor();
    await chord(workbench, 'j');
    await chord(workbench, 'a');
    await workbench.page.locator('.statusbar-item', { hasText: 'Approved.' }).waitFor();
    for (const [file, rest] of [
      [CODE, '1 hunk of SPEC-001 to go'],
      [TESTS, 'applied to 3 files'],
    ] as const) {
      await chord(workbench, 'j');
      await page.locator('.tab.active', { hasText: file.split('/').at(-1) ?? '' }).waitFor();
      await workbench
        .lens(/^Approve$/)
        .first()
        .waitFor();
      await chord(workbench, 'Shift+A');
      await page.locator('.statusbar-item', { hasText: rest }).waitFor();
    }
    await untilFiles(copy, WHOLE);
    assert.deepEqual((await decisions(copy)).toSorted(), [
      `${SCRIPT} approved`,
      `${CODE} approved`,
      `${CODE} approved`,
      `${TESTS} approved`,
    ]);
  });

  it('approves by lens among all files in one editor', async () => {
    const { workbench } = shared();
    await openCopy();
    await proposedRow(workbench, CODE).then((row) => row.waitFor());
    await workbench.runCommand('SpecKit: Review All');
    await workbench
      .lens(/^Approve$/)
      .nth(3)
      .waitFor();
    for (const decided of [1, 2, 3]) {
      await workbench.pressLens(/^Approve$/, () => hasDecided(copy, decided));
      await workbench
        .lens(/^Approve$/)
        .nth(4 - decided)
        .waitFor({ state: 'hidden' });
    }
    assert.deepEqual(copy.files(), BEFORE);
    await workbench.pressLens(/^Approve$/, () => hasDecided(copy, 4));
    await untilFiles(copy, WHOLE);
  });
});

describe('reviewing where a person has switched lenses off in diffs', () => {
  const { shared, copy } = sharedReview({ settings: { 'diffEditor.codeLens': false } });

  it('works by the buttons of the title and by keys', async () => {
    const { workbench } = shared();
    const { page } = workbench;
    await openProposed(workbench, CODE);
    const title = page.locator('.editor-actions');
    await title.getByRole('button', { name: 'Next Hunk' }).click();
    await workbench.diffEditor().modified.locator('.view-line', { hasText: 'stranger' }).click();
    await chord(workbench, 'a');
    await page.locator('.statusbar-item', { hasText: '3 hunks of SPEC-001 to go' }).waitFor();
    assert.equal(await workbench.lens(/^(Approve|Reject|Reject Instead)$/).count(), 0);
    await title.getByRole('button', { name: 'Approve File' }).click();
    await page.locator('.statusbar-item', { hasText: '2 hunks of SPEC-001 to go' }).waitFor();
    for (const file of [TESTS, SCRIPT]) {
      await openProposed(workbench, file);
      await page.locator('.tab.active', { hasText: file.split('/').at(-1) ?? '' }).waitFor();
      await title.getByRole('button', { name: 'Approve File' }).click();
      // The list is drawn anew with each decision: a click into it meanwhile selects a row and opens nothing.
      if (file === TESTS) await page.locator('.statusbar-item', { hasText: '1 hunk of SPEC-001 to go' }).waitFor();
    }
    await untilFiles(copy, WHOLE);
  });
});

/** A command of the palette without the mouse. */
async function byKeys({ page, quickPick }: WorkbenchPage, title: string): Promise<void> {
  await page.keyboard.press('F1');
  await quickPick().input.fill(`>${title}`);
  await quickPick().row(title).first().waitFor();
  await page.keyboard.press('Enter');
  await quickPick().widget.waitFor({ state: 'hidden' });
}

async function chord({ page }: WorkbenchPage, key: string): Promise<void> {
  await page.keyboard.press('Control+K');
  await page.keyboard.press(key);
}
