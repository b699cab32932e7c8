import assert from 'node:assert/strict';
import { openPanels, type PanelPage, type Panels } from './panelPage.ts';

describe('the run panel and what it is sent', function () {
  this.timeout(60_000);
  let panels: Panels;
  before(async () => {
    panels = await openPanels();
  });
  after(() => panels[Symbol.asyncDispose]());

  it('asks for everything again after a gap, draws nothing until it comes, and is then whole', async () => {
    const panel = await panels.open('running');
    await panel.posted();
    const shown = await panel.page.evaluate(async () => {
      const { fakeHost } = window;
      fakeHost.seq += 1;
      fakeHost.change({ kind: 'set', key: 'notice', value: { at: '', text: 'after a gap' } });
      await new Promise((resolve) => setTimeout(resolve, 200));
      return document.body.innerText;
    });
    assert.equal(shown.includes('after a gap'), false);
    assert.equal(shown.includes('Middleware that answers 429'), true);
    assert.deepEqual(await panel.posted(), [{ kind: 'ready' }]);
    await panel.change({ kind: 'set', key: 'notice', value: { at: '', text: 'after the restart' } });
    assert.equal((await panel.page.locator('body').innerText()).includes('after the restart'), true);
    await panel.page.close();
  });

  it('acknowledges the last message drawn, once a frame', async () => {
    const panel = await panels.open('running');
    const posted = await panel.page.evaluate(async () => {
      const { fakeHost } = window;
      fakeHost.posted.length = 0;
      for (let count = 0; count < 3; count += 1) fakeHost.change({ kind: 'append', key: 'stream', text: 'x' });
      await new Promise((resolve) => setTimeout(resolve, 300));
      return fakeHost.posted.filter((action) => JSON.stringify(action).includes(String(fakeHost.seq)));
    });
    const [last] = posted;
    assert.deepEqual(posted, [{ kind: 'acknowledge', seq: (last as { seq: number }).seq }]);
    await panel.page.close();
  });

  it('leaves out what it cannot read, says so, and goes on', async () => {
    const panel = await panels.open('running');
    await panel.page.evaluate(() => {
      for (const message of [null, 7, 'x', { kind: 'other' }, { kind: 'next', seq: 'x', changes: [] }])
        window.fakeHost.send(message);
    });
    await panel.change(
      { kind: 'set', key: 'head', value: { specId: 7 } },
      { kind: 'set', key: 'nobody/knows', value: 1 },
      { kind: 'set', key: '__proto__', value: { polluted: true } },
      { kind: 'append', key: 'task/T1', text: 'x' },
      { kind: 'burn', key: 'task/T1' },
      { kind: 'set', key: 'notice', value: { at: '', text: 'still here' } },
    );
    const text = await panel.page.locator('body').innerText();
    assert.match(text, /Rate limit per API key[\s\S]*10 changes could not be read and were left out/);
    assert.match(text, /still here/);
    assert.deepEqual(panel.complaints, []);
    await panel.page.close();
  });

  it('draws only what changed while tokens stream', async () => {
    const panel = await panels.open('running');
    await panel.page.evaluate(countDraws);
    for (let count = 0; count < 20; count += 1) {
      await panel.change(
        { kind: 'append', key: 'stream', text: `token ${count} ` },
        { kind: 'set', key: 'now', value: { ...NOW, characters: 2_000 + count } },
      );
    }
    const draws = await panel.page.evaluate(() => window.draws ?? {});
    const { StreamText: stream = 0, NowLine: now = 0, ...rest } = draws;
    // Two messages may share a frame of a busy machine.
    assert.ok(stream > 10 && stream <= 20, `${stream}`);
    assert.ok(now > 10 && now <= 20, `${now}`);
    assert.deepEqual(
      Object.keys(rest).filter((name) => !PARTS_OF_NOW.includes(name)),
      [],
    );
    await panel.change({
      kind: 'set',
      key: 'task/T3',
      value: { id: 'T3', title: 'Renamed', state: 'done', requirements: [], files: [], dependsOn: [] },
    });
    // The counter can count: a changed task is drawn.
    assert.equal((await panel.page.evaluate(() => window.draws ?? {}))['TaskGraph'], 1);
    await panel.page.close();
  });

  it('keeps a reader of the stream where they read, and follows at the end', async () => {
    const panel = await panels.open('running');
    const grow = () => panel.change({ kind: 'append', key: 'stream', text: 'line\n'.repeat(60) });
    const rest = () =>
      panel.page.locator('.stream').evaluate((box) => Math.round(box.scrollHeight - box.scrollTop - box.clientHeight));
    await grow();
    assert.equal(await rest(), 0);
    await panel.page.locator('.stream').evaluate((box) => {
      box.scrollTop = 40;
    });
    await panel.page.waitForTimeout(100);
    await grow();
    assert.equal(await panel.page.locator('.stream').evaluate((box) => box.scrollTop), 40);
    await panel.page.close();
  });

  it('lets a plan grow in place', async () => {
    const panel = await panels.open('planStreaming');
    const top = () =>
      panel.page
        .locator('.steps > li')
        .first()
        .evaluate((step) => step.getBoundingClientRect().top);
    const before = await top();
    const marked = await panel.page
      .locator('.steps > li')
      .first()
      .evaluateHandle((step) => step);
    await panel.page.evaluate(async () => {
      const { WHOLE } = { WHOLE: { title: 'A third step', text: '', requirements: ['FR-9'] } };
      window.fakeHost.change({
        kind: 'set',
        key: 'plan',
        value: {
          isWhole: false,
          summary:
            'A token bucket per API key, in memory, in front of every handler under /v1. Limits come from the key’s own record.',
          confidence: null,
          files: [],
          risks: [],
          steps: [
            {
              title: 'Write the token bucket',
              text: 'Refill by elapsed time, never by a timer.',
              requirements: ['FR-1'],
            },
            WHOLE,
          ],
        },
      });
      await new Promise((resolve) => setTimeout(resolve, 200));
    });
    assert.equal(await top(), before);
    assert.equal(await marked.evaluate((step) => step.isConnected), true);
    assert.match(await panel.page.locator('.steps').innerText(), /A third step \(covers FR-9\)/);
    await panel.page.close();
  });

  it('says how long it has been silent', async () => {
    const panel = await panels.open('running');
    await panel.page.evaluate(() => window.fakeHost.pass(41_000));
    await panel.page.getByText('silent for 42 s').waitFor();
    await panel.page.getByText('03:22').waitFor();
    await panel.page.close();
  });

  it('announces a new stage and a verdict, never tokens and nothing of the past', async () => {
    const panel = await panels.open('running');
    assert.deepEqual(await said(panel), []);
    await panel.change({ kind: 'append', key: 'stream', text: 'tokens' });
    assert.deepEqual(await said(panel), []);
    await panel.change({
      kind: 'set',
      key: 'verdict/implement/T2/2',
      value: {
        key: 'implement/T2/2',
        stage: 'implement',
        decision: 'proceed',
        to: null,
        at: '',
        reasons: [],
        signals: [],
      },
    });
    assert.deepEqual(await said(panel), ['Implement, gate: Proceed.']);
    await panel.page.close();
  });

  it('does nothing of what a text asks for', async () => {
    const panel = await panels.open('huge');
    const requests: string[] = [];
    panel.page.on('request', (request) => requests.push(request.url()));
    for (const stage of ['Specify', 'Plan', 'Unlock']) {
      await panel.page.locator('.stageRow', { hasText: stage }).first().click();
    }
    for (const link of await panel.page.locator('.markdown [data-target]').all()) await link.click();
    assert.deepEqual(
      await panel.page.evaluate(() => [
        'attacked' in window,
        document.querySelectorAll('#root img, #root script, #root [href], #root [src], #root [onerror]').length,
      ]),
      [false, 0],
    );
    assert.deepEqual(requests, []);
    assert.deepEqual(await panel.posted(), [{ kind: 'ready' }]);
    assert.deepEqual(panel.complaints, []);
    await panel.page.close();
  });
});

