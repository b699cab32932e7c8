import { once } from 'node:events';
import { request } from 'node:http';
import { parseApiKeys } from '../src/apiKeys.js';
import { createService } from '../src/server.js';
import { createNoteStore } from '../src/store.js';

export const ANNA = 'anna-key-0123456789';
export const ANNA_SECOND = 'anna-key-9876543210';
export const BEN = 'ben-key-01234567890';

/**
 * A clock that stands still until it is told to move.
 *
 * @param {string} start an ISO time
 * @returns {import('../src/clock.js').Clock & { advance: (milliseconds: number) => void }} `advance` takes
 * negative numbers too
 */
export function manualClock(start = '2025-03-01T09:00:00.000Z') {
  let now = Date.parse(start);
  return {
    now: () => now,
    advance(milliseconds) {
      now += milliseconds;
    },
  };
}

/**
 * Starts a service with the keys above on a free port of the loopback address and stops it after the test.
 *
 * @param {import('node:test').TestContext} test
 * @param {object} parts anything that `createService` takes, instead of what is set here
 * @returns {Promise<{ clock: ReturnType<typeof manualClock>, send: Function }>} `send(method, path, options)`
 * resolves to `{ status, headers, body }`; its options are `key`, `json` (sent as the body), `text` (sent as
 * it is) and `headers`
 */
export async function startService(test, parts = {}) {
  const clock = manualClock();
  let nNotes = 0;
  const service = createService({
    apiKeys: parseApiKeys(`anna:${ANNA}\nanna:${ANNA_SECOND}\nben:${BEN}\n`),
    store: createNoteStore(clock, () => `note-${++nNotes}`),
    maxBodyBytes: 1024,
    ...parts,
  });
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  test.after(() => {
    service.closeAllConnections();
    service.close();
  });
  return { clock, send: (method, path, options) => send(service.address().port, method, path, options) };
}

async function send(port, method, path, { key, json, text, headers = {} } = {}) {
  const outgoing = request({ host: '127.0.0.1', port, method, path, agent: false });
  if (key) outgoing.setHeader('Authorization', `Bearer ${key}`);
  const content = json === undefined ? text : JSON.stringify(json);
  if (content !== undefined) outgoing.setHeader('Content-Type', 'application/json');
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  outgoing.end(content);
  const [response] = await once(outgoing, 'response');
  const received = (await response.setEncoding('utf8').toArray()).join('');
  return {
    status: response.statusCode,
    headers: response.headers,
    body: received === '' ? undefined : JSON.parse(received),
  };
}
