import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { hunkAt, hunkViews, nextHunkAfter } from '../../../src/extension/review/hunkView.ts';
import { lensTexts } from '../../../src/extension/review/lensText.ts';
import { numbered, reviewed } from './reviewed.ts';

const before = numbered(40);
const after = numbered(40, { 5: 'five', 30: 'thirty' });

/** Line (from 0), decision and author of each hunk. */
function check(file: ReturnType<typeof reviewed>, typed: string | undefined, expected: readonly unknown[]): void {
  const document = { text: typed ?? 'not looked at while saved', isDirty: typed !== undefined };
  const rows = hunkViews(file, document).map((hunk) => [hunk.line, hunk.decision, hunk.isYours ? 'yours' : 'model']);
  assert.deepEqual(rows, expected);
}

describe('the hunks of a proposal document', () => {
  it('stand at their first changed line with what was decided', () => {
    check(reviewed('a.ts', before, after, ['approved']), undefined, [
      [4, 'approved', 'model'],
      [29, 'open', 'model'],
    ]);
  });

  it('follow typing above them and keep their decisions', () => {
    check(
      reviewed('a.ts', before, after, ['open', 'approved']),
      numbered(40, { 5: 'five', 15: '15\nx\ny', 30: 'thirty' }),
      [
        [4, 'open', 'model'],
        [15, 'open', 'yours'],
        [31, 'approved', 'model'],
      ],
    );
  });

  it('are open and yours once their own lines are edited', () => {
    check(reviewed('a.ts', before, after, ['approved', 'approved']), numbered(40, { 5: 'FIVE', 30: 'thirty' }), [
      [4, 'open', 'yours'],
      [29, 'approved', 'model'],
    ]);
  });

  it('vanish when the edit takes the change back', () => {
    check(reviewed('a.ts', before, after), numbered(40, { 30: 'thirty' }), [[29, 'open', 'model']]);
  });

  it('tell a saved edit from what the model wrote, if that is known', () => {
    const edited = { ...reviewed('a.ts', before, numbered(40, { 5: 'mine', 30: 'thirty' })), isEdited: true };
    check({ ...edited, proposed: after }, undefined, [
      [4, 'open', 'yours'],
      [29, 'open', 'model'],
    ]);
    check(edited, undefined, [
      [4, 'open', 'yours'],
      [29, 'open', 'yours'],
    ]);
  });

  it('stand behind a pure deletion, at the first line of an added file, and within an emptied one', () => {
    check(reviewed('a.ts', before, numbered(40, { 7: '' })), undefined, [[6, 'open', 'model']]);
    check(reviewed('a.ts', before, numbered(40, { 40: '' })), undefined, [[39, 'open', 'model']]);
    check(reviewed('a.ts', '', 'one\ntwo\n'), undefined, [[0, 'open', 'model']]);
    check(reviewed('a.ts', 'one\ntwo\n', ''), undefined, [[0, 'open', 'model']]);
  });

  it('do not take a byte order mark that the editor hides for a change', () => {
    const file = reviewed('a.ts', '\uFEFFa\nb\n', '\uFEFFa\nc\n');
    check(file, 'a\nc\nd\n', [[1, 'open', 'yours']]);
    check(file, 'a\nc\n', [[1, 'open', 'model']]);
  });

  it('always stand inside the document', () => {
    const text = fc.array(fc.constantFrom('a', 'b', ''), { maxLength: 30 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (left, right) => {
        const nLines = right.split('\n').length;
        for (const { line } of hunkViews(reviewed('a', left, left), { text: right, isDirty: true }))
          assert.ok(line >= 0 && line < nLines, `${line} of ${nLines}`);
      }),
    );
  });
});

describe('the hunk at the cursor', () => {
  const hunks = hunkViews(reviewed('a.ts', before, numbered(40, { 5: 'five\nsix', 30: 'thirty' })), {
    text: '',
    isDirty: false,
  });
  const at = (side: 'left' | 'right', line: number): number | undefined => hunkAt(hunks, side, line)?.line;

  it('is the one whose lines or context hold it, on either side', () => {
    assert.deepEqual(
      [1, 4, 8, 9, 20, 27, 33, 34].map((line) => at('right', line)),
      [4, 4, 4, undefined, undefined, 30, 30, undefined],
    );
    assert.deepEqual(
      [4, 8, 26, 32, 33].map((line) => at('left', line)),
      [4, undefined, 30, 30, undefined],
    );
  });
});

describe('the next hunk', () => {
  const next = (decisions: Parameters<typeof reviewed>[3], line: number): number | undefined =>
    nextHunkAfter(hunkViews(reviewed('a.ts', before, after, decisions), { text: '', isDirty: false }), line)?.line;

  it('is the next open one, from the top again after the last, and any when none is open', () => {
    assert.deepEqual([next([], -1), next([], 4), next([], 29)], [4, 29, 4]);
    assert.deepEqual([next(['approved'], -1), next(['open', 'rejected'], 4)], [29, 4]);
    assert.equal(next(['approved', 'rejected'], 4), 29);
    assert.equal(nextHunkAfter([], 0), undefined);
  });
});

describe('the lenses over a hunk', () => {
  const [hunk] = hunkViews(reviewed('a.ts', before, after), { text: '', isDirty: false });
  assert.ok(hunk);
  const titles = (more: Partial<typeof hunk>, reasons = 'T2, FR-3'): readonly string[] =>
    lensTexts({ ...hunk, ...more }, reasons).map(({ act, title }) => `${act}: ${title}`);

  it('say how things stand and offer what can be done', () => {
    const why = 'why: Why this change? (T2, FR-3)';
    assert.deepEqual(titles({}), ['approve: Approve', 'reject: Reject', why]);
    assert.deepEqual(titles({ decision: 'approved' }), ['none: $(check) Approved', 'reject: Reject Instead', why]);
    assert.deepEqual(titles({ decision: 'rejected' }), ['none: $(x) Rejected', 'approve: Approve Instead', why]);
    assert.deepEqual(titles({ isYours: true }), ['none: $(edit) Yours', 'approve: Approve', 'reject: Reject']);
    assert.equal(titles({}, '').at(-1), 'why: Why this change?');
  });
});
