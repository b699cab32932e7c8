import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFresh } from '../src/fresh.mts';

function clocked<Value>() {
  const clock = { now: 1_000 };
  return { clock, cache: createFresh<Value>({ maxAgeMs: 100, now: () => clock.now }) };
}

test('is gone at its age', () => {
  const { cache, clock } = clocked<string>();
  cache.set('a', 'x');
  clock.now += 99;
  assert.deepEqual([cache.get('a'), cache.size], ['x', 1]);
  clock.now += 1;
  assert.deepEqual([cache.get('a'), cache.size], [undefined, 0]);
});
test('size counts what is fresh without being asked for it', () => {
  const { cache, clock } = clocked<number>();
  cache.set('a', 1);
  clock.now += 50;
  cache.set('b', 2);
  clock.now += 50;
  assert.equal(cache.size, 1);
});
test('set begins anew, get does not', () => {
  const { cache, clock } = clocked<number>();
  cache.set('a', 1);
  clock.now += 60;
  cache.get('a');
  cache.set('b', 2);
  clock.now += 60;
  assert.deepEqual([cache.get('a'), cache.get('b')], [undefined, 2]);
});
test('makes once', () => {
  const { cache, clock } = clocked<undefined | number>();
  let made = 0;
  const make = (): undefined => void (made += 1);
  cache.getOrMake('a', make);
  cache.getOrMake('a', make);
  assert.equal(made, 1);
  clock.now += 100;
  cache.getOrMake('a', make);
  assert.equal(made, 2);
});
