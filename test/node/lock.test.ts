import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { acquireRunLock, type RunLock } from '../../src/node/lock.ts';
import { processStart } from '../../src/node/processStart.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

async function take(folder: string): Promise<RunLock> {
  const result = await acquireRunLock(folder);
  return result.kind === 'ok' ? result.value : assert.fail(JSON.stringify(result));
}

interface LockText {
  readonly pid: number;
  readonly host?: string;
  readonly start?: string;
}

/** Writes a lock of another owner's, `silentSeconds` after its last heartbeat, and tells whether it is taken over. */
async function check(owner: LockText | string, silentSeconds: number, expected: 'taken' | 'held'): Promise<void> {
  using folder = temporaryFolder();
  const file = join(folder.path, 'lock.7');
  const text = typeof owner === 'string' ? owner : JSON.stringify({ token: 't', host: hostname(), ...owner });
  await writeFile(file, text);
  const at = new Date(Date.now() - silentSeconds * 1000);
  await utimes(file, at, at);
  const result = await acquireRunLock(folder.path);
  assert.equal(result.kind === 'ok' ? 'taken' : 'held', expected);
  if (result.kind === 'error') return assert.equal(await readFile(file, 'utf8'), text);
  assert.deepEqual(await readdir(folder.path), ['lock.8']);
  await result.value.release();
}

const program = `
  import { acquireRunLock } from ${JSON.stringify(resolve('src/node/lock.ts'))};
  process.stdout.write('ready\\n');
  for await (const _ of process.stdin) {
    const result = await acquireRunLock('locked');
    process.stdout.write(result.kind + '\\n');
  }`;

type Contender = ChildProcessByStdio<Writable, Readable, null>;

async function contender(folder: string): Promise<Contender> {
  const child = spawn(process.execPath, ['contender.mjs'], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

async function answer(child: Contender): Promise<string> {
  const [bytes] = await once(child.stdout, 'data');
  return String(bytes).trim();
}

async function kill(child: Contender): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

describe('the lock of a run', () => {
  it('has one owner, until it is released', async () => {
    using folder = temporaryFolder();
    const inner = join(folder.path, 'made/on the way');
    const lock = await take(inner);
    const owner = { pid: process.pid, host: hostname() };
    assert.deepEqual(lock.owner, owner);
    assert.deepEqual(await acquireRunLock(inner), { kind: 'error', error: { kind: 'held', owner } });
    await lock.release();
    await lock.release();
    await (await take(inner)).release();
  });

  it('releases only its own', async () => {
    using folder = temporaryFolder();
    const first = await take(folder.path);
    await first.release();
    const second = await take(folder.path);
    await first.release();
    assert.equal((await acquireRunLock(folder.path)).kind, 'error');
    await rm(folder.path, { recursive: true });
    await second.release();
  });

  it('tells a living owner from a dead one', async () => {
    const start = processStart(process.pid);
    assert.match(start ?? '', /^[0-9a-f-]{36}:\d+$/);
    assert.notEqual(start, processStart(1));
    const own = { pid: process.pid, ...(start !== undefined && { start }) };
    await check(own, 0, 'held');
    // Suspended for an hour and still there.
    await check(own, 3600, 'held');
    await check({ pid: process.pid, start: 'another boot:1' }, 0, 'taken');
    await check({ pid: 4_194_303 }, 0, 'taken');
    await check({ pid: process.pid }, 60, 'held');
    await check({ pid: process.pid }, 180, 'taken');
    await check({ pid: 1, host: 'elsewhere' }, 60, 'held');
    await check({ pid: 1, host: 'elsewhere' }, 180, 'taken');
    await check('', 1, 'held');
    await check('{"half', 10, 'taken');
  });

  it('is taken over by exactly one of eight processes when its owner was killed', async () => {
    using folder = temporaryFolder();
    await writeFile(join(folder.path, 'contender.mjs'), program);
    const owner = await contender(folder.path);
    owner.stdin.write('go');
    assert.equal(await answer(owner), 'ok');
    assert.equal((await acquireRunLock(join(folder.path, 'locked'))).kind, 'error');
    await kill(owner);
    const contenders = await Promise.all(Array.from({ length: 8 }, () => contender(folder.path)));
    let left: readonly Contender[] = contenders;
    try {
      // Each round's winner is killed in turn, so that the race is run several times.
      for (let round = 0; round < 6; round += 1) {
        const answers = Promise.all(left.map(answer));
        for (const child of left) child.stdin.write('go');
        const results = await answers;
        assert.deepEqual(
          results.toSorted((one, other) => one.localeCompare(other)),
          [...Array.from({ length: left.length - 1 }, () => 'error'), 'ok'],
        );
        const winner = left[results.indexOf('ok')];
        if (winner !== undefined) await kill(winner);
        left = left.filter((child) => child !== winner);
      }
    } finally {
      await Promise.all(left.map(kill));
    }
  });
});
