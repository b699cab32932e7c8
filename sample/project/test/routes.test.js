import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRoutes } from '../src/routes.js';
import { createNoteStore } from '../src/store.js';
import { manualClock } from '../testing/service.js';

function newRoutes() {
  let nNotes = 0;
  const routes = createRoutes(createNoteStore(manualClock(), () => `n${++nNotes}`));
  return (name, input) => {
    const route = routes.find(({ method, path }) => `${method} ${path}` === name);
    return route.handle({ owner: 'anna', params: {}, ...input });
  };
}

test('only the health route is public', () => {
  const open = createRoutes(createNoteStore(manualClock())).filter(({ access }) => access !== 'key');
  assert.deepEqual(open.map(({ method, path }) => `${method} ${path}`), ['GET /health']);
});

test('a note is created, read, replaced, listed and deleted', () => {
  const call = newRoutes();
  const created = call('POST /notes', { body: { title: 'Milk', text: '' } });
  assert.deepEqual([created.status, created.headers], [201, { Location: '/notes/n1' }]);
  assert.equal(call('GET /notes/:id', { params: { id: 'n1' } }).body.title, 'Milk');
  const bread = { title: 'Bread', text: 'rye' };
  const replaced = call('PUT /notes/:id', { params: { id: 'n1' }, body: bread });
  assert.deepEqual([replaced.status, replaced.body.text], [200, 'rye']);
  assert.deepEqual(call('GET /notes').body.notes, [replaced.body]);
  assert.deepEqual(call('DELETE /notes/:id', { params: { id: 'n1' } }), { status: 204 });
  assert.deepEqual(call('GET /notes').body, { notes: [] });
});

test('a lookup gives the notes in the order asked for and names the missing ones', () => {
  const call = newRoutes();
  for (const title of ['a', 'b', 'c']) call('POST /notes', { body: { title, text: '' } });
  const { body } = call('POST /notes/lookup', { body: { ids: ['n3', 'x', 'n1', 'n3'] } });
  assert.deepEqual(body.notes.map(({ id }) => id), ['n3', 'n1']);
  assert.deepEqual(body.missing, ['x']);
});

test('a lookup takes 1 to 100 ids', () => {
  const call = newRoutes();
  const ids = Array.from({ length: 101 }, (_, index) => `n${index}`);
  assert.equal(call('POST /notes/lookup', { body: { ids: ids.slice(1) } }).body.missing.length, 100);
  for (const wrong of [undefined, 'n1', [], [1], ids]) {
    const expected = { status: 400, code: 'invalid_lookup' };
    assert.throws(() => call('POST /notes/lookup', { body: { ids: wrong } }), expected);
  }
});

test('a note that does not exist is not found', () => {
  const call = newRoutes();
  const expected = { status: 404, code: 'note_not_found' };
  const params = { id: 'n1' };
  assert.throws(() => call('GET /notes/:id', { params }), expected);
  assert.throws(() => call('PUT /notes/:id', { params, body: { title: 'a', text: '' } }), expected);
  assert.throws(() => call('DELETE /notes/:id', { params }), expected);
});

test('title and text have to be texts within their limits', () => {
  const call = newRoutes();
  const [title, text] = ['t'.repeat(200), 'x'.repeat(20_000)];
  assert.equal(call('POST /notes', { body: { title, text } }).status, 201);
  const wrong = [{}, { title }, { text }, { title: ' ', text }, { title: 1, text }, { title, text: null }];
  for (const body of [...wrong, { title: `${title}t`, text }, { title, text: `${text}x` }]) {
    assert.throws(() => call('POST /notes', { body }), { status: 400, code: 'invalid_note' });
  }
});
