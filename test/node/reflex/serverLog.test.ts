import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { lastOfLog, moreOfLog, openServerLog } from '../../../src/node/reflex/serverLog.ts';
import { listensForOthers } from '../../../src/node/reflex/listeners.ts';
import { serverEnvironment } from '../../../src/node/reflex/serverEnvironment.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

describe('the log of the local server', () => {
  it('is rotated once at its cap, so that it stays small', () => {
    using folder = temporaryFolder();
    const log = openServerLog(folder.path, 1_000);
    for (let number = 0; number < 100; number += 1) log.add(`line ${number} ${'x'.repeat(40)}\n`);
    assert.deepEqual(readdirSync(folder.path).toSorted(), ['server.log', 'server.log.1']);
    for (const name of ['server.log', 'server.log.1']) assert.ok(statSync(folder.join(name)).size <= 1_000);
    assert.match(readFileSync(folder.join('server.log'), 'utf8'), /line 99 x+\n$/);
    // Another start appends, and counts what is there.
    openServerLog(folder.path, 1_000).add(`${'y'.repeat(900)}\n`);
    assert.equal(readFileSync(folder.join('server.log'), 'utf8'), `${'y'.repeat(900)}\n`);
  });

  it('is shown by its last lines, and from there on', async () => {
    using folder = temporaryFolder();
    assert.deepEqual(await lastOfLog(folder.path, 2), { text: '', position: 0 });
    const log = openServerLog(folder.path, 100);
    log.add('one\ntwo\nthree\n');
    const last = await lastOfLog(folder.path, 2);
    assert.deepEqual(last, { text: 'two\nthree\n', position: 14 });
    assert.deepEqual(await moreOfLog(folder.path, last.position), { text: '', position: 14 });
    log.add('four\n');
    assert.deepEqual(await moreOfLog(folder.path, last.position), { text: 'four\n', position: 19 });
  });

  it('says how much could not be written', () => {
    using folder = temporaryFolder();
    const log = openServerLog(folder.path);
    for (const [lost, told] of [
      [1, '[1 piece of output could not be written]'],
      [2, '[2 pieces of output could not be written]'],
    ] as const) {
      // A folder in its place takes no text, as a full disk does not.
      mkdirSync(folder.join('server.log'));
      for (let piece = 0; piece < lost; piece += 1) log.add('lost\n');
      rmdirSync(folder.join('server.log'));
      log.add('kept\n');
      assert.equal(readFileSync(folder.join('server.log'), 'utf8'), `${told}\nkept\n`);
      rmSync(folder.join('server.log'));
    }
  });

  it('is followed over a rotation without a gap', async () => {
    using folder = temporaryFolder();
    const log = openServerLog(folder.path, 20);
    log.add('0123456789\n');
    const { position } = await lastOfLog(folder.path, 10);
    log.add('abc\n');
    log.add('after\n');
    assert.deepEqual(await moreOfLog(folder.path, position), { text: 'abc\nafter\n', position: 6 });
  });
});

describe('who can reach a port', () => {
  const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
  const line = (address: string, state = '0A'): string =>
    `${HEAD}   0: ${address} 00000000:0000 ${state} 00000000:00000000 0\n`;
  const CASES: readonly (readonly [string, string, boolean])[] = [
    ['127.0.0.1', line('0100007F:0BC1'), false],
    ['127.0.1.1', line('0101007F:0BC1'), false],
    ['all of IPv4', line('00000000:0BC1'), true],
    ['192.168.1.5', line('0501A8C0:0BC1'), true],
    ['::1', line('00000000000000000000000001000000:0BC1'), false],
    ['all of IPv6', line('00000000000000000000000000000000:0BC1'), true],
    ['127.0.0.1 as IPv6', line('0000000000000000FFFF00000100007F:0BC1'), false],
    ['a connection and no listener', line('0501A8C0:0BC1', '01'), false],
    ['another port', line('00000000:0BC2'), false],
    ['an empty table', '', false],
  ];
  for (const [name, table, expected] of CASES)
    it(`${name}: ${expected ? 'others' : 'nobody else'}`, () => assert.equal(listensForOthers(table, 3009), expected));
});

describe('the environment of the local server', () => {
  it("is the person's, without keys and what steers us, with what they name", () => {
    const inherited = {
      PATH: '/bin',
      HF_HOME: '/models',
      HF_TOKEN: 'hf-1',
      OPENAI_API_KEY: 'sk-1',
      AWS_SECRET_ACCESS_KEY: 'aws-1',
      NODE_OPTIONS: '--inspect',
      GIT_DIR: '/x',
      VSCODE_PID: '1',
      SPECKIT_HOME: '/s',
      EMPTY: undefined,
    };
    assert.deepEqual(serverEnvironment({ inherited, given: { CUDA_VISIBLE_DEVICES: '0' }, keys: ['HF_TOKEN'] }), {
      environment: {
        PYTHONUNBUFFERED: '1',
        PATH: '/bin',
        HF_HOME: '/models',
        HF_TOKEN: 'hf-1',
        CUDA_VISIBLE_DEVICES: '0',
      },
      secrets: ['hf-1'],
    });
  });
});
