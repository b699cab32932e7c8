import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { settleInterruptedCalls } from '../../src/app/interruptedCalls.ts';
import { createSpending } from '../../src/app/spending.ts';
import type { Ledger } from '../../src/core/ledger/ledger.ts';
import { openLedger } from '../../src/node/ledger.ts';
import type { EventKind, Payload, RunEvent } from '../../src/core/run/event.ts';
import type { RunLog } from '../../src/core/run/runLog.ts';
import type { Settlement } from '../../src/core/run/spending.ts';
import { configurationSchema } from '../../src/core/settings.ts';
import { NOON } from '../support/reservation.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporaryFolder.ts';

const configuration = configurationSchema.parse({
  workers: { sol: { provider: 'openai-chat', model: 'gpt-6-sol', key_env: 'OPENAI_API_KEY' } },
});

/** A log in memory: what a process appends is there at once, and what a kill takes away is simply not appended. */
function memoryLog(): RunLog {
  const events: RunEvent[] = [];
  return {
    events,
    append: <Kind extends EventKind>(kind: Kind, payload: Payload<Kind>) =>
      void events.push({ seq: events.length + 1, time: '', kind, payload, previous: '', hash: '' } as RunEvent),
    flush: async () => undefined,
  } as unknown as RunLog;
}

/** One call of a run and where its process was killed, if it was. */
interface Call {
  readonly key: string;
  readonly settlement: Settlement;
  readonly killed: 'no' | 'inFlight' | 'beforeTheLogSaysSo';
  readonly nResumes: number;
}

const call: fc.Arbitrary<Call> = fc.record({
  key: fc.constantFrom('specify/a', 'plan/a', 'plan/b', 'audit/a'),
  settlement: fc.oneof(
    fc.record({
      kind: fc.constant('used' as const),
      usage: fc.option(fc.record({ input: fc.nat(5_000), output: fc.nat(500) }), { nil: undefined }),
      outputCharacters: fc.nat(2_000),
    }),
    fc.constant({ kind: 'released' } as const),
    fc.constant({ kind: 'inDoubt' } as const),
  ),
  killed: fc.constantFrom('no', 'no', 'inFlight', 'beforeTheLogSaysSo'),
  nResumes: fc.integer({ min: 1, max: 3 }),
});

describe('the spending of a run', () => {
  let folder: TemporaryFolder;
  let ledger: Ledger;
  before(() => {
    folder = temporaryFolder();
    const opened = openLedger(folder.join('ledger.sqlite'));
    assert.equal(opened.kind, 'ok');
    ledger = opened.value;
  });
  after(() => {
    ledger[Symbol.dispose]();
    folder[Symbol.dispose]();
  });

  const scopeOf = (run: string, log: RunLog, now = NOON) => ({
    run,
    spec: run,
    configuration,
    overrides: new Map(),
    override: undefined,
    now: () => now,
    log,
  });

  it('is in the ledger what the log says, however often its processes are killed and go on', async () => {
    let nRuns = 0;
    const ran = async (calls: readonly Call[]): Promise<void> => {
      const run = `key/run-${(nRuns += 1)}`;
      const log = memoryLog();
      // Each run on a day of its own: the limits of days and months are not what is tried here.
      const spending = createSpending(ledger, scopeOf(run, log, NOON + nRuns * 40 * 24 * 3_600_000));
      const attempts = new Map<string, number>();
      for (const { key, settlement, killed, nResumes } of calls) {
        const attempt = (attempts.get(key) ?? 0) + 1;
        attempts.set(key, attempt);
        const request = { key, attempt, worker: 'sol', role: 'architect', inputTokens: 2_000, maxOutputTokens: 1_000 };
        const reserved = await spending.reserve(request, new AbortController().signal);
        if (reserved.kind === 'error') continue;
        if (killed !== 'inFlight') {
          const figures = await spending.settle(request, settlement);
          if (killed === 'no') log.append('SpendSettle', { key, attempt, worker: 'sol', ...figures });
        }
        if (killed === 'no') continue;
        for (let count = 0; count < nResumes; count += 1)
          await settleInterruptedCalls({ run, ledger, spending, log, blobs: { put: never, get: never } });
      }
      const told = log.events.flatMap((event) => (event.kind === 'SpendSettle' ? [event.payload] : []));
      const sum = (state: string) =>
        told.reduce((total, payload) => total + (payload.state === state ? payload.microdollars : 0), 0);
      const totals = ledger.totals({ kind: 'run', run });
      assert.deepEqual(
        [totals.settledMicrodollars, totals.inDoubtMicrodollars, totals.reservedMicrodollars],
        [sum('settled'), sum('inDoubt'), 0],
      );
      assert.equal(new Set(told.map(({ key, attempt }) => `${key} ${attempt}`)).size, told.length);
      assert.equal(totals.nCalls, told.filter(({ state }) => state !== 'released').length);
      const unknown = told.filter(({ state, basis }) => state === 'settled' && basis === 'estimate');
      assert.ok(unknown.every(({ microdollars }) => microdollars > 0));
    };
    await fc.assert(fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 12 }), ran), { numRuns: 60 });
  });

  it('tells of each percentage of each limit once in a run, also of what other runs have spent', async () => {
    const first = memoryLog();
    const second = memoryLog();
    const request = { attempt: 1, worker: 'sol', role: 'judge', inputTokens: 1_000, maxOutputTokens: 100_000 };
    const pay = async (run: string, log: RunLog, key: string, output: number): Promise<void> => {
      const spending = createSpending(ledger, { ...scopeOf(run, log, NOON), spec: 'SPEC-9' });
      const reserved = await spending.reserve({ ...request, key }, new AbortController().signal);
      assert.equal(reserved.kind, 'ok');
      const usage = { input: 1_000, output };
      await spending.settle({ ...request, key }, { kind: 'used', usage, outputCharacters: 0 });
    };
    const told = (log: RunLog) =>
      log.events.flatMap((event) =>
        event.kind === 'BudgetAlert' ? [`${event.payload.scope} ${event.payload.percent}`] : [],
      );
    await pay('key/alerts-1', first, 'plan/a', 90_000);
    assert.deepEqual(told(first), []);
    await pay('key/alerts-1', first, 'plan/b', 80_000);
    await pay('key/alerts-1', first, 'plan/c', 1_000);
    assert.deepEqual(told(first), ['run 80', 'spec 80']);
    await pay('key/alerts-2', second, 'plan/a', 10_000);
    assert.deepEqual(told(second), ['spec 80', 'spec 90']);
  });
});

const never = (): never => assert.fail('no text is read');
