import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { reflexStanding } from '../../../src/core/reflex/standing.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/core/reflex/bakeoffStatistics.ts';
import type { BakeoffReport } from '../../../src/core/reflex/bakeoffReport.ts';
import { nextTrend, type ReflexTrend } from '../../../src/app/reflexTrend.ts';
import { createEngine } from '../../../src/extension/engine/createEngine.ts';
import { showStanding, showWatched } from '../../../src/extension/engine/reflexFeed.ts';
import { FIGURES } from '../../../src/protocol/reflexFigures.ts';
import type { ReflexRead } from '../../../src/extension/reflex/poller.ts';
import { presentReflex, type WatchedServer } from '../../../src/extension/reflex/presentation.ts';
import { createCellStore } from '../../../src/protocol/cellStore.ts';
import { createFeed, SHORTEST_MS, type FeedMessage } from '../../../src/protocol/feed.ts';
import { MOST_READINGS } from '../../../src/protocol/reflexPanel.ts';
import { IDENTITY, pairsOf, reportOf } from '../../support/bakeoffReport.ts';
import { makeRepository } from '../../support/gitRepository.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { until } from '../../support/until.ts';

const NOW = Date.parse('2026-11-21T12:00:00.000Z');
const READING: ReflexRead = {
  kind: 'read',
  worker: 'reflex',
  model: IDENTITY.model,
  baseUrl: IDENTITY.endpoint,
  health: {
    kind: 'answers',
    server: 'sglang',
    models: ['qwen'],
    latencyMs: 4,
    health: 'good',
    load: { running: 1, tokenUsage: 0.28, throughput: 86.4 },
  },
  vram: { kind: 'none', why: 'nvidia-smi is not installed here' },
  place: { kind: 'here', computer: 'workstation' },
};
const LONG = 'x'.repeat(10_000);

/** What the status bar shows after so many readings, five seconds apart. */
function watched(count: number, about: Partial<ReflexRead> = {}, from = NOW): WatchedServer {
  const reading = { ...READING, ...about };
  let trend: ReflexTrend | undefined;
  for (let index = 0; index < count; index += 1) trend = nextTrend(trend, reading, from + index * 5_000);
  return presentReflex(reading, 'healthy', trend ?? nextTrend(undefined, reading, from)).watched;
}

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
    for (let count = 0; count < 20; count += 1) feed.flush((now += SHORTEST_MS));
  };
  const shown = new Set<number>();
  return { store, sent, flush, feed, watch: (server: WatchedServer | null) => showWatched(feed, shown, server) };
}

const standing = (reports: readonly BakeoffReport[], thresholds = DEFAULT_THRESHOLDS) =>
  reflexStanding(
    { enabled: true, endpoint: IDENTITY.endpoint, model: IDENTITY.model, thresholds },
    reports.map((report, index) => ({ file: `.speckit/eval/reflex-bakeoff-${index}.json`, report })),
    NOW,
  );

