import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANNA, ANNA_SECOND, BEN, startService } from '../testing/service.js';

test('a note lives through create, replace and delete', async (t) => {
  const { clock, send } = await startService(t);
  const created = await send('POST', '/notes', { key: ANNA, json: { title: 'Milk', text: '' } });
  assert.equal(created.status, 201);
  assert.equal(created.headers.location, '/notes/note-1');
  clock.advance(1000);
  const bread = { title: 'Bread', text: '' };
  const replaced = await send('PUT', '/notes/note-1', { key: ANNA_SECOND, json: bread });
  assert.equal(replaced.body.updatedAt, '2025-03-01T09:00:01.000Z');
  assert.deepEqual((await send('GET', '/notes?any=query', { key: ANNA })).body, { notes: [replaced.body] });
  assert.deepEqual((await send('GET', '/notes', { key: BEN })).body, { notes: [] });
  const removed = await send('DELETE', '/notes/note-1', { key: ANNA });
  assert.deepEqual([removed.status, removed.body], [204, undefined]);
});

test('the health route needs no key', async (t) => {
  const { send } = await startService(t);
  const { status, body } = await send('GET', '/health');
  assert.deepEqual([status, body], [200, { status: 'ok' }]);
});

test('HEAD has the headers of GET and no body', async (t) => {
  const { send } = await startService(t);
  const got = await send('GET', '/notes', { key: ANNA });
  const head = await send('HEAD', '/notes', { key: ANNA });
  assert.deepEqual([head.status, head.body], [200, undefined]);
  assert.equal(head.headers['content-length'], got.headers['content-length']);
});

test('the path is checked before the key, and the key before the body', async (t) => {
  const { send } = await startService(t);
  const check = async (method, path, options, status, code) => {
    const reply = await send(method, path, options);
    assert.deepEqual([reply.status, reply.body.error.code], [status, code]);
    return reply.headers;
  };
  await check('GET', '/nothing', {}, 404, 'not_found');
  const notAllowed = await check('PATCH', '/notes/note-1', {}, 405, 'method_not_allowed');
  assert.equal(notAllowed.allow, 'DELETE, GET, HEAD, PUT');
  const refused = await check('POST', '/notes', { text: '{' }, 401, 'unauthorized');
  assert.equal(refused['www-authenticate'], 'Bearer');
  await check('POST', '/notes', { key: ANNA, text: '{' }, 400, 'invalid_json');
  await check('POST', '/notes', { key: ANNA, text: 'x'.repeat(1025) }, 413, 'body_too_large');
});

test('an unexpected error is reported and hidden from the client', async (t) => {
  const errors = [];
  const broken = { list: () => assert.fail('the disk is full') };
  const { send } = await startService(t, { store: broken, onError: (error) => errors.push(error.message) });
  const { status, body } = await send('GET', '/notes', { key: ANNA });
  assert.deepEqual([status, body.error.code], [500, 'internal']);
  assert.doesNotMatch(body.error.message, /disk/);
  assert.deepEqual(errors, ['the disk is full']);
});
