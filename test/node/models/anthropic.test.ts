import assert from 'node:assert/strict';
import type { FinishReason, Message, ModelRequest } from '../../../src/core/ports.ts';
import { createAnthropic } from '../../../src/node/models/anthropic.ts';
import { behavesAsProvider } from '../../support/providerBehaviour.ts';
import { callOnce, requestOf, type MakeProvider } from '../../support/providerHarness.ts';

const make: MakeProvider = (settings) => createAnthropic({ model: 'm', extraBody: {}, ...settings });

describe('createAnthropic', () => {
  behavesAsProvider(make, (body) => (body as { messages: unknown }).messages);

  it('sends a full request, the stable part first', async () => {
    const { requests } = await callOnce(make, [{ text: 'x' }], { apiKey: 'sk-1' }, FULL);
    assert.equal(requests[0]?.path, '/v1/messages');
    assert.equal(requests[0]?.headers['authorization'], 'Bearer sk-1');
    assert.deepEqual(Object.entries(requests[0]?.body as object), [
      ['model', 'm'],
      ['max_tokens', 500],
      [
        'tools',
        [
          {
            name: 'read_file',
            description: 'Reads a file.',
            input_schema: { type: 'object', properties: { path: { type: 'string', maxLength: 9 } } },
          },
        ],
      ],
      ['system', 'Be brief.'],
      [
        'messages',
        [
          { role: 'user', content: 'Read a.ts and b.ts' },
          {
            role: 'assistant',
            content: [
              { type: 'text', text: 'Reading.' },
              { type: 'tool_use', id: 'c1', name: 'read_file', input: { path: 'a.ts' } },
              { type: 'tool_use', id: 'functions_read_1', name: 'read_file', input: { malformed: '{"path' } },
            ],
          },
          {
            role: 'user',
            content: [
              { type: 'tool_result', tool_use_id: 'c1', content: 'a' },
              { type: 'tool_result', tool_use_id: 'functions_read_1' },
            ],
          },
          { role: 'user', content: 'Go on' },
        ],
      ],
      ['cache_control', { type: 'ephemeral' }],
      [
        'output_config',
        {
          format: {
            type: 'json_schema',
            schema: {
              type: 'object',
              properties: { confidence: { type: 'number', description: '{minimum: 0, maximum: 1}' } },
              additionalProperties: false,
              required: ['confidence'],
            },
          },
        },
      ],
      ['stream', true],
    ]);
  });

  it('fills a message without a visible character', async () => {
    const messages: readonly Message[] = [
      { role: 'user', text: ' ' },
      { role: 'assistant', text: '', toolCalls: [] },
      { role: 'user', text: 'So?' },
    ];
    const { requests } = await callOnce(make, [{ text: 'x' }], {}, requestOf({ messages, system: '' }));
    assert.deepEqual(requests[0]?.body, {
      model: 'm',
      max_tokens: 500,
      messages: [
        { role: 'user', content: '(empty)' },
        { role: 'assistant', content: '(empty)' },
        { role: 'user', content: 'So?' },
      ],
      cache_control: { type: 'ephemeral' },
      stream: true,
    });
  });

  it('takes a base URL that ends in /v1', async () => {
    const slash: MakeProvider = (settings) => make({ ...settings, baseUrl: `${settings.baseUrl}/v1/` });
    const { requests } = await callOnce(slash, [{ text: 'x' }]);
    assert.deepEqual(
      requests.map(({ path, headers }) => [path, headers['authorization']]),
      [['/v1/messages', 'Bearer no-key']],
    );
  });

  it('refuses a schema it cannot express before sending', async () => {
    const { result, requests } = await callOnce(make, [], {}, requestOf({ outputSchema: { name: 'any', schema: {} } }));
    assert.equal(result.kind === 'error' && result.error.kind, 'configuration');
    assert.match(JSON.stringify(result), /the output schema any cannot be sent/);
    assert.equal(requests.length, 0);
  });

  it('counts the cache into the input', async () => {
    const usage = { input: 1000, output: 20, cachedInput: 700, cacheWrite: 200, reasoning: 8 };
    const { result, requests } = await callOnce(make, [{ text: 'x', usage }]);
    assert.deepEqual(result.kind === 'ok' && result.value.usage, usage);
    assert.equal(requests.length, 1);
  });

  it('reads thinking, text and parallel tool calls as events in order', async () => {
    const { result, events } = await callOnce(make, [
      {
        reasoning: 'hmm',
        text: 'Look.',
        toolCalls: [
          { id: 'toolu_1', name: 'read_file', arguments: { path: 'a.ts' } },
          { id: 'toolu_2', name: 'list', arguments: '' },
        ],
        usage: { input: 9, output: 4 },
      },
    ]);
    assert.deepEqual(result, {
      kind: 'ok',
      value: {
        text: 'Look.',
        toolCalls: [
          { id: 'toolu_1', name: 'read_file', arguments: '{"path":"a.ts"}' },
          { id: 'toolu_2', name: 'list', arguments: '{}' },
        ],
        finishReason: 'toolCalls',
        usage: { input: 9, output: 4 },
        model: 'm',
      },
    });
    assert.deepEqual(events, [
      { kind: 'reasoning', text: 'hmm' },
      { kind: 'text', text: 'Look.' },
      { kind: 'toolCall', name: 'read_file' },
      { kind: 'toolCall', name: 'list' },
    ]);
  });

  const reasons: Readonly<Record<string, FinishReason>> = {
    end_turn: 'stop',
    stop_sequence: 'stop',
    max_tokens: 'length',
    model_context_window_exceeded: 'length',
    refusal: 'refusal',
    pause_turn: 'other',
    compaction: 'other',
  };
  for (const [finishReason, expected] of Object.entries(reasons)) {
    it(`reads ${finishReason} as ${expected}`, async () => {
      const { result } = await callOnce(make, [{ text: 'x', finishReason }]);
      assert.equal(result.kind === 'ok' && result.value.finishReason, expected);
    });
  }
});

const FULL: ModelRequest = requestOf({
  tools: [
    {
      name: 'read_file',
      description: 'Reads a file.',
      parameters: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        properties: { path: { type: 'string', maxLength: 9 } },
      },
    },
  ],
  outputSchema: {
    name: 'plan',
    schema: {
      type: 'object',
      properties: { confidence: { type: 'number', minimum: 0, maximum: 1 } },
      required: ['confidence'],
      additionalProperties: false,
    },
  },
  messages: [
    { role: 'user', text: 'Read a.ts and b.ts' },
    {
      role: 'assistant',
      text: 'Reading.',
      toolCalls: [
        { id: 'c1', name: 'read_file', arguments: '{"path":"a.ts"}' },
        { id: 'functions.read:1', name: 'read_file', arguments: '{"path' },
      ],
    },
    { role: 'tool', toolCallId: 'c1', name: 'read_file', text: 'a' },
    { role: 'tool', toolCallId: 'functions.read:1', name: 'read_file', text: '' },
    { role: 'user', text: 'Go on' },
  ],
});
