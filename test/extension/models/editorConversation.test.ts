import assert from 'node:assert/strict';
import type { ModelRequest } from '../../../src/core/ports.ts';
import {
  editorConversation,
  textsOf,
  type EditorConversation,
} from '../../../src/extension/models/editorConversation.ts';

type Asked = Partial<Pick<ModelRequest, 'system' | 'messages' | 'tools'>>;

function check(asked: Asked, messages: EditorConversation['messages'], tools: EditorConversation['tools'] = []): void {
  assert.deepEqual(editorConversation({ system: '', messages: [], tools: [], ...asked }), { messages, tools });
}

const text = (words: string) => ({ kind: 'text' as const, text: words });
const call = (id: string, written: string) => ({ id, name: 'read_file', arguments: written });

describe('a request as the editor takes it', () => {
  it('puts the system text first, as words of the user', () =>
    check({ system: 'be brief', messages: [{ role: 'user', text: 'hello' }] }, [
      { role: 'user', parts: [text('be brief')] },
      { role: 'user', parts: [text('hello')] },
    ]));

  it('answers all calls of a turn in one message, in their order', () =>
    check(
      {
        messages: [
          { role: 'assistant', text: 'looking', toolCalls: [call('a', '{"path":"x"}'), call('b', '{}')] },
          { role: 'tool', toolCallId: 'a', name: 'read_file', text: 'one' },
          { role: 'tool', toolCallId: 'b', name: 'read_file', text: '' },
          { role: 'user', text: 'go on' },
        ],
      },
      [
        {
          role: 'assistant',
          parts: [
            text('looking'),
            { kind: 'toolCall', callId: 'a', name: 'read_file', input: { path: 'x' } },
            { kind: 'toolCall', callId: 'b', name: 'read_file', input: {} },
          ],
        },
        {
          role: 'user',
          parts: [
            { kind: 'toolResult', callId: 'a', text: 'one' },
            { kind: 'toolResult', callId: 'b', text: '(empty)' },
          ],
        },
        { role: 'user', parts: [text('go on')] },
      ],
    ));

  it('keeps results of two turns apart', () => {
    const turn = (id: string): ModelRequest['messages'] => [
      { role: 'assistant', text: '', toolCalls: [call(id, '{}')] },
      { role: 'tool', toolCallId: id, name: 'read_file', text: id },
    ];
    const roles = editorConversation({ system: '', messages: [...turn('a'), ...turn('b')], tools: [] }).messages;
    assert.deepEqual(
      roles.map(({ role, parts }) => [role, parts.length]),
      [
        ['assistant', 1],
        ['user', 1],
        ['assistant', 1],
        ['user', 1],
      ],
    );
  });

  for (const written of ['{"path":', '[1]', '"x"', 'null', '']) {
    it(`shows the model what it wrote where that is no object: ${JSON.stringify(written)}`, () =>
      check({ messages: [{ role: 'assistant', text: ' ', toolCalls: [call('a', written)] }] }, [
        {
          role: 'assistant',
          parts: [{ kind: 'toolCall', callId: 'a', name: 'read_file', input: { malformed: written } }],
        },
      ]));
  }

  it('sends no empty text', () =>
    check({ messages: [{ role: 'assistant', text: ' ', toolCalls: [] }] }, [
      { role: 'assistant', parts: [text('(empty)')] },
    ]));

  it('names tools with their schemas', () => {
    const parameters = { type: 'object', properties: { path: { type: 'string' } } };
    const tool = { name: 'read_file', description: 'Reads.' };
    check({ tools: [{ ...tool, parameters }] }, [], [{ ...tool, inputSchema: parameters }]);
  });

  it('is a prefix of the next request of the same talk', () => {
    const messages: ModelRequest['messages'] = [
      { role: 'user', text: 'a' },
      { role: 'assistant', text: 'b', toolCalls: [call('1', '{}')] },
      { role: 'tool', toolCallId: '1', name: 'read_file', text: 'c' },
      { role: 'assistant', text: 'd', toolCalls: [] },
    ];
    const whole = editorConversation({ system: 's', messages, tools: [] }).messages;
    const shorter = editorConversation({ system: 's', messages: messages.slice(0, 2), tools: [] }).messages;
    assert.deepEqual(whole.slice(0, shorter.length), shorter);
  });

  it('counts all of it', () => {
    const conversation = editorConversation({
      system: 's',
      messages: [{ role: 'assistant', text: 'b', toolCalls: [call('1', '{"path":"x"}')] }],
      tools: [{ name: 't', description: 'd', parameters: {} }],
    });
    assert.deepEqual(textsOf(conversation), [
      's',
      'b\nread_file {"path":"x"}',
      '[{"name":"t","description":"d","inputSchema":{}}]',
    ]);
  });
});
