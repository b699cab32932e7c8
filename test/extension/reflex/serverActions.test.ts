import assert from 'node:assert/strict';
import type { ReflexHealth } from '../../../src/app/reflexHealth.ts';
import type { StartReport, StopReport } from '../../../src/app/reflexServer.ts';
import type { ServerState } from '../../../src/core/reflex/serverState.ts';
import type { BakeoffNews } from '../../../src/extension/engine/api.ts';
import { budgetOf } from '../../../src/extension/reflex/bakeoffAction.ts';
import { createServerActions, type ServerActions } from '../../../src/extension/reflex/serverActions.ts';

const URL = 'http://127.0.0.1:3009/v1';
const READY: Extract<ServerState, { kind: 'ready' }> = {
  kind: 'ready',
  url: URL,
  at: 0,
  command: ['x'],
  attempt: 1,
  pid: 1,
  models: ['qwen'],
  readyAfterMs: 1_500,
};
const FAILED: StartReport = {
  outcome: 'failed',
  state: {
    kind: 'failed',
    url: URL,
    at: 0,
    command: ['x'],
    attempt: 1,
    last: { at: 0, how: 'ended with exit code 1', lastLines: ['boom'] },
  },
};
const ILL: ReflexHealth = {
  healthy: false,
  message: 'No server answers.',
  next: 'Start it: `speckit reflex start`',
  url: URL,
  health: { kind: 'refuses', why: 'nothing listens on its port' },
};

/** A window and an engine that a test turns by hand. */
interface Bench {
  readonly actions: ServerActions;
  /** What the engine was asked and the window was told, in their order. */
  readonly seen: string[];
  readonly world: {
    trusted: boolean;
    folder: string | undefined;
    start: (signal: AbortSignal) => Promise<StartReport>;
    log: { text: string; position: number; isAtWork: boolean }[];
    onFolder: () => void;
    chosen: 'new' | 'resume' | undefined;
    budget: string | undefined;
    onBudget: () => void;
    bakeoff: (signal: AbortSignal) => Promise<BakeoffNews>;
    health: ReflexHealth;
    /** Aborted when a person ends a wait. */
    ending: AbortController;
  };
  /** Lets the timer fire that is set, if any is. */
  tick(): Promise<boolean>;
}

function bench(): Bench {
  const seen: string[] = [];
  const world: Bench['world'] = {
    trusted: true,
    folder: '/f',
    start: async () => ({ outcome: 'started', state: READY }),
    log: [],
    onFolder: () => undefined,
    chosen: 'new',
    budget: '2.50',
    onBudget: () => undefined,
    health: ILL,
    bakeoff: async () => ({ passed: true, text: 'passed', file: '/f/report.md' }),
    ending: new AbortController(),
  };
  let timer: (() => void) | undefined;
  const actions = createServerActions(
    {
      start: (_, how, onState, signal) => {
        seen.push(`engine ${how}`);
        onState({ ...READY, kind: 'waiting', againAt: 0, last: { at: 0, how: 'ended by SIGTERM', lastLines: [] } });
        return world.start(signal);
      },
      stop: async (): Promise<StopReport> => {
        seen.push('engine stop');
        return { outcome: 'stopped' };
      },
      bakeoff: async (_, request, onTrial, signal) => {
        seen.push(`engine bakeoff ${JSON.stringify(request)}`);
        onTrial({ done: 1, of: 48, line: '1/48  fix-sum  reflex  passed' });
        return world.bakeoff(signal);
      },
      check: async () => {
        seen.push('engine check');
        return world.health;
      },
      log: async (_, from) => {
        seen.push(`engine log ${JSON.stringify(from)}`);
        return world.log.shift() ?? { text: '', position: 0, isAtWork: false };
      },
    },
    {
      requireTrust() {
        if (!world.trusted) throw new Error('not trusted');
      },
      folder: async () => {
        world.onFolder();
        return world.folder;
      },
      progress: (_, work) => work((text) => seen.push(`progress ${text.split(' It is')[0]}`), world.ending.signal),
      chooseStart: async () => world.chosen,
      askBudget: async () => {
        world.onBudget();
        return world.budget;
      },
      openReport: async (file) => {
        seen.push(`open ${file}`);
      },
      tell: (level, text, ...steps) => seen.push([`${level}: ${text}`, ...steps].join(' | ')),
      showModels: async (title, models, asked) => {
        seen.push(`models ${title}: ${models.join(', ')}; asked ${asked}`);
      },
      openLog: () => ({
        append: (text) => seen.push(`log ${text}`),
        clear: () => seen.push('clear'),
        show: () => seen.push('show'),
      }),
      after(_, call) {
        timer = call;
        return () => {
          timer = undefined;
        };
      },
    },
    () => seen.push('changed'),
  );
  return {
    actions,
    seen,
    world,
    async tick() {
      const call = timer;
      timer = undefined;
      call?.();
      await new Promise((resolve) => setImmediate(resolve));
      return call !== undefined;
    },
  };
}

