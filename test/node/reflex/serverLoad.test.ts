import assert from 'node:assert/strict';
import type { ServerKind } from '../../../src/node/models/discover.ts';
import type { LoadReading } from '../../../src/node/reflex/loadReading.ts';
import { readLoad } from '../../../src/node/reflex/serverLoad.ts';

/** What routes answer 200 with; a text stays as it is. */
type Pages = Readonly<Record<string, unknown>>;

const LOADS = '/v1/loads?include=core,memory';

/** The reading of a server with these pages, and which routes were asked for it beside /metrics. */
async function read(
  server: ServerKind,
  pages: Pages,
  metrics?: string,
): Promise<{ readonly reading: LoadReading; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const reading = await readLoad(server, metrics, async (path) => {
    asked.push(path);
    const page = pages[path];
    return page === undefined || typeof page === 'string' ? page : JSON.stringify(page);
  });
  return { reading, asked };
}

async function check(server: ServerKind, pages: Pages, expected: LoadReading, metrics?: string): Promise<void> {
  assert.deepEqual((await read(server, pages, metrics)).reading, expected);
}

/** A rank of /v1/loads as SGLang 0.5 sends it. */
const RANK = {
  dp_rank: 0,
  timestamp: 1_763_700_000.5,
  num_running_reqs: 2,
  num_waiting_reqs: 1,
  num_used_tokens: 53_200,
  num_total_tokens: 54_000,
  max_total_num_tokens: 190_000,
  token_usage: 0.28,
  gen_throughput: 86.42,
  cache_hit_rate: 0.75,
  utilization: 0.5,
  max_running_requests: 4,
  memory: { weight_gb: 16.5, kv_cache_gb: 8, graph_gb: 1, token_capacity: 190_000 },
};

