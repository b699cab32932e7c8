import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lazy from '../src/lazy.mts';

function counting() {
  const seen = { taken: 0, closed: false };
  function* numbers(): Generator<number> {
    try {
      for (;;) {
        seen.taken += 1;
        yield seen.taken;
      }
    } finally {
      seen.closed = true;
    }
  }
  return { seen, numbers: numbers() };
}

test('chunks', () => {
  assert.deepEqual([...lazy.chunks([1, 2, 3], 2)], [[1, 2], [3]]);
  assert.deepEqual([...lazy.chunks([], 2)], []);
});
test('windows', () => {
  const found = [...lazy.windows(new Set([1, 2, 3, 4]), 3)];
  assert.deepEqual(found, [[1, 2, 3], [2, 3, 4]]);
  found[0]?.push(9);
  assert.deepEqual(found[1], [2, 3, 4]);
  assert.deepEqual([...lazy.windows([1], 2)], []);
});
for (const name of ['chunks', 'windows'] as const) {
  test(`${name} of no size`, () => assert.throws(() => lazy[name]([1], 0), RangeError));
  test(`${name} are lazy and close their source`, () => {
    const { seen, numbers } = counting();
    assert.deepEqual([...lazy.take(lazy[name](numbers, 2), 1)], [[1, 2]]);
    assert.deepEqual(seen, { taken: 2, closed: true });
  });
}
