import assert from 'node:assert/strict';
import type { ReflexReading, SupervisedState } from '../../src/app/reflex.ts';
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

/** The states after each of the readings; what stands behind a slash is what SpecKit's supervisor says. */
function check(readings: string, states: string): void {
  let memory: ReflexMemory | undefined;
  const found = readings.split(' ').map((word) => {
    const [name = '', supervised] = word.split('/');
    const health = HEALTH[name as keyof typeof HEALTH];
    const reading = {
      kind: 'read',
      worker: 'w',
      model: 'm',
      baseUrl: 'u',
      health,
      vram: { kind: 'none', why: '' },
      place: { kind: 'here', computer: 'c' },
      ...(supervised !== undefined && { supervised: supervised as SupervisedState }),
    } as const;
    memory = nextReflexState(memory, reading);
    return memory.state;
  });
  assert.equal(found.join(' '), states);
}

describe("the local server's state", () => {
  const cases: readonly (readonly [name: string, readings: string, states: string])[] = [
    ['is what the first reading shows', 'ok', 'healthy'],
    ['is busy while requests wait or the cache is full', 'queue', 'busy'],
    ['is busy while the cache is full', 'full', 'busy'],
    ['is healthy while it works and nobody waits', 'working', 'healthy'],
    ['comes up at once', 'refused refused loading ill ok', 'off off starting starting healthy'],
    ['goes down at once when the port is closed', 'ok refused', 'healthy down'],
    ['goes down after two silences', 'ok silent silent', 'healthy healthy down'],
    ['forgives one silence', 'ok silent ok silent ok', 'healthy healthy healthy healthy healthy'],
    ['is down where something else answers', 'ok odd odd', 'healthy healthy down'],
    ['does not flicker between healthy and busy', 'ok queue ok queue ok', 'healthy healthy healthy healthy healthy'],
    ['becomes busy when two readings in a row say so', 'ok queue queue ok ok', 'healthy healthy busy busy healthy'],
    ['is degraded when a healthy one says it is ill', 'ok ill ill', 'healthy healthy degraded'],
    ['is degraded when a healthy one says it loads', 'ok loading loading', 'healthy healthy degraded'],
    ['is starting when a new one says it is ill', 'ill', 'starting'],
    ['is degraded when it is slow', 'ok slow slow', 'healthy healthy degraded'],
    ['is degraded when it is late though idle', 'ok late late', 'healthy healthy degraded'],
    ['may be late while it works', 'ok lateAtWork lateAtWork', 'healthy healthy busy'],
    ['is well again after three good readings', 'slow ok ok ok', 'degraded degraded degraded healthy'],
    [
      'counts good readings in a row',
      'slow ok ok slow ok ok ok',
      'degraded degraded degraded degraded degraded degraded healthy',
    ],
    [
      'counts each kind of good by itself',
      'slow ok ok queue queue queue',
      'degraded degraded degraded degraded degraded busy',
    ],
    ['is off while nobody has started it', 'refused refused', 'off off'],
    ['is starting as soon as SpecKit has started it', 'refused refused/starting ok/ready', 'off starting healthy'],
    ['is off when it was stopped', 'ok/ready refused refused/stopped', 'healthy off off'],
    ['is down when the server of somebody else goes', 'ok/adopted refused/adopted', 'healthy down'],
    ['is down when it ended and is started again', 'ok/ready refused/waiting', 'healthy down'],
    ['is down when it could not be kept up', 'refused/failed refused/killed', 'down down'],
    ['is down when its port is closed and the supervisor thinks it is ready', 'refused/ready', 'down'],
    ['is down where somebody is silent on its port', 'refused silent', 'off down'],
    ['needs no health to stay healthy', 'ok light light', 'healthy healthy healthy'],
  ];
  for (const [name, readings, states] of cases) it(`${name}: ${readings}`, () => check(readings, states));
});
