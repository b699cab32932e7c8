import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { ServerState } from '../../../src/core/reflex/serverState.ts';
import { isAlive, processStart } from '../../../src/node/processStart.ts';
import { readServerState } from '../../../src/node/reflex/serverFolder.ts';
import { serverLogFile } from '../../../src/node/reflex/serverLog.ts';
import { superviseServer, type SupervisedServer } from '../../../src/node/reflex/supervisor.ts';
import { askOwner } from '../../../src/node/runRequests.ts';
import { freePort, STAND_IN } from '../../support/standIn.ts';
import { temporaryFolder, type TemporaryFolder } from '../../support/temporaryFolder.ts';
import { until } from '../../support/until.ts';

/** A server under a supervisor in this process. */
interface Bench {
  readonly port: number;
  readonly state: () => Promise<ServerState | undefined>;
  readonly log: () => string;
  readonly end: Promise<ServerState | { readonly kind: 'held' }>;
  /** Asks for the end as `speckit reflex stop` does, and waits for it. */
  stop(): Promise<ServerState | { readonly kind: 'held' }>;
  readonly abort: AbortController;
}

async function supervised(
  folder: TemporaryFolder,
  words: readonly string[],
  more: Partial<SupervisedServer> = {},
): Promise<Bench> {
  const port = await freePort();
  const abort = new AbortController();
  const end = superviseServer(
    {
      folder: folder.path,
      words: [process.execPath, STAND_IN, '--port', String(port), ...words],
      environment: { PATH: process.env['PATH'] ?? '' },
      cwd: folder.path,
      url: `http://127.0.0.1:${port}/v1`,
      secrets: [],
      readySeconds: 20,
      restarts: 2,
      allowRemote: false,
      firstDelayMs: 20,
      graceMs: 2_000,
      lookMs: 50,
      ...more,
    },
    abort.signal,
  );
  end.catch(() => undefined);
  return {
    port,
    end,
    abort,
    state: () => readServerState(folder.path),
    log: () => (existsSync(serverLogFile(folder.path)) ? readFileSync(serverLogFile(folder.path), 'utf8') : ''),
    stop: async () => {
      // A supervisor that has only just begun forgets what was asked before its time.
      for (;;) {
        await askOwner(folder.path, 'stop');
        const last = await Promise.race([end, wait(100)]);
        if (last !== undefined) return last;
      }
    },
  };
}

async function ready(bench: Bench): Promise<Extract<ServerState, { kind: 'ready' }>> {
  await until('a server that is ready', async () => (await bench.state())?.kind === 'ready');
  const state = await bench.state();
  assert.ok(state?.kind === 'ready');
  return state;
}

const isGone = (pid: number): boolean =>
  !isAlive(pid) || processStart(pid) === undefined || processStart(pid) === 'ended';

/** A state without the times and process numbers. */
function plain(state: ServerState | { readonly kind: 'held' } | undefined): object {
  const {
    at: _at,
    pid: _pid,
    start: _start,
    readyAfterMs: _ready,
    command: _command,
    url: _url,
    ...rest
  } = (state ?? {}) as Record<string, unknown>;
  return rest;
}

