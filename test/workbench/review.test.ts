import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { FILLER, NEW_CODE, NEW_GREET, OLD_CODE } from '../support/reviewedChange.ts';
import { eventually } from './support/eventually.ts';
import {
  BEFORE,
  CODE,
  decisions,
  hasDecided,
  openOwnFile,
  openProposed,
  proposedRow,
  SCRIPT,
  TESTS,
  toast,
  typeAtEnd,
  untilFiles,
  WHOLE,
} from './support/reviewBench.ts';
import { sharedReview } from './support/sharedReview.ts';
import { AGAIN_MS, untilDone } from './support/untilDone.ts';

describe('reviewing a proposal', () => {
  const { shared, copy, openCopy } = sharedReview();

  it('takes the hunk approved by its lens and leaves out the one rejected with a reason', async () => {
    const { workbench } = shared();
    await openProposed(workbench, CODE);
    await workbench
      .lens(/^Approve$/)
      .nth(1)
      .waitFor();
    await workbench.picture('review-lenses', ['Approve', 'Reject', 'Why this change? (T1)']);
    await workbench.pressLens(/^Approve$/, () => hasDecided(copy, 1));
    await workbench.lens('Reject Instead').waitFor();
    await workbench.pressLens(/^Reject$/, () => workbench.quickPick().input.isVisible());
    await workbench.quickPick().input.fill('no new tone');
    await workbench.page.keyboard.press('Enter');
    await workbench.lens('Approve Instead').waitFor();
    const row = await proposedRow(workbench, TESTS);
    await row.hover();
    await row.getByRole('button', { name: 'Approve' }).click();
    await proposedRow(workbench, TESTS).then((approved) => hasLabel(approved, /1 hunk approved/));
    assert.deepEqual(copy.files(), BEFORE);
    await workbench.runCommand('SpecKit: Apply Approved');
    const question = workbench.page.locator('.monaco-dialog-box');
    await question.getByText('Apply the 2 hunks you approved and leave out 1 you have not decided about?').waitFor();
    await question.getByText('Leave Out and Apply').click();
    await untilFiles(copy, {
      ...WHOLE,
      [CODE]: `${NEW_GREET}${FILLER}export const tone = 'plain';\n`,
      [SCRIPT]: BEFORE[SCRIPT],
    });
    assert.deepEqual(await decisions(copy), [
      `${CODE} approved`,
      `${CODE} rejected no new tone`,
      `${TESTS} approved`,
      `${SCRIPT} rejected left out`,
    ]);
    // The files are written before the log says so.
    const kinds = await eventually('it is recorded', async () => {
      const now = await copy.kinds();
      return now.includes('ProposalApply') ? now : undefined;
    });
    const measured = kinds.indexOf('EvidenceRecord', kinds.indexOf('ApprovalDecision'));
    assert.ok(measured > 0 && measured < kinds.indexOf('ProposalApply'), 'the part was measured before it was applied');
  });

  it('applies what a person typed on the right side, byte for byte', async () => {
    const { workbench } = shared();
    await openCopy();
    await openProposed(workbench, CODE);
    await workbench.pressLens(/^Approve$/, () => hasDecided(copy, 1));
    await workbench.lens('Reject Instead').waitFor();
    await typeAtEnd(workbench, 'warm', ' // für Ada');
    // A lens that only says something is no link.
    await workbench.page.locator('.codelens-decoration', { hasText: 'Yours' }).first().waitFor();
    await workbench.page.keyboard.press('Control+S');
    await hasLabel(await proposedRow(workbench, CODE), /edited by you: 1 approved, 1 open/);
    await workbench.picture('review-edited', [
      'Yours',
      'Approved',
      'not checked on this tree (you edited src/greet.js)',
    ]);
    await workbench.runCommand('SpecKit: Approve All and Apply');
    await untilFiles(copy, { ...WHOLE, [CODE]: NEW_CODE.replace("'warm';", "'warm'; // für Ada") });
    const edits = (await copy.events()).flatMap((event) => (event.kind === 'ProposalEdit' ? [event.payload.path] : []));
    assert.deepEqual(edits, [CODE]);
  });

  it('refuses an edit that breaks a test, in the words of the gate', async () => {
    const { workbench } = shared();
    await openCopy();
    await openProposed(workbench, CODE);
    await typeAtEnd(workbench, 'greet', ' throw new Error();');
    await workbench.runCommand('SpecKit: Approve All and Apply');
    await toast(workbench, /Not applied: .*test/);
    assert.deepEqual(copy.files(), BEFORE);
    assert.ok((await copy.kinds()).includes('ProposalEdit'));
  });

  it('merges into a file with unsaved changes, once the merged text is approved, and leaves it unsaved', async () => {
    const { workbench } = shared();
    const { page } = workbench;
    await openCopy();
    await proposedRow(workbench, CODE).then((row) => row.waitFor());
    await openOwnFile(workbench, CODE);
    // No comment: the editor would go on with it in the next line.
    await page.keyboard.type('const mine = 1;\n');
    await page.locator('.tab.dirty').waitFor();
    await workbench.runCommand('SpecKit: Approve All and Apply');
    await toast(workbench, /Nothing was applied yet\. You have changed src\/greet\.js/);
    await workbench.picture('review-merged', ['Nothing was applied yet']);
    assert.deepEqual(copy.files(), BEFORE);
    await workbench.runCommand('SpecKit: Approve All and Apply');
    await untilFiles(copy, { ...WHOLE, [CODE]: OLD_CODE });
    await page.locator('.tab.dirty', { hasText: 'greet.js' }).waitFor();
    await page.locator('.tab.dirty', { hasText: 'greet.js' }).click();
    await workbench.runCommand('File: Save');
    await untilFiles(copy, { ...WHOLE, [CODE]: `const mine = 1;\n${WHOLE[CODE]}` });
  });

  it('merges with a file that has changed on the disk, and asks again', async () => {
    const { workbench } = shared();
    await openCopy();
    await proposedRow(workbench, CODE).then((row) => row.waitFor());
    const mine = `// mine\n${OLD_CODE}`;
    writeFileSync(path.join(copy.root, CODE), mine);
    await workbench.runCommand('SpecKit: Approve All and Apply');
    await toast(workbench, /Nothing was applied yet\. You have changed src\/greet\.js/);
    assert.deepEqual(copy.files(), { ...BEFORE, [CODE]: mine });
    await workbench.runCommand('SpecKit: Approve All and Apply');
    await untilFiles(copy, { ...WHOLE, [CODE]: `// mine\n${WHOLE[CODE]}` });
  });

  it('shows both sides of a conflict with a file on the disk in the merge editor, and writes nothing', async () => {
    const { workbench } = shared();
    await openCopy();
    await proposedRow(workbench, CODE).then((row) => row.waitFor());
    const mine = OLD_CODE.replaceAll("'plain'", "'stern'");
    assert.notEqual(mine, OLD_CODE);
    writeFileSync(path.join(copy.root, CODE), mine);
    await workbench.runCommand('SpecKit: Approve All and Apply');
    await workbench.page.locator('.merge-editor').waitFor();
    await workbench.page.locator('.view-line', { hasText: 'stern' }).first().waitFor();
    await workbench.picture('review-conflict', ['what you have in the file now', 'what SPEC-001 wants there']);
    assert.deepEqual(copy.files(), { ...BEFORE, [CODE]: mine });
    // What is saved there is an edit of the proposal, and reaches the file when it is approved.
    const merge = workbench.page.locator('.merge-editor');
    await untilDone(
      () => merge.getByText('Accept Proposal').first().click({ timeout: AGAIN_MS }),
      () => merge.getByText('0 Conflicts Remaining').isVisible(),
    );
    await workbench.runCommand('File: Save');
    await eventually('the merge is recorded', async () =>
      (await copy.kinds()).includes('ProposalMerge') ? true : undefined,
    );
    assert.deepEqual(copy.files(), { ...BEFORE, [CODE]: mine });
    await workbench.runCommand('View: Close All Editors');
    await workbench.runCommand('SpecKit: Approve All and Apply');
    await untilFiles(copy, WHOLE);
  });

  it('decides nothing when every tab is closed', async () => {
    const { workbench } = shared();
    await openCopy();
    for (const file of [CODE, TESTS]) await openProposed(workbench, file);
    await workbench.runCommand('SpecKit: Review All');
    await workbench.page.locator('.multiDiffEntry').first().waitFor();
    const kinds = await copy.kinds();
    await workbench.runCommand('View: Close All Editors');
    await workbench.editorTabs().first().waitFor({ state: 'hidden' });
    await proposedRow(workbench, CODE).then((row) => hasLabel(row, /2 hunks to review/));
    assert.deepEqual([await copy.kinds(), copy.files()], [kinds, BEFORE]);
  });
});

async function hasLabel(row: Locator, label: RegExp): Promise<void> {
  await row.and(row.page().getByLabel(label)).waitFor();
}
