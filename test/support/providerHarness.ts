import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import type { Result } from '../../src/base/result.ts';
import type {
  FinishReason,
  ModelAnswer,
  ModelError,
  ModelEvent,
  ModelProvider,
  ModelRequest,
} from '../../src/core/ports.ts';
import type { Timeouts } from '../../src/node/models/deadlines.ts';
import {
  startScriptedModelServer,
  type ScriptedModelServer,
  type ReceivedRequest,
  type Script,
} from './scriptedModelServer.ts';
import type { Fault, Step } from './scriptedStep.ts';

/** What the three network providers have in common, for tables that run over all of them. */
export interface ProviderSettings {
  readonly baseUrl: string;
  readonly apiKey?: string;
  readonly timeouts: Timeouts;
  readonly answerCapBytes?: number;
}
export type MakeProvider = (settings: ProviderSettings) => ModelProvider;

/** Deadlines that no healthy answer of the scripted server comes near. */
export const GENEROUS: Timeouts = { firstTokenMs: 10_000, idleMs: 10_000, totalMs: 20_000 };

/** A request with nothing in it that a test does not name. */
export function requestOf(parts: Partial<ModelRequest> = {}): ModelRequest {
  return {
    stepKey: 'plan/1',
    system: 'Be brief.',
    messages: [{ role: 'user', text: 'Hello' }],
    tools: [],
    maxOutputTokens: 500,
    ...parts,
  };
}

/** One call against a scripted server, with everything a test may ask about. The server is closed before this resolves. */
export async function callOnce(
  make: MakeProvider,
  script: Script,
  settings: Partial<ProviderSettings> = {},
  request: ModelRequest = requestOf(),
): Promise<Call> {
  return withServer(script, async (server) => {
    const provider = make({ baseUrl: server.url, timeouts: GENEROUS, ...settings });
    const events: ModelEvent[] = [];
    const caller = new AbortController();
    const result = await provider.call(request, (event) => events.push(event), caller.signal);
    assert.equal(getEventListeners(caller.signal, 'abort').length, 0, 'a listener stays on the signal of the caller');
    await server.settled(server.requests.length);
    return { result, events, requests: server.requests };
  });
}

export interface Call {
  readonly result: Result<ModelAnswer, ModelError>;
  readonly events: readonly ModelEvent[];
  readonly requests: readonly ReceivedRequest[];
}

/** Runs `work` with a scripted server and closes it, whatever happens. */
export async function withServer<Value>(
  script: Script,
  work: (server: ScriptedModelServer) => Promise<Value>,
): Promise<Value> {
  const server = await startScriptedModelServer(script);
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}

const USAGE = { input: 100, output: 20, cachedInput: 60, reasoning: 5 };
const STEP: Step = { text: 'abcdefghijklmnop', chunkSize: 4, usage: USAGE };
/** What has arrived when a fault comes in the middle of STEP. */
const HALF = 'abcdefgh';

/** Stands in a row for the words of the platform's network code, which differ between systems and versions. */
const LOST = 'the connection was lost';

/** One row: the fault, what the provider must return, and deadlines where the row is about them. */
export interface FaultRow {
  readonly name: string;
  readonly step: Step;
  readonly expected: Result<ModelAnswer, ModelError>;
  readonly timeouts?: Partial<Timeouts>;
  /** Whether the provider itself must have closed the connection. */
  readonly closedByClient?: true;
}

function failed(
  name: string,
  fault: Fault,
  error: ModelError,
  more: Omit<Partial<FaultRow>, 'name' | 'expected'> = {},
): FaultRow {
  return { name, expected: { kind: 'error', error }, ...more, step: { ...STEP, ...more.step, fault } };
}

function answered(name: string, step: Step, answer: Partial<ModelAnswer> = {}): FaultRow {
  const value = {
    text: 'abcdefghijklmnop',
    toolCalls: [],
    finishReason: 'stop' as FinishReason,
    usage: USAGE,
    model: 'm-1',
    ...answer,
  };
  if (value.usage === undefined) delete (value as { usage?: unknown }).usage;
  return { name, step: { ...STEP, ...step }, expected: { kind: 'ok', value } };
}

const status = (code: number, more: Omit<Partial<Extract<Fault, { kind: 'status' }>>, 'kind'> = {}): Fault => ({
  kind: 'status',
  status: code,
  message: 'no',
  ...more,
});

