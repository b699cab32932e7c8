import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  createReflexReader,
  localWorkers,
  readReflex,
  type ReflexReading,
  type ReflexRequest,
} from '../../src/app/reflex.ts';
import { createServices, type Host } from '../../src/app/services.ts';
import { configurationSchema } from '../../src/core/settings.ts';
import type { ServerState } from '../../src/core/reflex/serverState.ts';
import { createProcesses } from '../../src/node/processes.ts';
import { serverFolder } from '../../src/node/reflex/serverFolder.ts';
import { makeRepository } from '../support/gitRepository.ts';
import { withRawServer } from '../support/rawServer.ts';
import { hostOf } from '../support/projectApp.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const never = new AbortController().signal;
const MODELS = '{"data":[{"id":"qwen","owned_by":"vllm"}]}';

interface Around {
  readonly state?: ServerState;
  readonly environment?: Host['environment'];
  /** The person's own config.toml. */
  readonly person?: string;
}

/** Reads in a repository with this speckit.toml, with a GPU of 32 GB. */
async function read(
  configuration: string,
  request: Partial<ReflexRequest> = {},
  { state, environment, person }: Around = {},
): Promise<ReflexReading> {
  using folder = temporaryFolder();
  const repository = folder.join('repository');
  await makeRepository(repository, { 'speckit.toml': configuration });
  const smi = folder.join('nvidia-smi');
  writeFileSync(smi, '#!/bin/sh\necho "14541, 32607, 37, 61, 320.15, 575.00, RTX"\n');
  chmodSync(smi, 0o755);
  const host = hostOf({
    root: repository,
    environment: { XDG_CONFIG_HOME: folder.join('config'), XDG_STATE_HOME: folder.join('state'), ...environment },
  });
  const services = { ...createServices(host), processes: createProcesses({ PATH: `${folder.path}:/usr/bin:/bin` }) };
  if (person !== undefined) {
    mkdirSync(folder.join('config/speckit'), { recursive: true });
    writeFileSync(folder.join('config/speckit/config.toml'), person);
  }
  if (state !== undefined) {
    mkdirSync(serverFolder(services.folders.state), { recursive: true });
    writeFileSync(path.join(serverFolder(services.folders.state), 'state.json'), JSON.stringify(state));
  }
  return await readReflex(services, { depth: 'light', ...request }, never);
}

const worker = (name: string, url: string): string =>
  `[workers.${name}]\nprovider = "openai-chat"\nmodel = "qwen"\nbase_url = "${url}"\nlocal = true\n`;

