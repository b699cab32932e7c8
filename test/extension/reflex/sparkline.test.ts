import assert from 'node:assert/strict';
import { sparkline } from '../../../src/extension/reflex/sparkline.ts';

const check = (values: readonly (number | undefined)[], expected: string, most?: number): void =>
  assert.equal(sparkline(values, most), expected);

describe('a line of bars', () => {
  it('goes from 0 to the largest value, or to what is given', () => {
    check([0, 1, 2, 3, 4, 5, 6, 7], '▁▂▃▄▅▆▇█');
    check([50, 100], '▅█');
    check([0.5, 0.25], '▅▃', 1);
  });
  it('stays within it', () => check([-1, 2], '▁█', 1));
  it('is flat where all is 0', () => check([0, 0], '▁▁'));
  it('shows what was not known as a gap, and nothing where nothing was', () => {
    check([1, undefined, 1], '█·█');
    check([undefined, undefined], '');
    check([], '');
  });
});
