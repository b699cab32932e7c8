import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import { unreachable } from '../base/unreachable.ts';
import { admit, limitedScopes, type ScopeTotals } from '../core/ledger/budget.ts';
import type { LedgerBasis, LedgerEntry, LedgerKey } from '../core/ledger/entry.ts';
import { ledgerEntrySchema } from '../core/ledger/entry.ts';
import type {
  Ledger,
  LedgerError,
  LedgerScope,
  LedgerTotals,
  ReserveOutcome,
  Reservation,
  Settlement,
} from '../core/ledger/ledger.ts';
import type { Pricing } from '../core/ledger/prices.ts';
import { scopeOf } from '../core/ledger/scope.ts';
import { openLedgerDatabase, tryInTransaction } from './ledgerDatabase.ts';

/**
 * Opens the person's ledger, creating folder and file on first use. What a disk or another program can do comes back as a LedgerError;
 * reads of an opened ledger throw when the disk fails under them. Dispose it to close the file.
 */
export function openLedger(file: string): Result<Ledger, LedgerError> {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  } catch (error) {
    const message = `The folder of the ledger cannot be made (${String(error)}). Make it writable, or set SPECKIT_HOME to another folder.`;
    return err({ kind: 'notWritable', file, message });
  }
  const opened = openLedgerDatabase(file);
  return opened.kind === 'ok' ? ok(ledgerOver(opened.value)) : opened;
}

/**
 * A reservation older than this belongs to a process that died without a word: it then counts as in doubt, so that nobody waits for it.
 * Should its call end after all, settling it still works.
 */
const RESERVATION_LIFETIME_MS = 3 * 60 * 60 * 1000;

const DAY_MS = 24 * 60 * 60 * 1000;

function ledgerOver(database: DatabaseSync): Ledger {
  return {
    reserve: (reservation) => flat(tryInTransaction(database, () => reserve(database, reservation))),
    settle: (key, settlement) => flat(tryInTransaction(database, () => settle(database, key, settlement))),
    release: (key) => flat(tryInTransaction(database, () => release(database, key))),
    markInDoubt: (run, steps) => tryInTransaction(database, () => steps.flatMap((step) => doubt(database, run, step))),
    totals: (scope) => totals(database, scope),
    rows: (run) => entries(database, 'WHERE run = ? ORDER BY time, step, attempt', [run]),
    entries: (scope) => {
      const [where, values] = condition(scope);
      return entries(database, `WHERE ${where} ORDER BY time, run, step, attempt`, values);
    },
    specs: (repository) => specs(database, repository),
    version: () => Number(database.prepare('PRAGMA data_version').get()?.['data_version']),
    rebuild: (rows) => tryInTransaction(database, () => rebuild(database, rows)),
    [Symbol.dispose]: () => database.close(),
  };
}

function reserve(database: DatabaseSync, reservation: Reservation): Result<ReserveOutcome, LedgerError> {
  const existing = find(database, reservation);
  if (existing !== undefined) {
    const message = `Step ${existing.step} attempt ${existing.attempt} of run ${existing.run} has a row already (${existing.state}).`;
    return err({ kind: 'alreadyReserved', entry: existing, message });
  }
  database
    .prepare("UPDATE entries SET state = 'inDoubt' WHERE state = 'reserved' AND time < ?")
    .run(reservation.time - RESERVATION_LIFETIME_MS);
  const admission = admit(reservation.limits, scopeTotals(database, reservation), reservation);
  if (admission.kind !== 'admit') return ok(admission);
  const entry: LedgerEntry = {
    run: reservation.run,
    step: reservation.step,
    attempt: reservation.attempt,
    time: reservation.time,
    worker: reservation.worker,
    model: reservation.model,
    state: 'reserved',
    reservedMicrodollars: admission.reservedMicrodollars,
    settledMicrodollars: 0,
    inputTokens: reservation.inputTokens,
    outputTokens: admission.maxOutputTokens,
    cachedTokens: 0,
    basis: BASIS_OF[reservation.pricing.kind],
    priceVersion: reservation.priceVersion,
    spec: reservation.spec,
    stage: reservation.stage,
    role: reservation.role,
    endedAt: 0,
  };
  write(database, entry);
  const { maxOutputTokens, passed } = admission;
  return ok({ kind: 'reserved', entry, maxOutputTokens, ...(passed === undefined ? {} : { passed }) });
}

/** What is spent under every limit that there is: within the reservation's transaction, so that nobody spends in between. */
function scopeTotals(database: DatabaseSync, reservation: Reservation): ScopeTotals {
  const limited = limitedScopes(reservation.limits);
  const others = limited.map((scope) => [scope, totals(database, scopeOf(scope, reservation))] as const);
  return { run: totals(database, scopeOf('run', reservation)), ...Object.fromEntries(others) };
}

function settle(database: DatabaseSync, key: LedgerKey, settlement: Settlement): Result<LedgerEntry, LedgerError> {
  const entry = find(database, key);
  if (entry === undefined || entry.state === 'released') return notReserved(key);
  if (entry.state === 'settled') return ok(entry);
  const settled: LedgerEntry = { ...entry, ...settlement, state: 'settled' };
  write(database, settled);
  return ok(settled);
}

