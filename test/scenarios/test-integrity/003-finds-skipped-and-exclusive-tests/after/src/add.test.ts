import assert from 'node:assert/strict';
import { add } from './add.ts';

describe('add', () => {
  it.only('adds two numbers', () => {
    assert.equal(add(1, 2), 3);
  });

  xit('adds negative numbers', () => {
    // Both ways round.
    assert.equal(add(-1, 2), 1);
    assert.equal(add(2, -1), 1);
  });
});
