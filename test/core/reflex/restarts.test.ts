import assert from 'node:assert/strict';
import { nextStart, RESTART_WINDOW_MS } from '../../../src/core/reflex/restarts.ts';

const at = (crashes: readonly number[], chance: number, most = 3): unknown =>
  nextStart({ crashes, most, firstMs: 1_000, chance });

describe('when a crashed server is started again', () => {
  it('doubles the delay with each crash, around it by chance', () => {
    assert.deepEqual(
      [at([1], 0), at([1], 0.5), at([1], 0.999), at([1, 2], 0.5), at([1, 2, 3], 0.5)],
      [500, 1_000, 1_499, 2_000, 4_000].map((ms) => ({ kind: 'after', ms })),
    );
  });

  it('never waits longer than a minute, and a half', () => {
    assert.deepEqual(at([...Array(15).keys()], 0.5, 20), { kind: 'after', ms: 60_000 });
  });

  it('gives up after so many starts in ten minutes', () => {
    assert.deepEqual(at([1, 2, 3, 4], 0.5), { kind: 'giveUp' });
    assert.deepEqual(at([1], 0.5, 0), { kind: 'giveUp' });
  });

  it('forgets what is longer ago', () => {
    assert.deepEqual(at([1, 2, 3, 3 + RESTART_WINDOW_MS], 0.5), { kind: 'after', ms: 1_000 });
    assert.deepEqual(at([4, 5, 6, 3 + RESTART_WINDOW_MS], 0.5), { kind: 'giveUp' });
  });
});
