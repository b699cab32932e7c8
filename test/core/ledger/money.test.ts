import assert from 'node:assert/strict';
import { dollars } from '../../../src/core/ledger/money.ts';

const cases: readonly [microdollars: number, expected: string][] = [
  [0, '$0.00'],
  [1, '$0.0001'],
  [12_345, '$0.0124'],
  [99_999, '$0.1000'],
  [100_000, '$0.10'],
  [1_500_000, '$1.50'],
  [1_500_001, '$1.51'],
  [20_000_000, '$20.00'],
  [-2_000_000, '-$2.00'],
];

describe('money for a person to read', () => {
  for (const [microdollars, expected] of cases) {
    it(`${microdollars} microdollars is ${expected}`, () => assert.equal(dollars(microdollars), expected));
  }
});
