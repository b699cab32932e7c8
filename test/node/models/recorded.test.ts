import assert from 'node:assert/strict';
import { promptHash } from '../../../src/core/prompt/promptHash.ts';
import type { ModelAnswer, ModelEvent, ModelRequest } from '../../../src/core/ports.ts';
import { createRecorded, parseExchanges } from '../../../src/node/models/recorded.ts';
import { requestOf } from '../../support/providerHarness.ts';

const ANSWER: ModelAnswer = {
  text: 'Zwölf Käse 🧀 in a row',
  toolCalls: [{ id: 'c1', name: 'read_file', arguments: '{}' }],
  finishReason: 'toolCalls',
  usage: { input: 10, output: 5 },
  model: 'm',
};

const REQUEST = requestOf();
const RECORDED = { stepKey: REQUEST.stepKey, promptHash: promptHash(REQUEST), answer: ANSWER };

describe('createRecorded', () => {
  it('answers with the recorded answer as a stream', async () => {
    const events: ModelEvent[] = [];
    const provider = createRecorded([RECORDED]);
    const result = await provider.call(REQUEST, (event) => events.push(event), new AbortController().signal);
    assert.deepEqual(result, { kind: 'ok', value: { ...ANSWER, recorded: true } });
    const texts = events.flatMap((event) => (event.kind === 'text' ? [event.text] : []));
    assert.equal(texts.join(''), ANSWER.text);
    assert.equal(texts.length, 4);
    assert.deepEqual(events.at(-1), { kind: 'toolCall', name: 'read_file' });
  });

  it('takes the later of two recordings of the same', async () => {
    const later = { ...RECORDED, answer: { ...ANSWER, text: 'later' } };
    const result = await call([RECORDED, later], REQUEST);
    assert.equal(result.kind === 'ok' && result.value.text, 'later');
  });

  it('keeps several prompts of one step apart', async () => {
    const other = requestOf({ system: 'Be long.' });
    const long = { stepKey: other.stepKey, promptHash: promptHash(other), answer: { ...ANSWER, text: 'long' } };
    const result = await call([long, RECORDED], REQUEST);
    assert.equal(result.kind === 'ok' && result.value.text, ANSWER.text);
  });

  it('tells a step that was not recorded', async () => {
    const result = await call([RECORDED], requestOf({ stepKey: 'audit/1' }));
    assert.deepEqual(result, {
      kind: 'error',
      error: {
        kind: 'recordingMissing',
        stepKey: 'audit/1',
        message:
          `no answer is recorded for the step audit/1 (prompt ${promptHash(REQUEST).slice(0, 12)}); ` +
          'record it with `npm run sample:record`',
      },
    });
  });

  it('tells a prompt that has changed', async () => {
    const changed = requestOf({ system: 'Be longer.' });
    assert.deepEqual(await call([RECORDED], changed), {
      kind: 'error',
      error: {
        kind: 'recordingMissing',
        stepKey: 'plan/1',
        message:
          `the prompt of the step plan/1 has changed: its hash is ${promptHash(changed).slice(0, 12)}, ` +
          `recorded ${promptHash(REQUEST).slice(0, 12)}; record it with \`npm run sample:record\``,
      },
    });
  });

  it('stops', async () => {
    const result = await createRecorded([RECORDED]).call(REQUEST, () => undefined, AbortSignal.abort());
    assert.deepEqual(result, { kind: 'error', error: { kind: 'stopped' } });
  });
});

describe('promptHash', () => {
  const base = withCallIds('a', 'b');
  const same: Readonly<Record<string, ModelRequest>> = {
    'another step': { ...base, stepKey: 'other/1' },
    'another limit': { ...base, maxOutputTokens: 1 },
    'other tool-call ids': withCallIds('x', 'y'),
    'members in another order': { ...base, tools: [{ parameters: { b: 1, a: 2 }, description: 'd', name: 'f' }] },
  };
  const different: Readonly<Record<string, ModelRequest>> = {
    'another system': { ...base, system: 'x' },
    'another message': { ...base, messages: [{ role: 'user', text: 'x' }] },
    'another tool': { ...base, tools: [] },
    'another output schema': { ...base, outputSchema: { name: 'plan', schema: {} } },
    'results that belong to other calls': withCallIds('a', 'b', ['b', 'a']),
  };
  for (const [name, request] of Object.entries(same)) {
    it(`is the same for ${name}`, () => assert.equal(promptHash(request), promptHash(base)));
  }
  for (const [name, request] of Object.entries(different)) {
    it(`differs for ${name}`, () => assert.notEqual(promptHash(request), promptHash(base)));
  }
});

describe('parseExchanges', () => {
  const line = JSON.stringify(RECORDED);
  it('reads a line each', () =>
    assert.deepEqual(parseExchanges(`${line}\n\n${line}\r\n`), { kind: 'ok', value: [RECORDED, RECORDED] }));
  it('reads nothing', () => assert.deepEqual(parseExchanges(''), { kind: 'ok', value: [] }));

  const broken: Readonly<Record<string, readonly [text: string, message: RegExp]>> = {
    'what is not JSON': ['{"stepKey"', /not JSON/],
    'a missing answer': ['{"stepKey": "a", "promptHash": "b"}', /answer/],
    'an unknown member': [JSON.stringify({ ...RECORDED, extra: 1 }), /extra/],
    'a hash that is none': [JSON.stringify({ ...RECORDED, promptHash: 'abc' }), /promptHash/],
    'a negative usage': [
      JSON.stringify({ ...RECORDED, answer: { ...ANSWER, usage: { input: -1, output: 0 } } }),
      /usage/,
    ],
  };
  for (const [name, [text, message]] of Object.entries(broken)) {
    it(`tells the line of ${name}`, () => {
      const result = parseExchanges(`${line}\n${text}`);
      assert.equal(result.kind === 'error' && result.error.line, 2);
      assert.match(result.kind === 'error' ? result.error.message : '', message);
    });
  }
});

function call(
  exchanges: Parameters<typeof createRecorded>[0],
  request: ModelRequest,
): ReturnType<ReturnType<typeof createRecorded>['call']> {
  return createRecorded(exchanges).call(request, () => undefined, new AbortController().signal);
}

function withCallIds(first: string, second: string, results: readonly string[] = [first, second]): ModelRequest {
  return requestOf({
    tools: [{ name: 'f', description: 'd', parameters: { a: 2, b: 1 } }],
    messages: [
      {
        role: 'assistant',
        text: '',
        toolCalls: [first, second].map((id) => ({ id, name: 'f', arguments: '{}' })),
      },
      ...results.map((id, position) => ({ role: 'tool', toolCallId: id, name: 'f', text: `${position}` }) as const),
    ],
  });
}
