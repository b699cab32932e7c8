import assert from 'node:assert/strict';
import type { ModelAnswer, ModelRequest } from '../../../src/core/ports.ts';
import { createOpenAiChat, type OpenAiChatOptions } from '../../../src/node/models/openaiChat.ts';
import { behavesAsProvider } from '../../support/providerBehaviour.ts';
import { callOnce, GENEROUS, requestOf, type MakeProvider } from '../../support/providerHarness.ts';
import { withRawServer } from '../../support/rawServer.ts';

const make: MakeProvider = (settings) =>
  createOpenAiChat({ model: 'm', structuredOutput: 'json_schema', extraBody: {}, ...settings });

describe('createOpenAiChat', () => {
  behavesAsProvider(make, (body) => (body as { messages: unknown }).messages);

  describe('sends', () => {
    it('a full request, the stable part first', () =>
      checkBody(FULL, {}, [
        ['model', 'm'],
        [
          'tools',
          [
            {
              type: 'function',
              function: {
                name: 'read_file',
                description: 'Reads a file.',
                parameters: { type: 'object', properties: { path: { type: 'string' } } },
              },
            },
          ],
        ],
        [
          'response_format',
          { type: 'json_schema', json_schema: { name: 'plan', schema: STRICT_SCHEMA, strict: true } },
        ],
        [
          'messages',
          [
            { role: 'system', content: 'Be brief.' },
            { role: 'user', content: 'Read a.ts and b.ts' },
            {
              role: 'assistant',
              content: null,
              tool_calls: [
                { id: 'c1', type: 'function', function: { name: 'read_file', arguments: '{"path":"a.ts"}' } },
                {
                  id: 'c2',
                  type: 'function',
                  function: { name: 'read_file', arguments: '{"malformed":"{\\"path\\": "}' },
                },
              ],
            },
            { role: 'tool', tool_call_id: 'c1', content: 'a' },
            { role: 'tool', tool_call_id: 'c2', content: '' },
            { role: 'assistant', content: 'Done.' },
            { role: 'user', content: 'Thanks' },
          ],
        ],
        ['max_tokens', 500],
        ['stream', true],
        ['stream_options', { include_usage: true }],
      ]));

    it('a schema with optional members without strict', async () => {
      const schema = { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false };
      const body = await bodyOf(requestOf({ outputSchema: { name: 'plan', schema } }));
      assert.deepEqual(body['response_format'], { type: 'json_schema', json_schema: { name: 'plan', schema } });
    });

    it('json_object where the server knows no schemas', async () => {
      const body = await bodyOf(FULL, { structuredOutput: 'json_object' });
      assert.deepEqual(body['response_format'], { type: 'json_object' });
    });

    it('no response format where the server knows none', async () => {
      const body = await bodyOf(FULL, { structuredOutput: 'none' });
      assert.equal('response_format' in body, false);
    });

    it('extra members, which replace nothing of its own', async () => {
      const extraBody = {
        chat_template_kwargs: { enable_thinking: false },
        stream: false,
        model: 'other',
        temperature: 0,
      };
      assert.deepEqual(await bodyOf(requestOf({ system: '' }), { extraBody }), {
        chat_template_kwargs: { enable_thinking: false },
        temperature: 0,
        stream: true,
        model: 'm',
        messages: [{ role: 'user', content: 'Hello' }],
        max_tokens: 500,
        stream_options: { include_usage: true },
      });
    });

    it('a placeholder to a local server without a key', async () => {
      const { requests } = await callOnce(make, [{ text: 'x' }]);
      assert.equal(requests[0]?.headers['authorization'], 'Bearer no-key');
    });
  });

  describe('refuses before sending', () => {
    const refused = (options: Partial<OpenAiChatOptions>, message: RegExp) => async (): Promise<void> => {
      const provider = createOpenAiChat({
        model: 'm',
        structuredOutput: 'none',
        extraBody: {},
        timeouts: GENEROUS,
        ...options,
      });
      const result = await provider.call(requestOf(), () => undefined, new AbortController().signal);
      assert.equal(result.kind === 'error' && result.error.kind, 'configuration');
      assert.match(JSON.stringify(result), message);
      if (options.apiKey !== undefined) assert.ok(!JSON.stringify(result).includes('sk-'));
    };
    it('the official endpoint without a key', refused({}, /no API key for api\.openai\.com/));
    it('a key that no header can hold', refused({ apiKey: 'sk-a\nb' }, /characters that cannot be sent/));
    it('a URL that is none', refused({ baseUrl: 'localhost' }, /not an http\(s\) URL/));
    it('a URL with a password', refused({ baseUrl: 'http://u:p@127.0.0.1:1/v1' }, /must not hold a user name/));
  });

  describe('reads', () => {
    it('reasoning, text and parallel tool calls as events in order', async () => {
      const { result, events } = await callOnce(make, [
        {
          reasoning: 'hmm',
          text: 'Let me look.',
          toolCalls: [
            { id: 'c1', name: 'read_file', arguments: { path: 'a.ts' } },
            { id: 'c2', name: 'search', arguments: { text: 'b' } },
          ],
          chunkSize: 6,
          usage: { input: 9, output: 4 },
        },
      ]);
      assert.deepEqual(result, {
        kind: 'ok',
        value: {
          text: 'Let me look.',
          toolCalls: [
            { id: 'c1', name: 'read_file', arguments: '{"path":"a.ts"}' },
            { id: 'c2', name: 'search', arguments: '{"text":"b"}' },
          ],
          finishReason: 'toolCalls',
          usage: { input: 9, output: 4 },
          model: 'm',
        },
      });
      assert.deepEqual(events, [
        { kind: 'reasoning', text: 'hmm' },
        { kind: 'text', text: 'Let me' },
        { kind: 'text', text: ' look.' },
        { kind: 'toolCall', name: 'read_file' },
        { kind: 'toolCall', name: 'search' },
      ]);
    });

    it('`reasoning` as well as `reasoning_content`', () =>
      checkChunks([delta({ reasoning: 'why' }), finish('stop')], { text: '', toolCalls: [], finishReason: 'stop' }));
    it('`stop` beside tool calls', () =>
      checkChunks([delta({ tool_calls: [piece(0, 'a', 'f', '{}')] }), finish('stop')], {
        text: '',
        toolCalls: [{ id: 'a', name: 'f', arguments: '{}' }],
        finishReason: 'toolCalls',
      }));
    it('`tool_calls` without any', () =>
      checkChunks([delta({ content: 'x' }), finish('tool_calls')], {
        text: 'x',
        toolCalls: [],
        finishReason: 'other',
      }));
    it('a content filter', () =>
      checkChunks([finish('content_filter')], { text: '', toolCalls: [], finishReason: 'refusal' }));
    it('calls that all have index 0', () =>
      checkChunks(
        [
          delta({ tool_calls: [piece(0, 'a', 'f', '{"n":1}')] }),
          delta({ tool_calls: [piece(0, 'b', 'f', '{"n":2}')] }),
          finish('tool_calls'),
        ],
        {
          text: '',
          toolCalls: [
            { id: 'a', name: 'f', arguments: '{"n":1}' },
            { id: 'b', name: 'f', arguments: '{"n":2}' },
          ],
          finishReason: 'toolCalls',
        },
      ));
    it('calls without index or id, arguments as an object', () =>
      checkChunks(
        [
          delta({ tool_calls: [{ function: { name: 'f', arguments: { n: 1 } } }, { function: { name: 'g' } }] }),
          finish('tool_calls'),
        ],
        {
          text: '',
          toolCalls: [
            { id: 'call_1', name: 'f', arguments: '{"n":1}' },
            { id: 'call_2', name: 'g', arguments: '{}' },
          ],
          finishReason: 'toolCalls',
        },
      ));
    it('chunks with members of wrong types', () =>
      checkChunks(
        [
          '{"choices": null}',
          '{"choices": [{"delta": {"content": 5, "tool_calls": "x"}, "finish_reason": null}]}',
          '[]',
          '7',
          'null',
          delta({ content: 'fine' }),
          finish('stop'),
        ],
        { text: 'fine', toolCalls: [], finishReason: 'stop' },
      ));
    it('a second choice not at all', () =>
      checkChunks(
        ['{"choices": [{"index": 1, "delta": {"content": "other"}}]}', delta({ content: 'mine' }), finish('stop')],
        { text: 'mine', toolCalls: [], finishReason: 'stop' },
      ));
    it('the error of a JSON body on HTTP 200', () =>
      withRawServer(
        'application/json',
        '{"error": {"message": "busy", "type": "overloaded_error"}}',
        async (baseUrl) => {
          const result = await make({ baseUrl, timeouts: GENEROUS }).call(
            requestOf(),
            () => undefined,
            new AbortController().signal,
          );
          assert.deepEqual(result, { kind: 'error', error: { kind: 'overloaded', message: 'busy' } });
        },
      ));
  });
});

