import assert from 'node:assert/strict';
import { test } from 'node:test';
import { roundTo } from '../src/rounding.mjs';

for (const [value, digits, mode, expected] of [
  [2.5, 0, 'even', 2],
  [3.5, 0, 'even', 4],
  [-2.5, 0, 'even', -2],
  [2.51, 0, 'even', 3],
  [1.005, 2, 'up', 1.01],
  [1.005, 2, 'even', 1],
  [1.015, 2, 'even', 1.02],
  [-1.5, 0, 'up', -2],
  [-1.29, 1, 'down', -1.2],
  [1.29, 1, 'down', 1.2],
  [10, 3, 'even', 10],
])
  test(`${value} to ${digits} ${mode}`, () => assert.equal(roundTo(value, digits, mode), expected));
test('another mode', () => assert.throws(() => roundTo(1, 0, 'odd'), RangeError));
test('up is what holds without a mode', () => assert.equal(roundTo(0.5, 0), 1));
