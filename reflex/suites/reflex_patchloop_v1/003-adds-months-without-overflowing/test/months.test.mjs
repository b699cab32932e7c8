import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addMonths, monthsBetween } from '../src/months.mjs';

for (const [date, months, expected] of [
  ['2024-03-15', 1, '2024-04-15'],
  ['2023-01-31', 1, '2023-02-28'],
  ['2024-01-31', 1, '2024-02-29'],
  ['2024-05-31', -1, '2024-04-30'],
  ['2024-01-15', -13, '2022-12-15'],
  ['2023-11-30', 3, '2024-02-29'],
  ['2024-02-29', 12, '2025-02-28'],
])
  test(`${date} and ${months}`, () => assert.equal(addMonths(date, months), expected));

for (const [from, to, expected] of [
  ['2024-01-31', '2024-02-29', 1],
  ['2024-01-31', '2024-02-28', 0],
  ['2024-01-15', '2025-01-14', 11],
  ['2024-01-15', '2025-01-15', 12],
])
  test(`${from} to ${to}`, () => assert.equal(monthsBetween(from, to), expected));
