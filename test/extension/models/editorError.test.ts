import assert from 'node:assert/strict';
import { editorErrorOf } from '../../../src/extension/models/editorError.ts';

interface Thrown {
  readonly code?: string;
  readonly name?: string;
  readonly message: string;
  readonly cause?: Error;
}

/** An error as the editor throws it: a LanguageModelError has a code, and an error of a provider has nothing but its words. */
function thrown({ message, cause, ...members }: Thrown): Error {
  return Object.assign(cause === undefined ? new Error(message) : new Error(message, { cause }), members);
}

const cases: readonly (readonly [told: Thrown, kind: string, partialText?: string])[] = [
  [{ code: 'NoPermissions', message: "Language model 'copilot/gpt-4o' cannot be used by 'x'." }, 'unauthorized 403'],
  [{ code: 'NotFound', message: 'gone' }, 'notFound'],
  [{ code: 'Blocked', message: 'quota exceeded' }, 'unauthorized 402'],
  [{ code: 'Blocked', message: 'not for this extension' }, 'unauthorized 402'],
  [{ code: 'Blocked', message: 'Rate limit exceeded' }, 'rateLimited'],
  [{ code: 'Unknown', name: 'ChatQuotaExceeded', message: 'You have reached your monthly limit.' }, 'unauthorized 402'],
  [{ code: 'Unknown', name: 'ChatRateLimited', message: 'Sorry.' }, 'rateLimited'],
  [{ message: 'Rate limit exceeded' }, 'rateLimited'],
  [{ message: 'Sorry', cause: new Error('429 Too Many Requests') }, 'rateLimited'],
  [{ message: 'You exceeded your current quota (429)' }, 'unauthorized 402'],
  [{ message: 'Message exceeds token limit.' }, 'contextOverflow'],
  [{ message: 'prompt token count of 70000 exceeds the limit of 64000' }, 'contextOverflow'],
  [{ message: 'This model is overloaded' }, 'overloaded'],
  [{ message: 'net::ERR_INTERNET_DISCONNECTED' }, 'connection'],
  [{ message: 'fetch failed', cause: thrown({ message: 'connect ECONNREFUSED 127.0.0.1:1' }) }, 'connection'],
  [{ message: 'You are not signed in to GitHub' }, 'unauthorized 401'],
  [{ message: 'net::ERR_CONNECTION_RESET' }, 'cut', 'half an'],
  [{ message: 'something else' }, 'cut', 'half an'],
  [{ message: 'something else' }, 'serverError 500'],
  [{ message: '' }, 'serverError 500'],
];

describe("an error of the editor's model", () => {
  for (const [told, kind, partialText = ''] of cases) {
    it(`is ${kind} for ${JSON.stringify(told.message)}${partialText === '' ? '' : ' within an answer'}`, () => {
      const error = editorErrorOf(thrown(told), partialText);
      assert.equal('status' in error ? `${error.kind} ${error.status}` : error.kind, kind);
    });
  }

  it('keeps the words of causes, short and printable', () => {
    const error = editorErrorOf(
      thrown({ message: 'first.', cause: new Error(`second\u0007${'x'.repeat(5_000)}`) }),
      '',
    );
    assert.ok(error.kind === 'serverError' && error.message.startsWith('first: second xxx'));
    assert.equal(error.message.length, 2_000);
  });

  it('takes what is no error at all', () =>
    assert.deepEqual(editorErrorOf('odd', ''), { kind: 'serverError', status: 500, message: 'odd' }));
});
