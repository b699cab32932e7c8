import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openLedger } from '../../src/node/ledger.ts';
import { NOON, reservationOf } from '../support/reservation.ts';

const program = fileURLToPath(new URL('../support/ledgerProcess.ts', import.meta.url));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'speckit-ledger-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function start(...words: readonly string[]): ReturnType<typeof spawn> {
  return spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function run(...words: readonly string[]): Promise<string> {
  const child = start(...words);
  const chunks: string[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk.toString('utf8')));
  const [code] = await once(child, 'close');
  assert.equal(code, 0);
  return chunks.join('').trim();
}

function open(file: string): Disposable & ReturnType<typeof openedLedger> {
  return openedLedger(file);
}

function openedLedger(file: string) {
  const opened = openLedger(file);
  if (opened.kind === 'error') throw new Error(opened.error.message);
  return opened.value;
}

describe('one ledger and many processes', () => {
  it('never passes a limit together, and uses it up', async () => {
    const file = join(folder, 'data', 'ledger.sqlite');
    // One dollar holds 190 whole reservations of 5,250 microdollars. What a call came out cheaper is there for the others.
    const names = Array.from({ length: 20 }, (_, index) => `process-${index}`);
    const most = await Promise.all(names.map((name) => run('spend', file, name, '12')));
    using ledger = open(file);
    const totals = ledger.totals({ kind: 'run', run: 'shared' });
    assert.ok(Math.max(...most.map(Number)) <= 1_000_000, `${most.join(' ')} microdollars were spent or reserved`);
    assert.ok(totals.settledMicrodollars > 950_000, `${totals.settledMicrodollars} microdollars were spent`);
    assert.equal(totals.reservedMicrodollars, 0);
    assert.equal(
      ledger.rows('shared').reduce((sum, { settledMicrodollars }) => sum + settledMicrodollars, 0),
      totals.settledMicrodollars,
    );
  });

  it('is usable after a process was killed inside a transaction, and shows nothing of it', async () => {
    const file = join(folder, 'ledger.sqlite');
    using ledger = open(file);
    ledger.reserve(reservationOf({}));
    const child = start('hang', file);
    assert.ok(child.stdout);
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'close');
    assert.deepEqual(
      ledger.rows('run-1').map((row) => row.state),
      ['reserved'],
    );
    assert.equal(ledger.reserve(reservationOf({ attempt: 2, time: NOON + 1 })).kind, 'ok');
    using again = open(file);
    assert.deepEqual(
      again.rows('run-1').map((row) => [row.attempt, row.state]),
      [
        [1, 'reserved'],
        [2, 'reserved'],
      ],
    );
  });

  it('reports a folder and a file that only others may write', async () => {
    const locked = join(folder, 'locked');
    mkdirSync(locked);
    const file = join(locked, 'ledger.sqlite');
    open(file)[Symbol.dispose]();
    chmodSync(folder, 0o755);
    chmodSync(file, 0o444);
    chmodSync(locked, 0o555);
    assert.equal(await run('nobody', file), 'notWritable');
    assert.equal(await run('nobody', join(locked, 'deeper', 'ledger.sqlite')), 'notWritable');
    chmodSync(locked, 0o755);
  });
});
