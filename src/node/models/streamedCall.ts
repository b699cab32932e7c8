import { err, ok, type Result } from '../../base/result.ts';
import { parsedJson } from '../../base/parsedJson.ts';
import type { ModelAnswer, ModelError, ModelEvent, ModelRequest } from '../../core/ports.ts';
import { createAnswerBuilder, type AnswerBuilder } from './answerBuilder.ts';
import { startDeadlines, type Deadlines, type Timeouts } from './deadlines.ts';
import { clean, modelErrorOf, modelErrorOfBody, type FailureContext } from './errors.ts';
import { member } from './looseJson.ts';
import { watchFetch, type WatchedFetch } from './watchedFetch.ts';

/** Most bytes of one answer (text, reasoning and tool calls together) unless a worker says otherwise. */
export const DEFAULT_ANSWER_CAP_BYTES = 4 * 1024 * 1024;

/** What a provider brings: how to open its stream and how to read one event of it. */
export interface StreamedCall {
  /** The key that is sent, or '' when there is none: it is kept out of every message. */
  readonly apiKey: string;
  readonly timeouts: Timeouts;
  readonly answerCapBytes: number;
  readonly request: ModelRequest;
  /** Sends the one request. May reject with whatever the SDK throws. */
  open(transport: Transport): Promise<OpenedStream>;
  /** Puts one event into the answer. Must not throw, whatever the event is. */
  read(event: unknown, builder: AnswerBuilder): void;
}

export interface Transport {
  readonly fetch: WatchedFetch['fetch'];
  readonly signal: AbortSignal;
  /** The SDK's own deadline (until the headers) is set above ours, so that ours decide. */
  readonly timeoutMs: number;
}

export interface OpenedStream {
  readonly events: AsyncIterable<unknown>;
  readonly response: Response;
}

/**
 * Runs one streamed call from request to answer under its deadlines and its cap. Exactly one request. When it returns, no timer and no
 * connection of the call is left. Throws only what `onEvent` throws.
 */
export async function streamCall(
  call: StreamedCall,
  onEvent: (event: ModelEvent) => void,
  signal: AbortSignal,
): Promise<Result<ModelAnswer, ModelError>> {
  if (signal.aborted) return err({ kind: 'stopped' });
  const deadlines = startDeadlines(call.timeouts, signal);
  const builder = createAnswerBuilder(onEvent, countToolCalls(call.request));
  try {
    const failure = await receive(call, builder, deadlines);
    const ended = deadlines.ended();
    if (ended?.kind === 'stopped') return err(ended);
    // After the finish reason only usage and the end mark can be missing: a lost or silent connection takes nothing from the answer.
    const answer = builder.answer();
    const onlyTheEndIsMissing = failure === undefined || failure.kind === 'cut' || failure.kind === 'malformed';
    if (answer !== undefined && onlyTheEndIsMissing) return ok(answer);
    if (ended !== undefined) return err(ended);
    return err(failure ?? cutShort(builder.state.text));
  } finally {
    deadlines.close();
  }
}

/** Reads the stream to its end. The failure that ended it early, or undefined. */
async function receive(
  call: StreamedCall,
  builder: AnswerBuilder,
  deadlines: Deadlines,
): Promise<ModelError | undefined> {
  const watched = watchFetch(() => deadlines.sawBytes(), 2 * call.answerCapBytes + 64 * 1024);
  const failure = (begun: boolean): FailureContext => ({
    partialText: builder.state.text,
    begun,
    apiKey: call.apiKey,
    now: Date.now(),
  });
  const transport = { fetch: watched.fetch, signal: deadlines.signal, timeoutMs: call.timeouts.totalMs + 1_000 };
  const opened = await settled(call.open(transport));
  if (opened.kind === 'error') return modelErrorOf(opened.error, failure(false));
  const notStream = await readWholeBody(opened.value.response, failure(false));
  if (notStream !== undefined) return notStream;
  const events = opened.value.events[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await settled(events.next());
      if (watched.lineTooLong()) return { kind: 'tooLarge', limitBytes: call.answerCapBytes };
      if (next.kind === 'error') return modelErrorOf(next.error, failure(true));
      if (next.value.done === true) return undefined;
      call.read(next.value.value, builder);
      const { state } = builder;
      if (state.failure !== undefined) return modelErrorOfBody(state.failure.body, failure(true));
      if (state.bytes > call.answerCapBytes) return { kind: 'tooLarge', limitBytes: call.answerCapBytes };
      if (state.finished) deadlines.sawFinish();
      else if (state.begun) deadlines.sawToken();
    }
  } finally {
    // Leaving early must close the connection, also when `onEvent` threw.
    deadlines.close();
  }
}

/** A response that is no event stream: a proxy's page, or JSON that may hold an error. Undefined for a stream. */
async function readWholeBody(response: Response, context: FailureContext): Promise<ModelError | undefined> {
  const type = response.headers.get('content-type')?.toLowerCase() ?? '';
  if (!type.includes('json') && !type.includes('html')) return undefined;
  const body = await settled(firstBytes(response, 16 * 1024));
  if (body.kind === 'error') return modelErrorOf(body.error, { ...context, begun: true });
  const json = parsedJson(body.value);
  if (member(json, 'error') !== undefined && member(json, 'error') !== null)
    return modelErrorOfBody(member(json, 'error'), context);
  const start = clean(body.value.slice(0, 200), context.apiKey);
  return { kind: 'malformed', message: `expected an event stream, got ${type.slice(0, 80)}: ${start}` };
}

async function firstBytes(response: Response, capBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length >= capBytes) break;
  }
  return text;
}

async function settled<Value>(promise: Promise<Value>): Promise<Result<Value, unknown>> {
  try {
    return ok(await promise);
  } catch (error) {
    return err(error);
  }
}

function cutShort(partialText: string): ModelError {
  return { kind: 'cut', message: 'the stream ended before the answer did', partialText };
}

function countToolCalls(request: ModelRequest): number {
  return request.messages.reduce(
    (count, message) => count + (message.role === 'assistant' ? message.toolCalls.length : 0),
    0,
  );
}
