import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ProcessOutcome, ProcessRequest, ProcessResult } from '../../src/core/ports.ts';
import { createProcesses } from '../../src/node/processes.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const unlimited = new AbortController().signal;

function runCommand(
  command: readonly string[] | string,
  settings: Partial<ProcessRequest> = {},
  signal: AbortSignal = unlimited,
): Promise<ProcessResult> {
  const request: ProcessRequest = {
    command: typeof command === 'string' ? { kind: 'shell', line: command } : { kind: 'argv', argv: command },
    cwd: process.cwd(),
    deadlineMs: 20_000,
    outputCapBytes: 10_000,
    ...settings,
  };
  return createProcesses().run(request, () => undefined, signal);
}

async function check(
  command: readonly string[] | string,
  outcome: ProcessOutcome,
  output: string,
  settings: Partial<ProcessRequest> = {},
): Promise<void> {
  const { durationMs, ...rest } = await runCommand(command, settings);
  assert.deepEqual(rest, { outcome, output, omittedBytes: 0, sandbox: 'none' });
  assert.ok(durationMs >= 0 && durationMs < 20_000);
}

/** Whether a process runs: it has an entry under /proc and is no zombie. */
function isRunning(processId: number): boolean {
  const file = `/proc/${processId}/stat`;
  return existsSync(file) && !/\) [ZX] /.test(readFileSync(file, 'utf8'));
}

async function goneWithin(processId: number, limitMs: number): Promise<boolean> {
  const until = performance.now() + limitMs;
  while (isRunning(processId) && performance.now() < until) await wait(5);
  return !isRunning(processId);
}

async function processIdIn(file: string): Promise<number> {
  for (let tries = 0; tries < 400; tries += 1) {
    const text = existsSync(file) ? await readFile(file, 'utf8') : '';
    if (text.endsWith('\n')) return Number(text);
    await wait(5);
  }
  throw new Error('no process id was written');
}

/** A child with a grandchild, neither of which heeds SIGTERM; the grandchild writes its process id. */
const stubbornFamily = `trap '' TERM; (trap '' TERM; sh -c 'echo $PPID' > pid; while :; do sleep 0.05; done) & while :; do sleep 0.05; done`;

describe('running a command', () => {
  it('reports the exit code and the output', async () => {
    await check(['sh', '-c', 'echo one; exit 3'], { kind: 'exited', exitCode: 3 }, 'one\n');
    await check('echo one && echo two >&2', { kind: 'exited', exitCode: 0 }, 'one\ntwo\n');
    await check(['true'], { kind: 'exited', exitCode: 0 }, '');
  });
  it('does not read an argument as shell', () =>
    check(['printf', '%s', '$(id) ; "'], { kind: 'exited', exitCode: 0 }, '$(id) ; "'));
  it('reports the signal that ended the command', () =>
    check('kill -9 $$', { kind: 'signalled', signal: 'SIGKILL' }, ''));
  it('gives no stdin to wait for', () => check(['cat'], { kind: 'exited', exitCode: 0 }, ''));
  it('runs in the folder asked for', async () => {
    using folder = temporaryFolder('with space é-');
    await check(['pwd'], { kind: 'exited', exitCode: 0 }, `${folder.path}\n`, { cwd: folder.path });
  });
  it('gives a plain environment', () =>
    check('echo "$CI $NO_COLOR $FORCE_COLOR $A $X_API_KEY."', { kind: 'exited', exitCode: 0 }, '1 1 0 b .\n', {
      environment: { A: 'b', X_API_KEY: 'seen' },
    }));

  it('says what cannot be started, without absolute paths', async () => {
    using folder = temporaryFolder();
    await check(['no-such-tool'], { kind: 'notFound', message: 'no-such-tool: no such executable' }, '');
    await check([], { kind: 'notFound', message: 'the command is empty' }, '');
    await check(['true'], { kind: 'notFound', message: 'the folder to run in does not exist' }, '', {
      cwd: join(folder.path, 'gone'),
    });
    await writeFile(join(folder.path, 'plain'), 'text');
    await chmod(join(folder.path, 'plain'), 0o644);
    await check(['./plain'], { kind: 'notFound', message: './plain: cannot be started (EACCES)' }, '', {
      cwd: folder.path,
    });
    const withNul = await runCommand(['echo', 'a\0b']);
    assert.equal(withNul.outcome.kind, 'notFound');
  });

  it('passes output on as it comes, with characters whole', async () => {
    const pieces: string[] = [];
    const request: ProcessRequest = {
      command: { kind: 'shell', line: `printf '\\342\\202'; sleep 0.1; printf '\\254\\n'; sleep 0.1; printf end` },
      cwd: process.cwd(),
      deadlineMs: 5000,
      outputCapBytes: 1000,
    };
    const result = await createProcesses().run(request, (text) => pieces.push(text), unlimited);
    assert.deepEqual([pieces, result.output], [['€\n', 'end'], '€\nend']);
  });

  it('keeps the ends of 50 MB', async () => {
    const line = `echo first; head -c 50000000 /dev/zero | tr '\\0' x; echo last`;
    const { outcome, output, omittedBytes } = await runCommand(line, { outputCapBytes: 3000 });
    assert.deepEqual(outcome, { kind: 'exited', exitCode: 0 });
    assert.equal(omittedBytes, 50_000_000 + 6 + 5 - 3000);
    assert.ok(output.startsWith('first\nxxx') && output.endsWith('xxxlast\n') && output.length < 3100);
  });

  it('waits for a command that has closed its output', () =>
    check('echo out; exec >&- 2>&-; sleep 0.3; exit 7', { kind: 'exited', exitCode: 7 }, 'out\n'));
});

