import assert from 'node:assert/strict';
import { remoteEditorModel, type AskEditorModel } from '../../src/app/remoteEditorModel.ts';
import type { ModelEvent, ModelRequest } from '../../src/core/ports.ts';
import { workerSchema } from '../../src/core/settings.ts';

const REQUEST: ModelRequest = { stepKey: 'k', system: '', messages: [], tools: [], maxOutputTokens: 10 };
const WORKER = { provider: 'editor', model: 'copilot/gpt-4o' };
const ANSWER = { kind: 'ok', value: { text: 'hi', toolCalls: [], finishReason: 'stop' } } as const;

async function call(
  ask: AskEditorModel,
  settings: Readonly<Record<string, unknown>> = {},
  signal = new AbortController().signal,
) {
  const events: ModelEvent[] = [];
  const provider = remoteEditorModel(ask, workerSchema.parse({ ...WORKER, ...settings }));
  const result = await provider.call(REQUEST, (event) => events.push(event), signal);
  return { result, events };
}

/** A host that never answers, and says whether it was told to stop. */
function silent(first: (onEvent: (event: ModelEvent) => void) => void = () => undefined) {
  const seen: { signal?: AbortSignal; onEvent?: (event: ModelEvent) => void } = {};
  const ask: AskEditorModel = (_, __, onEvent, signal) => {
    Object.assign(seen, { signal, onEvent });
    first(onEvent);
    return new Promise(() => undefined);
  };
  return { ask, seen };
}

describe("the editor's model from the other side of the way", () => {
  it('passes request, events and answer through', async () => {
    let asked: unknown;
    const { result, events } = await call(async (model, request, onEvent) => {
      asked = { model, request };
      onEvent({ kind: 'text', text: 'hi' });
      return ANSWER;
    });
    assert.deepEqual(
      { asked, result, events },
      {
        asked: { model: 'copilot/gpt-4o', request: REQUEST },
        result: ANSWER,
        events: [{ kind: 'text', text: 'hi' }],
      },
    );
  });

  const deadlines = [
    ['firstToken', { first_token_timeout_seconds: 0.02 }, silent()],
    ['idle', { idle_timeout_seconds: 0.02 }, silent((onEvent) => onEvent({ kind: 'text', text: 'a' }))],
    ['total', { total_timeout_seconds: 0.02 }, silent()],
  ] as const;
  for (const [phase, settings, { ask, seen }] of deadlines) {
    it(`ends at the ${phase} deadline, tells the host, and hears nothing more`, async () => {
      const { result, events } = await call(ask, settings);
      assert.deepEqual(result, { kind: 'error', error: { kind: 'timeout', phase, afterMs: 20 } });
      assert.equal(seen.signal?.aborted, true);
      const before = events.length;
      seen.onEvent?.({ kind: 'text', text: 'late' });
      assert.equal(events.length, before);
    });
  }

  it('stops with the signal, before and during the call', async () => {
    const controller = new AbortController();
    const { ask, seen } = silent(() => controller.abort());
    const stopped = { kind: 'error', error: { kind: 'stopped' } };
    assert.deepEqual((await call(ask, {}, controller.signal)).result, stopped);
    assert.equal(seen.signal?.aborted, true);
    assert.deepEqual((await call(() => assert.fail('asked'), {}, controller.signal)).result, stopped);
  });

  it('takes a lost way for a lost connection', async () =>
    assert.deepEqual((await call(() => Promise.reject(new Error('the port is closed')))).result, {
      kind: 'error',
      error: { kind: 'connection', message: 'the editor cannot be asked: the port is closed' },
    }));
});
