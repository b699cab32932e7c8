import assert from 'node:assert/strict';
import type { Json } from '../../../src/base/json.ts';
import { fitsStrictMode } from '../../../src/node/models/strictSchema.ts';

const object = (properties: Readonly<Record<string, Json>>, more: Readonly<Record<string, Json>> = {}): Json => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
});

describe('fitsStrictMode', () => {
  const cases: readonly (readonly [name: string, schema: Json, expected: boolean])[] = [
    ['a closed object', object({ a: { type: 'string' } }), true],
    ['an empty closed object', object({}), true],
    ['a nullable member', object({ a: { anyOf: [{ type: 'string' }, { type: 'null' }] } }), true],
    ['a member named like a keyword', object({ default: { type: 'string' }, not: { type: 'string' } }), true],
    ['an optional member', object({ a: { type: 'string' } }, { required: [] }), false],
    ['an open object', object({}, { additionalProperties: true }), false],
    ['an object that does not say', { type: 'object', properties: {} }, false],
    ['an open object in a list', object({ a: { type: 'array', items: { type: 'object' } } }), false],
    ['an open object in a choice', object({ a: { anyOf: [{ type: 'object' }] } }), false],
    ['an open object in a definition', object({}, { $defs: { x: { type: 'object' } } }), false],
    ['oneOf', object({ a: { oneOf: [{ type: 'string' }] } }), false],
    ['a default', object({ a: { type: 'string', default: 'x' } }), false],
    ['no object', true, false],
  ];
  for (const [name, schema, expected] of cases) it(name, () => assert.equal(fitsStrictMode(schema), expected));
});
