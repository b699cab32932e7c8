import assert from 'node:assert/strict';
import { newestOnly } from '../../../src/extension/engine/newestOnly.ts';
import { until } from '../../support/until.ts';

describe('work of which only the newest counts', () => {
  it('is done at once, in order, and of what comes meanwhile the newest', async () => {
    const done: number[] = [];
    const problems: unknown[] = [];
    const begun = Promise.withResolvers<void>();
    const work = newestOnly<number>(
      { most: 2, restMs: 1 },
      async (item) => {
        await begun.promise;
        if (item === 7) throw new Error('seven');
        done.push(item);
      },
      { onProblem: (error) => problems.push(error), signal: new AbortController().signal },
    );
    work.add([1, 2, 3]);
    work.add([4]);
    work.add([5, 6]);
    work.add([7]);
    begun.resolve();
    await until('the rest', () => problems.length === 1);
    assert.deepEqual(done, [2, 3, 6]);
    work.add([8]);
    await until('the last', () => done.length === 4);
  });

  it('ends with its signal', async () => {
    const ending = new AbortController();
    const done: number[] = [];
    const work = newestOnly<number>({ most: 5, restMs: 300_000 }, async (item) => void done.push(item), {
      onProblem: (error) => assert.fail(String(error)),
      signal: ending.signal,
    });
    work.add([1]);
    await until('the first', () => done.length === 1);
    work.add([2]);
    ending.abort();
    work.add([3]);
    assert.deepEqual(done, [1]);
  });
});
