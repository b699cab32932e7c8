import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { localWorkers, readReflex, type ReflexReading, type ReflexRequest } from '../../src/app/reflex.ts';
import { createServices, type Host } from '../../src/app/services.ts';
import { configurationSchema } from '../../src/core/settings.ts';
import { createProcesses } from '../../src/node/processes.ts';
import { makeRepository } from '../support/gitRepository.ts';
import { withRawServer } from '../support/rawServer.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const never = new AbortController().signal;
const MODELS = '{"data":[{"id":"qwen","owned_by":"vllm"}]}';

/** Reads in a repository with this speckit.toml, with a GPU of 32 GB. */
async function read(configuration: string, request: Partial<ReflexRequest> = {}): Promise<ReflexReading> {
  using folder = temporaryFolder();
  const repository = folder.join('repository');
  await makeRepository(repository, { 'speckit.toml': configuration });
  const smi = folder.join('nvidia-smi');
  writeFileSync(smi, '#!/bin/sh\necho "14541, 32607, 37, 61, 320.15, 575.00, RTX"\n');
  chmodSync(smi, 0o755);
  const host: Host = {
    folder: repository,
    installation: path.resolve(import.meta.dirname, '../..'),
    environment: { XDG_CONFIG_HOME: folder.join('config') },
    program: 'test',
    person: 'test',
    secret: () => Promise.resolve(undefined),
    provider: () => undefined,
    onEvent: () => undefined,
    onProgress: () => undefined,
    signal: never,
  };
  const services = { ...createServices(host), processes: createProcesses({ PATH: `${folder.path}:/usr/bin:/bin` }) };
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
            gpus: [{ name: 'RTX', usedMebibytes: 14541, totalMebibytes: 32607, utilisationPercent: 37, celsius: 61 }],
          },
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

  it('says what is wrong with the configuration', async () => {
    const reading = await read('odd = 1\n');
    assert.ok(reading.kind === 'none' && reading.why.includes('speckit.toml:1:1'), JSON.stringify(reading));
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
