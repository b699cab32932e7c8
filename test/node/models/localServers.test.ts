import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { ModelAnswer, ModelError } from '../../../src/core/ports.ts';
import type { Result } from '../../../src/base/result.ts';
import { createOpenAiChat } from '../../../src/node/models/openaiChat.ts';
import { configurationSchema } from '../../../src/core/settings.ts';
import { reflexWorker } from '../../../src/core/reflex/worker.ts';
import { GENEROUS, requestOf } from '../../support/providerHarness.ts';
import { until } from '../../support/until.ts';

/*
 * The servers that reflex can stand on, as they speak over a real socket: their bytes are written down here as their sources send them
 * (sglang/srt/entrypoints/openai/{protocol,serving_chat}.py, vllm/entrypoints/openai, ollama/openai, llama.cpp tools/server).
 */

const SCHEMA = {
  type: 'object',
  properties: { patch: { type: 'string' } },
  required: ['patch'],
  additionalProperties: false,
};
const REQUEST = requestOf({ outputSchema: { name: 'patch', schema: SCHEMA } });
const TEXT = '{"patch":"x"}';

interface Seen {
  path?: string;
  body?: Readonly<Record<string, unknown>>;
  closedAfterMs?: number;
}

/** One call of reflex's worker against a server that answers its POST so. */
async function called(
  answer: (response: ServerResponse) => void | Promise<void>,
  signal: AbortSignal = new AbortController().signal,
): Promise<{ readonly result: Result<ModelAnswer, ModelError>; readonly seen: Seen }> {
  const seen: Seen = {};
  const server = createServer((request, response) => {
    const began = performance.now();
    let text = '';
    request.on('data', (piece: Buffer) => (text += piece.toString()));
    response.on('close', () => {
      if (!response.writableFinished) seen.closedAfterMs = performance.now() - began;
    });
    request.on('end', () => {
      seen.path = request.url ?? '';
      seen.body = JSON.parse(text) as Record<string, unknown>;
      void answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const settings = reflexWorker(
    configurationSchema.parse({ reflex: { enabled: true, endpoint: `http://127.0.0.1:${port}/v1`, model: 'qwen' } })
      .reflex,
  );
  const provider = createOpenAiChat({
    model: settings.model,
    baseUrl: settings.base_url ?? '',
    structuredOutput: 'json_schema',
    extraBody: settings.extra_body,
    timeouts: GENEROUS,
  });
  try {
    const result = await provider.call(REQUEST, () => undefined, signal);
    if (signal.aborted) await until('the server sees it', () => seen.closedAfterMs !== undefined);
    return { result, seen };
  } finally {
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }
}

const stream =
  (...events: readonly (object | string)[]) =>
  (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of events)
      response.write(`data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`);
    response.end();
  };
const status =
  (code: number, body: object | string, headers: Readonly<Record<string, string>> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(code, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

/** SGLang: every member of a chunk stands there, `null` where it holds nothing; usage comes alone at the end. */
const sglangChunk = (delta: object, finish: string | null = null): object => ({
  id: 'a1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'qwen',
  choices: [
    {
      index: 0,
      delta: { role: null, content: null, reasoning_content: null, tool_calls: null, ...delta },
      logprobs: null,
      finish_reason: finish,
      matched_stop: finish === 'stop' ? 151_645 : null,
    },
  ],
  usage: null,
});
const SGLANG_USAGE = {
  id: 'a1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'qwen',
  choices: [],
  usage: {
    prompt_tokens: 900,
    total_tokens: 912,
    completion_tokens: 12,
    prompt_tokens_details: { cached_tokens: 880 },
    reasoning_tokens: 0,
  },
};
const sglang = stream(
  sglangChunk({ role: 'assistant', content: '' }),
  sglangChunk({ content: TEXT }),
  sglangChunk({}, 'stop'),
  SGLANG_USAGE,
  '[DONE]',
);

const vllmChunk = (delta: object, finish: string | null = null): object => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'qwen',
  choices: [{ index: 0, delta, logprobs: null, finish_reason: finish, token_ids: null }],
});
const vllm = stream(
  vllmChunk({ role: 'assistant', content: '', reasoning: null }),
  vllmChunk({ content: TEXT }),
  vllmChunk({ content: '' }, 'stop'),
  { ...vllmChunk({}), choices: [], usage: { prompt_tokens: 900, total_tokens: 912, completion_tokens: 12 } },
  '[DONE]',
);
/** Ollama repeats the role in every chunk; LM Studio adds a fingerprint; llama.cpp its timings. */
const plain = (more: object) =>
  stream(
    { ...vllmChunk({ role: 'assistant', content: TEXT }), ...more },
    { ...vllmChunk({ role: 'assistant', content: '' }, 'stop'), ...more },
    '[DONE]',
  );

const SERVERS: readonly (readonly [name: string, answer: (response: ServerResponse) => void])[] = [
  ['SGLang', sglang],
  ['vLLM', vllm],
  ['llama.cpp', plain({ timings: { prompt_ms: 1, predicted_ms: 2 } })],
  ['Ollama', plain({ system_fingerprint: 'fp_ollama' })],
  ['LM Studio', plain({ system_fingerprint: 'qwen', stats: {} })],
];

/** How each server says what went wrong, and what is made of it. */
const FAULTS: readonly (readonly [what: string, answer: (response: ServerResponse) => void, error: ModelError])[] = [
  [
    'SGLang with a full queue',
    status(503, {
      object: 'error',
      message: 'The request queue is full.',
      type: 'Service Unavailable',
      param: null,
      code: 503,
    }),
    { kind: 'overloaded', message: 'The request queue is full.' },
  ],
  [
    'SGLang with a full queue, told as the first event of a stream',
    stream(
      {
        error: {
          object: 'error',
          message: 'The request queue is full.',
          type: 'SERVICE_UNAVAILABLE',
          param: null,
          code: 503,
        },
      },
      '[DONE]',
    ),
    { kind: 'overloaded', message: 'The request queue is full.' },
  ],
  [
    'SGLang that refuses a member',
    status(400, {
      object: 'error',
      message: 'Compile_grammar failed',
      type: 'BadRequestError',
      param: null,
      code: 400,
    }),
    { kind: 'badRequest', status: 400, message: 'Compile_grammar failed' },
  ],
  [
    'SGLang with a request that is too long',
    status(400, {
      object: 'error',
      message: "The input (40000 tokens) is longer than the model's context length (32768 tokens).",
      type: 'BadRequestError',
      param: null,
      code: 400,
    }),
    {
      kind: 'contextOverflow',
      message: "The input (40000 tokens) is longer than the model's context length (32768 tokens).",
    },
  ],
  [
    'SGLang whose worker died in the middle of an answer',
    stream(
      sglangChunk({ content: '{"pa' }),
      { error: { object: 'error', message: 'Internal error', type: 'InternalServerError', param: null, code: 500 } },
      '[DONE]',
    ),
    { kind: 'serverError', status: 500, message: 'Internal error' },
  ],
  [
    'SGLang that lets go of an answer',
    stream(sglangChunk({ content: '{"pa' }), sglangChunk({}, 'abort'), '[DONE]'),
    { kind: 'serverError', status: 500, message: 'the server aborted the answer' },
  ],
  [
    'vLLM without the model',
    status(404, {
      error: { message: 'The model `qwen` does not exist.', type: 'NotFoundError', param: 'model', code: 404 },
    }),
    { kind: 'notFound', message: 'The model `qwen` does not exist.' },
  ],
  [
    'vLLM with a request that is too long',
    status(400, {
      error: {
        message: "This model's maximum context length is 32768 tokens. However, your request has 40000 input tokens.",
        type: 'BadRequestError',
        param: 'input_tokens',
        code: 400,
      },
    }),
    {
      kind: 'contextOverflow',
      message: "This model's maximum context length is 32768 tokens. However, your request has 40000 input tokens.",
    },
  ],
  [
    'vLLM whose engine died in the middle of an answer',
    stream(
      vllmChunk({ content: '{"pa' }),
      { error: { message: 'EngineCore encountered an issue.', type: 'InternalServerError', param: null, code: 500 } },
      '[DONE]',
    ),
    { kind: 'serverError', status: 500, message: 'EngineCore encountered an issue.' },
  ],
  [
    'a limit before the server, with when to come back',
    status(
      429,
      { error: { message: 'Too many requests', type: 'rate_limit_error', param: null, code: 429 } },
      { 'retry-after': '2' },
    ),
    { kind: 'rateLimited', message: 'Too many requests', retryAfterMs: 2_000 },
  ],
  [
    'llama.cpp that loads its model',
    status(503, { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } }),
    { kind: 'overloaded', message: 'Loading model' },
  ],
  [
    'Ollama with its own kind of error',
    status(500, { error: 'llama runner process has terminated' }),
    {
      kind: 'serverError',
      status: 500,
      message: 'llama runner process has terminated',
    },
  ],
];

describe('a local server', () => {
  for (const [name, answer] of SERVERS)
    it(`978-A1 ${name} is asked to hold its answer to the schema, and not to think`, async () => {
      const { result, seen } = await called(answer);
      assert.ok(result.kind === 'ok', JSON.stringify(result));
      assert.deepEqual([result.value.text, result.value.finishReason], [TEXT, 'stop']);
      assert.equal(seen.path, '/v1/chat/completions');
      assert.deepEqual(seen.body?.['response_format'], {
        type: 'json_schema',
        json_schema: { name: 'patch', schema: SCHEMA, strict: true },
      });
      assert.deepEqual(seen.body?.['chat_template_kwargs'], { enable_thinking: false });
    });

  it('tells what of the prompt was cached', async () => {
    const { result } = await called(sglang);
    assert.ok(result.kind === 'ok');
    assert.deepEqual(result.value.usage, { input: 900, output: 12, cachedInput: 880, reasoning: 0 });
  });

  for (const [what, answer, error] of FAULTS)
    it(`is understood: ${what}`, async () => {
      const { result } = await called(answer);
      assert.deepEqual(result, { kind: 'error', error });
    });

  for (const [when, answer] of [
    [
      'before its first token',
      (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders(),
    ],
    ['before its headers', () => undefined],
    [
      'in the middle of an answer',
      async (response: ServerResponse) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        while (!response.destroyed) {
          response.write(`data: ${JSON.stringify(vllmChunk({ content: 'x' }))}\n\n`);
          await delay(5);
        }
      },
    ],
  ] as const)
    it(`sees a stop ${when} at once, as a connection that is closed`, async () => {
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 60);
      const { result, seen } = await called(answer, stop.signal);
      assert.deepEqual(result, { kind: 'error', error: { kind: 'stopped' } });
      assert.ok(seen.closedAfterMs !== undefined && seen.closedAfterMs < 1_000, `${seen.closedAfterMs} ms`);
    });
});
