const assert = require('node:assert');
const { readFileSync } = require('node:fs');
const fill = require(process.cwd());

const cases = [
  [1, 5],
  [5, 1],
  ['a', 'e', 2],
  ['01', '10', 3],
  ['-05', '5'],
  [1, 10, 3, { transform: (value, index) => value * index }],
  ['a', 'c', (value) => value],
  [1, 4, { step: 2 }],
  [1, 3, { stringify: true }],
  [3],
  ['a', null],
  [0, -0],
  [10, 1, -3],
  ['a', '', {}],
  [1.5, 4],
  ['aa', 'b'],
];
for (const args of cases) assert.deepEqual([...fill.iterate(...args)], fill(...args), JSON.stringify(args));
assert.throws(() => fill('a', '', 1, { strictRanges: true }), RangeError);
assert.throws(() => fill.iterate('a', '', 1, { strictRanges: true }), RangeError);
assert.throws(() => fill.iterate(1, 4, 'x', { strictRanges: true }), TypeError);
const without = { name: 'TypeError', message: 'Expected "iterate" without "toRegex"' };
assert.throws(() => fill.iterate(1, 3, { toRegex: true }), without);
const long = fill.iterate(1, 1e15);
assert.deepEqual([long.next().value, long.next().value, long.next().value], [1, 2, 3]);
assert.equal(long[Symbol.iterator](), long);
const calls = [];
const lazy = fill.iterate(1, 9, { transform: (value) => (calls.push(value), value) });
lazy.next();
assert.deepEqual(calls, [1]);
assert.match(readFileSync('README.md', 'utf8'), /^### fill\.iterate/m);
