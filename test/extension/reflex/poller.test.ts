import assert from 'node:assert/strict';
import type { ReflexReading, ReflexRequest } from '../../../src/app/reflex.ts';
import { createPoller, type Poller, type ReflexRead } from '../../../src/extension/reflex/poller.ts';

const READING: ReflexRead = {
  kind: 'read',
  worker: 'w',
  model: 'm',
  baseUrl: 'http://127.0.0.1:1',
  health: { kind: 'answers', server: 'sglang', models: [], latencyMs: 1, health: 'good', load: {} },
  vram: { kind: 'none', why: '' },
  place: { kind: 'here', computer: 'c' },
};
const DOWN: ReflexRead = { ...READING, health: { kind: 'refuses', why: '' } };
const NONE: ReflexReading = { kind: 'none', why: '' };

/** A poller in a world that a test turns by hand. */
interface Bench {
  readonly poller: Poller;
  /** What happened: looks with their depth, and what was shown. */
  readonly seen: string[];
  readonly world: { folder: string | undefined; isFocused: boolean; reading: ReflexReading | Error; nvidiaSmi: string };
  /** The delay of the timer that is set, in seconds. */
  readonly waits: () => number | undefined;
  /** Lets the timer fire, and what follows from it happen. */
  readonly tick: () => Promise<void>;
  readonly requests: ReflexRequest[];
  /** Of each thing shown, the readings in its trend and the promotion. */
  readonly shown: string[];
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function bench(): Bench {
  const world: Bench['world'] = { folder: '/f', isFocused: true, reading: READING, nvidiaSmi: '' };
  const seen: string[] = [];
  const requests: ReflexRequest[] = [];
  const shown: string[] = [];
  let now = 0;
  let timer: { readonly at: number; readonly call: () => void } | undefined;
  const poller = createPoller({
    read: async (_, request) => {
      requests.push(request);
      seen.push(request.depth);
      await settled();
      if (world.reading instanceof Error) throw world.reading;
      return world.reading;
    },
    folder: () => world.folder,
    log: (text) => seen.push(text),
    window: {
      isFocused: () => world.isFocused,
      settings: () => ({ pollSeconds: 5, nvidiaSmi: world.nvidiaSmi }),
      show(reading, state, { points }) {
        seen.push(`show ${state}`);
        shown.push(`${points.length} ${reading.promotion?.kind ?? '-'}`);
      },
      hide: () => seen.push('hide'),
    },
    clock: {
      now: () => now,
      after(ms, call) {
        const own = { at: now + ms, call };
        timer = own;
        return () => {
          if (timer === own) timer = undefined;
        };
      },
    },
  });
  return {
    poller,
    seen,
    world,
    requests,
    shown,
    waits: () => (timer === undefined ? undefined : (timer.at - now) / 1000),
    async tick() {
      const due = timer;
      assert.ok(due !== undefined, 'no timer is set');
      now = due.at;
      timer = undefined;
      due.call();
      for (let turn = 0; turn < 5; turn += 1) await settled();
    },
  };
}

describe('the poller of the local server', () => {
  it('looks wholly at first and lightly then', async () => {
    const { poller, seen, waits, tick } = bench();
    await poller.check();
    assert.deepEqual([seen, waits()], [['whole', 'show healthy'], 5]);
    await tick();
    assert.deepEqual([seen.slice(2), waits()], [['light', 'show healthy'], 5]);
    // The twelfth look of five seconds each is a minute after the first.
    for (let looks = 2; looks <= 12; looks += 1) await tick();
    assert.equal(seen.filter((word) => word === 'whole').length, 2);
  });

  it('does nothing at all while no local worker is configured', async () => {
    const { poller, seen, world, waits } = bench();
    world.folder = undefined;
    poller.refresh();
    assert.deepEqual([seen, waits()], [['hide'], undefined]);
    world.folder = '/f';
    world.reading = NONE;
    await poller.check();
    assert.deepEqual([seen.slice(1), waits()], [['whole', 'hide'], undefined]);
  });

  it('begins when a worker comes and ends when it goes', async () => {
    const { poller, seen, world, waits, tick } = bench();
    poller.refresh();
    await settled();
    await settled();
    assert.deepEqual([seen, waits()], [['whole', 'show healthy'], 5]);
    poller.refresh();
    poller.refresh();
    assert.equal(seen.length, 2);
    world.reading = NONE;
    await tick();
    assert.deepEqual([seen.at(-1), waits()], ['hide', undefined]);
  });

  it('has one reading at a time, and one more when it was asked meanwhile', async () => {
    const { poller, seen } = bench();
    const first = poller.check();
    void poller.check();
    void poller.check();
    await first;
    for (let turn = 0; turn < 5; turn += 1) await settled();
    assert.deepEqual(seen, ['whole', 'show healthy', 'whole', 'show healthy']);
  });

  it('looks at once when the focus comes back, and rarely without it', async () => {
    const { poller, seen, world, waits } = bench();
    await poller.check();
    world.isFocused = false;
    poller.focusChanged();
    assert.deepEqual([seen.length, waits()], [2, 60]);
    world.isFocused = true;
    poller.focusChanged();
    await settled();
    await settled();
    assert.deepEqual([seen.slice(2), waits()], [['light', 'show healthy'], 5]);
  });

  it('backs off from a server that is down', async () => {
    const { poller, world, waits, tick } = bench();
    world.reading = DOWN;
    await poller.check();
    const waited = [waits()];
    for (let looks = 0; looks < 5; looks += 1) {
      await tick();
      waited.push(waits());
    }
    assert.deepEqual(waited, [5, 10, 20, 40, 60, 60]);
  });

  it('begins anew with another server', async () => {
    const { poller, seen, world } = bench();
    world.reading = DOWN;
    await poller.check();
    world.reading = { ...READING, baseUrl: 'http://127.0.0.1:2', health: { kind: 'loading', why: '' } };
    await poller.check();
    assert.deepEqual(seen.slice(-1), ['show starting']);
  });

  it('goes on after an engine that was gone', async () => {
    const { poller, seen, world, waits } = bench();
    await poller.check();
    world.reading = new Error('the engine ended');
    await poller.check();
    assert.deepEqual(
      [seen.slice(2), waits()],
      [['whole', 'The local server could not be looked at: Error: the engine ended'], 5],
    );
  });

  it('uses the nvidia-smi of the settings', async () => {
    const { poller, world, requests } = bench();
    world.nvidiaSmi = '/opt/smi';
    await poller.check();
    assert.deepEqual(requests, [{ depth: 'whole', nvidiaSmi: '/opt/smi', promotion: 'read' }]);
  });

  it('keeps its readings, and begins anew with another server', async () => {
    const { poller, world, shown, tick } = bench();
    await poller.check();
    for (let looks = 1; looks < 35; looks += 1) await tick();
    assert.deepEqual(
      shown.map((line) => line.split(' ')[0]),
      Array.from({ length: 35 }, (_, index) => String(index + 1)),
    );
    world.reading = { ...READING, baseUrl: 'http://127.0.0.1:2' };
    await poller.check();
    assert.equal(shown.at(-1), '1 -');
  });

  it('asks for the promotion once a minute and when a person checks, and shows the last one meanwhile', async () => {
    const { poller, world, requests, shown, tick } = bench();
    const none = { ...READING, promotion: { kind: 'none', why: 'x' } } as const;
    world.reading = none;
    await poller.check();
    world.reading = READING;
    await tick();
    assert.deepEqual(
      [requests.map(({ promotion }) => promotion), shown],
      [
        ['read', undefined],
        ['1 none', '2 none'],
      ],
    );
    for (let looks = 2; looks <= 12; looks += 1) await tick();
    assert.equal(requests.filter(({ promotion }) => promotion === 'read').length, 2);
    assert.equal(shown.at(-1), '13 -');
    world.reading = none;
    await poller.check();
    assert.deepEqual([requests.at(-1)?.promotion, shown.at(-1)], ['read', '14 none']);
    // A server that does not answer is asked again as soon as it does.
    world.reading = DOWN;
    await poller.check();
    assert.equal(shown.at(-1), '15 none');
    world.reading = { ...READING, promotion: { kind: 'promoted' } };
    await tick();
    assert.deepEqual([requests.at(-1)?.promotion, shown.at(-1)], ['read', '16 promoted']);
  });

  it('shows and sets nothing once it is ended', async () => {
    const { poller, seen, waits } = bench();
    const look = poller.check();
    poller[Symbol.dispose]();
    await look;
    assert.deepEqual([seen, waits()], [['whole'], undefined]);
  });
});
