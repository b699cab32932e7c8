import { printable } from '../../base/printable.ts';
import type { ModelError } from '../../core/ports.ts';
import { saysContextOverflow } from './contextOverflow.ts';
import { member, objectOf, textMember } from './looseJson.ts';
import { retryAfterMs } from './retryAfter.ts';

/** Most characters of an error message that go on to a log or a person. */
const MESSAGE_CAP = 2_000;

/** What is known of the call when it failed. */
export interface FailureContext {
  /** Text that had arrived. */
  readonly partialText: string;
  /** Whether the response had begun: a connection lost before is `connection`, one lost after is `cut`. */
  readonly begun: boolean;
  /** The key that was sent; no message contains it. */
  readonly apiKey: string;
  /** Milliseconds since 1970, to read a Retry-After date against. */
  readonly now: number;
}

/**
 * The ModelError for what an SDK call threw: an HTTP status, an error event inside a stream, a lost or refused connection, or a
 * stream that is not what it should be. Errors are told apart by their members (`status`, `error`, `cause`), never by class names,
 * because a bundler renames classes and both SDKs have their own.
 */
export function modelErrorOf(error: unknown, context: FailureContext): ModelError {
  const status = member(error, 'status');
  if (typeof status === 'number') return ofStatus(status, serverWords(error), error, context);
  const body = member(error, 'error');
  if (body !== undefined && body !== null) return ofErrorEvent(error, context);
  if (error instanceof SyntaxError) return { kind: 'malformed', message: 'the stream holds an event that is not JSON' };
  const message = clean(connectionWords(error), context.apiKey);
  return context.begun ? { kind: 'cut', message, partialText: context.partialText } : { kind: 'connection', message };
}

/** The ModelError for an error object that came as a piece of a stream or as the body of an HTTP 200, nested or flat. */
export function modelErrorOfBody(body: unknown, context: FailureContext): ModelError {
  return ofErrorEvent({ error: body }, context);
}

/** A message fit for a log: without the key, without control characters, at most 2,000 characters. */
export function clean(message: string, apiKey: string): string {
  const secret = apiKey.trim();
  const withoutKey = secret === '' ? message : message.replaceAll(secret, '[key]');
  return printable(withoutKey, MESSAGE_CAP);
}

interface ServerWords {
  readonly message: string;
  /** Type and code, lower case, as far as the server gave them. */
  readonly names: readonly string[];
}

/** Nested (`{error: {message, type, code}}`), flat (`{object: 'error', message, code}`), `{error: "text"}`, `{detail}` or plain text. */
function serverWords(error: unknown): ServerWords {
  const outer = member(error, 'error');
  const inner = member(outer, 'error') ?? outer;
  const message =
    textMember(inner, 'message') ??
    (typeof inner === 'string' ? inner : undefined) ??
    textMember(outer, 'message') ??
    textMember(outer, 'detail') ??
    textMember(error, 'message') ??
    'no message';
  const names = [inner, outer, error].flatMap((part) => [member(part, 'type'), member(part, 'code')]);
  return {
    message,
    names: names
      .filter((name) => typeof name === 'string' || typeof name === 'number')
      .map((name) => String(name).toLowerCase()),
  };
}

function ofStatus(status: number, words: ServerWords, error: unknown, context: FailureContext): ModelError {
  const message = clean(words.message, context.apiKey);
  const headers = member(error, 'headers');
  const wait = retryAfterMs(headers instanceof Headers ? headers : undefined, context.now);
  const isFinal = headers instanceof Headers && headers.get('x-should-retry')?.trim().toLowerCase() === 'false';
  const final = isFinal ? { retryRefused: true as const } : {};
  const retry = { ...(wait === undefined ? {} : { retryAfterMs: wait }), ...final };
  if (status === 401 || status === 402 || status === 403) return { kind: 'unauthorized', status, message };
  if (status >= 300 && status < 400) return { kind: 'badRequest', status, message: redirectText(headers, context) };
  if (status === 404) return { kind: 'notFound', message };
  if (status === 429) {
    // An empty account answers 429 too; waiting does not help, so it is not a rate limit.
    return words.names.some((name) => name.includes('insufficient_quota') || name.includes('billing'))
      ? { kind: 'unauthorized', status, message }
      : { kind: 'rateLimited', message, ...retry };
  }
  if (status === 503 || status === 529) return { kind: 'overloaded', message, ...retry };
  if (status === 413 || saysContextOverflow(words.names, message)) return { kind: 'contextOverflow', message };
  // 408 and 409 pass by themselves, as a server's own faults do; the SDKs too count them among what may be tried again.
  if (status >= 500 || status === 408 || status === 409) return { kind: 'serverError', status, message, ...final };
  return { kind: 'badRequest', status, message };
}

/** Nothing is sent on, the key least of all: whoever runs the server says where it is, and a person writes it down. */
function redirectText(headers: unknown, { apiKey }: FailureContext): string {
  const target = headers instanceof Headers ? (headers.get('location') ?? '') : '';
  return clean(
    `the server redirects to ${target.slice(0, 300) || 'nowhere'}, and neither key nor code is sent on; set base_url to where it is`,
    apiKey,
  );
}

/** The HTTP status a server would have given, by the `type` or `code` of its error event. */
const STATUS_OF_NAME: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  invalid_prompt: 400,
  badrequesterror: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  api_error: 500,
  server_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
  unavailable_error: 503,
};

/** An error told inside a response of HTTP 200. Without a code or type that we know it counts as the server's own fault, 500. */
function ofErrorEvent(error: unknown, context: FailureContext): ModelError {
  const words = serverWords(error);
  const code = words.names.find((name) => /^[45]\d\d$/.test(name));
  const known = words.names.find((name) => Object.hasOwn(STATUS_OF_NAME, name));
  const status = code === undefined ? (STATUS_OF_NAME[known ?? ''] ?? 500) : Number(code);
  if (/request queue is full|overloaded/i.test(words.message)) return ofStatus(503, words, error, context);
  return ofStatus(status, words, error, context);
}

/** The words of an error and of its causes (at most five), because `fetch failed` alone helps nobody. */
function connectionWords(error: unknown): string {
  const words: string[] = [];
  for (
    let current: unknown = error, depth = 0;
    current instanceof Error && depth < 5;
    current = current.cause, depth++
  ) {
    const code = textMember(objectOf(current), 'code');
    const text = (current.message === '' && code !== undefined ? code : current.message).replace(/\.$/, '');
    if (text !== '' && !words.some((word) => word.includes(text))) words.push(text);
  }
  return words.length === 0 ? String(error) : words.join(': ');
}
