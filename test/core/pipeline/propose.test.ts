import assert from 'node:assert/strict';
import { LEFT_OUT, pointsOf } from '../../../src/core/pipeline/propose.ts';
import type { RunEvent } from '../../../src/core/run/event.ts';

type Said = readonly [
  round: number,
  path: string | null,
  bytes: string,
  decision: 'approved' | 'rejected',
  why: string,
];

function check(said: readonly Said[], expected: readonly string[]): void {
  const events = said.map(([round, path, bytes, decision, why]) => ({
    kind: 'ApprovalDecision',
    payload: { round, path, bytes, decision, why },
  }));
  assert.deepEqual(pointsOf(events as unknown as readonly RunEvent[], 1, 'not like this'), expected);
}

describe('what an attempt after a rejection is told', () => {
  it('is why the whole was rejected, and why parts of it were', () => {
    check([[1, null, 'w', 'rejected', 'not like this']], ['not like this']);
    check(
      [
        [1, 'a.js', 'h1', 'rejected', 'no new tone'],
        [1, 'a.js', 'h2', 'rejected', 'no new tone'],
        [1, 'b.js', 'h3', 'rejected', 'too long'],
        [1, null, 'w', 'rejected', 'not like this'],
      ],
      ['not like this', 'a.js: no new tone', 'b.js: too long'],
    );
  });

  it('is nothing that nobody said, that was taken back, or that was said of another round', () => {
    check(
      [
        [1, 'a.js', 'h1', 'rejected', ''],
        [1, 'a.js', 'h2', 'rejected', LEFT_OUT],
        [1, 'a.js', 'h3', 'rejected', 'hm'],
        [1, 'a.js', 'h3', 'approved', ''],
        [2, 'a.js', 'h4', 'rejected', 'of another'],
      ],
      ['not like this'],
    );
  });
});
