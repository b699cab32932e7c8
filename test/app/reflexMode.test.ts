import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { createReflexMode } from '../../src/app/reflexMode.ts';
import { createServices } from '../../src/app/services.ts';
import type { ModelError } from '../../src/core/ports.ts';
import type { ReflexMode } from '../../src/core/reflex/mode.ts';
import type { PromotionSubject } from '../../src/core/reflex/subject.ts';
import { configurationSchema } from '../../src/core/settings.ts';
import type { RunLog } from '../../src/core/run/runLog.ts';
import { hostOf } from '../support/projectApp.ts';
import type { ScriptedProject } from '../support/scriptedProject.ts';
import { until } from '../support/until.ts';
import { startScriptedModelServer, type ScriptedModelServer } from '../support/scriptedModelServer.ts';

const MODELS = [{ id: 'qwen2.5-coder-7b-instruct', owned_by: 'vllm', max_model_len: 32_768 }];
const REFUSED: ModelError = { kind: 'overloaded', message: 'The request queue is full.' };

interface Held {
  readonly mode: ReflexMode;
  readonly noted: readonly string[];
  readonly subjects: readonly PromotionSubject[];
  /** Moves the clock, which stands still otherwise. */
  pass(milliseconds: number): void;
}

function reflexAt(url: string, options: { isEnabled?: boolean; fails?: true; maxFailures?: number } = {}): Held {
  let now = 1_000_000;
  const noted: string[] = [];
  const subjects: PromotionSubject[] = [];
  const project = { root: '/nowhere', environment: { HOME: '/nowhere' } } as unknown as ScriptedProject;
  const services = {
    ...createServices(hostOf(project)),
    clock: { now: () => now },
    promotion: (subject: PromotionSubject) => {
      subjects.push(subject);
      return options.fails ? Promise.reject(new Error('it is torn')) : Promise.resolve({ kind: 'promoted' } as const);
    },
  };
  const log = {
    events: [],
    append: (kind: string, payload: object) => void noted.push(`${kind} ${JSON.stringify(payload)}`),
    flush: () => Promise.resolve(),
  } as unknown as RunLog;
  const mode = createReflexMode(services, {
    reflex: configurationSchema.parse({
      reflex: { enabled: true, endpoint: `${url}/v1`, fallback: { max_failures: options.maxFailures ?? 3 } },
    }).reflex,
    isEnabled: options.isEnabled ?? true,
    root: '/repository',
    prompts: new Map(),
    log,
    lookEveryMs: 30,
    signal: new AbortController().signal,
  });
  return { mode, noted, subjects, pass: (milliseconds) => (now += milliseconds) };
}

/** Where a server was and is no more. */
async function closedPort(): Promise<string> {
  const server = await startScriptedModelServer([]);
  await server.close();
  return server.url;
}

async function withServer(work: (server: ScriptedModelServer) => Promise<void>): Promise<void> {
  const server = await startScriptedModelServer([], { models: MODELS });
  try {
    await work(server);
  } finally {
    await server.close();
  }
}

describe('what a run knows of its local server', () => {
  it('is nothing before the first look, and ages after it', () =>
    withServer(async ({ url }) => {
      const { mode, pass, subjects } = reflexAt(url);
      assert.deepEqual([mode.server().kind, mode.promotion().kind], ['unknown', 'none']);
      using _watch = await mode.watch();
      pass(5_000);
      const server = mode.server();
      assert.ok(server.kind === 'healthy');
      assert.deepEqual(
        [server.isListed, server.contextTokens, server.version, server.ageMs],
        [true, 32_768, 'vllm', 5_000],
      );
      assert.equal(mode.promotion().kind, 'promoted');
      assert.deepEqual(
        subjects.map(({ root, server: asked }) => [root, asked]),
        [['/repository', 'vllm']],
      );
    }));

  it('is looked for again in the background, until nobody wants to know any more', async () => {
    const server = await startScriptedModelServer([], { models: MODELS });
    const { mode, subjects } = reflexAt(server.url);
    const watch = await mode.watch();
    assert.equal(mode.server().kind, 'healthy');
    await server.close();
    await until('a look that finds nothing', () => mode.server().kind === 'down');
    watch[Symbol.dispose]();
    const looks = subjects.length;
    await wait(100);
    assert.deepEqual([subjects.length, mode.server().kind, mode.promotion().kind], [looks, 'down', 'none']);
  });

  it('is that it is down where nothing answers, and nobody is promoted then', async () => {
    const { mode, subjects } = reflexAt(await closedPort());
    using _watch = await mode.watch();
    const server = mode.server();
    assert.ok(server.kind === 'down');
    assert.match(server.why, /nothing listens/);
    assert.deepEqual([mode.promotion().kind, subjects.length], ['none', 0]);
  });

  it('is no promotion where its reports cannot be read', () =>
    withServer(async ({ url }) => {
      const { mode } = reflexAt(url, { fails: true });
      using _watch = await mode.watch();
      assert.deepEqual(mode.promotion(), { kind: 'none', why: 'its bake-off cannot be read (it is torn)' });
    }));

  it('978-A3 counts failures in a row, and begins anew when a look after the last one finds it well', () =>
    withServer(async ({ url }) => {
      const { mode, noted, pass } = reflexAt(url);
      using _first = await mode.watch();
      mode.ended('a', REFUSED);
      mode.ended('b', undefined);
      mode.ended('c', { kind: 'contextOverflow', message: 'too long' });
      assert.equal(mode.failures(), 0);
      for (const key of ['d', 'e', 'f', 'g']) mode.ended(key, REFUSED);
      assert.equal(mode.failures(), 4);
      pass(1);
      using _second = await mode.watch();
      assert.equal(mode.failures(), 0);
      const kinds = noted.map((line) => /"key":"(\w+)".*"to":"(\w+)"/.exec(line)?.slice(1).join(' '));
      assert.deepEqual(kinds, ['f open', 'reflex closed']);
    }));

  it('says after how many calls it is left alone', () =>
    withServer(async ({ url }) => {
      const said = [1, 2].map((maxFailures) => {
        const { mode, noted } = reflexAt(url, { maxFailures });
        for (const key of ['a', 'b']) mode.ended(key, REFUSED);
        return /left alone after [^:]+/.exec(noted.join())?.[0];
      });
      assert.deepEqual(said, [
        'left alone after 1 call without an answer until it is found healthy',
        'left alone after 2 calls without an answer until it is found healthy',
      ]);
    }));

  it('stays what it was after a look that finds it down', async () => {
    const { mode, pass } = reflexAt(await closedPort());
    for (const key of ['a', 'b', 'c']) mode.ended(key, REFUSED);
    pass(1);
    using _watch = await mode.watch();
    assert.equal(mode.failures(), 3);
  });

  it('is never looked for where it is switched off', () =>
    withServer(async ({ url }) => {
      const { mode, subjects } = reflexAt(url, { isEnabled: false });
      using _watch = await mode.watch();
      assert.deepEqual([mode.enabled, mode.server().kind, subjects.length], [false, 'unknown', 0]);
    }));
});
