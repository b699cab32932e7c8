import assert from 'node:assert';
import { pathToFileURL } from 'node:url';

const { dset } = await import(pathToFileURL(`${process.cwd()}/src/index.js`).href);
const made = (path, value = 1, object = {}) => (dset(object, path, value), object);
const sparse = (index, value) => {
  const list = [];
  list[index] = value;
  return list;
};
assert.deepEqual(made('items[0].name', 'x'), { items: [{ name: 'x' }] });
assert.deepEqual(made('a[0][1]'), { a: [sparse(1, 1)] });
assert.deepEqual(made('[2].x', 1, []), sparse(2, { x: 1 }));
assert.deepEqual(made('a[b].c'), { 'a[b]': { c: 1 } });
assert.deepEqual(made('a[0'), { 'a[0': 1 });
assert.deepEqual(made('a[]'), { 'a[]': 1 });
assert.deepEqual(made(['a[0]', 'b']), { 'a[0]': { b: 1 } });
assert.deepEqual(made('a.0.b'), { a: [{ b: 1 }] });
made('__proto__[0].polluted');
made('a[0].constructor.prototype.polluted');
assert.equal({}.polluted, undefined);
