import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { GOOD, GOOD_TEST, replaceFile, tool, type ProjectOptions } from '../support/scriptedProject.ts';
import { NEW_CODE, OLD_CODE } from '../support/reviewedChange.ts';
import { eventually } from './support/eventually.ts';
import {
  BEFORE,
  CODE,
  decisions,
  openProposed,
  proposedRow,
  SCRIPT,
  TESTS,
  typeAtEnd,
  untilFiles,
  WHOLE,
} from './support/reviewBench.ts';
import { sharedReview } from './support/sharedReview.ts';
import type { WorkbenchPage } from './support/workbenchPage.ts';

/** The same change by two tasks: T1 has the code and its tests, T2 the script. */
function ofTwoTasks(options: ProjectOptions): ProjectOptions {
  const [planned] = GOOD.tasks.map(({ text = '{}' }) => JSON.parse(text) as { readonly tasks: readonly object[] });
  const [first] = planned?.tasks ?? [];
  const tasks = [first, { ...first, id: 'T2', title: 'say hello', files: [SCRIPT], depends_on: ['T1'] }];
  const implement = [
    tool('apply_patch', { patch: replaceFile(CODE, OLD_CODE, NEW_CODE) }),
    tool('apply_patch', { patch: replaceFile(TESTS, undefined, GOOD_TEST) }),
    { text: 'greets' },
    tool('apply_patch', { patch: replaceFile(SCRIPT, '#!/bin/sh\necho hi\n', '#!/bin/sh\necho hello\n') }),
    { text: 'says hello' },
  ];
  return {
    ...options,
    answers: { ...options.answers, tasks: [{ text: JSON.stringify({ ...planned, tasks }) }], implement },
  };
}

describe('reviewing by task, and applying what is not checked', () => {
  const { shared, copy, openCopy } = sharedReview({ change: ofTwoTasks });

  it('approves what one task changed and rejects what the other did', async () => {
    const { workbench } = shared();
    const { page } = workbench;
    await proposedRow(workbench, TESTS).then((row) => row.click({ button: 'right' }));
    await workbench.chooseInMenu('Approve Task...');
    await page.locator('.statusbar-item', { hasText: 'Approved. 1 hunk of SPEC-001 to go.' }).waitFor();
    assert.deepEqual(await decisions(copy), [`${CODE} approved`, `${CODE} approved`, `${TESTS} approved`]);
    assert.deepEqual(copy.files(), BEFORE);
    await workbench.runCommand('SpecKit: Reject Task...');
    await workbench.quickPick().row('T2 say hello').waitFor();
    await workbench.picture('review-tasks', ['Which task?', 'T1 greet', 'T2 say hello', SCRIPT]);
    await workbench.quickPick().row('T2 say hello').click();
    await page.getByText('Reject T2').waitFor();
    await workbench.quickPick().input.fill('not now');
    await page.keyboard.press('Enter');
    await page.locator('.statusbar-item', { hasText: 'Nothing is open any more' }).waitFor();
    await workbench.runCommand('SpecKit: Apply Approved');
    await untilFiles(copy, { ...WHOLE, [SCRIPT]: BEFORE[SCRIPT] });
    assert.deepEqual((await decisions(copy)).slice(3), [`${SCRIPT} rejected not now`]);
  });

  it('applies what the checks refused only for a reason, which stands in the log, the panel and approvals.jsonl', async () => {
    const { workbench } = shared();
    const { page } = workbench;
    await openCopy();
    await breakTheTest(workbench);
    await workbench.runCommand('SpecKit: Approve All and Apply');
    const refusal = workbench.notifications().filter({ hasText: /Not applied: .*It is not checked on this tree/ });
    await refusal.first().waitFor();
    await workbench.picture('review-unchecked', ['Not applied', 'Apply Unchecked...', 'not checked on this tree']);
    assert.deepEqual(copy.files(), BEFORE);
    await workbench.pressInNotification('Not applied', 'Apply Unchecked...');
    await page.getByText('Apply SPEC-001, not checked on this tree').waitFor();
    // Nothing is applied without a reason.
    await page.keyboard.press('Enter');
    await page.getByText('Say why it is applied unchecked.').waitFor();
    await workbench.quickPick().input.fill('the test is wrong, I mend it next');
    await page.keyboard.press('Enter');
    await untilFiles(copy, { ...WHOLE, [CODE]: broken });
    await page.locator('.statusbar-item', { hasText: 'unstaged, not checked on this tree' }).waitFor();
    const applied = await eventually('it is recorded', async () =>
      (await copy.events()).find((event) => event.kind === 'ProposalApply'),
    );
    assert.equal(applied.payload.unchecked, 'the test is wrong, I mend it next');
    const record = readFileSync(path.join(copy.root, 'specs/SPEC-001-greeting/approvals.jsonl'), 'utf8');
    assert.match(record, /"unchecked":"the test is wrong, I mend it next"/);
    await workbench.runCommand('SpecKit: Show Run');
    const panel = await workbench.panel('SPEC-001 Greeting');
    await panel.getByText('not checked on this tree: the test is wrong, I mend it next').first().waitFor();
    await panel.getByText('not checked on this tree: test failed (you edited src/greet.js).').first().waitFor();
    assert.equal(await panel.getByText('Needs you').count(), 0);
    await workbench.picture('applied-unchecked', ['Applied', 'not checked on this tree']);
  });

  it('applies the change as it was checked when its tasks are approved one by one', async () => {
    const { workbench } = shared();
    await openCopy();
    await proposedRow(workbench, CODE).then((row) => row.waitFor());
    await workbench.runCommand('SpecKit: Approve Task...');
    await workbench.quickPick().row('T1 greet').click();
    await workbench.page.locator('.statusbar-item', { hasText: '1 hunk of SPEC-001 to go' }).waitFor();
    await workbench.runCommand('SpecKit: Approve Task...');
    await workbench.quickPick().row('T2 say hello').click();
    await untilFiles(copy, WHOLE);
    const applied = (await copy.events()).find((event) => event.kind === 'ProposalApply');
    assert.equal(applied?.payload.unchecked, undefined);
  });
});

const broken = NEW_CODE.replace('(name) {', '(name) { throw new Error();');

async function breakTheTest(workbench: WorkbenchPage): Promise<void> {
  await openProposed(workbench, CODE);
  await typeAtEnd(workbench, 'greet', ' throw new Error();');
}