describe("SGLang's load", () => {
  it('is that of /v1/loads, with the counters of /metrics where it has them', async () => {
    const load = { running: 2, queued: 1, tokenUsage: 0.28, cacheHitRate: 0.75, throughput: 86.42 };
    await check('sglang', { [LOADS]: { version: '0.5.23', loads: [RANK] } }, { load, memoryGigabytes: 25.5 });
    await check(
      'sglang',
      { [LOADS]: { loads: [RANK] } },
      {
        load: { ...load, counted: { generatedTokens: 1000, answered: 4, answerSeconds: 6 } },
        memoryGigabytes: 25.5,
      },
      `sglang:num_running_reqs 9
sglang:generation_tokens_total 1000
sglang:e2e_request_latency_seconds_sum 6
sglang:e2e_request_latency_seconds_count 4`,
    );
  });
  it('is summed over data-parallel ranks, shares are the largest', () =>
    check(
      'sglang',
      {
        [LOADS]: { loads: [RANK, { ...RANK, dp_rank: 1, num_running_reqs: 0, token_usage: 0.9, cache_hit_rate: 0.1 }] },
      },
      {
        load: { running: 2, queued: 2, tokenUsage: 0.9, cacheHitRate: 0.75, throughput: 172.84 },
        memoryGigabytes: 51,
      },
    ));
  it('leaves out what vanished, is null, a text or impossible', async () => {
    await check('sglang', { [LOADS]: { loads: [{ dp_rank: 0 }] } }, { load: {} });
    await check('sglang', { [LOADS]: { loads: [] } }, { load: {} });
    await check('sglang', { [LOADS]: '{"loads":[{"token_usage":NaN}]}' }, { load: {} });
    await check('sglang', { [LOADS]: '<html>' }, { load: {} });
    await check(
      'sglang',
      {
        [LOADS]: {
          loads: [
            {
              num_running_reqs: null,
              num_waiting_reqs: '[N/A]',
              token_usage: 7,
              cache_hit_rate: -1,
              gen_throughput: -1,
              memory: { weight_gb: '[N/A]' },
            },
          ],
        },
      },
      { load: {} },
    );
  });
  const older = {
    '/get_load': [
      { rid: null, dp_rank: 0, num_reqs: 3, num_waiting_reqs: 1, num_tokens: 900, ts_tic: 12.5 },
      { dp_rank: 1, num_reqs: 1, num_waiting_reqs: 1, num_tokens: 10 },
    ],
    '/get_server_info': {
      model_path: 'a/b',
      internal_states: [
        { last_gen_throughput: 40.5, memory_usage: { weight: 14.27, kvcache: 9, token_capacity: 1000, graph: 0.5 } },
        { last_gen_throughput: 20 },
      ],
    },
  };
  it('is that of the older routes where the newer is not there, waiting requests taken off', async () => {
    const { reading, asked } = await read('sglang', older);
    assert.deepEqual(reading, { load: { running: 2, queued: 2, throughput: 60.5 }, memoryGigabytes: 23.77 });
    assert.deepEqual(asked, [LOADS, '/get_load', '/get_server_info']);
  });
  it('knows no speed of a server that has nothing to do, because it goes on saying the last one', async () => {
    const rest = { ...RANK, num_running_reqs: 0, num_waiting_reqs: 0, memory: null };
    const load = { running: 0, queued: 0, tokenUsage: 0.28, cacheHitRate: 0.75 };
    await check('sglang', { [LOADS]: { loads: [rest] } }, { load });
    await check('sglang', { [LOADS]: { loads: [rest] } }, { load }, 'sglang:gen_throughput 86.42');
    await check('sglang', {}, { load: { running: 0 } }, 'sglang:num_running_reqs 0\nsglang:gen_throughput 86.42');
    await check('sglang', { [LOADS]: { loads: [{ gen_throughput: 86.42 }] } }, { load: {} });
    const idle = { ...older, '/get_load': [{ dp_rank: 0, num_reqs: 0, num_waiting_reqs: 0 }] };
    await check('sglang', idle, { load: { running: 0, queued: 0 }, memoryGigabytes: 23.77 });
    await check('sglang', { '/get_server_info': older['/get_server_info'] }, { load: {}, memoryGigabytes: 23.77 });
  });
  it('is that of /metrics where nothing else is there, and then no older route is asked', async () => {
    const page = 'sglang:num_running_reqs 1\nsglang:token_usage 0.5\n';
    const { reading, asked } = await read('sglang', {}, page);
    assert.deepEqual([reading, asked], [{ load: { running: 1, tokenUsage: 0.5 } }, [LOADS]]);
    await check('sglang', {}, { load: {} });
  });
});

describe("vLLM's load", () => {
  it('is that of /metrics, and nothing else is asked', async () => {
    const { reading, asked } = await read('vllm', {}, 'vllm:num_requests_running{engine="0"} 2.0\n');
    assert.deepEqual([reading, asked], [{ load: { running: 2 } }, []]);
    await check('vllm', {}, { load: {} });
  });
});

/** A slot of /slots as llama.cpp sends it, its parameters left out. */
const slot = (isWorking: boolean, held: number, decoded: number): object => ({
  id: 0,
  n_ctx: 8_192,
  speculative: false,
  is_processing: isWorking,
  id_task: 7,
  n_prompt_tokens: held,
  n_prompt_tokens_processed: 100,
  n_prompt_tokens_cache: 300,
  next_token: [{ has_next_token: isWorking, has_new_line: true, n_remain: 10, n_decoded: decoded }],
});
const FRESH = { id: 1, n_ctx: 8_192, speculative: false, is_processing: false };
const LLAMA_PAGE = `llamacpp:tokens_predicted_total 10911
llamacpp:predicted_tokens_seconds 23.2458
llamacpp:requests_processing 1
llamacpp:requests_deferred 2
`;

