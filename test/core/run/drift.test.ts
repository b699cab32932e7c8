import assert from 'node:assert/strict';
import { modelDrift, type Drift, type ModelWeek } from '../../../src/core/run/drift.ts';
import type { RunEvent } from '../../../src/core/run/event.ts';

/** One piece of a worker's work: its call, what it cost, and what the gate said. */
interface Piece {
  readonly time: string;
  readonly worker?: string;
  readonly model?: string;
  readonly verdict?: 'proceed' | 'retry' | 'escalate';
  readonly microdollars?: number;
  readonly basis?: 'usage' | 'unpriced';
  readonly recorded?: true;
  readonly failed?: true;
}

let nPieces = 0;
function eventsOf({ time, worker = 'cheap', model = 'small', ...piece }: Piece): readonly RunEvent[] {
  const key = `plan/${(nPieces += 1)}`;
  const blob = { sha256: '0'.repeat(64), bytes: 1 };
  const event = (kind: string, payload: object) => ({ time, kind, payload }) as unknown as RunEvent;
  const answer = piece.failed === true ? null : blob;
  const call = { key, worker, model, recorded: piece.recorded === true, answer, durationMs: 2_000 };
  const spent = {
    key,
    worker,
    microdollars: piece.microdollars ?? 100,
    inputTokens: 90,
    outputTokens: 10,
    basis: piece.basis ?? 'usage',
  };
  return [
    event('LLMCall', call),
    event('SpendSettle', spent),
    event('Signal', { key: `${key}/signal`, signal: { kind: 'attempts', worker } }),
    event('GateDecision', { key: `${key}/gate`, verdict: piece.verdict ?? 'proceed', signals: [`${key}/signal`] }),
    ...(piece.verdict === 'escalate' ? [event('Escalation', { key, from: worker, to: 'the next worker' })] : []),
  ];
}

const run = (...pieces: readonly Piece[]): readonly RunEvent[] => pieces.flatMap(eventsOf);
const times = (count: number, piece: Piece): readonly Piece[] => Array.from({ length: count }, () => piece);

/** A Wednesday, whose week begins on Monday the 2nd, and the Monday after it. */
const FIRST = '2026-11-04T12:00:00.000Z';
const SECOND = '2026-11-09T00:00:00.000Z';

const row = (week: string, more: Partial<ModelWeek>): ModelWeek => ({
  week,
  runs: 1,
  calls: 1,
  failed_calls: 0,
  gates: 1,
  gate_failures: 0,
  escalations: 0,
  input_tokens: 90,
  output_tokens: 10,
  microdollars: 100,
  unpriced_calls: 0,
  milliseconds: 2_000,
  ...more,
});

const UNKNOWN: Drift = {
  gate_failures: null,
  escalations: null,
  dollars_per_call: null,
  tokens_per_call: null,
  seconds_per_call: null,
};

describe('the drift of models', () => {
  it('counts the work of each model by week, from Monday to Sunday', () => {
    const found = modelDrift([
      run({ time: '2026-11-02T00:00:00.000Z' }, { time: '2026-11-08T23:59:59.999Z', verdict: 'escalate' }),
      run({ time: SECOND, failed: true }, { time: SECOND, worker: 'strong', model: 'large', verdict: 'retry' }),
    ]);
    assert.deepEqual(found, [
      { model: 'large', weeks: [row('2026-11-09', { gate_failures: 1 })], drift: UNKNOWN },
      {
        model: 'small',
        weeks: [
          row('2026-11-02', {
            calls: 2,
            gates: 2,
            gate_failures: 1,
            escalations: 1,
            input_tokens: 180,
            output_tokens: 20,
            microdollars: 200,
            milliseconds: 4_000,
          }),
          row('2026-11-09', { failed_calls: 1 }),
        ],
        drift: UNKNOWN,
      },
    ]);
  });

  it('sets the newest week against all before it', () => {
    const before = [...times(8, { time: FIRST }), ...times(2, { time: FIRST, verdict: 'retry' as const })];
    const now = [
      ...times(5, { time: SECOND, microdollars: 150 }),
      ...times(5, { time: SECOND, microdollars: 150, verdict: 'escalate' as const }),
    ];
    const [found] = modelDrift([run(...before), run(...now)]);
    assert.deepEqual(found?.drift, {
      gate_failures: 0.3,
      escalations: 0.5,
      dollars_per_call: 0.5,
      tokens_per_call: 0,
      seconds_per_call: 0,
    });
  });

  it('says nothing from fewer than five on a side, nor of dollars where a price is not known', () => {
    const some = modelDrift([run(...times(9, { time: FIRST })), run(...times(4, { time: SECOND }))]);
    assert.deepEqual(some[0]?.drift, UNKNOWN);
    const unpriced = modelDrift([
      run(...times(9, { time: FIRST })),
      run(...times(9, { time: SECOND, basis: 'unpriced' as const, microdollars: 0 })),
    ]);
    assert.deepEqual([unpriced[0]?.drift.dollars_per_call, unpriced[0]?.drift.gate_failures], [null, 0]);
    assert.equal(unpriced[0]?.weeks[1]?.unpriced_calls, 9);
  });

  it('leaves recorded answers out, and does not depend on the order of runs', () => {
    assert.deepEqual(modelDrift([run({ time: FIRST, recorded: true })]), []);
    const runs = [run({ time: FIRST }), run({ time: SECOND }), run({ time: SECOND, verdict: 'retry' })];
    assert.deepEqual(modelDrift(runs), modelDrift(runs.toReversed()));
  });
});
