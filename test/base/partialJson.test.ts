import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { isEqual } from '../../src/base/isEqual.ts';
import type { Json } from '../../src/base/json.ts';
import { partialJson } from '../../src/base/partialJson.ts';

function check(text: string, expected: Json | undefined): void {
  it(text === '' ? '(nothing)' : text, () => assert.deepEqual(partialJson(text), expected));
}

describe('the beginning of a JSON text', () => {
  check('', undefined);
  check('```json\n', undefined);
  check('```json\n{"a": "b"}\n```', { a: 'b' });
  check('{', {});
  check('{"na', {});
  check('{"name"', {});
  check('{"name":', {});
  check('{"name": "A', { name: 'A' });
  check(String.raw`{"name": "A\n`, { name: 'A\n' });
  check('{"name": "A\\', { name: 'A' });
  check(String.raw`{"name": "A\\`, { name: 'A\\' });
  check(String.raw`{"name": "A\u00e`, { name: 'A' });
  check(String.raw`{"name": "A\\\u00e`, { name: 'A\\' });
  check('{"n": 1', {});
  check('{"n": 12, "m": 3', { n: 12 });
  check('{"b": tru', {});
  check('{"b": true, "c": null }', { b: true, c: null });
  check('[1, [2, {"a": ["x', [1, [2, { a: ['x'] }]]);
  check('[1,]', [1]);
  check('{"a": 1} and more', { a: 1 });
  check('{"a": what, "b": 1}', {});
  check('{"__proto__": {"x": 1}}', JSON.parse('{"__proto__": {"x": 1}}') as Json);

  it('is bounded in its depth', () => assert.doesNotThrow(() => partialJson('['.repeat(100_000))));

  it('says nothing that the whole text does not say', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue())),
        fc.nat(),
        (value, cut) => {
          const whole = JSON.parse(JSON.stringify(value)) as Json;
          const text = JSON.stringify(value);
          assert.deepEqual(partialJson(text), whole);
          const beginning = partialJson(text.slice(0, cut % (text.length + 1)));
          assert.ok(beginning === undefined || isBeginning(beginning, whole), JSON.stringify(beginning));
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** Whether the right side goes on where the left one ends. */
function isBeginning(left: Json, right: Json | undefined): boolean {
  if (typeof left === 'string') return typeof right === 'string' && right.startsWith(left);
  if (Array.isArray(left))
    return Array.isArray(right) && left.every((item: Json, index) => isBeginning(item, right[index] as Json));
  if (typeof left === 'object' && left !== null)
    return (
      typeof right === 'object' &&
      right !== null &&
      Object.entries(left).every(([name, item]) => isBeginning(item, (right as Record<string, Json>)[name]))
    );
  return Object.is(left, right);
}

describe('equal values', () => {
  const cases: readonly (readonly [unknown, unknown, boolean])[] = [
    [1, 1, true],
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, true],
    [{ a: 1, b: undefined }, { a: 1 }, true],
    [{ a: 1 }, { b: 1 }, false],
    [{ a: undefined, b: 1 }, { a: undefined, c: 1 }, false],
    [[1], { 0: 1 }, false],
    [[1, 2], [1], false],
    [null, {}, false],
    ['1', 1, false],
  ];
  for (const [left, right, expected] of cases)
    it(`${JSON.stringify(left)} and ${JSON.stringify(right)}: ${expected}`, () => {
      assert.equal(isEqual(left, right), expected);
      assert.equal(isEqual(right, left), expected);
    });
});