const STRICT_SCHEMA = {
  type: 'object',
  properties: { steps: { type: 'array', items: { type: 'string' } } },
  required: ['steps'],
  additionalProperties: false,
};

const FULL: ModelRequest = requestOf({
  tools: [
    {
      name: 'read_file',
      description: 'Reads a file.',
      parameters: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        properties: { path: { type: 'string' } },
      },
    },
  ],
  outputSchema: { name: 'plan', schema: STRICT_SCHEMA },
  messages: [
    { role: 'user', text: 'Read a.ts and b.ts' },
    {
      role: 'assistant',
      text: '',
      toolCalls: [
        { id: 'c1', name: 'read_file', arguments: '{"path":"a.ts"}' },
        { id: 'c2', name: 'read_file', arguments: '{"path": ' },
      ],
    },
    { role: 'tool', toolCallId: 'c1', name: 'read_file', text: 'a' },
    { role: 'tool', toolCallId: 'c2', name: 'read_file', text: '' },
    { role: 'assistant', text: 'Done.', toolCalls: [] },
    { role: 'user', text: 'Thanks' },
  ],
});

async function bodyOf(
  request: ModelRequest,
  options: Partial<OpenAiChatOptions> = {},
): Promise<Readonly<Record<string, unknown>>> {
  const provider: MakeProvider = (settings) =>
    createOpenAiChat({ model: 'm', structuredOutput: 'json_schema', extraBody: {}, ...settings, ...options });
  const { requests } = await callOnce(provider, [{ text: 'x' }], {}, request);
  return requests[0]?.body as Readonly<Record<string, unknown>>;
}

/** Compares the members and their order. */
async function checkBody(
  request: ModelRequest,
  options: Partial<OpenAiChatOptions>,
  expected: readonly (readonly [string, unknown])[],
): Promise<void> {
  assert.deepEqual(Object.entries(await bodyOf(request, options)), expected);
}

function delta(value: unknown): string {
  return JSON.stringify({ choices: [{ index: 0, delta: value, finish_reason: null }] });
}

function finish(reason: string): string {
  return JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: reason }] });
}

function piece(index: number, id: string, name: string, text: string): unknown {
  return { index, id, type: 'function', function: { name, arguments: text } };
}

async function checkChunks(chunks: readonly string[], expected: ModelAnswer): Promise<void> {
  const stream = [...chunks, '[DONE]'].map((chunk) => `data: ${chunk}\n\n`).join('');
  await withRawServer('text/event-stream', stream, async (baseUrl) => {
    const provider = make({ baseUrl, timeouts: GENEROUS });
    const result = await provider.call(requestOf(), () => undefined, new AbortController().signal);
    assert.deepEqual(result, { kind: 'ok', value: expected });
  });
}
