import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNoteStore } from '../src/store.js';
import { manualClock } from '../testing/service.js';

const NINE = '2025-03-01T09:00:00.000Z';
const FIVE_PAST = '2025-03-01T09:05:00.000Z';

function newStore() {
  const clock = manualClock(NINE);
  let nNotes = 0;
  return { clock, store: createNoteStore(clock, () => `n${++nNotes}`) };
}

test('a new note carries the time of the clock', () => {
  const { store } = newStore();
  const note = { id: 'n1', title: 'Milk', text: '2 litres', createdAt: NINE, updatedAt: NINE };
  assert.deepEqual(store.create('anna', { title: 'Milk', text: '2 litres' }), note);
  assert.deepEqual(store.get('anna', 'n1'), note);
});

test('replacing a note keeps its creation time and its place', () => {
  const { clock, store } = newStore();
  store.create('anna', { title: 'Milk', text: '' });
  store.create('anna', { title: 'Bread', text: '' });
  clock.advance(5 * 60_000);
  const replaced = { id: 'n1', title: 'Oat milk', text: 'cold', createdAt: NINE, updatedAt: FIVE_PAST };
  assert.deepEqual(store.replace('anna', 'n1', { title: 'Oat milk', text: 'cold' }), replaced);
  assert.deepEqual(store.list('anna').map(({ id }) => id), ['n1', 'n2']);
});

test('a removed note is gone', () => {
  const { store } = newStore();
  store.create('anna', { title: 'Milk', text: '' });
  assert.equal(store.remove('anna', 'n1'), true);
  assert.equal(store.remove('anna', 'n1'), false);
  assert.equal(store.get('anna', 'n1'), undefined);
});

test('an owner never reaches the notes of another', () => {
  const { store } = newStore();
  store.create('anna', { title: 'Milk', text: '' });
  assert.deepEqual(store.list('ben'), []);
  assert.equal(store.get('ben', 'n1'), undefined);
  assert.equal(store.replace('ben', 'n1', { title: 'Mine', text: '' }), undefined);
  assert.equal(store.remove('ben', 'n1'), false);
  assert.equal(store.get('anna', 'n1').title, 'Milk');
});

test('changing a note that was handed out changes nothing in the store', () => {
  const { store } = newStore();
  store.create('anna', { title: 'Milk', text: '' }).title = 'changed';
  store.list('anna')[0].title = 'changed';
  assert.equal(store.get('anna', 'n1').title, 'Milk');
});

test('ids of notes are different from each other when nothing else is asked for', () => {
  const store = createNoteStore(manualClock());
  for (const title of ['a', 'b']) store.create('anna', { title, text: '' });
  const [first, second] = store.list('anna');
  assert.notEqual(first.id, second.id);
});
