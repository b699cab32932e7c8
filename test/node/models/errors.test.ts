import assert from 'node:assert/strict';
import type { ModelError } from '../../../src/core/ports.ts';
import { clean, modelErrorOf, modelErrorOfBody, type FailureContext } from '../../../src/node/models/errors.ts';

const CONTEXT: FailureContext = { partialText: 'half', begun: false, apiKey: '', now: 0 };

function check(error: unknown, expected: ModelError, context: Partial<FailureContext> = {}): void {
  assert.deepEqual(modelErrorOf(error, { ...CONTEXT, ...context }), expected);
}

/** What an SDK throws for a status: both keep the body under `error`. */
const thrown = (status: number, message: string, more: object = {}): object => ({
  status,
  error: { message },
  ...more,
});

const overflowing: readonly (readonly [server: string, status: number, message: string])[] = [
  [
    'OpenAI chat',
    400,
    "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens.",
  ],
  ['OpenAI responses', 400, 'Your input exceeds the context window of this model. Please adjust your input.'],
  ['Anthropic', 400, 'prompt is too long: 210000 tokens > 200000 maximum'],
  ['Anthropic with max_tokens', 400, 'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000'],
  ['SGLang', 400, "The input (5000 tokens) is longer than the model's context length (4096 tokens)."],
  ['SGLang with max_tokens', 400, "Requested token count exceeds the model's maximum context length of 4096 tokens."],
  ['SGLang by length', 500, 'Input length (5000 tokens) exceeds the maximum allowed length (4096 tokens).'],
  ['vLLM', 400, 'The decoder prompt (length 5000) is longer than the maximum model length of 4096.'],
  ['vLLM, newer', 400, "You passed 4097 input tokens. However, the model's context length is only 4096 tokens."],
  ['llama.cpp', 400, 'the request exceeds the available context size, try increasing it'],
  ['Gemini', 400, 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).'],
  ['Moonshot', 400, 'Invalid request: Your request exceeded model token limit: 8192'],
];

const harmless: readonly (readonly [status: number, message: string])[] = [
  [400, 'max_tokens must be positive'],
  [400, 'Invalid schema: in context (properties) additionalProperties is required'],
  [422, 'context: field required'],
];

describe('modelErrorOf', () => {
  for (const [server, status, message] of overflowing) {
    it(`knows a context overflow of ${server}`, () =>
      check(thrown(status, message), { kind: 'contextOverflow', message }));
  }
  for (const [status, message] of harmless) {
    it(`takes "${message}" for a bad request`, () =>
      check(thrown(status, message), { kind: 'badRequest', status, message }));
  }
  it('takes a rate limit on long requests for a rate limit', () => {
    const message = 'Request too large: maximum context length per minute';
    check(thrown(429, message), { kind: 'rateLimited', message });
  });
  it('knows a context overflow by its code', () =>
    check(
      { status: 400, error: { message: 'no', code: 'context_length_exceeded' } },
      { kind: 'contextOverflow', message: 'no' },
    ));
  it('reads a doubly nested body', () =>
    check(
      { status: 529, error: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } } },
      { kind: 'overloaded', message: 'Overloaded' },
    ));
  it('reads a body that is only a text', () =>
    check({ status: 404, error: 'model not found' }, { kind: 'notFound', message: 'model not found' }));
  it('reads `detail`', () =>
    check(
      { status: 422, error: { detail: 'field required' } },
      { kind: 'badRequest', status: 422, message: 'field required' },
    ));
  it('takes an error without status and known type for a server error', () =>
    check({ error: { message: 'oops' } }, { kind: 'serverError', status: 500, message: 'oops' }));
  it('tells the causes of a lost connection', () => {
    const cause = Object.assign(new Error(''), { code: 'ECONNREFUSED' });
    const error = new Error('Connection error.', { cause: new TypeError('fetch failed', { cause }) });
    check(error, { kind: 'connection', message: 'Connection error: fetch failed: ECONNREFUSED' });
    check(
      error,
      { kind: 'cut', message: 'Connection error: fetch failed: ECONNREFUSED', partialText: 'half' },
      { begun: true },
    );
  });
  it('survives what is no error at all', () => {
    check(undefined, { kind: 'connection', message: 'undefined' });
    check('text', { kind: 'connection', message: 'text' });
  });
  it('survives causes that go in a circle', () => {
    const error = new Error('round');
    error.cause = error;
    check(error, { kind: 'connection', message: 'round' });
  });
  it('reads a full queue inside a stream', () =>
    assert.deepEqual(modelErrorOfBody({ object: 'error', message: 'The request queue is full.' }, CONTEXT), {
      kind: 'overloaded',
      message: 'The request queue is full.',
    }));
});

describe('clean', () => {
  const cases: readonly (readonly [message: string, key: string, expected: string])[] = [
    ['fine', '', 'fine'],
    ['Bearer sk-1 and sk-1', 'sk-1', 'Bearer [key] and [key]'],
    ['a\u0000b\u001b[31m', '', 'a b [31m'],
    ['two\nlines\ttab', '', 'two\nlines\ttab'],
    ['x'.repeat(2_000), '', 'x'.repeat(2_000)],
    ['x'.repeat(2_001), '', `${'x'.repeat(1_999)}…`],
    // The key stands across the cut: it must be gone before the cut, or its first half stays.
    [`${'x'.repeat(1_995)}secret-key`, 'secret-key', `${'x'.repeat(1_995)}[key]`.slice(0, 2_000)],
  ];
  for (const [message, key, expected] of cases) {
    it(JSON.stringify(message).slice(0, 40), () => assert.equal(clean(message, key), expected));
  }
});
