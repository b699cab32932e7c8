import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRoutes } from '../src/routes.mjs';

const table = [
  { pattern: '/users/me', handler: 'me' },
  { pattern: '/users/:id', handler: 'user' },
  { pattern: '/users/:id/posts/:post', handler: 'post' },
];

test('finds the first pattern that fits', () => {
  const find = createRoutes(table);
  assert.deepEqual(find('/users/me'), { handler: 'me', parameters: {} });
  assert.deepEqual(find('/users/7'), { handler: 'user', parameters: { id: '7' } });
  assert.deepEqual(find('/users/7/posts/2'), { handler: 'post', parameters: { id: '7', post: '2' } });
  assert.equal(find('/nothing'), undefined);
});
