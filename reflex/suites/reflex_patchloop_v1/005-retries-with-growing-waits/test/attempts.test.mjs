import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withAttempts } from '../src/attempts.mjs';

function failing(times) {
  const numbers = [];
  const work = async (number) => {
    numbers.push(number);
    if (number <= times) throw new Error(`failed ${number}`);
    return 'done';
  };
  return { numbers, work };
}
function options(more) {
  const waits = [];
  return { waits, attempts: 3, firstMs: 100, longestMs: 300, wait: async (ms) => void waits.push(ms), ...more };
}

test('succeeds at once', async () => {
  const { work, numbers } = failing(0);
  const how = options();
  assert.equal(await withAttempts(work, how), 'done');
  assert.deepEqual([numbers, how.waits], [[1], []]);
});
test('succeeds at the third', async () => {
  const { work, numbers } = failing(2);
  const how = options();
  assert.equal(await withAttempts(work, how), 'done');
  assert.deepEqual([numbers, how.waits], [[1, 2, 3], [100, 200]]);
});
test('throws the last error', async () => {
  const how = options({ attempts: 4 });
  await assert.rejects(withAttempts(failing(9).work, how), /failed 4/);
  assert.deepEqual(how.waits, [100, 200, 300]);
});
test('a final error is thrown at once', async () => {
  const { work, numbers } = failing(9);
  await assert.rejects(withAttempts(work, options({ isFinal: (error) => /2/.test(error.message) })), /failed 2/);
  assert.deepEqual(numbers, [1, 2]);
});