const STATUS_ROWS: readonly FaultRow[] = [
  failed('a redirect is not followed', status(307, { location: '?again' }), {
    kind: 'badRequest',
    status: 307,
    message: 'the server redirects to ?again, and neither key nor code is sent on; set base_url to where it is',
  }),
  failed('400', status(400), { kind: 'badRequest', status: 400, message: 'no' }),
  failed('400 flat', status(400, { shape: 'flat' }), { kind: 'badRequest', status: 400, message: 'no' }),
  failed('400 for a prompt that is too long', status(400, { message: 'prompt is too long: 9 tokens > 8 maximum' }), {
    kind: 'contextOverflow',
    message: 'prompt is too long: 9 tokens > 8 maximum',
  }),
  failed('401', status(401), { kind: 'unauthorized', status: 401, message: 'no' }),
  failed('403', status(403), { kind: 'unauthorized', status: 403, message: 'no' }),
  failed('404', status(404), { kind: 'notFound', message: 'no' }),
  failed('408', status(408), { kind: 'serverError', status: 408, message: 'no' }),
  failed('409', status(409), { kind: 'serverError', status: 409, message: 'no' }),
  failed('413', status(413), { kind: 'contextOverflow', message: 'no' }),
  failed('422', status(422), { kind: 'badRequest', status: 422, message: 'no' }),
  failed('429', status(429), { kind: 'rateLimited', message: 'no' }),
  failed('429 with seconds', status(429, { retryAfter: '7' }), {
    kind: 'rateLimited',
    message: 'no',
    retryAfterMs: 7_000,
  }),
  failed('429 with a date long past', status(429, { retryAfter: 'Wed, 21 Oct 2015 07:28:00 GMT' }), {
    kind: 'rateLimited',
    message: 'no',
    retryAfterMs: 0,
  }),
  failed('429 with a date far ahead', status(429, { retryAfter: 'Wed, 21 Oct 2099 07:28:00 GMT' }), {
    kind: 'rateLimited',
    message: 'no',
    retryAfterMs: 86_400_000,
  }),
  failed('429 with an absurd wait', status(429, { retryAfter: '1000000000' }), {
    kind: 'rateLimited',
    message: 'no',
    retryAfterMs: 86_400_000,
  }),
  failed('429 with a negative wait', status(429, { retryAfter: '-5' }), { kind: 'rateLimited', message: 'no' }),
  failed('429 of an empty account', status(429, { code: 'insufficient_quota', type: 'insufficient_quota' }), {
    kind: 'unauthorized',
    status: 429,
    message: 'no',
  }),
  failed('500', status(500), { kind: 'serverError', status: 500, message: 'no' }),
  failed('502 with a page', status(502, { shape: 'html' }), {
    kind: 'serverError',
    status: 502,
    message: '502 <html><body>The gateway is tired.</body></html>',
  }),
  failed('502 without a body', status(502, { shape: 'empty' }), {
    kind: 'serverError',
    status: 502,
    message: '502 status code (no body)',
  }),
  failed('503 flat, a full queue', status(503, { shape: 'flat', message: 'The request queue is full.' }), {
    kind: 'overloaded',
    message: 'The request queue is full.',
  }),
  failed('500 that asks not to be tried again', status(500, { shouldRetry: 'false' }), {
    kind: 'serverError',
    status: 500,
    message: 'no',
    retryRefused: true,
  }),
  failed('503 with seconds', status(503, { retryAfter: '2' }), {
    kind: 'overloaded',
    message: 'no',
    retryAfterMs: 2_000,
  }),
  failed('504', status(504), { kind: 'serverError', status: 504, message: 'no' }),
  failed('529', status(529), { kind: 'overloaded', message: 'no' }),
];

