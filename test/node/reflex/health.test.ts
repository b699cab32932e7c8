import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createSocket } from 'node:net';
import { readHealth, type HealthRequest, type ServerHealth } from '../../../src/node/reflex/health.ts';
import type { ServerLoad } from '../../../src/node/reflex/metrics.ts';

/** Answers by path; a number is a status without a body, a path that is left out is 404, `silent` never answers. */
type Pages = Readonly<Record<string, string | number>>;

const MODELS = JSON.stringify({ object: 'list', data: [{ id: 'qwen', owned_by: 'sglang' }] });
const never = new AbortController().signal;

async function withServer(
  pages: Pages,
  work: (url: string, asked: readonly IncomingMessage[]) => Promise<void>,
): Promise<void> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    const page = pages[request.url ?? ''] ?? 404;
    if (page === 'silent') return;
    response.statusCode = typeof page === 'number' ? page : 200;
    response.end(typeof page === 'number' ? '' : page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  try {
    await work(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`, asked);
  } finally {
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }
}

/** What is read of these pages, without the latency, which is only held against a bound. */
async function check(pages: Pages, expected: object, request: Partial<HealthRequest> = {}): Promise<void> {
  await withServer(pages, async (url) => {
    const found = await readHealth({ baseUrl: `${url}/v1`, depth: 'whole', deadlineMs: 300, ...request }, never);
    assert.deepEqual(withoutLatency(found), expected);
  });
}

function withoutLatency(found: ServerHealth): object {
  if (found.kind !== 'answers') return found;
  const { latencyMs, ...rest } = found;
  assert.ok(Number.isInteger(latencyMs) && latencyMs >= 0 && latencyMs < 2_000, `${latencyMs} ms`);
  return rest;
}

const answers = (health: string, load: ServerLoad = {}): object => ({
  kind: 'answers',
  server: 'sglang',
  models: ['qwen'],
  health,
  load,
});
const WELL: Pages = { '/v1/models': MODELS, '/health': 200, '/metrics': 'sglang:num_running_reqs 1\n' };

describe('a look at a model server', () => {
  it('finds one that is well', () => check(WELL, answers('good', { running: 1 })));
  it('asks for no health in a light look', () =>
    withServer(WELL, async (url, asked) => {
      const found = await readHealth({ baseUrl: url, depth: 'light' }, never);
      assert.deepEqual(withoutLatency(found), answers('unknown', { running: 1 }));
      assert.deepEqual(
        new Set(asked.map((request) => request.url)),
        new Set(['/metrics', '/v1/models', '/v1/loads?include=core,memory']),
      );
    }));
  it('asks SGLang for its loads where it has no metrics', () =>
    check(
      {
        '/v1/models': MODELS,
        '/health': 200,
        '/v1/loads?include=core,memory': JSON.stringify({
          loads: [
            {
              num_running_reqs: 1,
              num_waiting_reqs: 2,
              token_usage: 0.5,
              cache_hit_rate: 0.1,
              gen_throughput: 40,
              memory: { weight_gb: 16.5, kv_cache_gb: 8, graph_gb: 1, token_capacity: 100 },
            },
            { num_running_reqs: 3, num_waiting_reqs: 'odd', token_usage: 0.7, memory: null },
          ],
        }),
      },
      {
        ...answers('good', { running: 4, queued: 2, tokenUsage: 0.7, cacheHitRate: 0.1, throughput: 40 }),
        memoryGigabytes: 25.5,
      },
    ));
  it('takes a server without health and metrics as it is', () =>
    check(
      { '/v1/models': '{"data":[{"id":"m","owned_by":"library"}]}' },
      {
        kind: 'answers',
        server: 'ollama',
        models: ['m'],
        health: 'unknown',
        load: {},
      },
    ));
  it('tells illness and lateness', async () => {
    await check({ ...WELL, '/health': 503 }, answers('bad', { running: 1 }));
    await check({ ...WELL, '/health': 'silent' }, answers('slow', { running: 1 }));
    await check({ ...WELL, '/metrics': 'silent' }, answers('good'));
  });
  it('tells one that loads its model', async () => {
    await check({ '/v1/models': 503, '/health': 503 }, { kind: 'loading', why: 'the server is not ready yet' });
    await check({ '/v1/models': 'silent', '/health': 503 }, { kind: 'loading', why: 'the server is not ready yet' });
  });
  it('tells silence with how long it waited', () =>
    check({ '/v1/models': 'silent', '/health': 'silent', '/metrics': 'silent' }, { kind: 'silent', afterMs: 300 }));
  it('knows what is no model server, or wants a key', async () => {
    await check({ '/v1/models': '<html>' }, { kind: 'odd', why: 'no model server answers on this address' });
    await check({}, { kind: 'odd', why: 'no model server answers on this address (status 404)' });
    await check({ '/v1/models': 302 }, { kind: 'odd', why: 'no model server answers on this address (status 302)' });
    await check({ '/v1/models': 401, '/health': 200 }, { kind: 'odd', why: 'the server wants a key (status 401)' });
  });
  it('sends the key, where there is one', () =>
    withServer(WELL, async (url, asked) => {
      await readHealth({ baseUrl: url, depth: 'light', key: 'secret' }, never);
      await readHealth({ baseUrl: url, depth: 'light' }, never);
      const keys = asked.filter((request) => request.url === '/v1/models').map(({ headers }) => headers.authorization);
      assert.deepEqual(keys, ['Bearer secret', undefined]);
    }));
  it('tells a closed port', async () => {
    const socket = createSocket();
    await new Promise<void>((resolve) => socket.listen(0, '127.0.0.1', resolve));
    const address = socket.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await new Promise((resolve) => socket.close(resolve));
    assert.deepEqual(await readHealth({ baseUrl: `http://127.0.0.1:${port}/v1`, depth: 'whole' }, never), {
      kind: 'refuses',
      why: 'nothing listens on its port',
    });
  });
});
