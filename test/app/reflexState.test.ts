import assert from 'node:assert/strict';
import type { ReflexReading } from '../../src/app/reflex.ts';
import { nextReflexState, type ReflexMemory } from '../../src/app/reflexState.ts';

type Health = Extract<ReflexReading, { kind: 'read' }>['health'];

const answers = (members: Partial<Extract<Health, { kind: 'answers' }>> = {}): Health => ({
  kind: 'answers',
  server: 'sglang',
  models: ['qwen'],
  latencyMs: 4,
  health: 'good',
  load: {},
  ...members,
});

/** Readings by one word each, as a timeline is easiest read. */
const HEALTH = {
  ok: answers(),
  light: answers({ health: 'unknown' }),
  queue: answers({ load: { running: 4, queued: 1 } }),
  full: answers({ load: { running: 1, queued: 0, tokenUsage: 0.95 } }),
  working: answers({ load: { running: 2, queued: 0 } }),
  late: answers({ health: 'slow', load: { running: 0 } }),
  lateAtWork: answers({ health: 'slow', load: { running: 2 } }),
  ill: answers({ health: 'bad' }),
  slow: answers({ latencyMs: 1_600 }),
  loading: { kind: 'loading', why: '' },
  refused: { kind: 'refuses', why: '' },
  silent: { kind: 'silent', afterMs: 2_000 },
  odd: { kind: 'odd', why: '' },
} as const satisfies Readonly<Record<string, Health>>;

/** The states after each of the readings. */
function check(readings: string, states: string): void {
  let memory: ReflexMemory | undefined;
  const found = readings.split(' ').map((word) => {
    const health = HEALTH[word as keyof typeof HEALTH];
    const reading = {
      kind: 'read',
      worker: 'w',
      model: 'm',
      baseUrl: 'u',
      health,
      vram: { kind: 'none', why: '' },
    } as const;
    memory = nextReflexState(memory, reading);
    return memory.state;
  });
  assert.equal(found.join(' '), states);
}

describe("the local server's state", () => {
  const cases: readonly (readonly [name: string, readings: string, states: string])[] = [
    ['is what the first reading shows', 'ok', 'ready'],
    ['is busy while requests wait or the cache is full', 'queue', 'busy'],
    ['is busy while the cache is full', 'full', 'busy'],
    ['is ready while it works and nobody waits', 'working', 'ready'],
    ['comes up at once', 'refused refused loading ill ok', 'down down starting starting ready'],
    ['goes down at once when the port is closed', 'ok refused', 'ready down'],
    ['goes down after two silences', 'ok silent silent', 'ready ready down'],
    ['forgives one silence', 'ok silent ok silent ok', 'ready ready ready ready ready'],
    ['is down where something else answers', 'ok odd odd', 'ready ready down'],
    ['does not flicker between ready and busy', 'ok queue ok queue ok', 'ready ready ready ready ready'],
    ['becomes busy when two readings in a row say so', 'ok queue queue ok ok', 'ready ready busy busy ready'],
    ['is degraded when a ready one says it is ill', 'ok ill ill', 'ready ready degraded'],
    ['is degraded when a ready one says it loads', 'ok loading loading', 'ready ready degraded'],
    ['is starting when a new one says it is ill', 'ill', 'starting'],
    ['is degraded when it is slow', 'ok slow slow', 'ready ready degraded'],
    ['is degraded when it is late though idle', 'ok late late', 'ready ready degraded'],
    ['may be late while it works', 'ok lateAtWork lateAtWork', 'ready ready busy'],
    ['is well again after three good readings', 'slow ok ok ok', 'degraded degraded degraded ready'],
    [
      'counts good readings in a row',
      'slow ok ok slow ok ok ok',
      'degraded degraded degraded degraded degraded degraded ready',
    ],
    [
      'counts each kind of good by itself',
      'slow ok ok queue queue queue',
      'degraded degraded degraded degraded degraded busy',
    ],
    ['needs no health to stay ready', 'ok light light', 'ready ready ready'],
  ];
  for (const [name, readings, states] of cases) it(`${name}: ${readings}`, () => check(readings, states));
});
