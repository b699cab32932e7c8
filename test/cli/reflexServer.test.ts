import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { ServerState } from '../../src/core/reflex/serverState.ts';
import { isAlive, processStart } from '../../src/node/processStart.ts';
import { commandLine, environmentOf, program } from '../support/commandLine.ts';
import { makeRepository } from '../support/gitRepository.ts';
import { finished, type CommandResult } from '../support/scriptedProject.ts';
import { freePort, STAND_IN } from '../support/standIn.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporaryFolder.ts';
import { until } from '../support/until.ts';

const MODEL = 'qwen2.5-coder-7b-instruct';

/** A person with a repository and a local worker, whose own config.toml says how the server is started. */
interface Bench extends AsyncDisposable {
  readonly folder: TemporaryFolder;
  readonly root: string;
  readonly port: number;
  readonly url: string;
  /** Writes the person's own config.toml: the stand-in with these words, and more settings of the table. */
  configure(words: readonly string[], more?: string): void;
  write(toml: string): void;
  speckit(...words: readonly string[]): Promise<CommandResult>;
  json(...words: readonly string[]): Promise<Record<string, unknown>>;
  state(): ServerState;
  readonly environment: Record<string, string>;
}

async function bench(): Promise<Bench> {
  const folder = temporaryFolder();
  const root = folder.join('repository');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/v1`;
  await makeRepository(root, {
    'speckit.toml': `[workers.gpu]\nprovider = "openai-chat"\nmodel = "${MODEL}"\nbase_url = "${url}"\nlocal = true\n`,
  });
  mkdirSync(folder.join('speckit/config'), { recursive: true });
  const environment: Record<string, string> = {};
  const speckit = (...words: readonly string[]): Promise<CommandResult> =>
    commandLine({ cwd: root, home: folder.path, environment }, ...words);
  const write = (toml: string): void => writeFileSync(folder.join('speckit/config/config.toml'), toml);
  return {
    folder,
    root,
    port,
    url,
    environment,
    speckit,
    write,
    configure: (words, more = '') =>
      write(
        `[reflex_server]\ncommand = '''${process.execPath} ${STAND_IN} --port ${port} ${words.join(' ')}'''\nready_seconds = 20\n${more}`,
      ),
    json: async (...words) => JSON.parse((await speckit(...words, '--json')).stdout) as Record<string, unknown>,
    state: () => JSON.parse(readFileSync(folder.join('speckit/state/reflex-server/state.json'), 'utf8')) as ServerState,
    [Symbol.asyncDispose]: async () => {
      await speckit('reflex', 'stop');
      folder[Symbol.dispose]();
    },
  };
}

const isGone = (pid: number): boolean =>
  !isAlive(pid) || processStart(pid) === undefined || processStart(pid) === 'ended';

/** A running server's state without what differs from one start to the next. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, member: unknown) =>
      ['at', 'pid', 'start', 'readyAfterMs', 'latencyMs', 'logFile'].includes(key) ? undefined : member,
    ),
  );
}

const RTX = { name: 'RTX', usedMebibytes: 14541, totalMebibytes: 32607, utilisationPercent: 37, celsius: 61 };

describe('speckit reflex start, stop, restart, status and logs', function () {
  this.timeout(120_000);

  it('starts the server, which outlives the command, and stops it', async () => {
    await using made = await bench();
    made.configure(
      ['--ready-after', '200', '--api-key', 'planted-key'],
      'environment = { CUDA_VISIBLE_DEVICES = "0" }\n',
    );
    made.environment['OPENAI_API_KEY'] = 'planted-too';
    const started = await made.json('reflex', 'start');
    const command = [process.execPath, STAND_IN, '--port', `${made.port}`, '--ready-after', '200', '--api-key'];
    const state = { kind: 'ready', url: made.url, command: [...command, '[hidden]'], attempt: 1, models: [] };
    assert.deepEqual(plain(started), { outcome: 'started', state, exitCode: 0 });
    const { pid } = made.state() as { pid: number };
    assert.ok(isAlive(pid));
    assert.deepEqual(plain(await made.json('reflex', 'start')), { outcome: 'already', state, exitCode: 0 });
    assert.equal((made.state() as { pid: number }).pid, pid);
    const logs = await made.speckit('reflex', 'logs', '--lines', '50');
    assert.equal(logs.exit, 0);
    assert.match(logs.stdout, new RegExp(`cwd=${made.folder.path} hf=none anthropic=none cuda=0`));
    assert.match(logs.stdout, /api_key='\[hidden\]'/);
    assert.doesNotMatch(logs.stdout, /planted/);
    const stopped = await made.speckit('reflex', 'stop');
    assert.deepEqual([stopped.exit, stopped.stdout], [0, 'The server is stopped.\n']);
    assert.ok(isGone(pid));
    assert.deepEqual(await made.json('reflex', 'stop'), { outcome: 'notRunning', exitCode: 0 });
  });

  it('starts once, however many ask at the same time', async () => {
    await using made = await bench();
    made.configure(['--ready-after', '300']);
    const reports = await Promise.all([made.json('reflex', 'start'), made.json('reflex', 'start')]);
    const pids = reports.map(({ state }) => (state as { pid?: number }).pid);
    assert.equal(pids[0], pids[1]);
    assert.deepEqual(
      reports.map(({ exitCode }) => exitCode),
      [0, 0],
    );
  });

  it('restarts it with the command as it is configured now', async () => {
    await using made = await bench();
    made.configure([]);
    await made.json('reflex', 'start');
    const { pid } = made.state() as { pid: number };
    made.configure(['--served-model-name', 'another']);
    const again = await made.json('reflex', 'restart');
    assert.deepEqual((again['state'] as { models: unknown }).models, ['another']);
    assert.ok(isGone(pid));
  });

  it('knows after kill -9 of the supervisor what became of the server, and starts it anew', async () => {
    await using made = await bench();
    made.configure([]);
    await made.json('reflex', 'start');
    const { pid } = made.state() as { pid: number };
    const lock = readFileSync(made.folder.join('speckit/state/reflex-server/lock.1'), 'utf8');
    process.kill((JSON.parse(lock) as { pid: number }).pid, 'SIGKILL');
    await until('the end of the server', () => isGone(pid));
    const status = await made.json('reflex', 'status');
    assert.equal((status['server'] as { supervisor: string }).supervisor, 'killed');
    const text = await made.speckit('reflex', 'status');
    assert.match(
      text.stdout,
      /^SpecKit's process that watches over it was killed, and the server with it\. Start it again: `speckit reflex start`$/m,
    );
    const again = await made.json('reflex', 'start');
    assert.equal(again['outcome'], 'started');
    assert.notEqual((made.state() as { pid: number }).pid, pid);
  });

  it('ends what a killed supervisor and its guard have left before it starts anew', async () => {
    if (process.platform !== 'linux') return;
    await using made = await bench();
    made.configure([]);
    // A process of an earlier supervisor, with no guard: it has the port, and the state names it.
    const left = spawn(process.execPath, [STAND_IN, '--port', String(made.port)], { detached: true, stdio: 'ignore' });
    const pid = left.pid ?? 0;
    mkdirSync(made.folder.join('speckit/state/reflex-server'), { recursive: true });
    const state = {
      kind: 'starting',
      url: made.url,
      at: 1,
      command: [],
      attempt: 1,
      pid,
      start: processStart(pid),
    };
    writeFileSync(made.folder.join('speckit/state/reflex-server/state.json'), JSON.stringify(state));
    const again = await made.json('reflex', 'start');
    assert.equal(again['outcome'], 'started');
    assert.ok(isGone(pid));
    assert.match((await made.speckit('reflex', 'logs')).stdout, new RegExp(`process ${pid} was left of a supervisor`));
  });

  it('gives up on a server that crashes, and says why and what to do', async () => {
    await using made = await bench();
    const line = 'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 4.93 GiB.';
    made.configure(['--ready-after', '9000', '--crash-after', '100', '--print', `"${line}"`]);
    const failed = await made.speckit('reflex', 'start');
    assert.equal(failed.exit, 3);
    assert.equal(
      failed.stdout,
      `The server ended with exit code 1 (The GPU has run out of memory). It was started once and is not started again.\n` +
        `The GPU has run out of memory.\n  ${line}\n` +
        'What to do: End other programs on it (nvidia-smi shows which), lower --mem-fraction-static or --gpu-memory-utilization by 0.05, shorten the context, or take smaller weights. `speckit reflex plan` reckons it.\n',
    );
    const status = await made.speckit('reflex', 'status');
    assert.match(status.stdout, /The GPU has run out of memory\./);
  });

  it('starts a crashed server again with pauses, then gives up', async () => {
    await using made = await bench();
    made.configure(['--crash-after', '50', '--print', '"nobody knows this"'], 'restarts = 1\n');
    const report = await made.json('reflex', 'start');
    const { state } = report as { state: Extract<ServerState, { kind: 'failed' }> };
    assert.deepEqual(
      [report['outcome'], report['exitCode'], state.attempt, state.last.how],
      ['failed', 3, 2, 'ended with exit code 1'],
    );
    assert.ok(state.last.lastLines.includes('nobody knows this'));
  });

  it('adopts a server that runs there already, and never stops it', async () => {
    await using made = await bench();
    made.configure([]);
    const theirs = spawn(process.execPath, [STAND_IN, '--port', String(made.port)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    try {
      await until('the other server', async () => (await made.speckit('reflex', 'health')).exit === 0);
      assert.deepEqual(await made.json('reflex', 'start'), {
        outcome: 'adopted',
        url: made.url,
        models: [MODEL],
        exitCode: 0,
      });
      const stopped = await made.speckit('reflex', 'stop');
      assert.match(stopped.stdout, /^The server was not started by SpecKit, so it is left running\./);
      const restarted = await made.speckit('reflex', 'restart');
      assert.equal(restarted.exit, 12);
      assert.equal(theirs.exitCode, null);
      assert.equal((await made.speckit('reflex', 'health')).exit, 0);
    } finally {
      theirs.kill('SIGKILL');
    }
  });

  it('says that something else has the port, and starts nothing', async () => {
    await using made = await bench();
    made.configure([]);
    // It accepts and speaks no HTTP.
    const other = createServer((socket) => socket.on('error', () => undefined).end('220 smtp\r\n'));
    await new Promise<void>((resolve) => other.listen(made.port, '127.0.0.1', resolve));
    const refused = await made.speckit('reflex', 'start');
    other.close();
    assert.equal(refused.exit, 3, refused.stderr);
    assert.match(
      refused.stderr,
      new RegExp(`^speckit: Something else has 127\\.0\\.0\\.1:${made.port}: .*Nothing was started\\.`),
    );
    assert.deepEqual(plain((await made.json('reflex', 'status'))['server']), { supervisor: 'none' });
  });

  it('goes on starting when the wait is interrupted', async () => {
    await using made = await bench();
    made.configure(['--ready-after', '3000']);
    const waiting = spawn(process.execPath, [program, 'reflex', 'start'], {
      cwd: made.root,
      env: environmentOf({ cwd: made.root, home: made.folder.path }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = finished(waiting);
    let said = '';
    waiting.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
    await until('the start', () => /^Starting the server for 127\.0\.0\.1:\d+: process \d+/.test(said));
    waiting.kill('SIGINT');
    const { exit, stdout } = await ended;
    assert.deepEqual([exit, stdout], [130, 'It goes on starting; `speckit reflex status` shows when it is ready.\n']);
    const later = await made.json('reflex', 'start');
    assert.deepEqual([later['outcome'], later['exitCode']], ['already', 0]);
  });

  it('follows the log until it is interrupted', async () => {
    await using made = await bench();
    made.configure([]);
    await made.json('reflex', 'start');
    const follower = spawn(process.execPath, [program, 'reflex', 'logs', '--follow'], {
      cwd: made.root,
      env: environmentOf({ cwd: made.root, home: made.folder.path }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = finished(follower);
    let seen = '';
    follower.stdout.on('data', (bytes: Buffer) => (seen += bytes.toString()));
    await until('the first lines', () => seen.includes('ready to roll'));
    await made.speckit('reflex', 'stop');
    await until('what comes later', () => / stopped\n/.test(seen));
    follower.kill('SIGINT');
    assert.equal((await ended).exit, 0);
  });
});

describe('what speckit reflex start refuses', function () {
  this.timeout(60_000);

  const refusals: readonly (readonly [name: string, toml: string, expected: RegExp])[] = [
    ['no command', '', /There is no command that starts your server\. Write it into your own .*config\.toml/],
    ['a shell', "[reflex_server]\ncommand = 'a | b'\n", /It is started without a shell/],
    [
      'a server for everybody',
      "[reflex_server]\ncommand = 'python -m sglang.launch_server --host 0.0.0.0'\n",
      /is not started\. It listens on 0\.0\.0\.0, so everybody in your network can use the server, without a key\. Write --host 127\.0\.0\.1, or allow_remote = true under \[reflex_server\] if/,
    ],
    [
      'another port than the one it is asked at',
      "[reflex_server]\ncommand = 'python -m sglang.launch_server --port 30000'\n",
      /serves on port 30000, and the server is asked at 127\.0\.0\.1:\d+\. Write the same port into both\./,
    ],
    [
      'a server on another computer',
      "[reflex_server]\ncommand = 'python -m sglang.launch_server'\nurl = 'http://192.0.2.1:3009/v1'\n",
      /The server is to be reached at 192\.0\.2\.1:3009, which is another computer: start it there\. If it is this computer, write allow_remote = true under \[reflex_server\] in .*config\.toml\./,
    ],
    ['a key that is none', "[reflex_server]\ncommand = 'a'\nrestart = 3\n", /config\.toml:3:1 .*restart/],
  ];
  for (const [name, toml, expected] of refusals)
    it(`${name}: exit 4`, async () => {
      await using made = await bench();
      made.write(toml);
      const refused = await made.speckit('reflex', 'start');
      assert.equal(refused.exit, 4, refused.stderr);
      assert.match(refused.stderr, expected);
    });

  it('a command that a repository names', async () => {
    await using made = await bench();
    writeFileSync(`${made.root}/speckit.toml`, "[reflex_server]\ncommand = 'touch planted'\n");
    const refused = await made.speckit('reflex', 'start');
    assert.equal(refused.exit, 4);
    assert.match(refused.stderr, /speckit\.toml:1:\d+ \[reflex_server\] counts only in your own config\.toml/);
  });

  it('a wish from inside a run', async () => {
    await using made = await bench();
    made.configure([]);
    made.environment['SPECKIT_INSIDE_RUN'] = 'R1';
    for (const action of ['start', 'stop', 'restart', 'supervise']) {
      const refused = await made.speckit('reflex', action);
      assert.equal(refused.exit, 12, action);
      assert.match(refused.stderr, /only a person decides/);
    }
  });

  it('an action that there is not', async () => {
    await using made = await bench();
    const refused = await made.speckit('reflex', 'fly');
    assert.equal(refused.exit, 4);
    assert.match(refused.stderr, /How it is used: speckit reflex health\|models\|status\|start\|stop\|restart\|logs/);
  });
});

describe('978-A5: speckit reflex health', function () {
  this.timeout(60_000);

  it('exits 0 when the server is healthy, and says so', async () => {
    await using made = await bench();
    made.configure([]);
    await made.json('reflex', 'start');
    const healthy = await made.speckit('reflex', 'health');
    assert.equal(healthy.exit, 0);
    assert.match(
      healthy.stdout,
      new RegExp(`^SGLang at 127\\.0\\.0\\.1:${made.port} answers in \\d+ ms and serves ${MODEL}\\.\n$`),
    );
    const { message, ...rest } = plain(await made.json('reflex', 'health')) as Record<string, unknown>;
    assert.match(String(message), /answers in/);
    assert.deepEqual(rest, {
      healthy: true,
      url: made.url,
      worker: 'gpu',
      model: MODEL,
      health: { kind: 'answers', server: 'sglang', models: [MODEL], health: 'good', load: {} },
      exitCode: 0,
    });
    assert.deepEqual(await made.json('reflex', 'models'), {
      url: made.url,
      worker: 'gpu',
      model: MODEL,
      server: 'sglang',
      models: [MODEL],
      exitCode: 0,
    });
    mkdirSync(made.folder.join('bin'));
    writeFileSync(made.folder.join('bin/nvidia-smi'), '#!/bin/sh\necho "14541, 32607, 37, 61, 320.15, 575.00, RTX"\n', {
      mode: 0o755,
    });
    made.environment['PATH'] = `${made.folder.join('bin')}:${process.env['PATH']}`;
    const { health, ...status } = plain(await made.json('reflex', 'status')) as Record<string, unknown>;
    assert.equal((health as { healthy: boolean }).healthy, true);
    assert.deepEqual(status, {
      server: {
        supervisor: 'atWork',
        state: {
          kind: 'ready',
          url: made.url,
          command: [process.execPath, STAND_IN, '--port', `${made.port}`],
          attempt: 1,
          models: [MODEL],
        },
      },
      gpu: {
        kind: 'gpus',
        gpus: [{ ...RTX, watts: 320.15, wattsLimit: 575 }],
      },
      exitCode: 0,
    });
    const shown = await made.speckit('reflex', 'status');
    assert.match(shown.stdout, /^GPU: RTX, 14541 of 32607 MiB used, 61 °C, 320 W$/m);
    assert.match(shown.stdout, /^The server at 127\.0\.0\.1:\d+ is ready after .* s: it serves qwen/m);
  });

  it('exits 1 when nothing listens, and says how to start it', async () => {
    await using made = await bench();
    made.configure([]);
    const down = await made.speckit('reflex', 'health');
    assert.deepEqual(
      [down.exit, down.stdout],
      [
        1,
        `No server answers at 127.0.0.1:${made.port}: nothing listens on its port.\nWhat to do: Start it: \`speckit reflex start\`\n`,
      ],
    );
    assert.deepEqual(await made.json('reflex', 'health'), {
      healthy: false,
      message: `No server answers at 127.0.0.1:${made.port}: nothing listens on its port.`,
      next: 'Start it: `speckit reflex start`',
      url: made.url,
      worker: 'gpu',
      model: MODEL,
      health: { kind: 'refuses', why: 'nothing listens on its port' },
      exitCode: 1,
    });
    assert.equal((await made.speckit('reflex', 'models')).exit, 1);
  });

  it('exits 1 when the server has another model, wants a key, loads, or is something else', async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [
        ['--served-model-name', 'other'],
        /does not serve qwen2\.5-coder-7b-instruct\. It serves other\.\nWhat to do: Write/,
      ],
      [['--api-key', 'k'], /the server wants a key \(status 401\)\.\nWhat to do: Correct the base_url or the key_env/],
      [['--loading', '60000'], /is still loading\.\nWhat to do: Wait for it\./],
      [['--plain'], /no model server answers on this address\.\nWhat to do: Correct the base_url/],
    ];
    for (const [words, expected] of cases) {
      await using made = await bench();
      const server = spawn(process.execPath, [STAND_IN, '--port', String(made.port), ...words], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      try {
        let said = '';
        server.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
        await until('a server that listens', () => said.includes('ready to roll'));
        const ill = await made.speckit('reflex', 'health');
        assert.equal(ill.exit, 1, ill.stdout);
        assert.match(ill.stdout, expected);
      } finally {
        server.kill('SIGKILL');
      }
    }
  });

  it('exits 4 when the configuration names no local server, or cannot be read', async () => {
    await using made = await bench();
    const wrong = await made.json('reflex', 'health', '--worker', 'none');
    assert.deepEqual(wrong, {
      error: { kind: 'configuration', text: 'There is no local worker none. There are: gpu.' },
      exitCode: 4,
    });
    writeFileSync(`${made.root}/speckit.toml`, '');
    const none = await made.speckit('reflex', 'health');
    assert.equal(none.exit, 4);
    assert.match(none.stderr, /No local worker is configured\. Write one into speckit\.toml/);
    writeFileSync(`${made.root}/speckit.toml`, 'odd = 1\n');
    const unread = await made.speckit('reflex', 'health');
    assert.equal(unread.exit, 4);
    assert.match(unread.stderr, /speckit\.toml:1:1/);
  });

  it('needs no repository where config.toml says the address', async () => {
    await using made = await bench();
    made.write(`[reflex_server]\nurl = "${made.url}"\ncommand = "x"\n`);
    const place = { cwd: made.folder.path, home: made.folder.path };
    const down = JSON.parse((await commandLine(place, 'reflex', 'health', '--json')).stdout) as Record<string, unknown>;
    assert.deepEqual([down['healthy'], down['url'], down['worker'], down['exitCode']], [false, made.url, undefined, 1]);
  });
});
