import assert from 'node:assert/strict';
import { removalsFor, type KeptRun } from '../../../src/core/run/retention.ts';

const DAY = 86_400_000;
const NOW = 1_000 * DAY;
const limits = { run_days: 90, tree_days: 7, runs_megabytes: 100, evidence_megabytes: 10 };

/** A finished run of one megabyte and a tree of two, `days` old. */
const run = (runId: string, days: number, more: Partial<KeptRun> = {}): KeptRun => ({
  runId,
  specFolder: 'specs/one',
  state: 'finished',
  lastAt: NOW - days * DAY,
  bytes: 1_000_000,
  treeBytes: 2_000_000,
  blobs: [],
  ...more,
});
const texts = (cited: number, other: number): Pick<KeptRun, 'blobs'> => ({
  blobs: [
    { sha256: 'c'.repeat(64), bytes: cited * 1_000_000, isCited: true },
    { sha256: 'd'.repeat(64), bytes: other * 1_000_000, isCited: false },
  ],
});

/** What goes of these runs, by its name. */
function check(
  runs: readonly KeptRun[],
  expected: {
    readonly runs?: string[];
    readonly trees?: string[];
    readonly blobs?: string[];
    readonly warnings?: string[];
  },
  includes: 'finished' | 'unfinished' = 'finished',
): void {
  const removals = removalsFor(runs, limits, NOW, includes);
  const found = {
    runs: removals.runs.map(({ runId }) => runId),
    trees: removals.trees.map(({ runId }) => runId),
    blobs: removals.blobs.map(({ runId, sha256 }) => `${runId} ${sha256.map((name) => name[0]).join('')}`),
    warnings: [...removals.warnings],
  };
  assert.deepEqual(found, { runs: [], trees: [], blobs: [], warnings: [], ...expected });
}

const OVER_CAP = (size: string): string =>
  `specs/one keeps ${size} MB of evidence; the limit is 10.0 MB (retention.evidence_megabytes).`;

describe('what `speckit gc` removes', () => {
  it('is nothing of what is young and small', () => check([run('a', 1), run('b', 7)], {}));
  it('is the tree of a finished run after a week, and all of it after 90 days', () =>
    check([run('new', 6), run('old', 91), run('middle', 8)], { runs: ['old'], trees: ['middle'] }));
  for (const state of ['unfinished', 'working'] as const)
    it(`is nothing of a run that is ${state}, however old`, () => check([run('a', 900, { state })], {}));
  it('is an old unfinished run when it is asked for, and never one at work', () =>
    check(
      [run('a', 900, { state: 'unfinished' }), run('b', 900, { state: 'working' })],
      { runs: ['a'] },
      'unfinished',
    ));
  it('are the oldest finished runs while all together are too large', () =>
    check(
      [
        run('unfinished', 6, { state: 'unfinished', bytes: 60_000_000 }),
        run('third', 3, { bytes: 30_000_000 }),
        run('second', 4, { bytes: 30_000_000 }),
        run('first', 5, { bytes: 30_000_000 }),
      ],
      { runs: ['first', 'second'] },
    ));
  it('is not what may not go: that is said', () =>
    check([run('a', 900, { state: 'unfinished', bytes: 101_000_000 })], {
      warnings: ['What is left takes 101.0 MB: more than retention.runs_megabytes, and none of it may go.'],
    }));
  it('are texts that no verdict cites, of the oldest runs first, until the spec is within its limit', () =>
    check([run('third', 1, texts(1, 5)), run('second', 2, texts(1, 5)), run('first', 3, texts(1, 5))], {
      blobs: ['first d', 'second d'],
      warnings: [OVER_CAP('8.0')],
    }));
  it('is never what a verdict cites, though the limit is passed', () =>
    check([run('a', 1, texts(11, 1))], { blobs: ['a d'], warnings: [OVER_CAP('11.0')] }));
  it('are no texts of a run that is not finished', () =>
    check([run('a', 1, { ...texts(1, 11), state: 'unfinished' })], { warnings: [OVER_CAP('12.0')] }));
  it('counts each spec by itself', () =>
    check([run('a', 1, texts(1, 6)), run('b', 1, { ...texts(1, 6), specFolder: 'specs/two' })], {}));
  it('warns from 80 % on', () => check([run('a', 1, texts(4, 4))], { warnings: [OVER_CAP('8.0')] }));
});