function release(database: DatabaseSync, key: LedgerKey): Result<LedgerEntry, LedgerError> {
  const entry = find(database, key);
  if (entry === undefined) return notReserved(key);
  if (entry.state !== 'reserved') return ok(entry);
  const nothing = { reservedMicrodollars: 0, inputTokens: 0, outputTokens: 0 };
  const released: LedgerEntry = { ...entry, ...nothing, state: 'released' };
  write(database, released);
  return ok(released);
}

function doubt(database: DatabaseSync, run: string, step: string): readonly LedgerEntry[] {
  const reserved = entries(database, "WHERE run = ? AND step = ? AND state = 'reserved' ORDER BY attempt", [run, step]);
  const doubtful = reserved.map((entry): LedgerEntry => ({ ...entry, state: 'inDoubt' }));
  for (const entry of doubtful) write(database, entry);
  return doubtful;
}

function rebuild(database: DatabaseSync, rows: readonly LedgerEntry[]): void {
  for (const run of new Set(rows.map((row) => row.run))) database.prepare('DELETE FROM entries WHERE run = ?').run(run);
  for (const row of rows) write(database, row);
}

function totals(database: DatabaseSync, scope: LedgerScope): LedgerTotals {
  const [where, values] = condition(scope);
  const sum = (column: string, state: string) => `COALESCE(SUM(${column}) FILTER (WHERE state = '${state}'), 0)`;
  const row = database
    .prepare(
      `SELECT ${sum('settledMicrodollars', 'settled')} AS settledMicrodollars,
              ${sum('reservedMicrodollars', 'reserved')} AS reservedMicrodollars,
              ${sum('reservedMicrodollars', 'inDoubt')} AS inDoubtMicrodollars,
              ${sum('inputTokens + outputTokens', 'settled')} AS settledTokens,
              ${sum('inputTokens + outputTokens', 'reserved')} AS reservedTokens,
              ${sum('inputTokens + outputTokens', 'inDoubt')} AS inDoubtTokens,
              COUNT(*) FILTER (WHERE state <> 'released') AS nCalls
         FROM entries WHERE ${where}`,
    )
    .get(...values);
  // An aggregate without GROUP BY always gives one row, and the table holds whole numbers only.
  return { ...row } as unknown as LedgerTotals;
}

/** Specs that are listed. */
const MOST_SPECS = 200;

function specs(database: DatabaseSync, repository: string): readonly string[] {
  const rows = database
    .prepare('SELECT spec FROM entries WHERE substr(run, 1, ?) = ? GROUP BY spec ORDER BY MAX(time) DESC, spec LIMIT ?')
    .all(repository.length, repository, MOST_SPECS);
  return rows.map((row) => String(row['spec']));
}

function condition(scope: LedgerScope): readonly [where: string, values: readonly SQLInputValue[]] {
  switch (scope.kind) {
    case 'run':
      return ['run = ?', [scope.run]];
    case 'stage':
      return ['run = ? AND stage = ?', [scope.run, scope.stage]];
    case 'spec':
      return ['spec = ? AND substr(run, 1, ?) = ?', [scope.spec, scope.repository.length, scope.repository]];
    case 'day':
      return condition({ kind: 'days', first: scope.day, last: scope.day });
    case 'days': {
      const start = (day: string): number => Date.parse(`${day}T00:00:00.000Z`);
      return ['time >= ? AND time < ?', [start(scope.first), start(scope.last) + DAY_MS]];
    }
    case 'month': {
      const start = new Date(`${scope.month}-01T00:00:00.000Z`);
      return ['time >= ? AND time < ?', [start.getTime(), new Date(start).setUTCMonth(start.getUTCMonth() + 1)]];
    }
  }
  return unreachable(scope);
}

function find(database: DatabaseSync, { run, step, attempt }: LedgerKey): LedgerEntry | undefined {
  return entries(database, 'WHERE run = ? AND step = ? AND attempt = ?', [run, step, attempt])[0];
}

function entries(database: DatabaseSync, rest: string, values: readonly SQLInputValue[]): readonly LedgerEntry[] {
  const rows = database.prepare(`SELECT ${COLUMNS.join(', ')} FROM entries ${rest}`).all(...values);
  return rows.map((row) => ledgerEntrySchema.parse({ ...row }));
}

/** Adds the row or replaces the one with its key. Throws when it does not have the shape of a ledger row. */
function write(database: DatabaseSync, entry: LedgerEntry): void {
  const checked = ledgerEntrySchema.parse(entry);
  database
    .prepare(`INSERT OR REPLACE INTO entries (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`)
    .run(...COLUMNS.map((column) => checked[column]));
}

const COLUMNS = ledgerEntrySchema.keyof().options;

const BASIS_OF: Readonly<Record<Pricing['kind'], LedgerBasis>> = {
  priced: 'estimate',
  unpriced: 'unpriced',
  free: 'local',
  recorded: 'recorded',
  included: 'included',
};

function notReserved({ run, step, attempt }: LedgerKey): Result<never, LedgerError> {
  return err({ kind: 'notReserved', message: `Step ${step} attempt ${attempt} of run ${run} holds no reservation.` });
}

function flat<Value>(nested: Result<Result<Value, LedgerError>, LedgerError>): Result<Value, LedgerError> {
  return nested.kind === 'ok' ? nested.value : nested;
}
