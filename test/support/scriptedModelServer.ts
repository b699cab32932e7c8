import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { wireAnswerOf, type Fault, type StatusFault, type Step, type WireApi } from './scriptedStep.ts';
import { framesOf, type WireFrames } from './scriptedWire.ts';

/** One request for an answer, as it came, and how it ended. Times are milliseconds since 1970. */
export interface ReceivedRequest {
  readonly api: WireApi;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The parsed JSON body. */
  readonly body: unknown;
  readonly receivedAt: number;
  /** When the client closed the connection before the answer was whole. */
  readonly closedByClientAt?: number;
  /** When the answer was sent, or the connection closed by either side. */
  readonly settledAt?: number;
}

export interface ScriptedRequest {
  readonly api: WireApi;
  readonly body: unknown;
  /** Counts the requests for an answer from 0. */
  readonly index: number;
  readonly headers: ReceivedRequest['headers'];
}

/** What to answer: by a function of the request, or the n-th step for the n-th request. A script that has ended answers HTTP 500. */
export type Script = readonly Step[] | ((request: ScriptedRequest) => Step | Promise<Step>);

export interface ScriptedModelServer {
  /** `http://127.0.0.1:<port>`, without `/v1`. */
  readonly url: string;
  readonly port: number;
  /** Every POST for an answer, in the order of arrival. GET /v1/models and /health are not kept. */
  readonly requests: readonly ReceivedRequest[];
  /** How many of the requests are settled. */
  count(): number;
  /** Resolves when `count` requests have arrived. */
  received(count: number): Promise<void>;
  /** Resolves when `count` requests are settled. */
  settled(count: number): Promise<void>;
  /** Ends all sockets and the server. */
  close(): Promise<void>;
}

export interface ScriptedModelServerOptions {
  /** What GET /v1/models lists. */
  readonly models?: readonly {
    readonly id: string;
    readonly object?: string;
    readonly owned_by?: string;
    readonly max_model_len?: number;
  }[];
  /** The `server` header of every response. */
  readonly serverName?: string;
  /** What other routes answer 200 with, as JSON. */
  readonly pages?: Readonly<Record<string, object>>;
}

const APIS: Readonly<Record<string, WireApi>> = {
  '/v1/chat/completions': 'chat',
  '/v1/responses': 'responses',
  '/v1/messages': 'messages',
};

/**
 * A model server on a free port of 127.0.0.1 that answers by a script, streamed or whole as the request asks, with every fault a real
 * server or the network between can show. Whoever starts it closes it.
 */
