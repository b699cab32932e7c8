import assert from 'node:assert/strict';
import type { ModelError } from '../../../src/core/ports.ts';
import { afterFailure, type Circuit, CLOSED, circuitState } from '../../../src/core/router/circuit.ts';

const message = 'it said so';
const DOWN: ModelError = { kind: 'connection', message };

/** Failures of one endpoint, each at its second; then when it is tried again, in seconds, or undefined where it is closed. */
function check(
  failures: readonly (readonly [second: number, error: ModelError])[],
  expected: number | undefined,
): void {
  const circuit = failures.reduce<Circuit>(
    (before, [second, error]) => afterFailure(before, error, { now: second * 1_000, coolDownMs: 30_000 }),
    CLOSED,
  );
  assert.equal(circuit.openUntil === undefined ? undefined : circuit.openUntil / 1_000, expected);
}

describe('a circuit', () => {
  const thrice = [0, 1, 2].map((second) => [second, DOWN] as const);

  it('opens after three transient failures in a row', () => {
    check(thrice.slice(1), undefined);
    check(thrice, 32);
  });

  it('opens for twice as long each time its one call fails, for at most five minutes', () => {
    check([...thrice, [40, DOWN]], 100);
    check([...thrice, [40, DOWN], [100, DOWN], [300, DOWN], [600, DOWN], [1_000, DOWN]], 1_300);
  });

  it('opens at once, for as long as the server asks, when that is longer than any call waits', () => {
    const after = (retryAfterMs: number): ModelError => ({ kind: 'rateLimited', message, retryAfterMs });
    check([[0, after(3_600_000)]], 3_600);
    check([[0, after(60_000)]], undefined);
  });

  it('takes every other failure for an answer, and what never reached the endpoint for nothing', () => {
    const refused: ModelError = { kind: 'badRequest', status: 400, message };
    check([...thrice.slice(1), [3, refused], [4, DOWN]], undefined);
    check([...thrice, [40, refused]], undefined);
    check([...thrice, [40, { kind: 'stopped' }]], 32);
  });

  it('is half open from its second on', () => {
    const open: Circuit = { failures: 3, openUntil: 1_000, opened: 1 };
    assert.deepEqual(
      [circuitState(CLOSED, 5), circuitState(open, 999), circuitState(open, 1_000)],
      ['closed', 'open', 'halfOpen'],
    );
  });
});
