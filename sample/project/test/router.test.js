import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRouter } from '../src/router.js';

const LIST = { method: 'GET', path: '/notes' };
const CREATE = { method: 'POST', path: '/notes' };
const GET = { method: 'GET', path: '/notes/:id' };
const find = createRouter([LIST, CREATE, GET]);

test('a request finds the route of its method and path', () => {
  assert.deepEqual(find('GET', '/notes'), { route: LIST, params: {} });
  assert.deepEqual(find('POST', '/notes'), { route: CREATE, params: {} });
  assert.deepEqual(find('GET', '/notes/n1'), { route: GET, params: { id: 'n1' } });
});

test('HEAD is answered by the GET route', () => {
  assert.deepEqual(find('HEAD', '/notes/n1'), { route: GET, params: { id: 'n1' } });
});

test('the first of two routes that fit wins', () => {
  const literal = { method: 'GET', path: '/notes/recent' };
  assert.equal(createRouter([literal, GET])('GET', '/notes/recent').route, literal);
  assert.equal(createRouter([GET, literal])('GET', '/notes/recent').route, GET);
});

test('a path without a route is not found', () => {
  for (const path of ['/', '/note', '/notes/', '/notes/n1/', '/notes/n1/more', '//notes']) {
    assert.throws(() => find('GET', path), { status: 404, code: 'not_found' }, path);
  }
});

test('a path with routes for other methods names them', () => {
  assert.throws(() => find('PUT', '/notes'), { status: 405, headers: { Allow: 'GET, HEAD, POST' } });
  assert.throws(() => find('POST', '/notes/n1'), { status: 405, headers: { Allow: 'GET, HEAD' } });
});
