import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInside, join, normalise } from '../src/paths.mjs';

for (const [path, expected] of [
  ['a/./b//../c', 'a/c'],
  ['../../a', '../../a'],
  ['a/../../b', '../b'],
  ['/../a', '/a'],
  ['/a/b/../..', '/'],
  ['a/..', '.'],
  ['', '.'],
  ['/a/', '/a'],
])
  test(`normalise ${path}`, () => assert.equal(normalise(path), expected));

test('join', () => assert.equal(join('a', '', '../b', './c'), 'b/c'));

for (const [folder, path, expected] of [
  ['/srv/app', '/srv/app', true],
  ['/srv/app', '/srv/app/x', true],
  ['/srv/app', '/srv/apple', false],
  ['/srv/app', '/srv/app/../x', false],
  ['/', '/etc', true],
])
  test(`${path} in ${folder}`, () => assert.equal(isInside(folder, path), expected));
