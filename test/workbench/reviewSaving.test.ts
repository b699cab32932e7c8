import assert from 'node:assert/strict';
import { NEW_CODE } from '../support/reviewedChange.ts';
import { FORMATTED, FORMAT_ON_SAVE, packagedFormatter } from './support/formatter.ts';
import {
  BEFORE,
  CODE,
  decisions,
  openOwnFile,
  openProposed,
  proposedRow,
  TESTS,
  toast,
  typeAtEnd,
  untilFiles,
  WHOLE,
} from './support/reviewBench.ts';
import { sharedReview } from './support/sharedReview.ts';
import { untilDone } from './support/untilDone.ts';

const SHAPE = 'test/shape.test.js';
const typed = NEW_CODE.replace("'warm';", "'warm';   // mine");

describe('reviewing where every save is formatted and documents save themselves', () => {
  const vsixes: string[] = [];
  before(async () => void vsixes.push(await packagedFormatter()));
  const { shared, copy, openCopy } = sharedReview({
    vsixes,
    settings: { ...FORMAT_ON_SAVE, 'files.autoSave': 'afterDelay', 'files.autoSaveDelay': 300 },
  });

  it('writes exactly the approved bytes into files that are open, and formats none of them', async () => {
    const { workbench } = shared();
    const { page } = workbench;
    // The formatter is there: a file that the person saves themselves is formatted.
    const shape = copy.read(SHAPE);
    await openOwnFile(workbench, SHAPE);
    // A save before the formatter has started formats nothing.
    await untilDone(
      () => workbench.runCommand('File: Save'),
      async () => copy.read(SHAPE) === `${FORMATTED}${shape}`,
    );
    const editor = await openOwnFile(workbench, CODE);
    await workbench.runCommand('SpecKit: Approve All and Apply');
    await untilFiles(copy, WHOLE);
    // What the editor shows of the file is what was written, long after it would have saved itself.
    await editor.locator('.view-line', { hasText: 'stranger' }).first().waitFor();
    await page.locator('.statusbar-item', { hasText: 'applied to 3 files' }).waitFor();
    await page.locator('.statusbar-item', { hasText: 'applied to 3 files' }).waitFor({ state: 'hidden' });
    assert.equal(await page.locator('.tab.dirty').count(), 0);
    assert.deepEqual(copy.files(), WHOLE);
  });

  it('applies what was typed on the right side, saved by itself and not formatted', async () => {
    const { workbench } = shared();
    const { page } = workbench;
    await openCopy();
    await openProposed(workbench, CODE);
    await typeAtEnd(workbench, 'warm', '   // mine');
    await page.locator('.tab.active:not(.dirty)').waitFor();
    await workbench.runCommand('SpecKit: Approve All and Apply');
    await untilFiles(copy, { ...WHOLE, [CODE]: typed });
  });
});

describe('reviewing where every save is formatted', () => {
  const vsixes: string[] = [];
  before(async () => void vsixes.push(await packagedFormatter()));
  const { shared, copy } = sharedReview({ vsixes, settings: FORMAT_ON_SAVE });

  it('decides nothing about a text that only came to be when it was saved, and applies it once it was seen', async () => {
    const { workbench } = shared();
    const { diffEditor } = workbench;
    await openProposed(workbench, CODE);
    await typeAtEnd(workbench, 'warm', '   // mine');
    await workbench.runCommand('SpecKit: Approve All and Apply');
    await toast(workbench, /Your editor changed src\/greet\.js as it was saved/);
    await workbench.picture('review-formatted', ['Your editor changed src/greet.js as it was saved', '// formatted']);
    assert.deepEqual([await decisions(copy), copy.files()], [[], BEFORE]);
    await diffEditor().modified.locator('.view-line', { hasText: '// formatted' }).first().waitFor();
    await proposedRow(workbench, TESTS).then((row) => row.waitFor());
    await workbench.runCommand('SpecKit: Approve All and Apply');
    await untilFiles(copy, { ...WHOLE, [CODE]: `${FORMATTED}${typed}` });
  });
});