describe('ending a command', () => {
  it('ends the whole group at the deadline, SIGTERM ignored or not', async () => {
    using folder = temporaryFolder();
    const result = await runCommand(stubbornFamily, { cwd: folder.path, deadlineMs: 400 });
    assert.deepEqual(result.outcome, { kind: 'deadline', afterMs: 400 });
    assert.ok(result.durationMs >= 400 && result.durationMs < 5_000, `${result.durationMs} ms`);
    assert.ok(!isRunning(await processIdIn(join(folder.path, 'pid'))));
  });

  it('is over within 500 ms of a stop', async () => {
    using folder = temporaryFolder();
    const stop = new AbortController();
    const running = runCommand(stubbornFamily, { cwd: folder.path }, stop.signal);
    const grandchild = await processIdIn(join(folder.path, 'pid'));
    assert.ok(isRunning(grandchild));
    const stoppedAt = performance.now();
    stop.abort();
    assert.deepEqual((await running).outcome, { kind: 'stopped' });
    const tookMs = performance.now() - stoppedAt;
    assert.ok(tookMs < 500, `${tookMs} ms`);
    assert.ok(!isRunning(grandchild));
  });

  it('lets a command that heeds SIGTERM end by itself', async () => {
    const stop = new AbortController();
    const request: ProcessRequest = {
      command: { kind: 'shell', line: `trap 'echo bye; exit 0' TERM; echo ready; while :; do :; done` },
      cwd: process.cwd(),
      deadlineMs: 5000,
      outputCapBytes: 1000,
    };
    const result = await createProcesses().run(request, () => stop.abort(), stop.signal);
    assert.deepEqual([result.outcome.kind, result.output], ['stopped', 'ready\nbye\n']);
  });

  it('starts nothing after a stop', async () => {
    using folder = temporaryFolder();
    const result = await runCommand('touch made', { cwd: folder.path }, AbortSignal.abort());
    assert.deepEqual(result.outcome, { kind: 'stopped' });
    assert.ok(!existsSync(join(folder.path, 'made')));
  });

  it('ends what a finished command left running', async () => {
    using folder = temporaryFolder();
    const result = await runCommand(`(trap '' TERM; exec sleep 30) & echo $! > pid; echo done; exit 5`, {
      cwd: folder.path,
    });
    assert.deepEqual([result.outcome, result.output], [{ kind: 'exited', exitCode: 5 }, 'done\n']);
    assert.ok(result.durationMs < 3000, `${result.durationMs} ms`);
    assert.ok(!isRunning(await processIdIn(join(folder.path, 'pid'))));
  });

  it('does not wait for a process that left the group and holds the output', async () => {
    using folder = temporaryFolder();
    const result = await runCommand(
      `setsid sh -c 'echo $$ > pid; exec sleep 30' & while [ ! -s pid ]; do sleep 0.01; done`,
      {
        cwd: folder.path,
      },
    );
    process.kill(await processIdIn(join(folder.path, 'pid')), 'SIGKILL');
    assert.deepEqual(result.outcome, { kind: 'exited', exitCode: 0 });
    assert.ok(result.durationMs < 3000, `${result.durationMs} ms`);
  });

  it('ends the group when this process exits', async () => {
    using folder = temporaryFolder();
    const program = `
      import { createProcesses } from ${JSON.stringify(resolve('src/node/processes.ts'))};
      import { existsSync, readFileSync } from 'node:fs';
      const request = { command: { kind: 'shell', line: ${JSON.stringify(stubbornFamily)} }, cwd: process.cwd(), deadlineMs: 20000, outputCapBytes: 10 };
      void createProcesses().run(request, () => undefined, new AbortController().signal);
      setInterval(() => existsSync('pid') && readFileSync('pid', 'utf8').endsWith('\\n') && process.exit(0), 20);`;
    await writeFile(join(folder.path, 'host.mjs'), program);
    await promisify(execFile)(process.execPath, ['host.mjs'], { cwd: folder.path });
    assert.ok(await goneWithin(await processIdIn(join(folder.path, 'pid')), 300));
  });

  it('lets this process end when no command runs', async () => {
    const before = process.listenerCount('exit');
    await runCommand(['true']);
    assert.equal(process.listenerCount('exit'), before);
  });
});

it('the check for running processes can tell', async () => {
  const child = spawn('sleep', ['30']);
  const processId = child.pid ?? 0;
  assert.ok(isRunning(processId));
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.ok(!isRunning(processId));
});
