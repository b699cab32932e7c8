import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { LedgerEntry } from '../../src/core/ledger/entry.ts';
import type { Ledger, LedgerError, Settlement } from '../../src/core/ledger/ledger.ts';
import type { Result } from '../../src/base/result.ts';
import { openLedger } from '../../src/node/ledger.ts';
import { NOON, reservationOf } from '../support/reservation.ts';

let folder: string;
let ledger: Ledger;

function valueOf<Value>(result: Result<Value, LedgerError>): Value {
  assert.equal(result.kind, 'ok', result.kind === 'error' ? result.error.message : '');
  return result.value;
}

function errorOf<Value>(result: Result<Value, LedgerError>): LedgerError {
  assert.equal(result.kind, 'error');
  return result.error;
}

const key = { run: 'run-1', step: 'plan/call-1', attempt: 1 };
const settlement: Settlement = {
  settledMicrodollars: 900,
  inputTokens: 1_100,
  outputTokens: 20,
  cachedTokens: 500,
  basis: 'usage',
  endedAt: NOON + 1_000,
};
const reservedRow: LedgerEntry = {
  ...key,
  time: NOON,
  worker: 'middle',
  model: 'gpt-5.4-mini',
  state: 'reserved',
  reservedMicrodollars: 5_250,
  settledMicrodollars: 0,
  inputTokens: 1_000,
  outputTokens: 1_000,
  cachedTokens: 0,
  basis: 'estimate',
  priceVersion: 'test',
  spec: 'SPEC-001',
  stage: 'plan',
  role: 'architect',
  endedAt: 0,
};
const settledRow: LedgerEntry = { ...reservedRow, ...settlement, state: 'settled' };
const nothing = {
  settledMicrodollars: 0,
  reservedMicrodollars: 0,
  inDoubtMicrodollars: 0,
  settledTokens: 0,
  reservedTokens: 0,
  inDoubtTokens: 0,
  nCalls: 0,
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'speckit-ledger-'));
  ledger = valueOf(openLedger(join(folder, 'new', 'folder', 'ledger.sqlite')));
});

