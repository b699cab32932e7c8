import assert from 'node:assert/strict';
import type { ModelAnswer, ModelRequest } from '../../../src/core/ports.ts';
import { createOpenAiResponses } from '../../../src/node/models/openaiResponses.ts';
import { behavesAsProvider } from '../../support/providerBehaviour.ts';
import { callOnce, GENEROUS, requestOf, type MakeProvider } from '../../support/providerHarness.ts';
import { withRawServer } from '../../support/rawServer.ts';

const make: MakeProvider = (settings) => createOpenAiResponses({ model: 'm', extraBody: {}, ...settings });

describe('createOpenAiResponses', () => {
  behavesAsProvider(make, (body) => (body as { input: unknown }).input);

  it('sends a full request, the stable part first', async () => {
    const { requests } = await callOnce(make, [{ text: 'x' }], {}, FULL);
    assert.equal(requests[0]?.path, '/v1/responses');
    assert.deepEqual(Object.entries(requests[0]?.body as object), [
      ['model', 'm'],
      ['instructions', 'Be brief.'],
      [
        'tools',
        [
          {
            type: 'function',
            name: 'read_file',
            description: 'Reads a file.',
            parameters: { type: 'object', properties: { path: { type: 'string' } } },
            strict: false,
          },
        ],
      ],
      ['text', { format: { type: 'json_schema', name: 'plan', schema: SCHEMA, strict: true } }],
      [
        'input',
        [
          { role: 'user', content: 'Read a.ts' },
          { role: 'assistant', content: 'Reading.' },
          { type: 'function_call', call_id: 'c1', name: 'read_file', arguments: '{"path":"a.ts"}' },
          { type: 'function_call', call_id: 'c2', name: 'read_file', arguments: '{"malformed":"[1]"}' },
          { type: 'function_call_output', call_id: 'c1', output: 'a' },
          { type: 'function_call_output', call_id: 'c2', output: 'no' },
          { type: 'function_call', call_id: 'c3', name: 'read_file', arguments: '{}' },
          { type: 'function_call_output', call_id: 'c3', output: '' },
        ],
      ],
      ['max_output_tokens', 500],
      ['store', false],
      ['stream', true],
    ]);
  });

  it('reads reasoning, text and parallel tool calls as events in order', async () => {
    const { result, events } = await callOnce(make, [
      {
        reasoning: 'hmm',
        text: 'Look.',
        toolCalls: [
          { id: 'c1', name: 'read_file', arguments: { path: 'a.ts' } },
          { id: 'c2', name: 'search', arguments: '{"broken' },
        ],
        usage: { input: 9, output: 4, cachedInput: 2, cacheWrite: 3, reasoning: 1 },
      },
    ]);
    assert.deepEqual(result, {
      kind: 'ok',
      value: {
        text: 'Look.',
        toolCalls: [
          { id: 'c1', name: 'read_file', arguments: '{"path":"a.ts"}' },
          { id: 'c2', name: 'search', arguments: '{"broken' },
        ],
        finishReason: 'toolCalls',
        usage: { input: 9, output: 4, cachedInput: 2, cacheWrite: 3, reasoning: 1 },
        model: 'm',
      },
    });
    assert.deepEqual(events, [
      { kind: 'reasoning', text: 'hmm' },
      { kind: 'text', text: 'Look.' },
      { kind: 'toolCall', name: 'read_file' },
      { kind: 'toolCall', name: 'search' },
    ]);
  });

  it('reads an output that came only at the end', () => {
    const output = [
      { type: 'message', content: [{ type: 'output_text', text: 'late' }] },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
    ];
    const event = { type: 'response.completed', response: { status: 'completed', output } };
    return checkEvents([event], {
      kind: 'ok',
      value: { text: 'late', toolCalls: [{ id: 'c', name: 'f', arguments: '{}' }], finishReason: 'toolCalls' },
    });
  });
  it('reads a content filter as a refusal', () => {
    const response = { status: 'incomplete', incomplete_details: { reason: 'content_filter' } };
    return checkEvents([{ type: 'response.incomplete', response }], {
      kind: 'ok',
      value: { text: '', toolCalls: [], finishReason: 'refusal' },
    });
  });
  it('reads a failed response as its error', () =>
    checkEvents(
      [{ type: 'response.failed', response: { error: { code: 'context_length_exceeded', message: 'too much' } } }],
      { kind: 'error', error: { kind: 'contextOverflow', message: 'too much' } },
    ));
  it('reads an error event without an event name', () =>
    checkEvents([{ type: 'error', code: 'rate_limit_exceeded', message: 'slow down', param: null }], {
      kind: 'error',
      error: { kind: 'rateLimited', message: 'slow down' },
    }));
});

const SCHEMA = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };

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
  outputSchema: { name: 'plan', schema: SCHEMA },
  messages: [
    { role: 'user', text: 'Read a.ts' },
    {
      role: 'assistant',
      text: 'Reading.',
      toolCalls: [
        { id: 'c1', name: 'read_file', arguments: '{"path":"a.ts"}' },
        { id: 'c2', name: 'read_file', arguments: '[1]' },
      ],
    },
    { role: 'tool', toolCallId: 'c1', name: 'read_file', text: 'a' },
    { role: 'tool', toolCallId: 'c2', name: 'read_file', text: 'no' },
    { role: 'assistant', text: '', toolCalls: [{ id: 'c3', name: 'read_file', arguments: '{}' }] },
    { role: 'tool', toolCallId: 'c3', name: 'read_file', text: '' },
  ],
});

async function checkEvents(
  events: readonly object[],
  expected: { readonly kind: 'ok'; readonly value: ModelAnswer } | { readonly kind: 'error'; readonly error: unknown },
): Promise<void> {
  const stream = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
  await withRawServer('text/event-stream', stream, async (baseUrl) => {
    const provider = make({ baseUrl, timeouts: GENEROUS });
    assert.deepEqual(await provider.call(requestOf(), () => undefined, new AbortController().signal), expected);
  });
}
