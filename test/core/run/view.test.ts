import assert from 'node:assert/strict';
import type { EventKind, Payload, RunEvent } from '../../../src/core/run/event.ts';
import { createRunFold, foldRun } from '../../../src/core/run/view.ts';

const HASH = '0'.repeat(64);
let seq = 0;
const event = <Kind extends EventKind>(kind: Kind, payload: Payload<Kind>): RunEvent =>
  ({ seq: (seq += 1), time: '2026-01-01T00:00:00.000Z', kind, payload, previous: HASH, hash: HASH }) as RunEvent;

const start = event('RunStart', {
  version: 1,
  runId: 'run-1',
  specId: 'SPEC-001',
  specFolder: 'specs/SPEC-001-a',
  title: 'A',
  size: 'standard',
  baseCommit: 'c',
  inputs: [
    { path: 'specs/SPEC-001-a/spec.md', sha256: '1'.repeat(64) },
    { path: 'memory/constitution.md', sha256: null },
  ],
  program: 'test',
});
const gate = (key: string): RunEvent =>
  event('GateDecision', { key, stage: 'plan', verdict: 'proceed', to: null, reasons: [], signals: [] });

describe('the fold of a run', () => {
  it('gives views that later events do not change', () => {
    const fold = createRunFold(start);
    fold.add(gate('a'));
    const first = fold.view;
    fold.add(gate('b'));
    const second = fold.view;
    assert.deepEqual(
      [first, second].map(({ verdicts }) => verdicts.map(({ key }) => key)),
      [['a'], ['a', 'b']],
    );
  });

  it('is the same event by event as all at once', () => {
    const events = [start, gate('a'), event('OwnerChange', { pid: 1, host: 'h', why: 'start' }), gate('b')];
    const fold = createRunFold(events[0]);
    for (const next of events.slice(1)) fold.add(next);
    assert.deepEqual(fold.view, foldRun(events));
  });

  it('costs the same for the last of many events as for the first', () => {
    const time = (count: number): number => {
      const events = Array.from({ length: count }, (_, index) => gate(String(index)));
      const fold = createRunFold(start);
      const startedAt = performance.now();
      for (const next of events) fold.add(next);
      assert.equal(fold.view.verdicts.length, count);
      return performance.now() - startedAt;
    };
    time(5_000);
    const [few, many] = [5_000, 100_000].map((count) => Math.min(time(count), time(count)));
    // Twenty times the events; copying the list for each of them would cost four hundred times as much.
    assert.ok((many ?? 0) < 120 * Math.max(few ?? 0, 0.2), `${few} ms, then ${many} ms`);
  });

  it('knows what the newest process read, and what a person told it', () => {
    const { inputs, notes } = foldRun([
      start,
      event('OwnerChange', {
        pid: 1,
        host: 'h',
        why: 'resume',
        program: 'test',
        inputs: [{ path: 'specs/SPEC-001-a/spec.md', sha256: '2'.repeat(64) }],
      }),
      event('PersonNote', { id: 'n1', text: 'use a map', about: null, by: 'Ada' }),
      event('PersonNote', { id: 'n2', text: 'no', about: 'src/a.js', by: 'Ada' }),
      event('NotesGiven', { key: 'implement/T1/1/turn-2', worker: 'cheap', notes: ['n1'] }),
    ]);
    assert.deepEqual(inputs, [
      { path: 'specs/SPEC-001-a/spec.md', sha256: '2'.repeat(64) },
      { path: 'memory/constitution.md', sha256: null },
    ]);
    assert.deepEqual(
      notes.map(({ id, isGiven }) => [id, isGiven]),
      [
        ['n1', true],
        ['n2', false],
      ],
    );
  });

  it('refuses to begin with anything but the start', () => {
    assert.throws(() => createRunFold(gate('a')), /begins with RunStart/);
    assert.throws(() => foldRun([]), /begins with RunStart/);
  });
});
