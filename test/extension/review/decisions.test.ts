import assert from 'node:assert/strict';
import {
  applyPlan,
  decisionTargetOf,
  selectionOf,
  type DecisionTarget,
} from '../../../src/extension/review/decisions.ts';
import { numbered, reviewed, reviewWith } from './reviewed.ts';

const before = numbered(40);
const after = numbered(40, { 5: 'five', 30: 'thirty' });
const target = { folder: '/f', runId: 'r-1', round: 1 };

describe('what a decision is about', () => {
  const file = reviewed('a', before, after);
  const id = file.hunks[1]?.id ?? '';
  const found = (review: Parameters<typeof selectionOf>[0], more: Partial<DecisionTarget>): unknown => {
    const answer = selectionOf(review, { ...target, ...more });
    return answer.kind === 'found' ? answer.selection : answer.words;
  };

  it('is found by identity', () => {
    const review = reviewWith([file]);
    assert.deepEqual(
      [found(review, {}), found(review, { path: 'a' }), found(review, { path: 'a', hunkId: id })],
      [{ round: 1 }, { round: 1, file: 'a' }, { round: 1, file: 'a', hunk: 2 }],
    );
  });

  it('is found under another number when hunks above it come or go', () => {
    const moved = reviewed('a', before, numbered(40, { 5: 'five', 16: 'new', 30: 'thirty' }));
    assert.deepEqual(found(reviewWith([moved]), { path: 'a', hunkId: id }), {
      round: 1,
      file: 'a',
      hunk: 3,
    });
  });

  it('is refused in words when it is not there any more', () => {
    const review = reviewWith([file]);
    assert.deepEqual(
      [
        found(undefined, {}),
        found({ ...review, state: 'applied' }, {}),
        found({ ...review, state: 'rejected' }, {}),
        found({ ...review, round: 2 }, {}),
        found(review, { path: 'b' }),
        found(review, { path: 'a', hunkId: 'gone' }),
      ],
      [
        'This proposal is not there any more.',
        'The change of SPEC-010 is applied already.',
        'The proposal of SPEC-010 was rejected.',
        'SPEC-010 has a newer proposal. Review that one: nothing was decided.',
        'The proposal does not change b.',
        'This hunk has changed since you looked at it. Look again: nothing was decided.',
      ],
    );
  });
});

describe('applying what is approved', () => {
  it('leaves out what is open and needs something approved', () => {
    const files = [
      reviewed('a', before, after, ['approved']),
      reviewed('b', '', 'x\n'),
      reviewed('c', '', 'y\n', ['rejected']),
    ];
    const [approved, open, added] = files.flatMap(({ hunks }) => hunks.map(({ id }) => id));
    assert.deepEqual(applyPlan(reviewWith(files)), {
      kind: 'ready',
      approved: 1,
      open: 2,
      hunks: [`approved ${approved} a`, `open ${open} a`, `open ${added} b`],
    });
    assert.deepEqual(applyPlan(reviewWith(files.slice(1))), {
      kind: 'nothing',
      words: 'Nothing of SPEC-010 is approved yet, so there is nothing to apply.',
    });
  });
});

describe('what a command was given', () => {
  it('is a target or nothing', () => {
    assert.deepEqual(decisionTargetOf({ ...target, path: 'a', hunkId: 'x', more: 1 }), {
      ...target,
      path: 'a',
      hunkId: 'x',
    });
    assert.deepEqual(
      [undefined, null, 'a', {}, { ...target, round: '1' }].map((value) => decisionTargetOf(value)),
      [undefined, undefined, undefined, undefined, undefined],
    );
  });
});

describe('a decision about one task', () => {
  const tasks = [
    { id: 'T1', title: 'One', files: ['a', 'c'], shared: [] },
    { id: 'T2', title: 'Two', files: ['b', 'd'], shared: ['d'] },
  ];
  const answer = (task: string) => selectionOf(reviewWith([], { tasks }), { ...target, task });

  it('is about all files that this task alone changed, or refused in words', () => {
    assert.deepEqual(['T1', 'T2', 'T3'].map(answer), [
      { kind: 'found', selection: { round: 1, task: 'T1' } },
      {
        kind: 'gone',
        words: 'Not only T2 changed d. Decide about the files or their hunks: nothing was decided.',
      },
      { kind: 'gone', words: 'The proposal has no file that T3 changed.' },
    ]);
  });
});