describe('the supervisor of the local server', function () {
  this.timeout(60_000);

  it('starts it, says when it is ready, and stops it', async () => {
    using folder = temporaryFolder();
    const bench = await supervised(folder, ['--ready-after', '300', '--served-model-name', 'qwen']);
    await until('a server that starts', async () => (await bench.state())?.kind === 'starting');
    const state = await ready(bench);
    assert.deepEqual(plain(state), { kind: 'ready', attempt: 1, models: ['qwen'] });
    assert.ok(state.readyAfterMs >= 300 && isAlive(state.pid));
    assert.deepEqual(plain(await bench.stop()), { kind: 'stopped', attempt: 1 });
    assert.deepEqual(await bench.state(), await bench.end);
    assert.ok(isGone(state.pid));
    assert.match(bench.log(), /^speckit \S+ start 1: .*standInServer\.mjs/);
    assert.match(bench.log(), /The server is fired up and ready to roll!\n/);
  });

  it('waits for a server that opens its port before it has loaded', async () => {
    using folder = temporaryFolder();
    const bench = await supervised(folder, ['--loading', '600']);
    const { readyAfterMs } = await ready(bench);
    assert.ok(readyAfterMs >= 600, `${readyAfterMs} ms`);
    await bench.stop();
  });

  it('is the only one', async () => {
    using folder = temporaryFolder();
    const first = await supervised(folder, []);
    await ready(first);
    const second = await supervised(folder, []);
    assert.deepEqual(await second.end, { kind: 'held' });
    await first.stop();
  });

  it('ends the whole tree in time: a server that ignores SIGTERM, and what has left its group', async () => {
    using folder = temporaryFolder();
    const child = folder.join('child');
    const bench = await supervised(folder, ['--ignore-term', '--child', child], { graceMs: 500 });
    const { pid } = await ready(bench);
    const childPid = Number(readFileSync(child, 'utf8'));
    assert.ok(isAlive(childPid));
    const begun = performance.now();
    assert.equal((await bench.stop()).kind, 'stopped');
    const took = performance.now() - begun;
    assert.ok(took >= 400 && took < 5_000, `${took} ms`);
    await until('the end of both', async () => isGone(pid) && isGone(childPid));
    assert.match(bench.log(), /SIGTERM is not for me/);
  });

  it('starts a crashed server again and again, then gives up and says why', async () => {
    using folder = temporaryFolder();
    const bench = await supervised(folder, ['--crash-after', '200', '--print', 'something nobody knows']);
    const end = await bench.end;
    assert.ok(end.kind === 'failed');
    const { last, ...rest } = plain(end) as { last: { at: number; lastLines: readonly string[] } };
    assert.deepEqual(rest, { kind: 'failed', attempt: 3 });
    const { at: _at, lastLines, ...told } = last;
    assert.deepEqual(told, { how: 'ended with exit code 1' });
    // Two streams: which comes first is chance.
    assert.deepEqual(lastLines.toSorted(), [
      'INFO:     Application startup complete.',
      'Received sigquit from a child process. It usually means the child failed.',
      'The server is fired up and ready to roll!',
      `cwd=${folder.path} hf=none anthropic=none cuda=none`,
      'something nobody knows',
    ]);
    assert.deepEqual(bench.log().match(/start \d/g), ['start 1', 'start 2', 'start 3']);
  });

  it('is over a crash with the next start', async () => {
    using folder = temporaryFolder();
    const count = folder.join('count');
    const crash = ['--crash-after', '600', '--crash-times', '1', '--count-file', count];
    const bench = await supervised(folder, [...crash, '--print', 'torch.OutOfMemoryError: CUDA out of memory.']);
    await until('the second start', async () => {
      const state = await bench.state();
      return state?.kind === 'ready' && state.attempt === 2;
    });
    await bench.stop();
  });

  it('does not try again what would only fail again', async () => {
    using folder = temporaryFolder();
    const line = 'RuntimeError: Cannot find any model weights with `/models/x`';
    const bench = await supervised(folder, ['--crash-after', '50', '--ready-after', '9000', '--print', line]);
    const end = await bench.end;
    assert.ok(end.kind === 'failed');
    assert.deepEqual([end.attempt, end.last.fault?.kind, end.last.fault?.line], [1, 'noWeights', line]);
  });

  it('says that there is no such program', async () => {
    using folder = temporaryFolder();
    const bench = await supervised(folder, [], { words: ['/opt/none/python', '-m', 'sglang.launch_server'] });
    const end = await bench.end;
    assert.ok(end.kind === 'failed');
    assert.deepEqual(
      [end.attempt, end.last.how, end.last.fault?.kind],
      [1, '/opt/none/python: no such executable', 'missingExecutable'],
    );
  });

  it('ends a server that is not ready in its time, and names the fault it printed meanwhile', async () => {
    using folder = temporaryFolder();
    const late = await supervised(folder, ['--ready-after', '60000'], { readySeconds: 0.3 });
    const end = await late.end;
    assert.ok(end.kind === 'failed');
    assert.equal(end.last.fault?.kind, 'notReady');
    using other = temporaryFolder();
    const words = ['--ready-after', '60000', '--print', 'RuntimeError: No CUDA GPUs are available'];
    const hung = await (await supervised(other, words, { readySeconds: 0.3 })).end;
    assert.ok(hung.kind === 'failed');
    assert.equal(hung.last.fault?.kind, 'noGpu');
  });

  it('ends a server that everybody can reach, unless that is wanted', async () => {
    if (process.platform !== 'linux') return;
    using folder = temporaryFolder();
    const open = await (await supervised(folder, ['--host', '0.0.0.0'])).end;
    assert.ok(open.kind === 'failed');
    assert.deepEqual([open.attempt, open.last.fault?.kind], [1, 'openToAll']);
    const allowed = await supervised(folder, ['--host', '0.0.0.0'], { allowRemote: true });
    await ready(allowed);
    await allowed.stop();
  });

  it('says that the port is taken', async () => {
    using folder = temporaryFolder();
    const port = await freePort();
    const other = createServer((_, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    const words = [process.execPath, STAND_IN, '--port', String(port)];
    const end = await (await supervised(folder, [], { words, url: `http://127.0.0.1:${port}/v1` })).end;
    await new Promise((resolve) => other.close(resolve));
    assert.ok(end.kind === 'failed');
    assert.deepEqual([end.attempt, end.last.fault?.kind], [1, 'portTaken']);
  });

  it('stops while it waits for the next start', async () => {
    using folder = temporaryFolder();
    const bench = await supervised(folder, ['--crash-after', '50'], { firstDelayMs: 60_000 });
    await until('a server that waits', async () => (await bench.state())?.kind === 'waiting');
    bench.abort.abort();
    assert.deepEqual(plain(await bench.end), { kind: 'stopped', attempt: 1 });
  });

  it('writes no key into the log or the state', async () => {
    using folder = temporaryFolder();
    const bench = await supervised(folder, ['--api-key', 'planted-key-1'], {
      secrets: ['planted-key-1'],
      key: 'planted-key-1',
    });
    const state = await ready(bench);
    await bench.stop();
    assert.match(bench.log(), /api_key='\[hidden\]'/);
    assert.doesNotMatch(`${bench.log()}${JSON.stringify(state)}`, /planted-key-1/);
    assert.equal(statSync(serverLogFile(folder.path)).mode & 0o077, 0);
  });
});