describe('one look at the local server and its GPU', () => {
  it('tells both', () =>
    withRawServer('application/json', MODELS, async (url) => {
      const reading = await read(worker('gpu', `${url}/v1`));
      assert.ok(reading.kind === 'read' && reading.health.kind === 'answers');
      const { latencyMs: _, ...health } = reading.health;
      assert.deepEqual(
        { ...reading, health },
        {
          kind: 'read',
          worker: 'gpu',
          model: 'qwen',
          baseUrl: `${url}/v1`,
          health: { kind: 'answers', server: 'vllm', models: ['qwen'], health: 'unknown', load: {} },
          vram: {
            kind: 'gpus',
            gpus: [
              {
                name: 'RTX',
                usedMebibytes: 14541,
                totalMebibytes: 32607,
                utilisationPercent: 37,
                celsius: 61,
                watts: 320.15,
                wattsLimit: 575,
              },
            ],
          },
          place: { kind: 'here', computer: os.hostname() },
        },
      );
      // What goes to the host's main thread must survive the way there.
      assert.deepEqual(structuredClone(reading), reading);
    }));

  it('says that there is nothing to look at', async () => {
    assert.deepEqual(await read(''), { kind: 'none', why: 'no local worker is configured' });
    assert.deepEqual(await read(worker('gpu', 'http://127.0.0.1:1/v1'), { worker: 'other' }), {
      kind: 'none',
      why: 'there is no local worker other',
    });
  });

  it('tells why [reflex] is not promoted, where that is asked', () =>
    withRawServer('application/json', MODELS, async (url) => {
      const reflex = `[reflex]\nenabled = true\nendpoint = "${url}/v1"\nmodel = "qwen"\n`;
      const promotionOf = async (request: Partial<ReflexRequest>) => {
        const reading = await read(reflex, request);
        return reading.kind === 'read' ? reading.promotion : reading;
      };
      assert.deepEqual(await promotionOf({ promotion: 'read' }), {
        kind: 'none',
        why: 'there is no readable report of a bake-off: `speckit reflex bakeoff` makes one',
      });
      assert.equal(await promotionOf({}), undefined);
    }));

  it('tells no promotion of another worker, nor of a server that does not answer', async () => {
    const asked = { promotion: 'read' } as const;
    const closed = await read('[reflex]\nenabled = true\nendpoint = "http://127.0.0.1:1/v1"\n', asked);
    assert.ok(closed.kind === 'read' && closed.worker === 'reflex' && closed.promotion === undefined);
    await withRawServer('application/json', MODELS, async (url) => {
      const other = await read(worker('gpu', `${url}/v1`), asked);
      assert.ok(other.kind === 'read' && other.promotion === undefined);
    });
  });

  it('tells what the supervisor wrote down about this server, and of no other', async () => {
    const stopped: ServerState = { kind: 'stopped', url: 'http://127.0.0.1:1/v1', at: 0, command: ['x'], attempt: 1 };
    const running: ServerState = { ...stopped, kind: 'ready', pid: 1, models: [], readyAfterMs: 1 };
    for (const [port, written, expected] of [
      [1, stopped, 'stopped'],
      [2, stopped, undefined],
      // Nobody holds the lock of a supervisor here.
      [1, running, 'killed'],
    ] as const) {
      const reading = await read(worker('gpu', `http://127.0.0.1:${port}/v1`), {}, { state: written });
      assert.deepEqual(reading.kind === 'read' && reading.supervised, expected);
    }
  });

  it('tells which machine it is: this one, its WSL, or another one whose GPU is not ours to read', async () => {
    const environment = { WSL_DISTRO_NAME: 'Ubuntu' };
    const here = await read(worker('gpu', 'http://127.0.0.1:1/v1'), {}, { environment });
    assert.deepEqual(here.kind === 'read' && here.place, { kind: 'here', computer: `${os.hostname()} (WSL Ubuntu)` });
    // Only a person may say that a server elsewhere is their own.
    const there = await read('', {}, { person: worker('gpu', 'https://gpu-box.invalid:3009/v1') });
    assert.ok(there.kind === 'read');
    assert.deepEqual(
      [there.place, there.vram],
      [
        { kind: 'elsewhere', host: 'gpu-box.invalid:3009', computer: os.hostname() },
        { kind: 'none', why: 'the server is on another machine (gpu-box.invalid:3009)' },
      ],
    );
  });

  it('says what is wrong with the configuration', async () => {
    const reading = await read('odd = 1\n');
    assert.ok(reading.kind === 'none' && reading.why.includes('speckit.toml:1:1'), JSON.stringify(reading));
  });
});

describe('a reader of the local server', () => {
  it('asks git once a minute where the repository lies, and reads the configuration each time', async () => {
    using folder = temporaryFolder();
    const repository = folder.join('repository');
    await makeRepository(repository, { 'speckit.toml': worker('one', 'http://127.0.0.1:1/v1') });
    let now = 0;
    const host = hostOf({
      root: repository,
      environment: { XDG_CONFIG_HOME: folder.join('config'), XDG_STATE_HOME: folder.join('state') },
    });
    const readOnce = createReflexReader({ ...createServices(host), clock: { now: () => now } });
    const workerOf = async (): Promise<string> => {
      const reading = await readOnce({ depth: 'light', nvidiaSmi: '/nonexistent' }, never);
      return reading.kind === 'read' ? reading.worker : 'none';
    };
    assert.equal(await workerOf(), 'one');
    renameSync(path.join(repository, '.git'), folder.join('gone'));
    writeFileSync(path.join(repository, 'speckit.toml'), worker('two', 'http://127.0.0.1:1/v1'));
    now = 59_999;
    assert.equal(await workerOf(), 'two');
    now = 60_000;
    assert.equal(await workerOf(), 'none');
  });
});

describe('the local workers', () => {
  const settings = configurationSchema.parse({
    workers: {
      spare: { provider: 'openai-chat', model: 'a', base_url: 'http://127.0.0.1:1', local: true },
      cloud: { provider: 'anthropic', model: 'b' },
      tape: { provider: 'recorded', model: 'c', local: true },
      editor: { provider: 'editor', model: 'd' },
      first: { provider: 'openai-chat', model: 'e', base_url: 'http://127.0.0.1:2', local: true },
    },
    routing: { implementer: ['cloud', 'first', 'constructor'] },
  });
  it('are those with a server, the first the implementer calls first', () =>
    assert.deepEqual(localWorkers(settings), ['first', 'spare']));
});