describe("llama.cpp's load", () => {
  it('is that of its slots', () =>
    check(
      'llama.cpp',
      { '/slots': [slot(true, 4_096, 50), slot(true, 2_048, 7), slot(false, 8_000, 90)] },
      { load: { running: 2, tokenUsage: 0.5, cacheHitRate: 0.75 } },
    ));
  it('counts the tokens of requests in flight to those of /metrics', () =>
    check(
      'llama.cpp',
      { '/slots': [slot(true, 4_096, 50), slot(false, 100, 90)] },
      {
        load: {
          running: 1,
          queued: 2,
          tokenUsage: 0.5,
          cacheHitRate: 0.75,
          counted: { generatedTokens: 10_961 },
        },
      },
      LLAMA_PAGE,
    ));
  it('has an idle server that nobody asked yet: nothing in use, no rate', () =>
    check('llama.cpp', { '/slots': [FRESH, FRESH] }, { load: { running: 0, tokenUsage: 0 } }));
  it('takes the metric of the cache where an older server has it', () =>
    check(
      'llama.cpp',
      { '/slots': [FRESH] },
      { load: { running: 0, tokenUsage: 0.25 } },
      'llamacpp:kv_cache_usage_ratio 0.25\n',
    ));
  it('leaves out what a slot at work does not tell', () =>
    check(
      'llama.cpp',
      { '/slots': [{ id: 0, n_ctx: 8_192, is_processing: true }] },
      { load: { running: 1, queued: 2 } },
      LLAMA_PAGE,
    ));
  it('is that of /metrics with --no-slots, and nothing without either', async () => {
    const counted = { generatedTokens: 10_911 };
    await check('llama.cpp', {}, { load: { running: 1, queued: 2, counted } }, LLAMA_PAGE);
    await check('llama.cpp', { '/slots': { error: { code: 501 } } }, { load: {} });
    await check('llama.cpp', {}, { load: {} });
  });
  it('has older slots, which have a state and no flag: then it is not known what runs', () =>
    check('llama.cpp', { '/slots': [{ id: 0, n_ctx: 512, state: 1 }] }, { load: {} }));
});

describe("Ollama's load", () => {
  const model = (name: string, more: object): object => ({ name, model: name, size: 9, digest: 'x', ...more });
  it('is the memory of the models it holds', () =>
    check(
      'ollama',
      { '/api/ps': { models: [model('a:7b', { size_vram: 5 * 2 ** 30 }), model('b', { size_vram: 2 ** 29 })] } },
      { load: {}, memoryGigabytes: 5.5, loaded: ['a:7b', 'b'] },
    ));
  it('is nothing held while no model is loaded', () =>
    check('ollama', { '/api/ps': { models: [] } }, { load: {}, memoryGigabytes: 0, loaded: [] }));
  it('leaves the memory out where one model does not tell it', () =>
    check(
      'ollama',
      { '/api/ps': { models: [model('a', { size_vram: 1 }), model('b', { size_vram: '[N/A]' })] } },
      { load: {}, loaded: ['a', 'b'] },
    ));
  it('is unknown without its route', async () => {
    await check('ollama', {}, { load: {} });
    await check('ollama', { '/api/ps': { error: 'x' } }, { load: {} });
  });
});

describe("LM Studio's load", () => {
  it('is which of its models are in memory', () =>
    check(
      'lmstudio',
      {
        '/api/v0/models': {
          object: 'list',
          data: [
            {
              id: 'qwen2-vl-7b-instruct',
              object: 'model',
              type: 'vlm',
              state: 'not-loaded',
              max_context_length: 32_768,
            },
            { id: 'qwen2.5-coder-7b', state: 'loaded', max_context_length: 32_768, loaded_context_length: 4_096 },
            { id: 'embedder', type: 'embeddings' },
          ],
        },
      },
      { load: {}, loaded: ['qwen2.5-coder-7b'] },
    ));
  it('is unknown without its route', () => check('lmstudio', {}, { load: {} }));
});

it('another server has what its /metrics say', () =>
  check('unknown', {}, { load: { running: 1 } }, 'vllm:num_requests_running 1\n'));
