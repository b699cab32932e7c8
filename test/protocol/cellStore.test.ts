import assert from 'node:assert/strict';
import { createCellStore, type CellStore, type Receipt } from '../../src/protocol/cellStore.ts';

const stream = (text: string) => ({ role: 'architect', worker: 'sonnet', text });
const line = (seq: number) => ({ seq, at: '', kind: 'k', text: 't', place: null });
const set = (key: string, value: unknown) => ({ kind: 'set', key, value });
const append = (key: string, text: string) => ({ kind: 'append', key, text });
const remove = (key: string) => ({ kind: 'remove', key });
const first = (seq: number, ...changes: readonly unknown[]) => ({ kind: 'first', seq, changes });
const next = (seq: number, ...changes: readonly unknown[]) => ({ kind: 'next', seq, changes });

/** What a store says to messages, one after another. */
function check(
  messages: readonly unknown[],
  expected: readonly Receipt[],
  more: (store: CellStore) => void = () => {},
): void {
  const store = createCellStore();
  assert.deepEqual(
    messages.map((message) => store.receive(message)),
    expected,
  );
  more(store);
}

const drawn = (seq: number): Receipt => ({ kind: 'drawn', seq });

describe('a store of cells', () => {
  it('takes messages in their order', () => {
    check([first(7, set('stream', stream('a'))), next(8, append('stream', 'b'))], [drawn(7), drawn(8)], (store) => {
      assert.deepEqual(store.cell('stream'), stream('ab'));
    });
  });

  it('takes nothing before a first message', () => {
    check([next(1, set('stream', stream('a')))], [{ kind: 'ignored', why: 'waitingForFirst' }], (store) => {
      assert.equal(store.cell('stream'), undefined);
    });
  });

  it('asks once after a gap, and waits for a first message', () => {
    check(
      [first(1), next(3), next(4), first(5), next(6)],
      [drawn(1), { kind: 'gap', expected: 2, got: 3 }, { kind: 'ignored', why: 'waitingForFirst' }, drawn(5), drawn(6)],
    );
  });

  it('leaves out a message that came twice', () => {
    check(
      [first(1, set('stream', stream('a'))), next(2, append('stream', 'b')), next(2, append('stream', 'b'))],
      [drawn(1), drawn(2), { kind: 'ignored', why: 'old' }],
      (store) => assert.deepEqual(store.cell('stream'), stream('ab')),
    );
  });

  it('never throws and counts what does not fit, and keeps its neighbours', () => {
    const bad = [undefined, null, 3, 'x', [], {}, { kind: 'first', seq: 1 }, { kind: 'first', seq: 'x', changes: [] }];
    check(
      [
        ...bad,
        first(
          1,
          set('stream', 7),
          set('constructor', {}),
          append('head', 'x'),
          { kind: 'x' },
          set('stream', stream('a')),
        ),
      ],
      [...bad.map((): Receipt => ({ kind: 'ignored', why: 'notAMessage' })), drawn(1)],
      (store) => {
        assert.deepEqual(store.cell('stream'), stream('a'));
        assert.equal(store.dropped(), bad.length + 4);
      },
    );
  });

  it('looks at no more changes than a message may have', () => {
    const many = Array.from({ length: 200 }, (_, index) => set(`line/${index}`, line(index)));
    check([first(1, ...many)], [drawn(1)], (store) => {
      assert.deepEqual([store.keys('line').length, store.dropped()], [60, 140]);
    });
  });

  it('cuts the beginning of a text beyond the cap, never through a character', () => {
    const store = createCellStore();
    store.receive(first(1, set('stream', stream('\u{1F600}'.repeat(20_000)))));
    store.receive(next(2, append('stream', 'x')));
    assert.equal(store.cell('stream')?.text, `${'\u{1F600}'.repeat(19_999)}x`);
  });

  it('keeps the newest of a kind', () => {
    const store = createCellStore();
    store.receive(first(1));
    for (let seq = 0; seq < 5_000; seq += 1) store.receive(next(seq + 2, set(`line/${seq}`, line(seq))));
    const keys = store.keys('line');
    assert.deepEqual([keys.length, keys[0], keys.at(-1)], [300, 'line/4700', 'line/4999']);
    assert.equal(store.cell('line', 'line/4699'), undefined);
  });

  it('is empty of what a new beginning leaves out', () => {
    const store = createCellStore();
    store.receive(first(1, set('line/1', line(1)), set('line/2', line(2))));
    store.receive(first(2, set('line/2', line(2))));
    assert.deepEqual(store.keys('line'), ['line/2']);
    assert.equal(store.cell('line', 'line/1'), undefined);
  });

  it('keeps the object of a cell that comes again unchanged', () => {
    const store = createCellStore();
    store.receive(first(1, set('line/1', line(1))));
    const before = store.cell('line', 'line/1');
    store.receive(next(2, set('line/1', line(1))));
    store.receive(first(3, set('line/1', line(1))));
    assert.equal(store.cell('line', 'line/1'), before);
  });

  it('gives a cell only under its own kind', () => {
    const store = createCellStore();
    store.receive(first(1, set('line/1', line(1))));
    assert.equal(store.cell('task', 'line/1'), undefined);
  });

  it('tells who listens to a cell, a kind, its keys, and nobody else', () => {
    const store = createCellStore();
    const told: string[] = [];
    for (const name of ['line/1', 'line/2', 'keys:line', 'all:line', 'stream', 'dropped'])
      store.subscribe(name, () => told.push(name));
    const end = store.subscribe('line/1', () => told.push('ended'));
    end();
    const after = (message: unknown) => {
      told.length = 0;
      store.receive(message);
      return told.toSorted();
    };
    assert.deepEqual(
      [
        after(first(1, set('line/1', line(1)))),
        after(next(2, set('line/1', line(1)))),
        after(next(3, set('line/1', line(9)))),
        after(next(4, remove('line/1'))),
        after(next(5, remove('line/1'))),
        after(next(6, set('stream', 1))),
        after('x'),
      ],
      [
        ['all:line', 'keys:line', 'line/1'],
        [],
        ['all:line', 'line/1'],
        ['all:line', 'keys:line', 'line/1'],
        [],
        ['dropped'],
        ['dropped'],
      ],
    );
  });
});