export async function startScriptedModelServer(
  script: Script,
  options: ScriptedModelServerOptions = {},
): Promise<ScriptedModelServer> {
  const requests: { -readonly [Key in keyof ReceivedRequest]: ReceivedRequest[Key] }[] = [];
  const closing = new AbortController();
  const waiting = new Set<() => void>();
  const changed = (): void => waiting.forEach((check) => check());
  const until = (condition: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!condition()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  const settledCount = (): number => requests.filter((request) => request.settledAt !== undefined).length;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (options.serverName !== undefined) response.setHeader('server', options.serverName);
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (path === '/v1/models') return sendJson(response, 200, { object: 'list', data: options.models ?? [] });
    if (path === '/health') return sendJson(response, 200, { status: 'ok' });
    const page = options.pages?.[path];
    if (page !== undefined) return sendJson(response, 200, page);
    const api = APIS[path];
    if (api === undefined) return sendJson(response, 404, { error: { message: `nothing at ${path}` } });
    const body: unknown = JSON.parse(await textOf(request));
    const index = requests.length;
    const kept: (typeof requests)[number] = { api, path, headers: request.headers, body, receivedAt: Date.now() };
    const gone = new AbortController();
    response.on('close', () => {
      kept.settledAt = Date.now();
      if (!response.writableFinished && !endedByUs.has(response)) kept.closedByClientAt = kept.settledAt;
      gone.abort();
      changed();
    });
    requests.push(kept);
    changed();
    const scripted: ScriptedRequest = { api, body, index, headers: request.headers };
    const step = typeof script === 'function' ? await script(scripted) : script[index];
    if (step === undefined) return sendJson(response, 500, { error: { message: `the script has no step ${index}` } });
    await play({ api, body, step, response, gone: AbortSignal.any([gone.signal, closing.signal]) });
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      // A wait that ended because the connection did is no fault of the script.
      if (closing.signal.aborted || response.destroyed) return;
      sendJson(response, 500, { error: { message: `the script failed: ${String(error)}` } });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    count: settledCount,
    received: (count) => until(() => requests.length >= count),
    settled: (count) => until(() => settledCount() >= count),
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Responses whose sockets the script itself closed. */
const endedByUs = new WeakSet<ServerResponse>();

interface Play {
  readonly api: WireApi;
  readonly body: unknown;
  readonly step: Step;
  readonly response: ServerResponse;
  /** Aborts when the connection has ended or the server closes. */
  readonly gone: AbortSignal;
}

async function play(scene: Play): Promise<void> {
  const { step, response, gone } = scene;
  const { fault } = step;
  if (step.delayMs !== undefined) await delay(step.delayMs, undefined, { signal: gone });
  if (fault?.kind === 'reset') return endByUs(response, 'reset');
  if (fault?.kind === 'status') return sendStatus(response, fault);
  if (fault?.kind === 'silence' && fault.at === 'beforeHeaders') return;
  if (fault?.kind === 'html') return sendPage(response, 200);
  const asked = typeof scene.body === 'object' && scene.body !== null ? (scene.body as Record<string, unknown>) : {};
  const answer = wireAnswerOf(step, String(asked['model']), JSON.stringify(scene.body).length);
  const frames = framesOf(scene.api, answer);
  if (asked['stream'] !== true) return sendJson(response, 200, frames.whole);
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  response.flushHeaders();
  if (fault?.kind === 'emptyStream') return void response.end();
  await playFrames(scene, frames);
}

async function playFrames({ api, step, response, gone }: Play, frames: WireFrames): Promise<void> {
  const { fault } = step;
  const all = [...frames.opening, ...frames.content, ...frames.finish, ...frames.ending];
  const stopAt = stopIndex(fault, frames, all.length);
  for (const [index, frame] of all.entries()) {
    if (index === stopAt) break;
    if (step.chunkDelayMs !== undefined) await delay(step.chunkDelayMs, undefined, { signal: gone });
    await send(response, frame, fault, gone);
  }
  if (fault?.kind === 'silence') return;
  if (fault?.kind === 'keepAlive') return keepAlive(response, api, fault.everyMs, gone);
  if (fault?.kind === 'cut') return endByUs(response, 'close');
  if (fault?.kind === 'malformedJson') response.write(malformed(api));
  if (fault?.kind === 'errorEvent') response.write(errorEvent(api, fault));
  if (fault?.kind !== 'missingDone') response.write(frames.endMark);
  response.end();
}

/** The index of the first frame that a fault keeps from being sent. */
function stopIndex(fault: Fault | undefined, frames: WireFrames, total: number): number {
  const beforeFinish = frames.opening.length + frames.content.length;
  const middle = frames.opening.length + Math.ceil(frames.content.length / 2);
  if (fault?.kind === 'cut') return fault.afterEvents ?? middle;
  if (fault?.kind === 'malformedJson' || fault?.kind === 'errorEvent') return middle;
  if (fault?.kind !== 'silence' && fault?.kind !== 'keepAlive') return total;
  if (fault.at === 'beforeFirstToken') return frames.opening.length;
  return fault.at === 'afterFinish' ? beforeFinish + frames.finish.length : middle;
}

async function send(
  response: ServerResponse,
  frame: string,
  fault: Fault | undefined,
  gone: AbortSignal,
): Promise<void> {
  const size = fault?.kind === 'slowDrip' ? fault.bytes : frame.length;
  for (let start = 0; start < frame.length; start += size) {
    gone.throwIfAborted();
    if (fault?.kind === 'slowDrip') await delay(fault.everyMs, undefined, { signal: gone });
    const flushed = response.write(frame.slice(start, start + size));
    if (!flushed) await drained(response, gone);
  }
}

function drained(response: ServerResponse, gone: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new Error('the connection has ended'));
    response.once('drain', () => {
      gone.removeEventListener('abort', stop);
      resolve();
    });
    gone.addEventListener('abort', stop, { once: true });
  });
}

async function keepAlive(response: ServerResponse, api: WireApi, everyMs: number, gone: AbortSignal): Promise<void> {
  for (;;) {
    await delay(everyMs, undefined, { signal: gone });
    response.write(api === 'messages' ? 'event: ping\ndata: {"type": "ping"}\n\n' : ': keep-alive\n\n');
  }
}

function malformed(api: WireApi): string {
  const event =
    api === 'chat' ? '' : api === 'responses' ? 'event: response.output_text.delta\n' : 'event: content_block_delta\n';
  return `${event}data: {"choices": [{"delta"\n\n`;
}

function errorEvent(api: WireApi, fault: Extract<Fault, { kind: 'errorEvent' }>): string {
  const error = {
    message: fault.message ?? 'the model fell over',
    type: fault.type ?? 'server_error',
    code: fault.code,
  };
  // Anthropic's SDK shows only named events; OpenAI's servers send theirs without a name.
  const name = api === 'messages' ? 'event: error\n' : '';
  const nested = api === 'messages' ? { type: 'error', error } : { error };
  return `${name}data: ${JSON.stringify(fault.shape === 'nested' ? nested : { object: 'error', ...error })}\n\n`;
}

function endByUs(response: ServerResponse, how: 'reset' | 'close'): void {
  endedByUs.add(response);
  if (how === 'reset') response.socket?.resetAndDestroy();
  else response.socket?.end(() => response.socket?.destroy());
}

function sendStatus(response: ServerResponse, fault: StatusFault): void {
  if (fault.retryAfter !== undefined) response.setHeader('retry-after', fault.retryAfter);
  if (fault.shouldRetry !== undefined) response.setHeader('x-should-retry', fault.shouldRetry);
  if (fault.retryAfterMs !== undefined) response.setHeader('retry-after-ms', fault.retryAfterMs);
  if (fault.location !== undefined) response.setHeader('location', fault.location);
  if (fault.shape === 'html') return sendPage(response, fault.status);
  if (fault.shape === 'empty') return void response.writeHead(fault.status).end();
  const error = {
    message: fault.message ?? `status ${fault.status}`,
    type: fault.type ?? null,
    code: fault.code ?? null,
  };
  const body = fault.shape === 'flat' ? { object: 'error', ...error } : { type: 'error', error };
  sendJson(response, fault.status, body);
}

function sendPage(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/html' });
  response.end('<html><body>The gateway is tired.</body></html>');
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part as Uint8Array));
  return Buffer.concat(parts).toString('utf8');
}
