import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { readReflexServer } from '../../../src/node/reflex/reflexServer.ts';
import { until } from '../../support/until.ts';

/** Answers by path with JSON; a number is a status without a body; what is left out is 404. */
type Pages = Readonly<Record<string, object | number>>;

const never = new AbortController().signal;
const models = (entry: object): object => ({ object: 'list', data: [{ id: 'qwen', object: 'model', ...entry }] });

async function check(pages: Pages, expected: object, header = ''): Promise<void> {
  const server = createServer((request, response) => {
    const page = pages[request.url ?? ''] ?? 404;
    if (header !== '') response.setHeader('server', header);
    response.statusCode = typeof page === 'number' ? page : 200;
    response.end(typeof page === 'number' ? '' : JSON.stringify(page));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/v1`;
  try {
    const found = await readReflexServer({ endpoint, model: 'qwen', depth: 'whole' }, never);
    if (found.kind === 'healthy') {
      const { latencyMs, ...rest } = found;
      assert.ok(latencyMs >= 0 && latencyMs < 4_000);
      assert.deepEqual(rest, { kind: 'healthy', ageMs: 0, ...expected });
    } else assert.deepEqual(found, { kind: 'down', ...expected });
  } finally {
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }
}

describe('what the server of [reflex] says of itself', () => {
  it('SGLang: its version, and what fits', () =>
    check(
      {
        '/v1/models': models({ owned_by: 'sglang', max_model_len: 32_768 }),
        '/health': 200,
        '/server_info': { version: '0.5.23', context_length: null },
      },
      { isListed: true, contextTokens: 32_768, version: 'sglang 0.5.23' },
    ));
  it('an older SGLang, under the older name of its route', () =>
    check(
      {
        '/v1/models': models({ owned_by: 'sglang', max_model_len: 9 }),
        '/health': 200,
        '/get_server_info': { version: '0.4.1' },
      },
      { isListed: true, contextTokens: 9, version: 'sglang 0.4.1' },
    ));
  it('vLLM', () =>
    check(
      {
        '/v1/models': models({ owned_by: 'vllm', max_model_len: 16_384 }),
        '/health': 200,
        '/version': { version: '0.33.0' },
      },
      { isListed: true, contextTokens: 16_384, version: 'vllm 0.33.0' },
    ));
  it('llama.cpp, which tells both in /props', () =>
    check(
      {
        '/v1/models': models({ owned_by: 'llamacpp' }),
        '/health': { status: 'ok' },
        '/props': { default_generation_settings: { n_ctx: 8_192 }, build_info: 'b9100-abc' },
      },
      { isListed: true, contextTokens: 8_192, version: 'llama.cpp b9100-abc' },
      'llama.cpp',
    ));
  it('Ollama, which tells what fits only of a loaded model', async () => {
    const list = { '/v1/models': models({ owned_by: 'library' }), '/api/version': { version: '0.14.0' } };
    await check(
      { ...list, '/api/ps': { models: [{ name: 'qwen', model: 'qwen', context_length: 4_096 }] } },
      { isListed: true, contextTokens: 4_096, version: 'ollama 0.14.0' },
    );
    await check(
      { ...list, '/api/ps': { models: [] } },
      { isListed: true, contextTokens: undefined, version: 'ollama 0.14.0' },
    );
  });
  it('LM Studio, which tells what fits only of a loaded model, and no version', async () => {
    const list = { '/v1/models': models({ owned_by: 'organization_owner' }) };
    const native = (...data: readonly object[]): Pages => ({ ...list, '/api/v0/models': { object: 'list', data } });
    const qwen = { id: 'qwen', object: 'model', type: 'llm', quantization: '4bit', max_context_length: 32_768 };
    const other = { ...qwen, id: 'other', state: 'loaded', loaded_context_length: 9 };
    const unknown = { isListed: true, contextTokens: undefined, version: 'lmstudio' };
    await check(native(other, { ...qwen, state: 'loaded', loaded_context_length: 16_384 }), {
      ...unknown,
      contextTokens: 16_384,
    });
    // What it could hold says nothing of what it was loaded with, nor does a length that stands beside a model that is not loaded.
    await check(native(other, { ...qwen, state: 'loaded' }), unknown);
    await check(native(other, { ...qwen, state: 'not-loaded', loaded_context_length: 16_384 }), unknown);
    await check(native({ ...qwen, state: 'loaded', loaded_context_length: '16384' }), unknown);
    await check(list, unknown);
  });
  it('not whether it has the model where its list comes once and not again', async () => {
    let lists = 0;
    const server = createServer(({ url }, response) => {
      const isList = url === '/v1/models';
      // A look asks twice at the same time: which of the two is answered first is chance.
      if (isList) lists += 1;
      response.statusCode = (isList && lists % 2 === 1) || url === '/health' ? 200 : 500;
      response.end(JSON.stringify(models({ owned_by: 'vllm' })));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const endpoint = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/v1`;
    try {
      await until('a look that reads the other list alone', async () => {
        const found = await readReflexServer({ endpoint, model: 'qwen', depth: 'whole' }, never);
        if (found.kind !== 'healthy') return false;
        assert.equal(found.isListed, undefined);
        return true;
      });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
  it('that it has another model', () =>
    check(
      { '/v1/models': { data: [{ id: 'other', owned_by: 'vllm', max_model_len: 9 }] }, '/health': 200 },
      { isListed: false, contextTokens: undefined, version: 'vllm' },
    ));
  it('finds a model behind many others', () =>
    check(
      {
        '/v1/models': {
          data: [...Array.from({ length: 40 }, (_, index) => ({ id: `m${index}` })), { id: 'qwen', max_model_len: 5 }],
        },
      },
      { isListed: true, contextTokens: 5, version: null },
    ));
  it('takes no figure that cannot be true', () =>
    check(
      {
        '/v1/models': models({ owned_by: 'vllm', max_model_len: '32768' }),
        '/health': 200,
        '/version': { version: 33 },
      },
      { isListed: true, contextTokens: undefined, version: 'vllm' },
    ));
  it('that it is ill', () =>
    check({ '/v1/models': models({ owned_by: 'vllm' }), '/health': 500 }, { why: 'its /health says that it is ill' }));
  it('that it loads its model', () =>
    check({ '/v1/models': 503, '/health': 503 }, { why: 'the server is not ready yet' }));
});
