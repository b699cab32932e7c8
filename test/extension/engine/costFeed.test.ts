import assert from 'node:assert/strict';
import { costView } from '../../../src/core/ledger/costView.ts';
import type { LedgerEntry } from '../../../src/core/ledger/entry.ts';
import { showCosts } from '../../../src/extension/engine/costFeed.ts';
import { createCellStore } from '../../../src/protocol/cellStore.ts';
import { createFeed, SHORTEST_MS, type FeedMessage } from '../../../src/protocol/feed.ts';
import { NOON } from '../../support/reservation.ts';

/** More of everything than is shown, with names longer than a cell takes. */
const many = (count: number): readonly LedgerEntry[] =>
  Array.from({ length: count }, (_, index) => ({
    run: `key/run-${index % 90}`,
    step: `implement/T${index}`,
    attempt: 1,
    time: NOON - (index % 400) * 12 * 60 * 60 * 1000,
    worker: 'w',
    model: `${'m'.repeat(300)}${index % 70}`,
    state: 'settled',
    reservedMicrodollars: 9,
    settledMicrodollars: index % 3 === 0 ? 0 : 1_000 + index,
    inputTokens: 1_000,
    outputTokens: 20,
    cachedTokens: 10,
    basis: 'usage',
    priceVersion: `${'v'.repeat(90)}${index % 40}`,
    spec: `SPEC-${index % 300}${'s'.repeat(300)}`,
    stage: `stage-${index % 30}`,
    role: `role-${index % 30}`,
    endedAt: NOON,
  }));

const viewOf = (rows: readonly LedgerEntry[]) =>
  costView({
    choice: { whose: 'everything', spec: '', period: 'all' },
    now: NOON,
    rows,
    specs: rows.map(({ spec }) => spec),
    limits: Array.from({ length: 40 }, (_, index) => ({
      scope: 'spec' as const,
      name: 's'.repeat(400),
      limit: index,
      totals: { settledMicrodollars: 5, reservedMicrodollars: 1, inDoubtMicrodollars: 1 },
    })),
    alertThreshold: 0.5,
    overrides: new Map(),
    currency: 'EUR',
    exchangeRate: 0.9,
    climbs: Array.from({ length: 400 }, (_, index) => ({
      at: new Date(NOON - index).toISOString(),
      kind: 'escalation' as const,
      spec: 's'.repeat(400),
      stage: `implement${index % 20}`,
      from: 'f'.repeat(400),
      to: 't'.repeat(400),
      text: 'x'.repeat(4_000),
    })),
    runs: 50,
    runsLeft: 40,
    specName: ({ spec }) => spec,
  });

describe('the feed of the cost panel', () => {
  function panel() {
    const store = createCellStore();
    const sent: FeedMessage[] = [];
    const feed = createFeed((message) => {
      sent.push(message);
      const receipt = store.receive(structuredClone(message));
      if (receipt.kind === 'drawn') feed.acknowledge(receipt.seq);
    });
    let now = 0;
    const flush = (): void => {
      for (let count = 0; count < 10; count += 1) feed.flush((now += SHORTEST_MS));
    };
    return { store, sent, feed, flush };
  }

  it('fits its cells and its messages, however much there is', () => {
    const { store, sent, feed, flush } = panel();
    showCosts(feed, viewOf(many(5_000)));
    flush();
    const bytes = sent.reduce((total, message) => total + Buffer.byteLength(JSON.stringify(message)), 0);
    assert.equal(store.dropped(), 0);
    assert.deepEqual(
      [store.cell('costTotal')?.calls, store.cell('costGroups', 'costGroups/model')?.rows.length],
      [5_000, 20],
    );
    assert.ok(bytes < 128 * 1024, `${bytes} bytes`);
  });

  it('sends again only the parts that have changed', () => {
    const { sent, feed, flush } = panel();
    const rows = many(50);
    showCosts(feed, viewOf(rows));
    flush();
    const before = sent.length;
    showCosts(feed, viewOf(rows));
    flush();
    assert.equal(sent.length, before);
    const [first, ...others] = rows;
    if (first === undefined) throw new Error('there are rows');
    showCosts(feed, viewOf([{ ...first, role: 'critic' }, ...others]));
    flush();
    assert.deepEqual(
      sent.slice(before).flatMap(({ changes }) => changes.map(({ key }) => key)),
      ['costGroups/role'],
    );
  });
});
