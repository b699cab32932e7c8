import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const { dget } = await import(pathToFileURL(`${process.cwd()}/src/get.js`).href);
assert.equal(dget({ a: { b: [10, 20] } }, 'a.b.1'), 20);
assert.equal(dget({ a: { b: [10, 20] } }, ['a', 'b', 0]), 10);
assert.equal(dget({ a: null }, 'a.b', 'none'), 'none');
assert.equal(dget({ a: undefined }, 'a', 7), 7);
for (const value of [null, 0, false, '']) assert.equal(dget({ a: { b: value } }, 'a.b', 'fallback'), value);
for (const key of ['constructor', '__proto__', 'toString', 'constructor.prototype'])
  assert.equal(dget({}, key, 'none'), 'none');
assert.equal(dget({ a: 'text' }, 'a.length'), 4);
assert.equal(dget({ a: 'text' }, 'a.0'), 't');
assert.equal(dget({ a: [1, 2] }, 'a.length'), 2);
assert.equal(dget({ a: [] }, 'a.map', 'none'), 'none');
assert.equal(dget(undefined, 'a', 3), 3);
assert.equal(dget(null, 'a'), undefined);
assert.equal(dget(Object.assign(Object.create(null), { a: 1 }), 'a'), 1);
assert.equal(dget({ a: 5 }, 'a.b', 1), 1);
const { exports, files, modes } = JSON.parse(readFileSync('package.json', 'utf8'));
const entry = { types: './get/index.d.ts', import: './get/index.mjs', require: './get/index.js' };
assert.deepEqual(exports['./get'], entry);
assert.ok(files.includes('get') && modes.get === 'src/get.js');
assert.match(readFileSync('src/get.d.ts', 'utf8'), /export function dget/);
assert.match(readFileSync('readme.md', 'utf8'), /^### dget\(obj, path, fallback\?\)/m);
