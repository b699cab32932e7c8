import assert from 'node:assert/strict';
import type { ModelEvent, ModelRequest } from '../../../src/core/ports.ts';
import { callEditorChat, type EditorAnswerPart, type EditorChat } from '../../../src/extension/models/editorCall.ts';

const REQUEST: ModelRequest = {
  stepKey: 'plan/call-1',
  system: 's',
  messages: [{ role: 'user', text: 'hello' }],
  tools: [],
  maxOutputTokens: 1_000,
};
const running = new AbortController().signal;

interface Behaviour extends Partial<Omit<EditorChat, 'send'>> {
  readonly send?: (signal: AbortSignal) => AsyncIterable<EditorAnswerPart>;
}

function chat({ send, ...members }: Behaviour): EditorChat {
  return {
    name: 'copilot/gpt-4o',
    maxInputTokens: 64_000,
    callsTools: true,
    countTokens: (text) => Promise.resolve(text.length),
    send: (_, signal) => Promise.resolve(send?.(signal) ?? parts()),
    ...members,
  };
}

async function* parts(...given: readonly EditorAnswerPart[]): AsyncIterable<EditorAnswerPart> {
  for (const part of given) yield await Promise.resolve(part);
}

async function call(behaviour: Behaviour, request: Partial<ModelRequest> = {}, signal = running) {
  const events: ModelEvent[] = [];
  const result = await callEditorChat(
    chat(behaviour),
    { ...REQUEST, ...request },
    (event) => events.push(event),
    signal,
  );
  return { result, events };
}

describe("a call of the editor's model", () => {
  it('gathers text, shows thinking, and tells no usage', async () =>
    assert.deepEqual(
      await call({
        send: () =>
          parts(
            { kind: 'reasoning', text: 'hm' },
            { kind: 'text', text: 'Hel' },
            { kind: 'other' },
            { kind: 'text', text: 'lo' },
          ),
      }),
      {
        result: { kind: 'ok', value: { text: 'Hello', toolCalls: [], finishReason: 'stop', model: 'copilot/gpt-4o' } },
        events: [
          { kind: 'reasoning', text: 'hm' },
          { kind: 'text', text: 'Hel' },
          { kind: 'text', text: 'lo' },
        ],
      },
    ));

  it('gives tool calls their text and an id where there is none', async () => {
    const before = { id: 'old', name: 'search', arguments: '{}' };
    const { result, events } = await call(
      {
        send: () =>
          parts(
            { kind: 'toolCall', callId: 'c1', name: 'read_file', input: { path: 'a' } },
            { kind: 'toolCall', callId: '', name: 'search', input: undefined },
          ),
      },
      { messages: [...REQUEST.messages, { role: 'assistant', text: '', toolCalls: [before] }] },
    );
    assert.deepEqual(result.kind === 'ok' ? [result.value.finishReason, result.value.toolCalls] : result, [
      'toolCalls',
      [
        { id: 'c1', name: 'read_file', arguments: '{"path":"a"}' },
        { id: 'call_3', name: 'search', arguments: '{}' },
      ],
    ]);
    assert.deepEqual(events, [
      { kind: 'toolCall', name: 'read_file' },
      { kind: 'toolCall', name: 'search' },
    ]);
  });

  it('ends an answer that outgrows what was reserved for it, and cancels the call', async () => {
    let cancelled: AbortSignal | undefined;
    const { result } = await call(
      {
        async *send(signal) {
          cancelled = signal;
          for (;;) yield await Promise.resolve({ kind: 'text', text: 'word '.repeat(100) });
        },
      },
      { maxOutputTokens: 500 },
    );
    assert.ok(result.kind === 'ok' && result.value.finishReason === 'length');
    assert.ok(result.value.text.length < 5_000, `${result.value.text.length} characters`);
    assert.equal(cancelled?.aborted, true);
  });

  it('refuses an answer without end that is no text', async () => {
    const piece = 'x'.repeat(1024 * 1024);
    const { result } = await call({
      send: () => parts(...Array.from({ length: 6 }, () => ({ kind: 'reasoning' as const, text: piece }))),
    });
    assert.deepEqual(result, { kind: 'error', error: { kind: 'tooLarge', limitBytes: 4 * 1024 * 1024 } });
  });

  it('counts what might be too long, and sends nothing that is', async () => {
    let nSent = 0;
    const send = (): AsyncIterable<EditorAnswerPart> => {
      nSent += 1;
      return parts();
    };
    const long = { messages: [{ role: 'user' as const, text: 'x'.repeat(3_000) }] };
    const refused = await call({ maxInputTokens: 1_000, send }, long);
    assert.deepEqual(refused.result, {
      kind: 'error',
      error: { kind: 'contextOverflow', message: 'copilot/gpt-4o takes 1000 tokens and this request has 3001' },
    });
    const counted = await call({ maxInputTokens: 1_000, send, countTokens: () => Promise.resolve(500) }, long);
    assert.equal(counted.result.kind, 'ok');
    assert.equal((await call({ maxInputTokens: 0, send }, long)).result.kind, 'ok');
    assert.equal(nSent, 2);
  });

  it('asks no tools of a model that calls none', async () => {
    const tools = [{ name: 't', description: '', parameters: {} }];
    const { result } = await call({ callsTools: false }, { tools });
    assert.deepEqual(result, {
      kind: 'error',
      error: { kind: 'badRequest', status: 400, message: 'copilot/gpt-4o cannot call tools' },
    });
    assert.equal((await call({ callsTools: false })).result.kind, 'ok');
  });

  it('tells what broke in the middle', async () => {
    const { result } = await call({
      async *send() {
        yield await Promise.resolve({ kind: 'text', text: 'half' });
        throw new Error('gone');
      },
    });
    assert.deepEqual(result, { kind: 'error', error: { kind: 'cut', message: 'gone', partialText: 'half' } });
  });

  it('stops at once though the vendor goes on, and says nothing of what the vendor threw', async () => {
    const controller = new AbortController();
    const stopped = { kind: 'error', error: { kind: 'stopped' } };
    const { result } = await call(
      {
        async *send() {
          yield await Promise.resolve({ kind: 'text', text: 'a' });
          controller.abort();
          await new Promise(() => undefined);
        },
      },
      {},
      controller.signal,
    );
    assert.deepEqual(result, stopped);
    assert.deepEqual((await call({}, {}, controller.signal)).result, stopped);
  });

  it('stops at once though the vendor never counts its tokens', async () => {
    const controller = new AbortController();
    const countTokens = (): Promise<number> => {
      controller.abort();
      return new Promise(() => undefined);
    };
    const long = { messages: [{ role: 'user' as const, text: 'x'.repeat(3_000) }] };
    const { result } = await call({ maxInputTokens: 1_000, countTokens }, long, controller.signal);
    assert.deepEqual(result, { kind: 'error', error: { kind: 'stopped' } });
  });
});
