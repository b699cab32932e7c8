import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  appended,
  createFeed,
  feedMessageSchema,
  SHORTEST_MS,
  WINDOW,
  type Feed,
  type FeedMessage,
} from '../../src/protocol/feed.ts';
import { kindOfCell, MOST_CELLS, type CellKey } from '../../src/protocol/runPanel.ts';

/** The simplest panel there can be: a map, and the number of the last message. Answers whether the message could be drawn. */
function createPanel(): { readonly cells: Map<string, unknown>; take(message: FeedMessage): boolean } {
  const cells = new Map<string, unknown>();
  let last: number | undefined;
  function take({ kind, seq, changes }: FeedMessage): boolean {
    if (kind === 'first') cells.clear();
    else if (last === undefined || seq !== last + 1) return false;
    last = seq;
    for (const change of changes) {
      if (change.kind === 'set') cells.set(change.key, change.value);
      else if (change.kind === 'remove') assert.ok(cells.delete(change.key), `${change.key} is not there`);
      else cells.set(change.key, appended(cells.get(change.key), change.text));
    }
    return true;
  }
  return { cells, take };
}

const bytesOf = (message: FeedMessage): number => Buffer.byteLength(JSON.stringify(message));

/** A feed, what it has sent, and a clock that goes on by the shortest time at each flush. */
function bench() {
  const sent: FeedMessage[] = [];
  const feed = createFeed((message) => sent.push(message));
  let now = 0;
  return {
    feed,
    sent,
    flush: () => feed.flush((now += SHORTEST_MS)),
    /** What has been sent since this was asked last. */
    taken: () => sent.splice(0),
  };
}

describe('the feed of a panel', () => {
  it('numbers its messages, the first one as the first', () => {
    const { feed, flush, taken } = bench();
    feed.set('notice', null);
    flush();
    feed.set('line/1', { text: 'a' });
    feed.remove('notice');
    flush();
    flush();
    assert.deepEqual(taken(), [
      { kind: 'first', seq: 1, changes: [{ kind: 'set', key: 'notice', value: null }] },
      {
        kind: 'next',
        seq: 2,
        changes: [
          { kind: 'set', key: 'line/1', value: { text: 'a' } },
          { kind: 'remove', key: 'notice' },
        ],
      },
    ]);
  });

  /** What one message says of a cell whose value the panel has, after these changes. */
  function merges(name: string, change: (feed: Feed) => void, expected: FeedMessage['changes']): void {
    it(`merges: ${name}`, () => {
      const { feed, flush, taken } = bench();
      feed.set('stream', { text: 'a' });
      flush();
      taken();
      change(feed);
      flush();
      assert.deepEqual(taken()[0]?.changes ?? [], expected);
    });
  }
  const set = (text: string) => ({ kind: 'set' as const, key: 'stream', value: { text } });
  merges('the same value again is nothing', (feed) => feed.set('stream', { text: 'a' }), []);
  merges('the last of two values', (feed) => [feed.set('stream', { text: 'b' }), feed.set('stream', { text: 'c' })], [
    set('c'),
  ]);
  merges('text after text', (feed) => [feed.append('stream', 'b'), feed.append('stream', 'c')], [
    { kind: 'append', key: 'stream', text: 'bc' },
  ]);
  merges('text after a value', (feed) => [feed.set('stream', { text: 'b' }), feed.append('stream', 'c')], [set('bc')]);
  merges('a value after text', (feed) => [feed.append('stream', 'b'), feed.set('stream', { text: 'c' })], [set('c')]);
  merges('removed after text', (feed) => [feed.append('stream', 'b'), feed.remove('stream')], [
    { kind: 'remove', key: 'stream' },
  ]);
  merges('set after removed', (feed) => [feed.remove('stream'), feed.set('stream', { text: 'a' })], [set('a')]);
  merges('a cell that came and went', (feed) => [feed.set('line/1', {}), feed.remove('line/1')], []);
  merges('no text', (feed) => feed.append('stream', ''), []);
  merges('text for a cell without any', (feed) => feed.append('plan', 'b'), []);

  it('keeps messages apart, and waits while too many are under way', () => {
    const { feed, sent } = bench();
    const at = (now: number): number => {
      feed.set('now', { now });
      feed.flush(now);
      return sent.length;
    };
    const times = [0, SHORTEST_MS - 1, SHORTEST_MS, 2 * SHORTEST_MS, 3 * SHORTEST_MS, 4 * SHORTEST_MS, 5 * SHORTEST_MS];
    assert.deepEqual(times.map(at), [1, 1, 2, 3, WINDOW, WINDOW, WINDOW]);
    feed.acknowledge(99);
    assert.equal(at(600), WINDOW, 'what was never sent cannot be acknowledged');
    feed.acknowledge(1);
    assert.deepEqual([at(700), at(800)], [WINDOW + 1, WINDOW + 1]);
    feed.acknowledge(WINDOW + 1);
    assert.equal(at(10), WINDOW + 2, 'a clock that was put back silences nothing');
  });

  it('sends everything anew after a restart, in messages of at most sixty cells', () => {
    const { feed, flush, taken } = bench();
    for (let line = 0; line < 130; line += 1) feed.set(`line/${line}`, { line });
    for (let time = 0; time < 9; time += 1) flush();
    taken();
    feed.restart();
    for (let time = 0; time < 9; time += 1) flush();
    assert.deepEqual(
      taken().map(({ kind, seq, changes }) => [kind, seq, changes.length]),
      [
        ['first', 4, 60],
        ['next', 5, 60],
        ['next', 6, 10],
      ],
    );
  });

  it('empties a panel that has nothing to show', () => {
    const { feed, flush, taken } = bench();
    feed.restart();
    flush();
    flush();
    assert.deepEqual(taken(), [{ kind: 'first', seq: 1, changes: [] }]);
  });

  it('divides what is too large for one message', () => {
    const { feed, flush, taken } = bench();
    for (let name = 0; name < 10; name += 1) feed.set(`document/${name}`, { markdown: 'ä'.repeat(60_000) });
    for (let time = 0; time < 9; time += 1) {
      flush();
      feed.acknowledge(time + 1);
    }
    const messages = taken();
    assert.deepEqual(
      messages.map(({ changes }) => changes.length),
      [2, 2, 2, 2, 2],
    );
    assert.ok(messages.every((message) => bytesOf(message) <= 256 * 1024 + 100));
  });

  it('refuses a key that is none', () => assert.throws(() => createFeed(() => undefined).set('lines/1' as CellKey, 1)));
});

