import assert from 'node:assert/strict';
import { nextPoll, type PollingFacts } from '../../../src/extension/reflex/polling.ts';

const FACTS: PollingFacts = { state: 'healthy', isFocused: true, downLooks: 0, sinceWholeMs: 10_000, focusedMs: 5_000 };

function check(facts: Partial<PollingFacts>, expected: string): void {
  const next = nextPoll({ ...FACTS, ...facts });
  assert.equal(next.kind === 'never' ? 'never' : `${next.ms / 1000} s ${next.depth}`, expected);
}

describe('looking at the local server', () => {
  it('never happens while none is configured', () => check({ state: 'none' }, 'never'));
  it('happens every five seconds in a window with the focus, and once a minute in another', () => {
    check({}, '5 s light');
    check({ isFocused: false }, '60 s whole');
    check({ state: 'down', downLooks: 9, isFocused: false }, '60 s whole');
  });
  it('is whole at first, once a minute, and while the server is not well', () => {
    check({ sinceWholeMs: undefined }, '5 s whole');
    check({ sinceWholeMs: 54_999 }, '5 s light');
    check({ sinceWholeMs: 55_000 }, '5 s whole');
    check({ state: 'busy' }, '5 s light');
    check({ state: 'starting' }, '5 s whole');
    check({ state: 'degraded' }, '5 s whole');
  });
  it('backs off from a server that is down, up to a minute', () => {
    for (const [downLooks, seconds] of [
      [1, 5],
      [2, 10],
      [3, 20],
      [4, 40],
      [5, 60],
      [500, 60],
    ] as const)
      for (const state of ['down', 'off'] as const) check({ state, downLooks }, `${seconds} s whole`);
  });
  it('is never more frequent than the setting says', () => {
    check({ focusedMs: 300_000 }, '300 s whole');
    check({ focusedMs: 300_000, isFocused: false }, '300 s whole');
    check({ focusedMs: 300_000, state: 'down', downLooks: 3 }, '300 s whole');
  });
});
