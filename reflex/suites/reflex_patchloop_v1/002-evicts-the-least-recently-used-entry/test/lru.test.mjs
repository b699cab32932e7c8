import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lru } from '../src/lru.mjs';

test('evicts what was set first where nothing was read', () => {
  const cache = new Lru(2).set('a', 1).set('b', 2).set('c', 3);
  assert.deepEqual([cache.has('a'), cache.get('b'), cache.get('c')], [false, 2, 3]);
});
test('a read entry stays', () => {
  const cache = new Lru(2).set('a', 1).set('b', 2);
  cache.get('a');
  cache.set('c', 3);
  assert.deepEqual(cache.keys(), ['a', 'c']);
});
test('replacing evicts nothing and counts as a use', () => {
  const cache = new Lru(2).set('a', 1).set('b', 2).set('a', 3);
  assert.deepEqual([cache.size, cache.keys()], [2, ['b', 'a']]);
  assert.equal(cache.get('a'), 3);
});
test('falsy values are values', () => {
  const cache = new Lru(3).set('zero', 0).set('empty', '').set('nothing', undefined);
  assert.deepEqual([cache.get('zero'), cache.get('empty'), cache.has('nothing')], [0, '', true]);
});
test('has changes no order', () => {
  const cache = new Lru(2).set('a', 1).set('b', 2);
  cache.has('a');
  assert.deepEqual(cache.set('c', 3).keys(), ['b', 'c']);
});
