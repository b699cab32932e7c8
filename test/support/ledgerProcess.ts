import { DatabaseSync } from 'node:sqlite';
import { openLedger } from '../../src/node/ledger.ts';
import { reservationOf } from './reservation.ts';

/*
 * One real process on a ledger file, for tests: `node ledgerProcess.ts <act> <file> <name> [count]`.
 * reserve: asks for `count` reservations one after the other and prints how many it got.
 * hang: writes a row inside a transaction, prints a line and waits to be killed.
 * nobody: gives up the rights of root where it has them, opens the ledger and prints the outcome's kind.
 */
const [act, file = '', name = '', count = '0'] = process.argv.slice(2);

if (act === 'reserve') {
  const opened = openLedger(file);
  if (opened.kind === 'error') throw new Error(opened.error.message);
  using ledger = opened.value;
  let admitted = 0;
  for (let index = 0; index < Number(count); index += 1) {
    const reserved = ledger.reserve(reservationOf({ run: 'shared', step: `${name}/${index}` }));
    if (reserved.kind === 'error') throw new Error(reserved.error.message);
    if (reserved.value.kind === 'reserved') admitted += 1;
  }
  console.log(admitted);
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
