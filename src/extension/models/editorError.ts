import { printable } from '../../base/printable.ts';
import type { ModelError } from '../../core/ports.ts';

/** Most characters of an error's message that go on to a log or a person. */
const MESSAGE_CAP = 2_000;

/** Words of an allowance that is used up: waiting for the next try does not help. */
const QUOTA = /quota|premium requests?|allowance|billing|payment|upgrade your plan|subscription/i;
const RATE = /rate.?limit|too many requests|ratelimited|\b429\b/i;
const OVERFLOW =
  /token limit|context (?:length|window|size)|prompt (?:is )?too (?:long|large)|(?:message|prompt) token count|maximum context/i;
const OVERLOADED = /overloaded|at capacity|temporarily unavailable|\b503\b|\b529\b/i;
const CONNECTION = /net::|econn|enotfound|etimedout|fetch failed|socket hang up|network|offline/i;
const SIGN_IN = /sign(?:ed)? ?in|log(?:ged)? ?in|unauthori[sz]ed|\b401\b|token expired/i;

/**
 * The ModelError for what the editor's API threw. Its `code` is the name of a LanguageModelError (NoPermissions, NotFound, Blocked) or `Unknown`,
 * and then the vendor's words in message, name and causes decide, because there is no common code for them. `partialText` is what had arrived.
 */
export function editorErrorOf(error: unknown, partialText: string): ModelError {
  const words = wordsOf(error);
  const message = words.message;
  switch (codeOf(error)) {
    case 'NoPermissions':
      return {
        kind: 'unauthorized',
        status: 403,
        message: `The editor does not let SpecKit use this model: ${message}. Start the run again and allow it when the editor asks, or allow it under "Manage Language Model Access".`,
      };
    case 'Blocked':
      return QUOTA.test(words.all) || !RATE.test(words.all)
        ? { kind: 'unauthorized', status: 402, message: `The editor's vendor refuses this model: ${message}` }
        : { kind: 'rateLimited', message };
    case 'NotFound':
      return { kind: 'notFound', message: `The editor no longer has this model: ${message}` };
  }
  if (QUOTA.test(words.all)) return { kind: 'unauthorized', status: 402, message };
  if (RATE.test(words.all)) return { kind: 'rateLimited', message };
  if (OVERFLOW.test(words.all)) return { kind: 'contextOverflow', message };
  if (OVERLOADED.test(words.all)) return { kind: 'overloaded', message };
  if (SIGN_IN.test(words.all)) return { kind: 'unauthorized', status: 401, message };
  if (partialText !== '') return { kind: 'cut', message, partialText };
  if (CONNECTION.test(words.all)) return { kind: 'connection', message };
  return { kind: 'serverError', status: 500, message };
}

/** The words of an error and of its causes (at most five), because `Unknown` alone helps nobody. */
function wordsOf(error: unknown): { readonly message: string; readonly all: string } {
  const messages: string[] = [];
  const names: string[] = [];
  for (
    let current: unknown = error, depth = 0;
    current instanceof Error && depth < 5;
    current = current.cause, depth++
  ) {
    names.push(current.name);
    const text = current.message.trim().replace(/\.$/, '');
    if (text !== '' && !messages.some((known) => known.includes(text))) messages.push(text);
  }
  const message = printable(messages.length === 0 ? String(error) : messages.join(': '), MESSAGE_CAP);
  return { message, all: `${names.join(' ')} ${message}` };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