describe('the local server in the palette', () => {
  it('starts nothing, stops nothing and asks nothing in a workspace that is not trusted', async () => {
    const { actions, seen, world } = bench();
    world.trusted = false;
    for (const act of [actions.start, actions.stop, actions.restart, actions.health, actions.models, actions.bakeoff])
      await assert.rejects(act(), /not trusted/);
    assert.deepEqual(seen, []);
  });

  it('starts nothing when the trust goes while a question stands open', async () => {
    const { actions, seen, world } = bench();
    world.onFolder = () => {
      world.trusted = false;
    };
    await assert.rejects(actions.start(), /not trusted/);
    assert.deepEqual(seen, []);
  });

  it('does nothing when a person leaves the question for the folder', async () => {
    const { actions, seen, world } = bench();
    world.folder = undefined;
    await actions.start();
    await actions.showLog();
    assert.deepEqual(seen, []);
  });

  it('tells how a start comes along and that it is ready', async () => {
    const { actions, seen } = bench();
    await actions.start();
    await actions.restart();
    const told = [
      'progress The server ended by SIGTERM.',
      'information: The server at 127.0.0.1:3009 is ready after 1.5 s: it serves qwen',
      'changed',
    ];
    assert.deepEqual(seen, ['engine start', ...told, 'engine restart', ...told]);
  });

  it('tells a failure in the words of the editor, and shows the log', async () => {
    const { actions, seen, world } = bench();
    world.start = async () => FAILED;
    world.log = [{ text: 'boom\n', position: 5, isAtWork: false }];
    await actions.start();
    const [, , failure, ...rest] = seen;
    assert.match(
      failure ?? '',
      /^warning: The server ended with exit code 1\..*\n {2}boom\nWhat to do: "SpecKit: Show Local Server Log" shows/s,
    );
    assert.deepEqual(rest, ['clear', 'show', 'engine log {"lines":500}', 'log boom\n', 'changed']);
  });

  it('hands on what could not begin', async () => {
    const { actions, world } = bench();
    world.start = async () => {
      throw new Error('no command');
    };
    await assert.rejects(actions.start(), /no command/);
  });

  it('stops, and tells its health with what to do', async () => {
    const { actions, seen } = bench();
    await actions.stop();
    await actions.health();
    assert.deepEqual(seen, [
      'engine stop',
      'information: The server is stopped.',
      'changed',
      'engine check',
      'warning: No server answers. Start it: "SpecKit: Start Local Server" | speckitAuto.reflexStart | speckitAuto.reflexPlan',
      'changed',
    ]);
  });

  const answers = (about: Partial<Extract<ReflexHealth['health'], { kind: 'answers' }>>): ReflexHealth['health'] => ({
    kind: 'answers',
    server: 'sglang',
    models: ['qwen', 'llama'],
    latencyMs: 4,
    health: 'good',
    load: {},
    ...about,
  });
  const healths: readonly (readonly [Partial<ReflexHealth>, string])[] = [
    [{ healthy: true, health: answers({}) }, 'information: It is so. | speckitAuto.showReflex'],
    [{ health: { kind: 'loading', why: '' } }, 'warning: It is so. | speckitAuto.reflexLog'],
    [
      { health: { kind: 'silent', afterMs: 1 } },
      'warning: It is so. | speckitAuto.reflexRestart | speckitAuto.reflexLog',
    ],
    [{ health: { kind: 'odd', why: '' } }, 'warning: It is so. | speckitAuto.openConfiguration'],
    [{ health: answers({ health: 'bad' }) }, 'warning: It is so. | speckitAuto.reflexRestart | speckitAuto.reflexLog'],
    [
      { health: answers({}), model: 'qwen3' },
      'warning: It is so. | speckitAuto.reflexModels | speckitAuto.openConfiguration',
    ],
    [
      { health: answers({ models: [] }), model: 'qwen' },
      'warning: It is so. | speckitAuto.reflexRestart | speckitAuto.reflexLog',
    ],
  ];
  for (const [about, told] of healths)
    it(`tells its health with a button for what helps: ${told.slice(told.indexOf('|'))}`, async () => {
      const { actions, seen, world } = bench();
      world.health = { healthy: false, message: 'It is so.', url: URL, health: ILL.health, ...about };
      await actions.health();
      assert.deepEqual(seen, ['engine check', told, 'changed']);
    });

  it('shows the models that it lists, and how it is where it lists none', async () => {
    const { actions, seen, world } = bench();
    await actions.models();
    world.health = { ...ILL, healthy: true, health: answers({}), model: 'qwen' };
    await actions.models();
    assert.deepEqual(seen, [
      'engine check',
      'warning: No server answers. Start it: "SpecKit: Start Local Server" | speckitAuto.reflexStart | speckitAuto.reflexPlan',
      'engine check',
      'models Models of the local server at 127.0.0.1:3009: qwen, llama; asked qwen',
    ]);
  });

  it('follows the log as long as the server is at work, also before trust', async () => {
    const { actions, seen, world, tick } = bench();
    world.trusted = false;
    world.log = [
      { text: 'a\n', position: 2, isAtWork: true },
      { text: '', position: 2, isAtWork: true },
      { text: 'b\n', position: 4, isAtWork: false },
    ];
    await actions.showLog();
    assert.deepEqual([await tick(), await tick(), await tick()], [true, true, false]);
    assert.deepEqual(seen, [
      'clear',
      'show',
      'engine log {"lines":500}',
      'log a\n',
      'engine log {"position":2}',
      'engine log {"position":2}',
      'log b\n',
    ]);
  });

  it('follows nothing once it is disposed of', async () => {
    const { actions, world, tick } = bench();
    world.log = [{ text: 'a\n', position: 2, isAtWork: true }];
    await actions.showLog();
    actions[Symbol.dispose]();
    assert.equal(await tick(), false);
  });

  it('lets both sides do the tasks for what a person says, and shows the report', async () => {
    const { actions, seen, world } = bench();
    await actions.bakeoff();
    world.chosen = 'resume';
    world.bakeoff = async () => ({ passed: false, text: 'not passed', file: '/f/other.md' });
    await actions.bakeoff();
    const told = ['progress checking the tasks and the server', 'progress 1/48  fix-sum  reflex  passed'];
    const [begin, trial] = told;
    assert.deepEqual(seen, [
      begin,
      'engine bakeoff {"budget":2500000,"start":"new"}',
      trial,
      'information: passed',
      'open /f/report.md',
      'changed',
      begin,
      'engine bakeoff {"budget":2500000,"start":"resume"}',
      trial,
      'warning: not passed',
      'open /f/other.md',
      'changed',
    ]);
  });

  it('spends nothing when a question is left, and nothing when the trust goes meanwhile', async () => {
    const { actions, seen, world } = bench();
    for (const [chosen, budget] of [
      [undefined, '1'],
      ['new', undefined],
      ['new', 'much'],
    ] as const) {
      Object.assign(world, { chosen, budget });
      await actions.bakeoff();
    }
    Object.assign(world, { chosen: 'new', budget: '1', onBudget: () => (world.trusted = false) });
    await assert.rejects(actions.bakeoff(), /not trusted/);
    assert.deepEqual(
      seen.filter((line) => line !== 'changed'),
      [],
    );
  });

  it('says what is kept when a person ends a bake-off, and hands on what could not begin', async () => {
    const { actions, seen, world } = bench();
    world.bakeoff = async (signal) => {
      world.ending.abort();
      signal.throwIfAborted();
      throw new Error('not aborted');
    };
    await actions.bakeoff();
    assert.equal(
      seen.at(-2),
      'information: The bake-off was ended. What it measured is kept: the same command goes on with it.',
    );
    world.ending = new AbortController();
    world.bakeoff = async () => {
      throw new Error('no worker of the cloud');
    };
    await assert.rejects(actions.bakeoff(), /no worker of the cloud/);
  });

  it('reads an amount of dollars', () => {
    for (const [text, microdollars] of [
      ['5', 5_000_000],
      [' 2.50 ', 2_500_000],
      ['0', 0],
      ['10000', 10_000_000_000],
      ['10001', undefined],
      ['-1', undefined],
      ['', undefined],
      ['1e3', undefined],
      ['5 $', undefined],
    ] as const)
      assert.equal(budgetOf(text), microdollars, text);
  });
});
