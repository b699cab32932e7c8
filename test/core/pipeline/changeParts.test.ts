import assert from 'node:assert/strict';
import { changeParts } from '../../../src/core/pipeline/changeParts.ts';
import type { FileDifference } from '../../../src/core/ports.ts';

const added = (path: string, lines: number, width = 9): FileDifference => ({
  path,
  change: 'added',
  binary: false,
  after: `${'x'.repeat(width)}\n`.repeat(lines),
});

describe('a change for its reviewers', () => {
  it('is one part while it fits', () => {
    const { parts, unread } = changeParts([added('a', 2), added('b', 2)]);
    assert.equal(parts.length, 1);
    assert.match(parts[0] ?? '', /\+\+\+ b\/a[\s\S]*\+\+\+ b\/b/);
    assert.deepEqual(unread, []);
    assert.deepEqual(changeParts([]), { parts: [], unread: [] });
  });

  it('keeps files whole, and cuts one that is too large at the ends of lines, losing none', () => {
    const { parts } = changeParts([added('a', 10), added('b', 40), added('c', 10)], 300);
    assert.ok(parts.every((part) => part.length <= 300));
    const lines = parts.flatMap((part) => part.split('\n')).filter((line) => line === `+${'x'.repeat(9)}`);
    assert.equal(lines.length, 60);
  });

  it('cuts within a line that is longer than a part', () => {
    const { parts } = changeParts([added('a', 1, 1_000)], 300);
    assert.ok(parts.every((part) => part.length <= 300));
    assert.equal(parts.join('').split('x').length - 1, 1_000);
  });

  it('says what is not read of one that is too large for all parts', () => {
    const { parts, unread } = changeParts([added('a', 100), added('b', 400), added('z', 5)], 300);
    assert.equal(parts.length, 8);
    assert.deepEqual(unread, ['b', 'z']);
  });
});
