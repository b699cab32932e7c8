import assert from 'node:assert/strict';
import { array, assert as holds, asyncProperty, option, record, string } from 'fast-check';
import type { Message, ModelEvent } from '../../src/core/ports.ts';
import {
  callOnce,
  checkFault,
  FAULT_ROWS,
  GENEROUS,
  requestOf,
  withServer,
  type MakeProvider,
} from './providerHarness.ts';

const KEY = 'sk-secret-0123456789';

/** What every network provider must do, as cases of the surrounding `describe`. `turns` finds the list of messages in a request body. */
export function behavesAsProvider(make: MakeProvider, turns: (body: unknown) => unknown): void {
  describe('meets every fault', () => {
    for (const row of FAULT_ROWS) it(row.name, () => checkFault(make, row));
  });

  it('stops when aborted mid-stream and closes the connection', () => abortsAt(make, 'midStream'));
  it('stops when aborted before the first token and closes the connection', () => abortsAt(make, 'beforeFirstToken'));
  it('stops when aborted before the headers and closes the connection', () => abortsAt(make, 'beforeHeaders'));

  it('sends nothing when it is stopped before it begins', () =>
    withServer([], async (server) => {
      const provider = make({ baseUrl: server.url, timeouts: GENEROUS });
      const result = await provider.call(requestOf(), () => undefined, AbortSignal.abort());
      assert.deepEqual(result, { kind: 'error', error: { kind: 'stopped' } });
      assert.equal(server.requests.length, 0);
    }));

  it('tells a refused connection', async () => {
    const url = await withServer([], (server) => Promise.resolve(server.url));
    const provider = make({ baseUrl: url, timeouts: GENEROUS });
    const result = await provider.call(requestOf(), () => undefined, new AbortController().signal);
    assert.equal(result.kind === 'error' && result.error.kind, 'connection');
    assert.match(JSON.stringify(result), /ECONNREFUSED/);
  });

  it('takes the whole answer when only its end stays out', async () => {
    const step = { text: 'all of it', usage: 'missing', fault: { kind: 'silence', at: 'afterFinish' } } as const;
    const { result } = await callOnce(make, [step], { timeouts: { ...GENEROUS, idleMs: 60 } });
    assert.equal(result.kind === 'ok' && result.value.text, 'all of it');
  });

  it('closes the connection at the cap', async () => {
    // Far more than the buffers of a socket hold, so that the server cannot have sent all of it.
    const step = { fault: { kind: 'hugeAnswer', bytes: 20_000_000 } } as const;
    const { result, requests } = await callOnce(make, [step], { answerCapBytes: 100_000 });
    assert.deepEqual(result, { kind: 'error', error: { kind: 'tooLarge', limitBytes: 100_000 } });
    assert.notEqual(requests[0]?.closedByClientAt, undefined);
  });

  it('ends at a line longer than twice the cap', async () => {
    const step = { chunkSize: 2_000_000, fault: { kind: 'hugeAnswer', bytes: 2_000_000 } } as const;
    const { result } = await callOnce(make, [step], { answerCapBytes: 10_000 });
    assert.deepEqual(result, { kind: 'error', error: { kind: 'tooLarge', limitBytes: 10_000 } });
  });

  it('closes the connection when the one who listens throws', () =>
    withServer([{ text: 'abcdefgh', chunkSize: 1, fault: { kind: 'silence', at: 'midStream' } }], async (server) => {
      const provider = make({ baseUrl: server.url, timeouts: GENEROUS });
      const listener = (): never => {
        throw new RangeError('a fault of the caller');
      };
      await assert.rejects(provider.call(requestOf(), listener, new AbortController().signal), RangeError);
      await server.settled(1);
      assert.notEqual(server.requests[0]?.closedByClientAt, undefined);
    }));

  for (const [name, step] of [
    ['status', { fault: { kind: 'status', status: 401, message: `Incorrect API key provided: ${KEY}.` } }],
    ['event', { text: 'abcd', fault: { kind: 'errorEvent', shape: 'nested', message: `bad key ${KEY}` } }],
  ] as const) {
    it(`keeps the key out of the error of a ${name}`, async () => {
      const { result, requests } = await callOnce(make, [step], { apiKey: KEY });
      assert.ok(JSON.stringify(requests[0]?.headers).includes(KEY), 'the key was sent');
      assert.ok(JSON.stringify(result).includes('[key]'), 'the message shows that a key was left out');
      assert.ok(!JSON.stringify(result).includes(KEY), 'the key is in the error');
    });
  }

  it('cuts an error message to 2,000 characters', async () => {
    const fault = { kind: 'status', status: 500, message: 'm'.repeat(10_000) } as const;
    const { result } = await callOnce(make, [{ fault }]);
    assert.deepEqual(result, {
      kind: 'error',
      error: { kind: 'serverError', status: 500, message: `${'m'.repeat(1_999)}…` },
    });
  });

  it('keeps the messages of a call a prefix of those of the next', async () => {
    await holds(
      asyncProperty(conversation, async (rounds) => {
        await withServer(
          () => ({ text: 'x' }),
          async (server) => {
            const provider = make({ baseUrl: server.url, timeouts: GENEROUS });
            const messages: Message[] = [{ role: 'user', text: 'Begin' }];
            for (const [index, round] of [[], ...rounds.map(messagesOf)].entries()) {
              messages.push(...round.map((message) => withIds(message, index)));
              const request = requestOf({ messages: [...messages], maxOutputTokens: 100 + index });
              await provider.call(request, () => undefined, new AbortController().signal);
            }
            const sent = server.requests.map(({ body }) => JSON.stringify(turns(body)).slice(0, -1));
            assert.equal(sent.length, rounds.length + 1);
            for (const [index, text] of sent.slice(1).entries()) assert.ok(text.startsWith(sent[index] ?? '-'), text);
          },
        );
      }),
      { numRuns: 12 },
    );
  });
}

