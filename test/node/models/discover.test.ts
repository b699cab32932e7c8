import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { discoverModels, type ServerKind } from '../../../src/node/models/discover.ts';
import { startScriptedModelServer, type ScriptedModelServerOptions } from '../../support/scriptedModelServer.ts';

const signal = new AbortController().signal;

async function checkServer(
  options: ScriptedModelServerOptions,
  expected: { readonly server: ServerKind; readonly models: readonly string[] } | undefined,
): Promise<void> {
  const server = await startScriptedModelServer([], options);
  try {
    const found = await discoverModels({ environment: {}, ports: [server.port], timeoutMs: 5_000 }, signal);
    const { port } = server;
    assert.deepEqual(found, expected ? [{ kind: 'server', port, baseUrl: `${server.url}/v1`, ...expected }] : []);
  } finally {
    await server.close();
  }
}

describe('discoverModels', () => {
  const owners: readonly (readonly [owner: string, server: ServerKind])[] = [
    ['sglang', 'sglang'],
    ['vllm', 'vllm'],
    ['library', 'ollama'],
    ['llamacpp', 'llama.cpp'],
    ['organization_owner', 'lmstudio'],
    // A name that every object has, which a careless look-up would find.
    ['constructor', 'unknown'],
  ];
  for (const [owner, server] of owners) {
    it(`takes a server whose models belong to ${owner} for ${server}`, () =>
      checkServer({ models: [{ id: 'qwen', owned_by: owner }] }, { server, models: ['qwen'] }));
  }
  it('knows llama.cpp by its header', () =>
    checkServer({ models: [{ id: 'a' }], serverName: 'llama.cpp' }, { server: 'llama.cpp', models: ['a'] }));
  it('shows at most 20 models', () => {
    const ids = Array.from({ length: 30 }, (_, index) => `m${index}`);
    return checkServer({ models: ids.map((id) => ({ id })) }, { server: 'unknown', models: ids.slice(0, 20) });
  });
  it('leaves out a server without models', () => checkServer({ models: [] }, undefined));

  it('tells the names of keys and never a value', async () => {
    const environment = { OPENAI_API_KEY: 'sk-secret', ANTHROPIC_API_KEY: ' ', HOME: '/home', DEEPSEEK_API_KEY: 'x' };
    const found = await discoverModels({ environment, ports: [] }, signal);
    assert.deepEqual(found, [
      { kind: 'key', variable: 'OPENAI_API_KEY', provider: 'OpenAI' },
      { kind: 'key', variable: 'DEEPSEEK_API_KEY', provider: 'DeepSeek' },
    ]);
  });

  it('keeps the order of the ports, and passes over silent and closed ones', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const silentAddress = silent.address();
    const silentPort = typeof silentAddress === 'object' ? (silentAddress?.port ?? 0) : 0;
    const first = await startScriptedModelServer([], { models: [{ id: 'a', owned_by: 'vllm' }] });
    const second = await startScriptedModelServer([], { models: [{ id: 'b', owned_by: 'sglang' }] });
    const closed = await startScriptedModelServer([]);
    await closed.close();
    try {
      const ports = [second.port, closed.port, silentPort, first.port];
      const found = await discoverModels({ environment: {}, ports, timeoutMs: 300 }, signal);
      assert.deepEqual(
        found.map((entry) => entry.kind === 'server' && entry.server),
        ['sglang', 'vllm'],
      );
    } finally {
      await first.close();
      await second.close();
      silent.close();
    }
  });

  it('finds nothing once it is stopped', async () => {
    const server = await startScriptedModelServer([], { models: [{ id: 'a' }] });
    try {
      const options = { environment: {}, ports: [server.port] };
      assert.deepEqual(await discoverModels(options, AbortSignal.abort()), []);
    } finally {
      await server.close();
    }
  });
});
