const assert = require('node:assert');
const { readFileSync } = require('node:fs');
const fill = require(process.cwd());

assert.deepEqual(fill(1, 5, { exclude: [2, 4] }), [1, 3, 5]);
assert.deepEqual(fill('a', 'e', { exclude: ['b'] }), ['a', 'c', 'd', 'e']);
assert.deepEqual(fill('01', '03', { exclude: ['02'] }), ['01', '03']);
assert.deepEqual(fill('01', '03', { exclude: [2] }), ['01', '02', '03']);
assert.deepEqual(fill('1', '3', { exclude: [2] }), ['1', '3']);
assert.deepEqual(fill(1, 3, { exclude: ['2'] }), [1, 3]);
assert.deepEqual(fill(5, 1, 2, { exclude: (value) => value === 3 }), [5, 1]);
const seen = [];
const transform = (value, index) => (seen.push([value, index]), `v${value}`);
assert.deepEqual(fill(1, 4, { exclude: [2], transform }), ['v1', 'v3', 'v4']);
assert.deepEqual(seen, [
  [1, 0],
  [3, 1],
  [4, 2],
]);
assert.deepEqual(fill(1, 2, { exclude: () => true, strictRanges: true }), []);
const without = { name: 'TypeError', message: 'Expected "exclude" without "toRegex"' };
assert.throws(() => fill(1, 3, { exclude: [1], toRegex: true }), without);
const form = { name: 'TypeError', message: 'Expected "exclude" to be an array or a function' };
assert.throws(() => fill(1, 3, { exclude: 2 }), form);
assert.deepEqual(fill(1, 3, { exclude: null }), [1, 2, 3]);
assert.match(readFileSync('README.md', 'utf8'), /exclude/);
