import assert from 'node:assert/strict';
import { add } from './add.ts';

describe('add', () => {
  it('adds two numbers', () => {
    assert.equal(text(), 'a  b');
  });

  it('adds negative numbers', () => {
    // Both ways round.
    assert.equal(add(-1, 2), 1);
    assert.equal(add(2, -1), 1);
  });
});
