import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { canonicalJson } from '../../../src/base/json.ts';
import type { GateRequest } from '../../../src/core/gates/context.ts';
import { evaluateGate } from '../../../src/core/gates/evaluate.ts';
import { REQUIRED_SIGNALS } from '../../../src/core/gates/required.ts';
import type { Signal } from '../../../src/core/gates/signal.ts';
import { strictness, type Verdict, verdictSchema } from '../../../src/core/gates/verdict.ts';
import { STAGES } from '../../../src/core/run/stage.ts';
import { goodSignals, KINDS, POLICY, request, sentBack, variant, VARIANTS } from './samples.ts';

/** Signals of one random variant of one random kind. */
const anyVariant: fc.Arbitrary<readonly Signal[]> = fc
  .constantFrom(...KINDS)
  .chain((kind) => fc.constantFrom(...Object.keys(VARIANTS[kind])).map((name) => variant(kind, name)));

const anyStage = fc.constantFrom(...STAGES);

const anyGate: fc.Arbitrary<GateRequest> = fc
  .record({ stage: anyStage, told: fc.boolean(), checks: fc.boolean(), silent: fc.boolean() })
  .map(({ stage, told, checks, silent }) =>
    request(stage, {
      earlier: told ? [sentBack('tests-weakened'), sentBack('audit-blocks')] : [],
      advisers: silent ? [{ role: 'critic', answered: false }] : [],
      ...(checks ? {} : { checks: [] }),
    }),
  );

/** Some good and some bad signals; every kind may be there, be there several times, or be missing. */
const anySignals = fc
  .tuple(
    fc.subarray([...KINDS]).map((absent) => goodSignals(Object.fromEntries(absent.map((kind) => [kind, []])))),
    fc.array(anyVariant, { maxLength: 4 }),
  )
  .map(([good, more]) => [...good, ...more.flat()]);

/** Signals that have every kind, in some variants, so that nothing is missing by kind. */
const completeSignals = fc.array(anyVariant, { maxLength: 4 }).map((more) => [...goodSignals(), ...more.flat()]);

/** The verdict with each index replaced by what it points at, and reasons in an order of their own. */
function withoutPlaces(verdict: Verdict, signals: readonly Signal[]): unknown {
  const reasons = verdict.reasons.map(({ rule, text, signal }) => {
    const pointed = signal === undefined ? 'none' : JSON.stringify(signals[signal]);
    return canonicalJson({ rule, text, pointed });
  });
  return { ...verdict, reasons: reasons.toSorted() };
}

describe('every gate', () => {
  it('does not depend on the order of the signals', () => {
    const shuffled = anySignals.chain((signals) =>
      fc.tuple(fc.constant(signals), fc.shuffledSubarray(signals, { minLength: signals.length })),
    );
    fc.assert(
      fc.property(anyGate, shuffled, (gate, [signals, others]) => {
        const verdict = evaluateGate(gate, signals, POLICY);
        const other = evaluateGate(gate, others, POLICY);
        assert.deepEqual(withoutPlaces(verdict, signals), withoutPlaces(other, others));
        assert.deepEqual(
          verdict.reasons.map(({ rule }) => rule),
          other.reasons.map(({ rule }) => rule),
        );
      }),
    );
  });

  it('never proceeds when all signals of a required kind are removed', () => {
    fc.assert(
      fc.property(anyGate, anySignals, fc.nat(), (gate, signals, choice) => {
        const kinds = REQUIRED_SIGNALS[gate.stage].filter((kind) => kind !== 'toolTruth' || gate.checks.length > 0);
        const removed = kinds[choice % kinds.length];
        const rest = signals.filter((signal) => signal.kind !== removed);
        assert.notEqual(evaluateGate(gate, rest, POLICY).kind, 'proceed');
      }),
    );
  });

  it('never becomes laxer when a signal is added and nothing was missing', () => {
    fc.assert(
      fc.property(anyGate, completeSignals, anyVariant, (gate, signals, added) => {
        const before = evaluateGate(gate, signals, POLICY);
        const after = evaluateGate(gate, [...signals, ...added], POLICY);
        assert.ok(strictness(after) >= strictness(before), `${canonicalJson(before)} became ${canonicalJson(after)}`);
      }),
    );
  });

  it('proceeds on no set of signals that holds one which alone does not proceed', () => {
    fc.assert(
      fc.property(anyGate, anySignals, anyVariant, (gate, signals, added) => {
        const good = goodSignals(Object.fromEntries(added.map(({ kind }) => [kind, []])));
        fc.pre(evaluateGate(gate, [...good, ...added], POLICY).kind !== 'proceed');
        // A variant that is only incomplete can be completed by the others; one with a failing signal cannot.
        fc.pre(evaluateGate(gate, [...goodSignals(), ...added], POLICY).kind !== 'proceed');
        assert.notEqual(evaluateGate(gate, [...signals, ...added], POLICY).kind, 'proceed');
      }),
    );
  });

  it('gives a verdict that fits its schema, with a reason for each signal', () => {
    fc.assert(
      fc.property(anyGate, anySignals, (gate, signals) => {
        const verdict = evaluateGate(gate, signals, POLICY);
        assert.deepEqual(verdictSchema.parse(verdict), verdict);
        const explained = new Set(verdict.reasons.map(({ signal }) => signal));
        const unexplained = signals.filter((_, index) => !explained.has(index));
        assert.deepEqual(unexplained, []);
      }),
    );
  });
});
