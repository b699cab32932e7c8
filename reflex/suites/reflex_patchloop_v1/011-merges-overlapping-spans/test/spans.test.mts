import assert from 'node:assert/strict';
import { test } from 'node:test';
import { merged, without, type Span } from '../src/spans.mts';

const spans = (...pairs: readonly (readonly [number, number])[]): Span[] => pairs.map(([start, end]) => ({ start, end }));

test('merges', () => {
  assert.deepEqual(merged(spans([5, 7], [1, 3], [3, 4])), spans([1, 4], [5, 7]));
  assert.deepEqual(merged(spans([1, 9], [2, 3])), spans([1, 9]));
  assert.deepEqual(merged(spans([2, 2], [4, 3])), []);
});
test('changes nothing of what it is given', () => {
  const given = Object.freeze(spans([5, 7], [1, 6]).map((span) => Object.freeze(span)));
  assert.deepEqual(merged(given as Span[]), spans([1, 7]));
  assert.equal(given[0]?.end, 7);
});
test('takes out', () => {
  assert.deepEqual(without({ start: 0, end: 10 }, spans([8, 12], [2, 3])), spans([0, 2], [3, 8]));
  assert.deepEqual(without({ start: 0, end: 10 }, spans([-5, 20])), []);
  assert.deepEqual(without({ start: 0, end: 10 }, spans([20, 30])), spans([0, 10]));
  assert.deepEqual(without({ start: 0, end: 10 }, spans([0, 4], [3, 6])), spans([6, 10]));
});
