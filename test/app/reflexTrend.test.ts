import assert from 'node:assert/strict';
import type { ReflexReading } from '../../src/app/reflex.ts';
import { nextTrend, type ReflexPoint, type ReflexTrend } from '../../src/app/reflexTrend.ts';

type Read = Extract<ReflexReading, { kind: 'read' }>;
type Load = Extract<Read['health'], { kind: 'answers' }>['load'];

const reading = (load: Load | 'silent', vram: Read['vram'] = { kind: 'none', why: '' }): Read => ({
  kind: 'read',
  worker: 'w',
  model: 'm',
  baseUrl: 'u',
  health:
    load === 'silent'
      ? { kind: 'silent', afterMs: 1 }
      : { kind: 'answers', server: 'vllm', models: [], latencyMs: 1, health: 'good', load },
  vram,
  place: { kind: 'here', computer: 'c' },
});

/** The last point after these readings, each so many seconds after the one before. */
function check(readings: readonly (Load | 'silent')[], expected: Omit<ReflexPoint, 'at'>, seconds = 5): void {
  let trend: ReflexTrend | undefined;
  for (const [index, load] of readings.entries()) trend = nextTrend(trend, reading(load), index * seconds * 1000);
  const { at: _, ...point } = trend?.points.at(-1) ?? { at: 0 };
  assert.deepEqual(point, expected);
}

const counted = (generatedTokens: number): Load => ({ counted: { generatedTokens } });
const answered = (count: number, seconds: number): Load => ({ counted: { answered: count, answerSeconds: seconds } });

describe('the trend of the local server', () => {
  it('has what a reading says', () =>
    check([{ running: 1, queued: 0, tokenUsage: 0.5, cacheHitRate: 0.1, throughput: 40 }], {
      running: 1,
      queued: 0,
      cacheUse: 0.5,
      cacheHitRate: 0.1,
      tokensPerSecond: 40,
    }));
  it('makes a speed of a counter and two readings, never of one', () => {
    check([counted(1000)], {});
    check([counted(1000), counted(1430)], { tokensPerSecond: 86 });
    check([counted(1000), counted(1000)], { tokensPerSecond: 0 });
    check([counted(1000), counted(4000)], { tokensPerSecond: 50 }, 60);
  });
  it('believes the speed that the server says itself', () =>
    check([counted(0), { throughput: 7, ...counted(1000) }], { tokensPerSecond: 7 }));
  it('knows no speed after a new start, a silence, or a clock put back', () => {
    check([counted(1000), counted(10)], {});
    check([counted(1000), 'silent', counted(2000)], {});
    check([counted(1000), counted(2000)], {}, -5);
    check([counted(1000), counted(2000)], {}, 0);
  });
  it('makes a latency of the requests that ended in between, and keeps the last one', () => {
    check([answered(10, 12)], {});
    check([answered(10, 12), answered(14, 18)], { latencyMs: 1500 });
    check([answered(10, 12), answered(14, 18), answered(14, 18)], { latencyMs: 1500 });
    check([answered(10, 12), answered(10, 12)], {});
    check([answered(10, 12), answered(14, 18), 'silent'], {});
    check([answered(10, 12), answered(14, 18), 'silent', answered(20, 30)], {});
  });
  it('sums GPUs, takes the hottest, and knows no sum where one of them does not tell', () => {
    const gpus = (...each: Extract<Read['vram'], { kind: 'gpus' }>['gpus']) => {
      const { at: _, ...point } = nextTrend(undefined, reading({}, { kind: 'gpus', gpus: each }), 0).points[0];
      return point;
    };
    const one = { name: 'a', usedMebibytes: 1, totalMebibytes: 2, celsius: 40, watts: 50, wattsLimit: 100 };
    assert.deepEqual(gpus(one, { ...one, celsius: 60 }), {
      usedMebibytes: 2,
      totalMebibytes: 4,
      celsius: 60,
      watts: 100,
      wattsLimit: 200,
    });
    assert.deepEqual(gpus(one, { name: 'GB10', watts: 5 }), { celsius: 40, watts: 55 });
    assert.deepEqual(gpus({ name: 'GB10' }), {});
  });
  it('keeps 360 readings, the last ones', () => {
    let trend: ReflexTrend | undefined;
    for (let at = 0; at < 500; at += 1) trend = nextTrend(trend, reading('silent'), at);
    assert.deepEqual(
      trend?.points.map(({ at }) => at),
      Array.from({ length: 360 }, (_, index) => 140 + index),
    );
  });
});
