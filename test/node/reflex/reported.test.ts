import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { Reported } from '../../../src/core/reflex/correctedBy.ts';
import { readReported } from '../../../src/node/reflex/reported.ts';

type Pages = Readonly<Record<string, unknown>>;
const never = new AbortController().signal;

/** Answers by path; `silent` never answers, what is left out is 404. */
async function withServer(
  pages: Pages,
  work: (url: string, asked: readonly IncomingMessage[]) => Promise<void>,
): Promise<void> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    const page = pages[request.url ?? ''];
    if (page === 'silent') return;
    response.statusCode = page === undefined ? 404 : 200;
    response.end(typeof page === 'string' ? page : JSON.stringify(page ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  try {
    await work(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`, asked);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const check = (pages: Pages, expected: Reported | undefined): Promise<void> =>
  withServer(pages, async (url) => assert.deepEqual(await readReported({ baseUrl: `${url}/v1/` }, never), expected));

const models = (owner: string, more: object = {}): object => ({ data: [{ id: 'qwen', owned_by: owner, ...more }] });
const LOADS = '/v1/loads?include=core,memory';

describe('what a running server reports of its memory', () => {
  it('is read from SGLang, the newer routes before the older', async () => {
    const memory = { weight_gb: 14.27, kv_cache_gb: 10.6, graph_gb: 0.84, token_capacity: 190_000 };
    await check(
      {
        '/v1/models': models('sglang', { max_model_len: 32_768 }),
        '/server_info': {
          model_path: 'a/b',
          mem_fraction_static: 0.86,
          kv_cache_dtype: 'fp8_e4m3',
          context_length: null,
        },
        [LOADS]: { loads: [{ max_total_num_tokens: 190_000, max_running_requests: 4, memory }] },
      },
      {
        server: 'sglang',
        model: 'a/b',
        capacity: 190_000,
        fraction: 0.86,
        kv: 'fp8',
        context: 32_768,
        maxRunning: 4,
        weightGibibytes: 14.27,
        kvGibibytes: 10.6,
        graphGibibytes: 0.84,
      },
    );
    await check(
      {
        '/v1/models': models('sglang'),
        '/get_server_info': {
          max_total_num_tokens: 1000,
          internal_states: [{ memory_usage: { weight: 14, kvcache: 9, token_capacity: 1000 } }],
        },
      },
      { server: 'sglang', model: 'qwen', capacity: 1000, weightGibibytes: 14, kvGibibytes: 9 },
    );
  });

  it('is read from vLLM, by the labels of its cache', async () => {
    const line = (labels: string): string => `# HELP x y\nvllm:cache_config_info{${labels}} 1.0\n`;
    await check(
      {
        '/v1/models': models('vllm', { root: 'a/b', max_model_len: 65_536 }),
        '/metrics': line('block_size="16",cache_dtype="auto",gpu_memory_utilization="0.88",num_gpu_blocks="7000"'),
      },
      { server: 'vllm', model: 'a/b', capacity: 112_000, fraction: 0.88, kv: 'bf16', context: 65_536 },
    );
    await check(
      {
        '/v1/models': models('vllm'),
        '/metrics': line('block_size="16",cache_dtype="nvfp4",kv_cache_size_tokens="5",num_gpu_blocks="None"'),
      },
      { server: 'vllm', model: 'qwen', capacity: 5 },
    );
  });

  it('leaves out what is no such value, and is nothing where another server answers, or none', async () => {
    await check(
      {
        '/v1/models': models('sglang'),
        '/server_info': { mem_fraction_static: 7, max_total_num_tokens: 'many', kv_cache_dtype: 3, model_path: null },
        [LOADS]: { loads: 'odd' },
      },
      { server: 'sglang', model: 'qwen' },
    );
    await check({ '/v1/models': models('library') }, undefined);
    await check({ '/v1/models': '<html>' }, undefined);
    await check({}, undefined);
    assert.equal(await readReported({ baseUrl: 'http://127.0.0.1:1/v1' }, never), undefined);
  });

  it('takes less than three seconds of a server that is silent on every route', async () => {
    const started = performance.now();
    const silent = {
      '/v1/models': models('sglang'),
      '/server_info': 'silent',
      '/get_server_info': 'silent',
      [LOADS]: 'silent',
    };
    await check(silent, { server: 'sglang', model: 'qwen' });
    assert.ok(performance.now() - started < 3_000 + 2_000, 'with room for a busy machine');
  });

  it('sends the key, where there is one', () =>
    withServer({ '/v1/models': models('vllm') }, async (url, asked) => {
      await readReported({ baseUrl: url, key: 'secret' }, never);
      assert.ok(asked.length >= 4 && asked.every(({ headers }) => headers.authorization === 'Bearer secret'));
    }));
});