const STREAM_ROWS: readonly FaultRow[] = [
  answered('no fault', {}),
  answered('a missing end mark', { fault: { kind: 'missingDone' } }),
  answered('an odd finish reason', { fault: { kind: 'oddFinishReason' } }, { finishReason: 'other' }),
  answered('a length stop', { fault: { kind: 'length' } }, { finishReason: 'length' }),
  answered('an empty answer', { fault: { kind: 'emptyAnswer' } }, { text: '' }),
  answered('a refusal', { fault: { kind: 'refusal' } }, { text: 'I cannot help with that.', finishReason: 'refusal' }),
  answered('fenced JSON', { text: '{}', fault: { kind: 'fencedJson' } }, { text: '```json\n{}\n```\n' }),
  answered('a wrong schema', { fault: { kind: 'wrongSchema' } }, { text: '{"unexpected": true}' }),
  answered('missing usage', { usage: 'missing' }, { usage: undefined as never }),
  answered('negative usage', { usage: 'negative' }, { usage: undefined as never }),
  answered('absurd usage', { usage: 'absurd' }, { usage: undefined as never }),
  answered('a slow drip that stays within the idle deadline', {
    fault: { kind: 'slowDrip', everyMs: 2, bytes: 100 },
  }),
  failed(
    'a page on HTTP 200',
    { kind: 'html' },
    {
      kind: 'malformed',
      message: 'expected an event stream, got text/html: <html><body>The gateway is tired.</body></html>',
    },
  ),
  failed(
    'malformed JSON in the stream',
    { kind: 'malformedJson' },
    {
      kind: 'malformed',
      message: 'the stream holds an event that is not JSON',
    },
  ),
  failed(
    'an error event, nested',
    { kind: 'errorEvent', shape: 'nested' },
    {
      kind: 'serverError',
      status: 500,
      message: 'the model fell over',
    },
  ),
  failed(
    'an error event, flat',
    { kind: 'errorEvent', shape: 'flat' },
    {
      kind: 'serverError',
      status: 500,
      message: 'the model fell over',
    },
  ),
  failed(
    'an error event with a code',
    { kind: 'errorEvent', shape: 'nested', code: 503, type: 'x' },
    {
      kind: 'overloaded',
      message: 'the model fell over',
    },
  ),
  failed(
    'an error event that says overloaded',
    { kind: 'errorEvent', shape: 'nested', type: 'overloaded_error' },
    {
      kind: 'overloaded',
      message: 'the model fell over',
    },
  ),
  failed(
    'an error event that says rate limit',
    { kind: 'errorEvent', shape: 'flat', type: 'rate_limit_error' },
    {
      kind: 'rateLimited',
      message: 'the model fell over',
    },
  ),
  failed(
    'a stream without an event',
    { kind: 'emptyStream' },
    {
      kind: 'cut',
      message: 'the stream ended before the answer did',
      partialText: '',
    },
  ),
  failed(
    'a connection cut in the middle',
    { kind: 'cut' },
    {
      kind: 'cut',
      message: LOST,
      partialText: HALF,
    },
  ),
  failed(
    'a connection cut after the headers',
    { kind: 'cut', afterEvents: 0 },
    {
      kind: 'cut',
      message: LOST,
      partialText: '',
    },
  ),
  failed(
    'a connection reset before the headers',
    { kind: 'reset' },
    {
      kind: 'connection',
      message: LOST,
    },
  ),
  failed(
    'a 5 MB answer',
    { kind: 'hugeAnswer' },
    { kind: 'tooLarge', limitBytes: 4 * 1024 * 1024 },
    { step: { chunkSize: 64 * 1024 } },
  ),
];

const DEADLINE_ROWS: readonly FaultRow[] = [
  failed(
    'silence before the headers',
    { kind: 'silence', at: 'beforeHeaders' },
    { kind: 'timeout', phase: 'firstToken', afterMs: 100 },
    { timeouts: { firstTokenMs: 100 }, closedByClient: true },
  ),
  failed(
    'silence before the first token',
    { kind: 'silence', at: 'beforeFirstToken' },
    { kind: 'timeout', phase: 'firstToken', afterMs: 100 },
    { timeouts: { firstTokenMs: 100 }, closedByClient: true },
  ),
  failed(
    'keep-alives before the first token do not put its deadline off',
    { kind: 'keepAlive', at: 'beforeFirstToken', everyMs: 10 },
    { kind: 'timeout', phase: 'firstToken', afterMs: 100 },
    { timeouts: { firstTokenMs: 100 }, closedByClient: true },
  ),
  failed(
    'silence mid-stream',
    { kind: 'silence', at: 'midStream' },
    { kind: 'timeout', phase: 'idle', afterMs: 60 },
    { timeouts: { idleMs: 60 }, closedByClient: true },
  ),
  failed(
    'keep-alives mid-stream put the idle deadline off until the total one',
    { kind: 'keepAlive', at: 'midStream', everyMs: 10 },
    { kind: 'timeout', phase: 'total', afterMs: 300 },
    { timeouts: { idleMs: 200, totalMs: 300 }, closedByClient: true },
  ),
  failed(
    'a slow drip past the total deadline',
    { kind: 'slowDrip', everyMs: 10, bytes: 5 },
    { kind: 'timeout', phase: 'total', afterMs: 200 },
    { timeouts: { totalMs: 200 }, closedByClient: true },
  ),
];

/** Every fault of the scripted server and what each provider makes of it. */
export const FAULT_ROWS: readonly FaultRow[] = [...STATUS_ROWS, ...STREAM_ROWS, ...DEADLINE_ROWS];

/** Checks one row: the result as a whole, exactly one request, and who closed the connection. */
export async function checkFault(make: MakeProvider, row: FaultRow): Promise<void> {
  const step = { ...row.step, model: 'm-1' };
  // The script repeats the step, so that a second request would be answered and counted instead of failing.
  const { result, requests } = await callOnce(make, () => step, { timeouts: { ...GENEROUS, ...row.timeouts } });
  assert.deepEqual(withoutNetworkWords(result), row.expected);
  assert.equal(requests.length, 1, 'exactly one request per call');
  if (row.closedByClient === true)
    assert.notEqual(requests[0]?.closedByClientAt, undefined, 'not closed by the client');
}

function withoutNetworkWords(result: Call['result']): Call['result'] {
  if (result.kind === 'ok' || !('message' in result.error)) return result;
  const lost = /^(terminated|Connection error: fetch failed): (other side closed|read ECONNRESET|socket hang up)$/;
  return { kind: 'error', error: { ...result.error, message: result.error.message.replace(lost, LOST) } };
}
