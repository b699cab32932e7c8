import { DatabaseSync } from 'node:sqlite';
import { openLedger } from '../../src/node/ledger.ts';
import { reservationOf } from './reservation.ts';

/*
 * One real process on a ledger file, for tests: `node ledgerProcess.ts <act> <file> <name> [count]`.
 * spend: makes `count` calls under a limit of one dollar, some cheaper than they reserved, and prints the most it saw settled and reserved.
 * hang: writes a row inside a transaction, prints a line and waits to be killed.
 * nobody: gives up the rights of root where it has them, opens the ledger and prints the outcome's kind.
 */
const [act, file = '', name = '', count = '0'] = process.argv.slice(2);

if (act === 'spend') {
  const opened = openLedger(file);
  if (opened.kind === 'error') throw new Error(opened.error.message);
  using ledger = opened.value;
  const limits = { runMicrodollars: 1_000_000, dayMicrodollars: 2_000_000, runTokens: 10_000_000 };
  let most = 0;
  for (let index = 0; index < Number(count); index += 1) {
    const reservation = reservationOf({ run: 'shared', step: `${name}/${index}`, limits });
    const reserved = ledger.reserve(reservation);
    if (reserved.kind === 'error') throw new Error(reserved.error.message);
    if (reserved.value.kind !== 'reserved') continue;
    const { settledMicrodollars, reservedMicrodollars } = ledger.totals({ kind: 'run', run: 'shared' });
    most = Math.max(most, settledMicrodollars + reservedMicrodollars);
    const spent = index % 3 === 0 ? 4_000 : reserved.value.entry.reservedMicrodollars;
    ledger.settle(reservation, {
      settledMicrodollars: Math.min(spent, reserved.value.entry.reservedMicrodollars),
      inputTokens: 1_000,
      outputTokens: 500,
      cachedTokens: 0,
      basis: 'usage',
      endedAt: reservation.time,
    });
  }
  console.log(most);
}

if (act === 'hang') {
  const database = new DatabaseSync(file);
  database.exec('BEGIN IMMEDIATE');
  database.exec("UPDATE entries SET settledMicrodollars = 999, state = 'settled'");
  console.log('in transaction');
  setInterval(() => undefined, 1_000);
}

if (act === 'nobody') {
  if (process.getuid?.() === 0) process.setuid?.(65_534);
  const opened = openLedger(file);
  console.log(opened.kind === 'ok' ? 'ok' : opened.error.kind);
}