const NOW = {
  stage: 'implement',
  task: 'T2',
  doing: 'running npm test',
  worker: 'reflex',
  since: '2026-11-20T10:02:38Z',
  beatAt: '2026-11-20T10:02:41Z',
};
/** What the line of the present work consists of, and what ticks each second. */
const PARTS_OF_NOW = ['Icon', 'Clock', 'Running', 'Heartbeat'];

const said = async (panel: PanelPage): Promise<readonly string[]> => {
  await panel.page.waitForTimeout(100);
  const texts = await panel.page.locator('.forReaders [role=status]').allTextContents();
  return texts.filter((text) => text !== '');
};

declare global {
  interface Window {
    draws?: Record<string, number>;
  }
}

interface Fiber {
  readonly flags: number;
  readonly type: unknown;
  readonly child: Fiber | null;
  readonly sibling: Fiber | null;
}

/**
 * Counts by name which components were drawn, from React's own tree: after each commit, a fibre that was not current before and that carries the flag
 * of performed work was drawn. Runs in the page, after the first drawing: React's root is found on its container.
 */
function countDraws(): void {
  const container = document.querySelector('#root');
  const property = Object.keys(container ?? {}).find((key) => key.startsWith('__reactContainer$')) ?? '';
  const host: Fiber & { readonly stateNode: { readonly current: Fiber } } = (container as never)[property];
  const draws: Record<string, number> = {};
  window.draws = draws;
  const walk = (fiber: Fiber | null, found: Set<Fiber>): Set<Fiber> => {
    for (let at = fiber; at !== null; at = at.sibling) {
      found.add(at);
      walk(at.child, found);
    }
    return found;
  };
  let before = walk(host.stateNode.current, new Set());
  const nameOf = (type: unknown): string => {
    if (typeof type === 'function') return type.name;
    return typeof type === 'object' && type !== null && 'type' in type ? nameOf(type.type) : '';
  };
  const observe = () => {
    const current = walk(host.stateNode.current, new Set());
    for (const fiber of current) {
      const name = nameOf(fiber.type);
      if (name !== '' && !before.has(fiber) && (fiber.flags & 1) === 1) draws[name] = (draws[name] ?? 0) + 1;
    }
    before = current;
  };
  new MutationObserver(observe).observe(document.body, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
  });
}
