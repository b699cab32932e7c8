import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpError } from '../src/httpError.js';

test('an error becomes a reply with its code, message and headers', () => {
  assert.deepEqual(new HttpError(405, 'method_not_allowed', 'Not here.', { Allow: 'GET' }).toReply(), {
    status: 405,
    headers: { Allow: 'GET' },
    body: { error: { code: 'method_not_allowed', message: 'Not here.' } },
  });
});
