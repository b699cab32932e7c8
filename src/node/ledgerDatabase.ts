import type * as SqliteModule from 'node:sqlite';
import type { DatabaseSync } from 'node:sqlite';
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import type { LedgerError } from '../core/ledger/ledger.ts';

/** The version of the tables below, kept in PRAGMA user_version. 1: the first. 2: role and endedAt. */
const SCHEMA_VERSION = 3;
/** "SpKL" in ASCII, kept in PRAGMA application_id: tells a ledger from other SQLite files. */
const APPLICATION_ID = 0x53_70_4b_4c;
/** How long one process waits for another's transaction; each takes a few milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens the SQLite file in WAL mode and makes its tables when it is new. A file of a newer SpecKit, or of another program, is left
 * untouched. WAL without a sync per commit can lose the last rows in a power cut, never in a crash of a process; the runs' logs have them.
 */
export function openLedgerDatabase(file: string): Result<DatabaseSync, LedgerError> {
  // Loaded here and not imported, so that a Node without SQLite gets a message instead of a crash at the start of the program.
  const sqlite: typeof SqliteModule | undefined = process.getBuiltinModule('node:sqlite');
  if (sqlite === undefined) {
    return err({ kind: 'unsupported', message: `The ledger needs Node 22.13 or newer; this is ${process.version}.` });
  }
  const opened = guarded(file, () => new sqlite.DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS }));
  if (opened.kind === 'error') return opened;
  const database = opened.value;
  const ready = prepare(database, file);
  if (ready.kind === 'ok') return ok(database);
  database.close();
  return ready;
}

/**
 * Runs `work` between BEGIN IMMEDIATE (which takes the write lock, so nothing can change between its reads and its writes) and COMMIT.
 * A failure of SQLite rolls back and comes back as a value; anything else rolls back and is thrown on. The lock dies with the process.
 */
export function tryInTransaction<Value>(database: DatabaseSync, work: () => Value): Result<Value, LedgerError> {
  return guarded(database.location() ?? '', () => {
    database.exec('BEGIN IMMEDIATE');
    try {
      const value = work();
      database.exec('COMMIT');
      return value;
    } finally {
      if (database.isTransaction) database.exec('ROLLBACK');
    }
  });
}

function prepare(database: DatabaseSync, file: string): Result<void, LedgerError> {
  const found = guarded(file, () => identity(database));
  if (found.kind === 'error') return found;
  const { version, application, nTables } = found.value;
  const isNew = version === 0 && nTables === 0;
  if (!isNew && application !== APPLICATION_ID) return err(notALedger(file));
  if (version > SCHEMA_VERSION) return err(newerVersion(file, version));
  const mode = guarded(file, () => setWriteAheadLog(database));
  if (mode.kind === 'error') return mode;
  // Also run for an existing ledger: taking the write lock shows now, and not at the first call, that the file can be written.
  return tryInTransaction(database, () => {
    const { version: before } = identity(database);
    if (before === 0) database.exec(SCHEMA);
    else {
      if (before < 2) database.exec(SECOND_VERSION);
      if (before < 3) database.exec(THIRD_VERSION);
    }
  });
}

/** What the file says it is. One statement, hence one moment: another process may be making the tables just now. */
function identity(database: DatabaseSync): {
  readonly version: number;
  readonly application: number;
  readonly nTables: number;
} {
  const row = database
    .prepare(
      `SELECT (SELECT user_version FROM pragma_user_version) AS version,
              (SELECT application_id FROM pragma_application_id) AS application,
              (SELECT COUNT(*) FROM sqlite_schema) AS nTables`,
    )
    .get();
  return {
    version: Number(row?.['version']),
    application: Number(row?.['application']),
    nTables: Number(row?.['nTables']),
  };
}

/**
 * SQLite does not wait its busy timeout when several processes switch a new file to WAL at once (it answers "locked" at once to avoid a
 * deadlock), so the waiting is done here, within the same limit.
 */
function setWriteAheadLog(database: DatabaseSync): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; ; waited += 20) {
    try {
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
      return;
    } catch (error) {
      if (primaryCode(error) !== SQLITE.busy || waited >= BUSY_TIMEOUT_MS) throw error;
      Atomics.wait(pause, 0, 0, 20);
    }
  }
}

const SCHEMA = `
  CREATE TABLE entries (
    run TEXT NOT NULL, step TEXT NOT NULL, attempt INTEGER NOT NULL, time INTEGER NOT NULL,
    worker TEXT NOT NULL, model TEXT NOT NULL, state TEXT NOT NULL,
    reservedMicrodollars INTEGER NOT NULL, settledMicrodollars INTEGER NOT NULL,
    inputTokens INTEGER NOT NULL, outputTokens INTEGER NOT NULL, cachedTokens INTEGER NOT NULL,
    basis TEXT NOT NULL, priceVersion TEXT NOT NULL, spec TEXT NOT NULL, stage TEXT NOT NULL,
    role TEXT NOT NULL DEFAULT '', endedAt INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (run, step, attempt)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX entries_by_time ON entries (time);
  CREATE INDEX entries_by_spec ON entries (spec);
  CREATE INDEX entries_in_flight ON entries (time) WHERE state = 'reserved';
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** What makes a ledger of version 1 one of version 2. Its rows stay as they are. */
const SECOND_VERSION = `
  ALTER TABLE entries ADD COLUMN role TEXT NOT NULL DEFAULT '';
  ALTER TABLE entries ADD COLUMN endedAt INTEGER NOT NULL DEFAULT 0;
  PRAGMA user_version = 2;
`;

/** Since version 3 rows may say `unpriced`, which an older program cannot read. */
const THIRD_VERSION = 'PRAGMA user_version = 3;';

/** Primary result codes, https://www.sqlite.org/rescode.html */
const SQLITE = { busy: 5, readOnly: 8, cannotOpen: 14, notADatabase: 26 } as const;

function guarded<Value>(file: string, work: () => Value): Result<Value, LedgerError> {
  try {
    return ok(work());
  } catch (error) {
    const code = primaryCode(error);
    if (code === undefined) throw error;
    return err(describe(code, file, String(error)));
  }
}

function describe(code: number, file: string, reason: string): LedgerError {
  if (code === SQLITE.busy) return { kind: 'busy', message: 'The ledger is in use by another process; try again.' };
  if (code === SQLITE.notADatabase) return notALedger(file);
  if (code === SQLITE.readOnly || code === SQLITE.cannotOpen) {
    const message = `The ledger ${file} cannot be written (${reason}). Make its folder and file writable, or set SPECKIT_HOME to another folder.`;
    return { kind: 'notWritable', file, message };
  }
  return { kind: 'failed', message: `The ledger ${file} failed: ${reason}.` };
}

function notALedger(file: string): LedgerError {
  const message = `${file} is not a SpecKit ledger. Move it away; a new ledger is made and can be rebuilt from the runs' logs.`;
  return { kind: 'notALedger', file, message };
}

function newerVersion(file: string, found: number): LedgerError {
  const message = `The ledger ${file} was written by a newer SpecKit (version ${found}, this one knows ${SCHEMA_VERSION}). Update SpecKit.`;
  return { kind: 'newerVersion', file, found, known: SCHEMA_VERSION, message };
}

/** The primary result code of an error of node:sqlite, or undefined for any other error. */
function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_SQLITE_ERROR') return undefined;
  return 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 1;
}
