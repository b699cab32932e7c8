import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { ModelEvent, ModelRequest } from '../../../src/core/ports.ts';
import { callEditorModel, listEditorModels } from '../../../src/extension/models/editorModel.ts';
import { recordOf, SCRIPT_VARIABLE, type DriverScript } from '../driver/script.ts';

const file = process.env[SCRIPT_VARIABLE] ?? '';
const REQUEST: ModelRequest = {
  stepKey: 'implement/T1/call-1',
  system: 'be brief',
  messages: [
    { role: 'user', text: 'read it' },
    { role: 'assistant', text: '', toolCalls: [{ id: 'c1', name: 'read_file', arguments: '{"path":"a"}' }] },
    { role: 'tool', toolCallId: 'c1', name: 'read_file', text: 'content' },
  ],
  tools: [{ name: 'read_file', description: 'Reads a file.', parameters: { type: 'object', properties: {} } }],
  maxOutputTokens: 1_000,
};

async function call(script: DriverScript, signal = new AbortController().signal, model = 'speckit-test/scripted') {
  writeFileSync(file, JSON.stringify({ models: [{ id: 'scripted', toolCalling: true }], ...script }));
  const events: ModelEvent[] = [];
  const result = await callEditorModel(REQUEST, model, (event) => events.push(event), signal);
  return { result, events };
}

describe("the editor's own models", () => {
  it('are listed by vendor and id', async () =>
    assert.ok((await listEditorModels()).includes('speckit-test/scripted')));

  it('get the whole conversation and answer with text and calls', async () => {
    const { result, events } = await call({
      answers: [{ text: 'looking', toolCalls: [{ id: 'c2', name: 'read_file', arguments: '{"path":"b"}' }] }],
    });
    assert.ok(result.kind === 'ok', JSON.stringify(result));
    assert.deepEqual(result.value, {
      text: 'looking',
      toolCalls: [{ id: 'c2', name: 'read_file', arguments: '{"path":"b"}' }],
      finishReason: 'toolCalls',
      model: 'speckit-test/scripted',
    });
    assert.equal(
      events.map((event) => (event.kind === 'text' ? event.text : event.kind)).join(' '),
      'looking toolCall',
    );
    const [last = ''] = readFileSync(recordOf(file), 'utf8').trim().split('\n').slice(-1);
    assert.deepEqual((JSON.parse(last) as { messages: unknown }).messages, [
      { role: 'user', parts: [{ kind: 'text', text: 'be brief' }] },
      { role: 'user', parts: [{ kind: 'text', text: 'read it' }] },
      { role: 'assistant', parts: [{ kind: 'toolCall', id: 'c1', name: 'read_file', input: { path: 'a' } }] },
      { role: 'user', parts: [{ kind: 'toolResult', id: 'c1', text: 'content' }] },
    ]);
  });

  const failures = [
    ['NoPermissions', 'unauthorized'],
    ['NotFound', 'notFound'],
    ['Blocked', 'unauthorized'],
    ['Rate limit exceeded', 'rateLimited'],
    ['something else', 'serverError'],
  ] as const;
  for (const [failure, kind] of failures) {
    it(`fail with ${kind} for ${failure}`, async () => {
      const { result } = await call({ failure });
      assert.equal(result.kind === 'error' ? result.error.kind : result.kind, kind);
    });
  }

  it('stop with the signal, in the middle of an answer', async () => {
    const started = performance.now();
    const { result } = await call(
      { answers: [{ text: 'word '.repeat(100), chunkSize: 5, chunkDelayMs: 100 }] },
      AbortSignal.timeout(500),
    );
    assert.deepEqual(result, { kind: 'error', error: { kind: 'stopped' } });
    assert.ok(performance.now() - started < 3_000);
  });

  it('say which there are when the wanted one is not', async () => {
    const { result } = await call({}, undefined, 'nobody/none');
    assert.ok(result.kind === 'error' && result.error.kind === 'notFound');
    assert.match(result.error.message, /no model nobody\/none\. It has .*speckit-test\/scripted/);
  });
});