/** One round of a conversation: an answer with tool calls and their results, and perhaps a word of the user. */
const conversation = array(
  record({
    text: string({ maxLength: 8 }),
    results: array(string({ maxLength: 8 }), { maxLength: 3 }),
    nudge: option(string({ maxLength: 8 }), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 3 },
);

function messagesOf(round: {
  readonly text: string;
  readonly results: readonly string[];
  readonly nudge: string | undefined;
}): readonly Message[] {
  const calls = round.results.map((_, position) => ({
    id: `call-${position}`,
    name: 'read_file',
    arguments: '{"a":1}',
  }));
  return [
    { role: 'assistant', text: round.text, toolCalls: calls },
    ...round.results.map((text, position): Message => ({
      role: 'tool',
      toolCallId: `call-${position}`,
      name: 'read_file',
      text,
    })),
    ...(round.nudge === undefined ? [] : [{ role: 'user', text: round.nudge } as const]),
  ];
}

function withIds(message: Message, round: number): Message {
  if (message.role === 'tool') return { ...message, toolCallId: `${round}-${message.toolCallId}` };
  if (message.role === 'user') return message;
  return { ...message, toolCalls: message.toolCalls.map((call) => ({ ...call, id: `${round}-${call.id}` })) };
}

async function abortsAt(make: MakeProvider, at: 'midStream' | 'beforeFirstToken' | 'beforeHeaders'): Promise<void> {
  const step = { text: 'abcdefgh', chunkSize: 1, fault: { kind: 'silence', at } } as const;
  await withServer([step], async (server) => {
    const provider = make({ baseUrl: server.url, timeouts: GENEROUS });
    const caller = new AbortController();
    let sawText: (event: ModelEvent) => void = () => undefined;
    const firstText = new Promise<unknown>((resolve) => {
      sawText = resolve;
    });
    const call = provider.call(requestOf(), (event) => sawText(event), caller.signal);
    await (at === 'midStream' ? firstText : server.received(1));
    const abortedAt = Date.now();
    caller.abort();
    assert.deepEqual(await call, { kind: 'error', error: { kind: 'stopped' } });
    await server.settled(1);
    const closedAt = server.requests[0]?.closedByClientAt;
    assert.ok(closedAt !== undefined && closedAt - abortedAt <= 500, `closed ${closedAt} after ${abortedAt}`);
  });
}
