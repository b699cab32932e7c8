import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cut, initials } from '../src/cut.mjs';

const family = '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}';
const accented = 'e\u0301';

test('plain text', () => assert.deepEqual([cut('abcdef', 4), cut('abcd', 4), cut('', 1)], ['abc…', 'abcd', '']));
test('one emoji is one character', () => {
  assert.equal(cut(family, 1), family);
  assert.equal(cut(`${family}${family}${family}`, 2), `${family}…`);
});
test('a letter with its accent', () => assert.equal(cut(`${accented}${accented}x`, 2), `${accented}…`));
test('initials', () => {
  assert.equal(initials('ada  lovelace'), 'AL');
  assert.equal(initials(`${family} \u{1D4B6}da`), `${family}\u{1D4B6}`);
});