/** One thing that happens to a feed or its panel. */
type Act =
  | { readonly kind: 'set'; readonly key: CellKey; readonly text: string }
  | { readonly kind: 'append'; readonly key: CellKey; readonly text: string }
  | { readonly kind: 'remove'; readonly key: CellKey }
  | { readonly kind: 'flush' | 'deliver' | 'acknowledge' | 'reload' };

const key = fc.oneof(
  fc.constantFrom<CellKey>('head', 'stream', 'plan'),
  // Twelve documents are kept: more of them than that come and go.
  fc.nat(20).map((number): CellKey => `document/${number}`),
  fc.nat(70).map((number): CellKey => `question/${number}`),
);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('set' as const), key, text: fc.string({ maxLength: 3 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('append' as const), key, text: fc.string({ maxLength: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), key }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constantFrom('flush' as const, 'deliver' as const, 'acknowledge' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reload' as const) }) },
);

/** The simplest sender: a map with the caps. */
function evolve(model: Map<CellKey, { text: string }>, act: Act): void {
  if (act.kind === 'set') {
    model.set(act.key, { text: act.text });
    const kind = kindOfCell(act.key);
    const keys = [...model.keys()].filter((key) => kindOfCell(key) === kind);
    const [oldest] = keys;
    if (oldest !== undefined && kind !== undefined && keys.length > (MOST_CELLS[kind] ?? 99)) model.delete(oldest);
  } else if (act.kind === 'append') {
    const old = model.get(act.key);
    if (old !== undefined) model.set(act.key, { text: old.text + act.text });
  } else if (act.kind === 'remove') model.delete(act.key);
}

describe('a feed, whatever happens to it', () => {
  it('gives the panel the cells of the sender, with no more messages under way than allowed', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 400 }), (acts) => {
        const model = new Map<CellKey, { text: string }>();
        const { feed, flush, taken } = bench();
        const road: FeedMessage[] = [];
        let panel = createPanel();
        let drawn = 0;
        /** Messages of the present panel's time that were sent and not acknowledged. */
        let open = 0;
        const steps: Record<'flush' | 'deliver' | 'acknowledge' | 'reload', () => void> = {
          flush: () => {
            flush();
            const messages = taken();
            for (const message of messages) assert.deepEqual(feedMessageSchema.parse(message), message);
            open += messages.length;
            assert.ok(open <= WINDOW, `${open} under way`);
            road.push(...messages);
          },
          deliver: () => {
            const message = road.shift();
            if (message !== undefined && panel.take(message)) drawn = message.seq;
          },
          acknowledge: () => {
            feed.acknowledge(drawn);
            open = road.length;
          },
          // The messages on the road are lost with the old panel, and the new one asks for everything.
          reload: () => {
            road.length = 0;
            panel = createPanel();
            feed.restart();
            open = 0;
          },
        };
        for (const act of acts) {
          evolve(model, act);
          if (act.kind === 'set') feed.set(act.key, { text: act.text });
          else if (act.kind === 'append') feed.append(act.key, act.text);
          else if (act.kind === 'remove') feed.remove(act.key);
          else steps[act.kind]();
        }
        for (let time = 0; time < 20; time += 1) {
          steps.flush();
          steps.deliver();
          steps.deliver();
          steps.acknowledge();
        }
        assert.deepEqual(panel.cells, model);
      }),
      { numRuns: 300 },
    );
  });

  it('draws the same after a message was lost on the road and the panel asked anew', () => {
    const { feed, flush, taken } = bench();
    const panel = createPanel();
    feed.set('head', { text: 'a' });
    flush();
    feed.set('head', { text: 'b' });
    flush();
    feed.set('plan', { text: 'c' });
    flush();
    const [first, , third] = taken();
    assert.ok(first !== undefined && third !== undefined && panel.take(first));
    assert.equal(panel.take(third), false);
    feed.restart();
    flush();
    const [again] = taken();
    assert.ok(again !== undefined && panel.take(again));
    assert.deepEqual(Object.fromEntries(panel.cells), { head: { text: 'b' }, plan: { text: 'c' } });
  });

  for (const answers of [true, false])
    it(`stays small over 5,000 events with a panel that ${answers ? 'draws' : 'never answers'}`, () => {
      const { feed, flush, taken } = bench();
      const panel = createPanel();
      let nMessages = 0;
      let nBytes = 0;
      for (let event = 1; event <= 5_000; event += 1) {
        feed.set('head', { event });
        feed.set(`line/${event}`, { text: `what happened at ${event} `.repeat(10) });
        if (event % 100 === 1) feed.set('stream', { text: '' });
        feed.append('stream', 'a few words of an answer '.repeat(20));
        // A run writes perhaps a hundred events a second: one flush for each five of them.
        if (event % 5 === 0) flush();
        for (const message of taken()) {
          nMessages += 1;
          nBytes += bytesOf(message);
          panel.take(message);
          if (answers) feed.acknowledge(message.seq);
        }
      }
      process.stdout.write(`      ${nMessages} messages, ${Math.round(nBytes / 1024)} KB\n`);
      if (!answers) assert.equal(nMessages, WINDOW);
      assert.ok(nMessages <= 1_000 && nBytes < 8 * 1024 * 1024, `${nMessages} messages, ${nBytes} bytes`);
      feed.restart();
      let rest = 0;
      for (let time = 0; time < 20; time += 1) {
        flush();
        for (const message of taken()) {
          rest += message.changes.length;
          panel.take(message);
          feed.acknowledge(message.seq);
        }
      }
      assert.equal(rest, 302, 'head, stream and 300 lines are all that is kept');
      assert.equal(panel.cells.size, 302);
    });

  it('holds no more for a panel that never answers than its cells', () => {
    const { feed, flush, taken } = bench();
    const panel = createPanel();
    for (let event = 1; event <= 50_000; event += 1) {
      feed.set(`line/${event}`, { event });
      flush();
    }
    const sent = taken();
    assert.equal(sent.length, WINDOW);
    feed.acknowledge(WINDOW);
    for (const message of sent) panel.take(message);
    let nChanges = 0;
    for (let time = 0; time < 20; time += 1) {
      flush();
      for (const message of taken()) {
        nChanges += message.changes.length;
        panel.take(message);
        feed.acknowledge(message.seq);
      }
    }
    assert.equal(nChanges, WINDOW + 300, 'what waited: the lines the panel had got go, the last 300 come');
    assert.equal(panel.cells.size, 300);
  });
});
