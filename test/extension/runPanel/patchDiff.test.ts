import assert from 'node:assert/strict';
import { patchDiff, type PatchedText } from '../../../src/extension/runPanel/patchDiff.ts';
import { cellSchemas, type DiffCell } from '../../../src/protocol/runPanel.ts';

function check(files: readonly PatchedText[], expected: DiffCell): void {
  assert.deepEqual(patchDiff(files), expected);
}

describe('a patch beside its attempt', () => {
  it('is the lines that changed, with where they stand', () =>
    check([{ path: 'a.js', before: 'one\ntwo\n', after: 'one\n2\n' }], {
      files: [{ path: 'a.js', lines: ['@@ -1,2 +1,2 @@', ' one', '-two', '+2'] }],
      isCut: false,
    }));

  it('of a new file is all of it', () =>
    check([{ path: 'b.js', before: '', after: 'x\n' }], {
      files: [{ path: 'b.js', lines: ['@@ -0,0 +1,1 @@', '+x'] }],
      isCut: false,
    }));

  it('that is long says that it was cut, and fits its cell', () => {
    const long = Array.from({ length: 2_000 }, () => 'x'.repeat(1_000)).join('\n');
    const cell = patchDiff(Array.from({ length: 9 }, (_, index) => ({ path: `${index}.js`, before: '', after: long })));
    assert.equal(cell.isCut, true);
    assert.equal(cell.files.length, 6);
    assert.equal(
      cell.files.reduce((sum, { lines }) => sum + lines.length, 0),
      300,
    );
    assert.deepEqual(cellSchemas.diff.parse(cell), cell);
  });
});
