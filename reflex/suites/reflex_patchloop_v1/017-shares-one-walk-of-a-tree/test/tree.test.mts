import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tree from '../src/tree.mts';

const node = (name: string, size: number, ...children: tree.Node[]): tree.Node => ({ name, size, children });
const root = node('root', 1, node('a', 2, node('b', 3)), node('c', 4));

test('answers as before', () => {
  assert.deepEqual([tree.totalSize(root), tree.deepest(root), tree.deepest(node('x', 0))], [10, 2, 0]);
  assert.equal(tree.find(root, 'c')?.size, 4);
  assert.equal(tree.find(root, 'nothing'), undefined);
});
test('walks', () => {
  const found = [...tree.walk(root)].map(({ node: { name }, depth }) => `${name} ${depth}`);
  assert.deepEqual(found, ['root 0', 'a 1', 'b 2', 'c 1']);
});
test('looks no further than it needs', () => {
  const trap = { name: 'trap', size: 0, get children(): never { throw new Error('looked at'); } };
  assert.equal(tree.find(node('root', 0, node('a', 1), trap), 'a')?.size, 1);
});
test('goes deep', () => {
  let deep = node('leaf', 1);
  for (let level = 0; level < 20_000; level += 1) deep = node('level', 1, deep);
  assert.deepEqual([tree.deepest(deep), tree.totalSize(deep), tree.find(deep, 'leaf')?.size], [20_000, 20_001, 1]);
});
