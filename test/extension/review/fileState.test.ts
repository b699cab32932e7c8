import assert from 'node:assert/strict';
import { reviewContexts } from '../../../src/extension/review/contexts.ts';
import { aboutLine, textProblem } from '../../../src/extension/review/commentText.ts';
import { briefText, fileState, openFiles } from '../../../src/extension/review/fileState.ts';
import { numbered, reviewed, reviewWith } from './reviewed.ts';

const before = numbered(40);
const after = numbered(40, { 5: 'five', 30: 'thirty' });

describe('a file in a list', () => {
  it('says in words what its letter and its line through say', () => {
    const files = [
      reviewed('a', before, after),
      reviewed('a', before, after, ['approved', 'approved']),
      reviewed('a', before, after, ['rejected', 'rejected']),
      reviewed('a', before, after, ['rejected']),
      { ...reviewed('a', '', 'x\n'), isEdited: true },
      reviewed('a', 'x\n', ''),
      { ...reviewed('a', '', ''), isBinary: true },
      reviewed('a', '', ''),
    ];
    assert.deepEqual(
      files.map((file) => {
        const { letter, decision, isDecided, words } = fileState(file);
        return `${letter} ${decision}${isDecided ? ' (decided)' : ''} | ${words}`;
      }),
      [
        'M open | Modified: 2 hunks to review',
        'M approved (decided) | Modified: 2 hunks approved',
        'M rejected (decided) | Modified: 2 hunks rejected',
        'M partly | Modified: 1 rejected, 1 open',
        'A open | Added, edited by you: 1 hunk to review',
        'D open | Deleted: 1 hunk to review',
        'A open | Added: binary, cannot be shown or applied hunk by hunk',
        'A open | Added: no lines to review',
      ],
    );
  });

  it('counts for the badge while a hunk of it is open', () => {
    const files = [
      reviewed('a', before, after, ['approved']),
      reviewed('b', '', 'x\n', ['rejected']),
      reviewed('c', '', ''),
    ];
    assert.equal(openFiles(reviewWith(files)), 1);
  });
});

describe('the first lines of Source Control', () => {
  it('are the brief, under the spec where several proposals wait, and never long', () => {
    const one = reviewWith([], { brief: 'Does      a\nUnchecked b\nRisk      c d\n' });
    assert.equal(briefText([one]), 'Does: a\nUnchecked: b\nRisk: c d');
    assert.equal(
      briefText([one, { ...one, specId: 'SPEC-2' }]),
      'SPEC-010 Unlock\nDoes: a\nUnchecked: b\nRisk: c d\n\nSPEC-2 Unlock\nDoes: a\nUnchecked: b\nRisk: c d',
    );
    assert.equal(briefText([{ ...one, brief: 'x'.repeat(9_000) }]).length, 2_000);
  });
});

describe('the context keys', () => {
  const keysOf = (...given: Parameters<typeof reviewContexts>): string =>
    Object.entries(reviewContexts(...given))
      .filter(([, value]) => value)
      .map(([key]) => key.replace('speckitAuto.', ''))
      .join(' ');
  const shown = (file: ReturnType<typeof reviewed>, state: 'waiting' | 'applied' = 'waiting') => ({
    review: reviewWith([file], { state }),
    file,
  });

  it('offer only what would change something', () => {
    assert.deepEqual(
      [
        keysOf(0, undefined),
        keysOf(1, undefined),
        keysOf(1, shown(reviewed('a', before, after))),
        keysOf(1, shown(reviewed('a', before, after, ['approved', 'approved']))),
        keysOf(1, shown(reviewed('a', before, after, ['rejected', 'rejected']))),
        keysOf(1, shown(reviewed('a', '', ''))),
        keysOf(0, shown(reviewed('a', before, after), 'applied')),
      ],
      [
        '',
        'hasProposal',
        'hasProposal inProposal canApproveFile canRejectFile hasHunks',
        'hasProposal inProposal canRejectFile hasHunks',
        'hasProposal inProposal canApproveFile hasHunks',
        'hasProposal inProposal',
        '',
      ],
    );
  });
});

describe('a comment', () => {
  it('says which line it is about, quoted and cut', () => {
    assert.equal(aboutLine('src/a.ts', 1, 'one\n  two();\r\nthree'), 'src/a.ts:2: two();');
    assert.equal(aboutLine('a', 0, ''), 'a:1:');
    assert.equal(aboutLine('a', 0, 'x'.repeat(300)), `a:1: ${'x'.repeat(199)}…`);
  });

  it('is refused empty or too long', () => {
    assert.deepEqual(
      ['', ' \n', 'x', 'x'.repeat(4_000), 'x'.repeat(4_001)].map((text) => textProblem(text) === undefined),
      [false, false, true, true, false],
    );
  });
});