describe('the feed of the reflex panel', () => {
  it('has what the status bar shows: the same readings, state and words', () => {
    const { store, watch, flush } = panel();
    const server = watched(3);
    watch(server);
    flush();
    assert.deepEqual(
      store.keys('reflexReading').map((key) => store.cell('reflexReading', key)),
      server.trend.points,
    );
    const { state, words, machine } = store.cell('reflexNow') ?? {};
    assert.deepEqual([state, words, machine], ['healthy', server.words, server.machine]);
  });

  it('sends only the new reading, and after another server none of the old ones', () => {
    const { store, sent, watch, flush } = panel();
    watch(watched(5));
    flush();
    const before = sent.length;
    watch(watched(6));
    flush();
    assert.deepEqual(
      sent.slice(before).flatMap(({ changes }) => changes.map(({ key }) => key)),
      [`reflexReading/${NOW + 25_000}`],
    );
    watch(watched(1, {}, NOW + 100_000));
    flush();
    assert.deepEqual(store.keys('reflexReading'), [`reflexReading/${NOW + 100_000}`]);
    watch(null);
    flush();
    assert.deepEqual([store.keys('reflexReading'), store.cell('reflexNow')], [[], null]);
  });

  it('fits its cells, however much there is', () => {
    const { store, sent, feed, watch, flush } = panel();
    const gpus = Array.from({ length: 60 }, () => ({ name: LONG }));
    watch(watched(1_000, { worker: LONG, model: LONG, vram: { kind: 'gpus', gpus } }));
    const report = reportOf(pairsOf(24), { end: { kind: 'stopped', why: LONG } });
    showStanding(
      feed,
      standing(Array.from({ length: 90 }, () => ({ ...report, reflex: { worker: LONG, model: LONG } }))),
    );
    flush();
    assert.deepEqual(
      [store.dropped(), store.keys('reflexReading').length, store.cell('reflexStanding')?.reports.length],
      [0, MOST_READINGS, 20],
    );
    assert.equal(store.cell('reflexStanding')?.left, 70);
    assert.ok(Math.max(...sent.map((message) => JSON.stringify(message).length)) < 256 * 1024);
  });

  it('says `unknown` of every figure that is not known, and never 0', () => {
    const { store, feed, watch, flush } = panel();
    watch(watched(1, { health: { kind: 'refuses', why: 'nothing listens' } }));
    showStanding(feed, standing([]));
    flush();
    const reading = store.cell('reflexReading', `reflexReading/${NOW}`);
    assert.deepEqual(reading, { at: NOW });
    assert.deepEqual(new Set(FIGURES.map(({ text }) => text({ at: NOW }))), new Set(['unknown']));
    assert.deepEqual(
      store.cell('reflexStanding')?.thresholds.map(({ measured, isMet, amount }) => [measured, isMet, amount]),
      Array.from({ length: 4 }, () => ['unknown', null, null]),
    );
  });

  it('has the thresholds beside what was measured, and each report with its verdict', () => {
    const { store, feed, flush } = panel();
    const trials = pairsOf(24, (index, side) =>
      side === 'reflex' ? { completion_ms: 1_000 + 100 * index, json: index > 0 } : {},
    );
    showStanding(feed, standing([reportOf(trials)]));
    flush();
    const shown = store.cell('reflexStanding');
    assert.deepEqual(
      shown?.thresholds.map(({ name, needed, measured, isMet, amount, limit }) => [
        name,
        needed,
        measured,
        isMet,
        amount,
        limit,
      ]),
      [
        ['P95 of an answer', 'under 2000 ms', '3200 ms', false, 3_200, 2_000],
        ['Success parity', "at least 85 % of the cloud's", '100 %, 95 % interval 92.3 % to 108.3 %', true, 100, 85],
        ['Schema compliance', 'at least 100 %', '95.8 %', false, (100 * 23) / 24, 100],
        ['Trials of each side', 'at least 24', '24', true, 24, 24],
      ],
    );
    const [report] = shown?.reports ?? [];
    assert.deepEqual(
      { ...report, reasons: report?.reasons.length },
      {
        file: '.speckit/eval/reflex-bakeoff-0.json',
        at: '2026-11-01T12:00:00.000Z',
        until: '2026-12-01T12:00:00.000Z',
        local: 'local (qwen2.5-coder-7b-instruct)',
        cloud: 'strong (gpt-6.1-sol)',
        isPassed: false,
        isExpired: false,
        isOfThis: true,
        parity: '100 %',
        interval: '95 % interval 92.3 % to 108.3 %',
        p95: '3200 ms',
        compliance: '95.8 %',
        reasons: 2,
        price: '$0.0720',
      },
    );
  });

  it('is opened by the engine: what [reflex] has to reach, what was read, with no secret in it', async function () {
    this.timeout(20_000);
    using folder = temporaryFolder();
    const repository = folder.join('repository');
    const secret = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a';
    await makeRepository(repository, { 'speckit.toml': '[reflex]\nmodel = "qwen"\n' });
    const store = createCellStore();
    const engine = createEngine(
      { installation: path.resolve(import.meta.dirname, '../../..'), program: 'test', person: 'mika' },
      {
        host: () => {
          throw new Error('nobody is asked');
        },
        news: (news) => {
          if (news.kind !== 'feed') return;
          const receipt = store.receive(news.message);
          if (receipt.kind === 'drawn') void engine.acknowledgeFeed(context, 'feed', receipt.seq);
        },
      },
    );
    const context = { signal: new AbortController().signal, emit: () => undefined };
    await engine.openReflexFeed(context, repository, 'feed');
    await using _closed = { [Symbol.asyncDispose]: () => engine.closeFeed(context, 'feed') };
    await engine.watchedServer(context, 'feed', watched(2, { worker: `w ${secret}` }));
    await until('the cells', () => store.cell('reflexStanding') !== undefined && store.cell('reflexNow') !== undefined);
    assert.deepEqual([store.cell('reflexStanding')?.isEnabled, store.cell('reflexStanding')?.model], [false, 'qwen']);
    assert.doesNotMatch(JSON.stringify(store.cell('reflexNow')), /ghp_/);
    mkdirSync(path.join(repository, '.speckit/eval'), { recursive: true });
    writeFileSync(
      path.join(repository, '.speckit/eval/reflex-bakeoff-20261101T120000.json'),
      JSON.stringify(reportOf(pairsOf(24))),
    );
    await until('the report', () => store.cell('reflexStanding')?.reports.length === 1);
  });
});
