import assert from 'node:assert/strict';
import { add } from './add.ts';

describe('add', () => {
  it('adds two numbers', () => {
    assert.equal(add(1, 2), 3);
  });
});
