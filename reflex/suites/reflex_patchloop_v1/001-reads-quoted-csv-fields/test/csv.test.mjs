import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCsv, parseRecords } from '../src/csv.mjs';

test('plain fields', () => {
  assert.deepEqual(parseCsv('a,b\n1,2'), [
    ['a', 'b'],
    ['1', '2'],
  ]);
  assert.deepEqual(parseCsv(''), []);
  assert.deepEqual(parseCsv('a,,'), [['a', '', '']]);
});
test('a comma and a line break in quotes', () => {
  assert.deepEqual(parseCsv('a,"b,c"\n"one\ntwo",d'), [
    ['a', 'b,c'],
    ['one\ntwo', 'd'],
  ]);
});
test('doubled quotes', () => {
  assert.deepEqual(parseCsv('"say ""hi""",""'), [['say "hi"', '']]);
});
test('ends of lines', () => {
  assert.deepEqual(parseCsv('a\r\nb\n'), [['a'], ['b']]);
});
test('records', () => {
  assert.deepEqual(parseRecords('name,city\nAda,"London, UK"\n'), [{ name: 'Ada', city: 'London, UK' }]);
});
