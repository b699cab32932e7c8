import assert from 'node:assert/strict';
import type { ModelAnswer } from '../../../src/core/ports.ts';
import type { AnswerBuilder } from '../../../src/node/models/answerBuilder.ts';
import type { Timeouts } from '../../../src/node/models/deadlines.ts';
import { DEFAULT_ANSWER_CAP_BYTES, streamCall, type StreamedCall } from '../../../src/node/models/streamedCall.ts';
import { GENEROUS, requestOf } from '../../support/providerHarness.ts';

/*
 * The order of things around the end of an answer, which no server over a socket could time exactly.
 */

type Move = (builder: AnswerBuilder) => void;

/** A call whose stream makes these moves and then hangs until its signal aborts, as the SDKs do: the iteration ends quietly. */
function callOf(moves: readonly Move[], beforeHang: () => void, timeouts: Timeouts = GENEROUS): StreamedCall {
  async function* events(signal: AbortSignal): AsyncGenerator {
    yield* moves;
    beforeHang();
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }
  return {
    apiKey: '',
    timeouts,
    answerCapBytes: DEFAULT_ANSWER_CAP_BYTES,
    request: requestOf(),
    open: ({ signal }) => Promise.resolve({ events: events(signal), response: new Response(null) }),
    read: (event, builder) => (event as Move)(builder),
  };
}

const text: Move = (builder) => builder.addText('all');
const finish: Move = (builder) => builder.setFinish('stop');
const WHOLE: ModelAnswer = { text: 'all', toolCalls: [], finishReason: 'stop' };

describe('streamCall', () => {
  it('is stopped by the caller even when the answer is whole', async () => {
    const caller = new AbortController();
    const call = callOf([text, finish], () => caller.abort());
    assert.deepEqual(await streamCall(call, () => undefined, caller.signal), {
      kind: 'error',
      error: { kind: 'stopped' },
    });
  });

  it('waits only a moment for the end of a whole answer', async () => {
    // The test's own time limit is far below the idle deadline, so that waiting for that one fails.
    const call = callOf([text, finish], () => undefined, { firstTokenMs: 1e6, idleMs: 1e6, totalMs: 1e6 });
    const result = await streamCall(call, () => undefined, new AbortController().signal);
    assert.deepEqual(result, { kind: 'ok', value: WHOLE });
  }).timeout(15_000);

  it('takes a whole answer whose connection is lost before its end mark', async () => {
    const call = callOf([text, finish], () => {
      throw new TypeError('terminated');
    });
    const result = await streamCall(call, () => undefined, new AbortController().signal);
    assert.deepEqual(result, { kind: 'ok', value: WHOLE });
  });

  it('does not take a whole answer for one when an error follows it', async () => {
    const call = callOf([text, finish, (builder) => builder.fail({ message: 'no' })], () => undefined);
    const result = await streamCall(call, () => undefined, new AbortController().signal);
    assert.deepEqual(result, { kind: 'error', error: { kind: 'serverError', status: 500, message: 'no' } });
  });

  it('gives no event and no answer after the cap', async () => {
    const events: unknown[] = [];
    const long: Move = (builder) => builder.addText('x'.repeat(100));
    const call = { ...callOf([long, long, long, finish], () => undefined), answerCapBytes: 150 };
    const result = await streamCall(call, (event) => events.push(event), new AbortController().signal);
    assert.deepEqual(result, { kind: 'error', error: { kind: 'tooLarge', limitBytes: 150 } });
    assert.equal(events.length, 2);
  });

  it('counts bytes of reasoning and tool calls towards the cap', async () => {
    for (const move of [
      (builder: AnswerBuilder) => builder.addReasoning('ä'.repeat(100)),
      (builder: AnswerBuilder) => builder.addToolCall({ slot: 0, name: 'f', arguments: 'ä'.repeat(100) }),
    ]) {
      const call = { ...callOf([move, finish], () => undefined), answerCapBytes: 150 };
      const result = await streamCall(call, () => undefined, new AbortController().signal);
      assert.deepEqual(result, { kind: 'error', error: { kind: 'tooLarge', limitBytes: 150 } });
    }
  });
});
