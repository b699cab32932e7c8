const assert = require('node:assert');
const fill = require(process.cwd());

const limited = (n, l) => ({ name: 'RangeError', message: `Range of ${n} values exceeds the limit of ${l}` });
assert.throws(() => fill(1, 1000000000, { limit: 100 }), limited(1000000000, 100));
assert.throws(() => fill('1', '11', 1, { limit: 10 }), limited(11, 10));
assert.throws(() => fill('e', 'a', { limit: 4 }), limited(5, 4));
assert.throws(() => fill('a', 'i', 2, { limit: 4 }), limited(5, 4));
assert.throws(() => fill(10, 1, 3, { limit: 3 }), limited(4, 3));
assert.throws(() => fill(1, 10, { limit: 5, transform: (value) => String(value) }), limited(10, 5));
assert.deepEqual(fill(1, 10, 3, { limit: 4 }), [1, 4, 7, 10]);
assert.deepEqual(fill(10, 1, 3, { limit: 4 }), [10, 7, 4, 1]);
for (const limit of [0, -1, 1.5, NaN, '2', null, undefined]) assert.equal(fill(1, 5, { limit }).length, 5);
assert.equal(fill(1, 99, { toRegex: true, limit: 2 }), fill(1, 99, { toRegex: true }));
assert.equal(fill(1, 99, 5, { toRegex: true, limit: 2 }), fill(1, 99, 5, { toRegex: true }));