afterEach(() => {
  ledger[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

describe('the ledger', () => {
  it('writes a reservation and counts it', () => {
    assert.deepEqual(valueOf(ledger.reserve(reservationOf({}))), {
      kind: 'reserved',
      entry: reservedRow,
      maxOutputTokens: 1_000,
    });
    assert.deepEqual(ledger.rows('run-1'), [reservedRow]);
    assert.deepEqual(ledger.totals({ kind: 'run', run: 'run-1' }), {
      ...nothing,
      reservedMicrodollars: 5_250,
      reservedTokens: 2_000,
      nCalls: 1,
    });
  });

  it('settles twice as once', () => {
    valueOf(ledger.reserve(reservationOf({})));
    assert.deepEqual(valueOf(ledger.settle(key, settlement)), settledRow);
    assert.deepEqual(valueOf(ledger.settle(key, { ...settlement, settledMicrodollars: 77_777 })), settledRow);
    const expected = { ...nothing, settledMicrodollars: 900, settledTokens: 1_120, nCalls: 1 };
    assert.deepEqual(ledger.totals({ kind: 'run', run: 'run-1' }), expected);
    assert.deepEqual(ledger.totals({ kind: 'day', day: '2026-11-21' }), expected);
    assert.deepEqual(ledger.totals({ kind: 'spec', repository: '', spec: 'SPEC-001' }), expected);
    assert.deepEqual(ledger.totals({ kind: 'stage', run: 'run-1', stage: 'plan' }), expected);
    assert.deepEqual(ledger.totals({ kind: 'month', month: '2026-11' }), expected);
    for (const scope of [
      { kind: 'run', run: 'run-2' },
      { kind: 'day', day: '2026-11-20' },
      { kind: 'spec', repository: '', spec: 'SPEC-002' },
      { kind: 'spec', repository: 'other/', spec: 'SPEC-001' },
      { kind: 'stage', run: 'run-1', stage: 'tasks' },
      { kind: 'month', month: '2026-10' },
      { kind: 'month', month: '2026-12' },
    ] as const) {
      assert.deepEqual(ledger.totals(scope), nothing);
    }
  });

  it('gives back what was never sent, and only that', () => {
    valueOf(ledger.reserve(reservationOf({})));
    const released = { ...reservedRow, state: 'released', reservedMicrodollars: 0, inputTokens: 0, outputTokens: 0 };
    assert.deepEqual(valueOf(ledger.release(key)), released);
    assert.deepEqual(valueOf(ledger.release(key)), released);
    assert.deepEqual(ledger.totals({ kind: 'run', run: 'run-1' }), nothing);
    assert.equal(errorOf(ledger.settle(key, settlement)).kind, 'notReserved');
    valueOf(ledger.reserve(reservationOf({ attempt: 2 })));
    valueOf(ledger.settle({ ...key, attempt: 2 }, settlement));
    assert.equal(valueOf(ledger.release({ ...key, attempt: 2 })).state, 'settled');
  });

  it('keeps money in doubt spent until the call settles after all', () => {
    valueOf(ledger.reserve(reservationOf({})));
    valueOf(ledger.reserve(reservationOf({ attempt: 2 })));
    valueOf(ledger.reserve(reservationOf({ step: 'other' })));
    valueOf(ledger.settle({ ...key, attempt: 2 }, settlement));
    assert.deepEqual(valueOf(ledger.markInDoubt('run-1', ['plan/call-1', 'unknown'])), [
      { ...reservedRow, state: 'inDoubt' },
    ]);
    assert.deepEqual(valueOf(ledger.markInDoubt('run-1', ['plan/call-1'])), []);
    assert.deepEqual(ledger.totals({ kind: 'run', run: 'run-1' }), {
      settledMicrodollars: 900,
      reservedMicrodollars: 5_250,
      inDoubtMicrodollars: 5_250,
      settledTokens: 1_120,
      reservedTokens: 2_000,
      inDoubtTokens: 2_000,
      nCalls: 3,
    });
    assert.equal(valueOf(ledger.release(key)).state, 'inDoubt');
    assert.deepEqual(valueOf(ledger.settle(key, settlement)), settledRow);
  });

  it('refuses a second reservation under one key, and acts on none', () => {
    valueOf(ledger.reserve(reservationOf({})));
    const again = errorOf(ledger.reserve(reservationOf({ maxOutputTokens: 600 })));
    assert.deepEqual(again.kind === 'alreadyReserved' && again.entry, reservedRow);
    for (const act of [ledger.settle({ ...key, attempt: 9 }, settlement), ledger.release({ ...key, run: 'none' })]) {
      assert.equal(errorOf(act).kind, 'notReserved');
    }
  });

  it('lowers, waits and refuses as the budget says, and writes nothing then', () => {
    const limits = { runMicrodollars: 10_000, dayMicrodollars: 1_000_000, runTokens: 1_000_000 };
    const outcomes = [1, 2, 3].map((attempt) => valueOf(ledger.reserve(reservationOf({ attempt, limits }))));
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind),
      ['reserved', 'reserved', 'wait'],
    );
    assert.equal(outcomes[1]?.kind === 'reserved' && outcomes[1].maxOutputTokens, 888);
    valueOf(ledger.markInDoubt('run-1', ['plan/call-1']));
    assert.equal(valueOf(ledger.reserve(reservationOf({ attempt: 3, limits }))).kind, 'refuse');
    assert.equal(ledger.rows('run-1').length, 2);
  });

  it("holds the day's limit over runs, by UTC day", () => {
    const limits = { runMicrodollars: 1_000_000, dayMicrodollars: 5_250, runTokens: 1_000_000 };
    const kindAt = (run: string, time: number) => valueOf(ledger.reserve(reservationOf({ run, time, limits }))).kind;
    assert.equal(kindAt('a', Date.UTC(2026, 10, 21, 23, 59, 59, 999)), 'reserved');
    assert.equal(kindAt('b', Date.UTC(2026, 10, 22)), 'reserved');
    assert.equal(kindAt('c', Date.UTC(2026, 10, 22, 1)), 'wait');
  });

  it('waits for no reservation whose process must be dead', () => {
    const limits = { runMicrodollars: 6_000, dayMicrodollars: 1_000_000, runTokens: 1_000_000 };
    valueOf(ledger.reserve(reservationOf({ limits })));
    const kindAfter = (hours: number) =>
      valueOf(ledger.reserve(reservationOf({ attempt: 2, limits, time: NOON + hours * 3_600_000 }))).kind;
    assert.equal(kindAfter(3), 'wait');
    assert.equal(kindAfter(3.1), 'refuse');
    assert.equal(ledger.rows('run-1')[0]?.state, 'inDoubt');
    assert.equal(valueOf(ledger.settle(key, settlement)).state, 'settled');
  });

  it('names the specs of a repository, the last called for first, and no others', () => {
    const rows: readonly (readonly [string, string, number])[] = [
      ['key/a', 'SPEC-001', NOON],
      ['key/b', 'SPEC-002', NOON + 1],
      ['key/c', 'SPEC-001', NOON + 2],
      ['other/a', 'SPEC-009', NOON + 3],
    ];
    for (const [run, spec, time] of rows) valueOf(ledger.reserve(reservationOf({ run, spec, time })));
    assert.deepEqual([ledger.specs('key/'), ledger.specs('nobody/')], [['SPEC-001', 'SPEC-002'], []]);
  });

  it('has another version once another connection has written, and the same while nobody has', () => {
    using other = valueOf(openLedger(join(folder, 'new', 'folder', 'ledger.sqlite')));
    const before = ledger.version();
    assert.equal(ledger.version(), before);
    valueOf(other.reserve(reservationOf({})));
    assert.notEqual(ledger.version(), before);
  });

  it('can be rebuilt run by run from rows', () => {
    valueOf(ledger.reserve(reservationOf({})));
    valueOf(ledger.reserve(reservationOf({ attempt: 2 })));
    valueOf(ledger.reserve(reservationOf({ run: 'run-2' })));
    const before = ledger.rows('run-2');
    valueOf(ledger.rebuild([settledRow, { ...settledRow, run: 'run-3' }]));
    assert.deepEqual(ledger.rows('run-1'), [settledRow]);
    assert.deepEqual(ledger.rows('run-2'), before);
    assert.deepEqual(ledger.rows('run-3'), [{ ...settledRow, run: 'run-3' }]);
  });

  it('rebuilds all or nothing', () => {
    valueOf(ledger.reserve(reservationOf({})));
    assert.throws(() => ledger.rebuild([settledRow, { ...settledRow, attempt: 2, settledMicrodollars: -1 }]));
    assert.deepEqual(ledger.rows('run-1'), [reservedRow]);
  });
});

describe('opening a ledger', () => {
  it('finds what another opening wrote, and keeps the folder to its owner', () => {
    const file = join(folder, 'new', 'folder', 'ledger.sqlite');
    valueOf(ledger.reserve(reservationOf({})));
    using again = valueOf(openLedger(file));
    assert.deepEqual(again.rows('run-1'), [reservedRow]);
    assert.equal(statSync(join(folder, 'new')).mode & 0o077, 0);
  });

  it('goes on with a file of the first version, whose rows say less', () => {
    const file = join(folder, 'first.sqlite');
    using old = new DatabaseSync(file);
    old.exec(`
      CREATE TABLE entries (
        run TEXT NOT NULL, step TEXT NOT NULL, attempt INTEGER NOT NULL, time INTEGER NOT NULL,
        worker TEXT NOT NULL, model TEXT NOT NULL, state TEXT NOT NULL,
        reservedMicrodollars INTEGER NOT NULL, settledMicrodollars INTEGER NOT NULL,
        inputTokens INTEGER NOT NULL, outputTokens INTEGER NOT NULL, cachedTokens INTEGER NOT NULL,
        basis TEXT NOT NULL, priceVersion TEXT NOT NULL, spec TEXT NOT NULL, stage TEXT NOT NULL,
        PRIMARY KEY (run, step, attempt)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO entries VALUES ('run-1', 'plan/call-1', 1, ${NOON}, 'middle', 'gpt-5.4-mini', 'reserved', 5250, 0, 1000, 1000, 0,
        'estimate', 'test', 'SPEC-001', 'plan');
      PRAGMA application_id = 1399868236;
      PRAGMA user_version = 1;`);
    old.close();
    for (const state of ['first', 'second']) {
      using opened = valueOf(openLedger(file));
      assert.deepEqual(opened.rows('run-1'), [{ ...reservedRow, role: '' }], state);
    }
    using opened = valueOf(openLedger(file));
    assert.deepEqual(valueOf(opened.settle(key, settlement)), { ...settledRow, role: '' });
  });

  it('refuses a file of a newer version and leaves it as it is', () => {
    const file = join(folder, 'newer.sqlite');
    valueOf(openLedger(file))[Symbol.dispose]();
    using newer = new DatabaseSync(file);
    newer.exec('CREATE TABLE later (x); PRAGMA user_version = 7; PRAGMA wal_checkpoint(TRUNCATE)');
    const before = readFileSync(file);
    const message = `The ledger ${file} was written by a newer SpecKit (version 7, this one knows 3). Update SpecKit.`;
    assert.deepEqual(errorOf(openLedger(file)), { kind: 'newerVersion', file, found: 7, known: 3, message });
    assert.deepEqual(readFileSync(file), before);
  });

  it('refuses a file that is not a ledger and leaves it as it is', () => {
    const text = join(folder, 'text.sqlite');
    writeFileSync(text, 'not a database at all, but long enough to have a header of one hundred bytes. '.repeat(20));
    const foreign = join(folder, 'foreign.sqlite');
    using database = new DatabaseSync(foreign);
    database.exec('CREATE TABLE entries (x); PRAGMA user_version = 1');
    for (const file of [text, foreign]) {
      const before = readFileSync(file);
      assert.equal(errorOf(openLedger(file)).kind, 'notALedger');
      assert.deepEqual(readFileSync(file), before);
    }
  });

  it('says when the place cannot be written', () => {
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'ledger.sqlite'));
    for (const file of [join(folder, 'file', 'ledger.sqlite'), join(folder, 'ledger.sqlite')]) {
      assert.equal(errorOf(openLedger(file)).kind, 'notWritable');
    }
  });
});
