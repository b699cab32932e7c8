import assert from 'node:assert/strict';
import { getEventListeners, once } from 'node:events';
import { startDeadlines, type CallEnd, type Deadlines, type Timeouts } from '../../../src/node/models/deadlines.ts';

const LONG: Timeouts = { firstTokenMs: 30_000, idleMs: 30_000, totalMs: 60_000 };

/** What ends a call of these deadlines when `live` is all that happens in it. */
async function check(
  timeouts: Partial<Timeouts>,
  live: (deadlines: Deadlines) => void,
  expected: CallEnd,
): Promise<void> {
  const deadlines = startDeadlines({ ...LONG, ...timeouts }, new AbortController().signal);
  try {
    live(deadlines);
    if (!deadlines.signal.aborted) await once(deadlines.signal, 'abort');
    assert.deepEqual(deadlines.ended(), expected);
  } finally {
    deadlines.close();
  }
}

const nothing = (): void => undefined;

describe('startDeadlines', () => {
  it('ends without a first token', () =>
    check({ firstTokenMs: 20 }, nothing, { kind: 'timeout', phase: 'firstToken', afterMs: 20 }));
  it('does not take bytes for a token', () =>
    check({ firstTokenMs: 20, idleMs: 5 }, (deadlines) => deadlines.sawBytes(), {
      kind: 'timeout',
      phase: 'firstToken',
      afterMs: 20,
    }));
  it('ends in silence after a token', () =>
    check({ firstTokenMs: 20, idleMs: 30 }, (deadlines) => deadlines.sawToken(), {
      kind: 'timeout',
      phase: 'idle',
      afterMs: 30,
    }));
  it('ends altogether, though bytes keep coming', () =>
    check(
      { idleMs: 60, totalMs: 150 },
      (deadlines) => {
        deadlines.sawToken();
        const beat = setInterval(() => deadlines.sawBytes(), 5);
        deadlines.signal.addEventListener('abort', () => clearInterval(beat));
      },
      { kind: 'timeout', phase: 'total', afterMs: 150 },
    ));
  it('waits no longer than its idle deadline for the end of a whole answer', () =>
    check({ idleMs: 20 }, (deadlines) => deadlines.sawFinish(), { kind: 'timeout', phase: 'idle', afterMs: 20 }));
  it('takes deadlines longer than a timer can be', () =>
    check({ firstTokenMs: 20, totalMs: 1e12 }, nothing, { kind: 'timeout', phase: 'firstToken', afterMs: 20 }));

  it('stops with the caller, and the first cause counts', () => {
    const caller = new AbortController();
    const deadlines = startDeadlines(LONG, caller.signal);
    assert.equal(deadlines.ended(), undefined);
    caller.abort();
    assert.deepEqual(deadlines.ended(), { kind: 'stopped' });
    assert.equal(deadlines.signal.aborted, true);
    deadlines.close();
    assert.deepEqual(deadlines.ended(), { kind: 'stopped' });
  });
  it('is stopped from the start when the caller is', () => {
    const deadlines = startDeadlines(LONG, AbortSignal.abort());
    assert.deepEqual(deadlines.ended(), { kind: 'stopped' });
  });
  it('leaves nothing behind when it is closed', () => {
    const timersBefore = timers();
    const caller = new AbortController();
    const deadlines = startDeadlines(LONG, caller.signal);
    deadlines.sawToken();
    assert.equal(timers(), timersBefore + 2);
    deadlines.close();
    deadlines.sawToken();
    deadlines.sawBytes();
    deadlines.sawFinish();
    assert.equal(timers(), timersBefore);
    assert.equal(getEventListeners(caller.signal, 'abort').length, 0);
    assert.equal(deadlines.ended(), undefined);
  });
});

function timers(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
}
