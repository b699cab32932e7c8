import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareVersions, newest } from '../src/versions.mts';

const ORDER = [
  '0.9.10',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0',
  '1.9.0',
  '1.10.0',
  '2.0.0-x-y.z',
];

test('every pair of the order', () => {
  for (const [index, left] of ORDER.entries())
    for (const [other, right] of ORDER.entries())
      assert.equal(Math.sign(compareVersions(left, right)), Math.sign(index - other), `${left} and ${right}`);
});
test('builds do not count', () => {
  assert.equal(compareVersions('1.0.0+a', '1.0.0+b-c'), 0);
  assert.ok(compareVersions('1.0.0-rc.1+z', '1.0.0') < 0);
});
test('the newest', () => {
  const versions = Object.freeze(['1.9.0', '1.10.0', '2.0.0-rc.1']);
  assert.equal(newest(versions as string[]), '1.10.0');
  assert.equal(newest(['1.0.0-rc.2', '1.0.0-rc.10']), '1.0.0-rc.10');
  assert.equal(newest([]), undefined);
});
