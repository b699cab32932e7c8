import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { ServerKind } from '../../../src/node/models/discover.ts';
import { readServerVersion } from '../../../src/node/reflex/serverVersion.ts';

/** What a server of that kind is found to be, which answers these routes and 404 to all others. */
async function versionOf(kind: ServerKind, routes: Readonly<Record<string, string>>): Promise<string | null> {
  const server = createServer((request, response) => {
    const text = routes[request.url ?? ''];
    response.writeHead(text === undefined ? 404 : 200).end(text ?? 'nothing');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const baseUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/v1/`;
  const health = { kind: 'answers', server: kind, models: [], latencyMs: 1, health: 'unknown', load: {} } as const;
  try {
    return await readServerVersion(health, { baseUrl, key: undefined }, new AbortController().signal);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

describe('the version of a model server', () => {
  for (const [kind, routes, expected] of [
    ['vllm', { '/version': '{"version":"0.33.0"}' }, 'vllm 0.33.0'],
    ['sglang', { '/server_info': '{"version":"0.5.23"}' }, 'sglang 0.5.23'],
    ['sglang', { '/get_server_info': '{"version":"0.5.2"}' }, 'sglang 0.5.2'],
    ['ollama', { '/api/version': '{"version":"0.12.1"}' }, 'ollama 0.12.1'],
    ['llama.cpp', { '/props': '{"build_info":"b6100-abc"}' }, 'llama.cpp b6100-abc'],
    ['vllm', { '/version': '{"version":7}' }, 'vllm'],
    ['vllm', { '/version': '<html>' }, 'vllm'],
    ['vllm', {}, 'vllm'],
    ['lmstudio', {}, 'lmstudio'],
    ['unknown', { '/version': '{"version":"1"}' }, null],
  ] as const)
    it(`of ${kind} with ${JSON.stringify(routes)} is ${expected}`, async () => {
      assert.equal(await versionOf(kind, routes), expected);
    });
});
