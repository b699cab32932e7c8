import assert from 'node:assert/strict';
import type { EventKind, Payload, RunEvent } from '../../../src/core/run/event.ts';
import { compareRuns, type ReplayDifference } from '../../../src/core/run/replayComparison.ts';

type Line = { [Kind in EventKind]: readonly [Kind, Partial<Payload<Kind>>] }[EventKind];

/** A log with only the members that are compared. */
function log(...lines: readonly Line[]): readonly RunEvent[] {
  return lines.map(([kind, payload], index) => ({ seq: index + 1, kind, payload }) as unknown as RunEvent);
}

function check(
  recorded: readonly RunEvent[],
  replayed: readonly RunEvent[],
  expected: readonly ReplayDifference[],
): void {
  assert.deepEqual(compareRuns(recorded, replayed).differences, expected);
}

const SPEC = 'specs/SPEC-001/spec.md';
const owner = (sha256: string): Line => ['OwnerChange', { inputs: [{ path: SPEC, sha256 }] }];
const verdict = (key: string, value: 'proceed' | 'retry'): Line => [
  'GateDecision',
  { key, verdict: value, to: null, reasons: [] },
];
const ended: Line = ['RunEnd', { outcome: 'proposed', tree: null }];

describe('the comparison of a run with its replay', () => {
  it('finds nothing where both came to the same', () => {
    const both = log(owner('a'), verdict('plan', 'proceed'), ended);
    check(both, both, []);
  });

  it('tells what came out otherwise, with both sides', () => {
    check(log(owner('a'), verdict('plan', 'proceed')), log(owner('a'), verdict('plan', 'retry')), [
      {
        what: 'verdict',
        key: 'plan',
        recorded: '{"reasons":[],"to":null,"verdict":"proceed"}',
        replayed: '{"reasons":[],"to":null,"verdict":"retry"}',
      },
    ]);
  });

  it('tells what only one side has', () => {
    const text = '{"reasons":[],"to":null,"verdict":"proceed"}';
    check(log(owner('a'), verdict('plan', 'proceed')), log(owner('a'), verdict('tasks', 'proceed')), [
      { what: 'verdict', key: 'plan', recorded: text, replayed: undefined },
      { what: 'verdict', key: 'tasks', recorded: undefined, replayed: text },
    ]);
  });

  it('takes the last of what was said several times', () => {
    check(
      log(owner('a'), verdict('plan', 'retry'), owner('a'), verdict('plan', 'proceed')),
      log(owner('a'), verdict('plan', 'proceed')),
      [],
    );
  });

  it('does not compare what a change of the spec made worthless, and counts it', () => {
    const recorded = log(owner('a'), verdict('implement/T9', 'proceed'), owner('b'), verdict('plan', 'proceed'));
    const compared = compareRuns(recorded, log(owner('b'), verdict('plan', 'proceed')));
    assert.deepEqual([compared.differences, compared.outdated], [[], 1]);
  });

  it('leaves out what an approval measured after the run', () => {
    check(log(owner('a'), ended, verdict('unlock/1', 'proceed')), log(owner('a'), ended), []);
  });
});
