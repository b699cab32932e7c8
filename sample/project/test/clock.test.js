import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock, toIsoTime } from '../src/clock.js';

test('the system clock gives whole milliseconds of the present', () => {
  const before = Date.now();
  const now = systemClock().now();
  assert.ok(Number.isInteger(now) && now >= before && now <= Date.now());
});

test('a moment is written in UTC with milliseconds', () => {
  assert.equal(toIsoTime(1_740_821_400_005), '2025-03-01T09:30:00.005Z');
});
