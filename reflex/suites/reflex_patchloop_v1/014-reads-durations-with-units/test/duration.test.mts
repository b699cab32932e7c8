import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration, parseDuration } from '../src/duration.mts';

for (const [text, expected] of [
  ['1h30m', 5_400_000],
  [' 1h 30m ', 5_400_000],
  ['1.5s', 1_500],
  ['250ms', 250],
  ['2d1ms', 172_800_001],
  ['0ms', 0],
  ['', undefined],
  ['30', undefined],
  ['30m1h', undefined],
  ['1h1h', undefined],
  ['5 weeks', undefined],
  ['-1s', undefined],
  ['1s later', undefined],
] as const)
  test(`reads ${JSON.stringify(text)}`, () => assert.equal(parseDuration(text), expected));

for (const [milliseconds, expected] of [
  [5_400_000, '1h30m'],
  [0, '0ms'],
  [86_401_001, '1d1s1ms'],
] as const)
  test(`writes ${milliseconds}`, () => {
    assert.equal(formatDuration(milliseconds), expected);
    assert.equal(parseDuration(expected), milliseconds);
  });
