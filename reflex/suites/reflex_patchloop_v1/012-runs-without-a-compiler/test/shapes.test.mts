import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areas, Circle, Kind, Rectangle, type Shape } from '../src/shapes.mts';

const shapes: readonly Shape[] = [new Circle(2), new Rectangle(3, 5)];

test('kinds', () => assert.deepEqual(shapes.map(({ kind }) => kind), [Kind.Circle, 'rectangle']));
test('members', () => {
  assert.equal(new Circle(2).radius, 2);
  assert.deepEqual([new Rectangle(3, 5).width, new Rectangle(3, 5).height], [3, 5]);
});
test('areas', () => {
  assert.equal(Math.round(areas.total(shapes)), 28);
  assert.equal(areas.largest(shapes), shapes[1]);
  assert.equal(areas.largest([]), undefined);
});
