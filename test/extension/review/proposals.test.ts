import assert from 'node:assert/strict';
import type { EngineReview } from '../../../src/extension/engine/api.ts';
import { createProposals, type ProposalChange, type Proposals } from '../../../src/extension/review/proposals.ts';
import { reviewed, reviewWith } from './reviewed.ts';

const at = { folder: '/f', runId: 'r-1', round: 1, path: 'a' };

/** The proposals of an engine that gives these answers in turn, and what they told. */
function proposalsOf(...answers: readonly (EngineReview | undefined | Promise<EngineReview>)[]): {
  readonly proposals: Proposals;
  readonly told: ProposalChange[];
} {
  const told: ProposalChange[] = [];
  let next = 0;
  const review = async (): Promise<EngineReview | undefined> => answers[next++];
  const proposals = createProposals(
    { review },
    (change) => told.push(change),
    () => 100,
  );
  return { proposals, told };
}

const first = reviewWith([reviewed('a', 'x\n', 'y\n'), reviewed('b', 'x\n', '')]);

describe('the proposals that are known', () => {
  it('are asked for once when a restored tab wants its text', async () => {
    const { proposals } = proposalsOf(first);
    assert.equal(proposals.shown(at), undefined);
    assert.equal((await proposals.find(at))?.file.after, 'y\n');
    assert.deepEqual(
      [(await proposals.find(at))?.isEditable, proposals.shown({ ...at, path: 'b' })?.isEditable],
      [true, false],
    );
  });

  it('name the files whose text changed, and when, and no others', async () => {
    const { proposals, told } = proposalsOf(first, first, {
      ...first,
      files: [reviewed('a', 'x\n', 'z\n'), ...first.files.slice(1)],
    });
    await proposals.refresh('/f', 'r-1');
    const stamp = proposals.shown(at)?.modifiedAt ?? 0;
    await proposals.refresh('/f', 'r-1');
    await proposals.refresh('/f', 'r-1');
    assert.deepEqual(
      told.map(({ files }) => files),
      [[], [], [at]],
    );
    assert.ok((proposals.shown(at)?.modifiedAt ?? 0) > stamp);
  });

  it('keep an older round for its tabs, which cannot be edited any more', async () => {
    const second = reviewWith([reviewed('a', 'x\n', 'w\n')], { round: 2 });
    const { proposals, told } = proposalsOf(first, second);
    await proposals.refresh('/f', 'r-1');
    await proposals.refresh('/f', 'r-1');
    const rounds = [at, { ...at, round: 2 }].map((address) => {
      const shown = proposals.shown(address);
      return [shown?.file.after, shown?.isEditable];
    });
    assert.deepEqual(rounds, [
      ['y\n', false],
      ['w\n', true],
    ]);
    assert.deepEqual(told[1]?.files, [at, { ...at, path: 'b' }]);
  });

  it('drop an answer that a later one overtook', async () => {
    let late: (review: EngineReview) => void = () => undefined;
    const slow = new Promise<EngineReview>((resolve) => (late = resolve));
    const { proposals } = proposalsOf(slow, reviewWith([], { round: 2 }));
    const waiting = proposals.refresh('/f', 'r-1');
    await proposals.refresh('/f', 'r-1');
    late(first);
    await waiting;
    assert.equal(proposals.current('/f', 'r-1')?.round, 2);
  });

  it('never mix folders, and forget only what one folder does not name', async () => {
    const { proposals } = proposalsOf(
      first,
      reviewWith([], { specId: 'SPEC-2' }),
      reviewWith([], { runId: 'r-2', state: 'applied' }),
    );
    await proposals.refresh('/f', 'r-1');
    await proposals.refresh('/g', 'r-1');
    await proposals.refresh('/f', 'r-2');
    const waiting = (): readonly string[] =>
      proposals.waiting().map(({ folder, review }) => `${folder} ${review.specId}`);
    assert.deepEqual(waiting(), ['/f SPEC-010', '/g SPEC-2']);
    proposals.keepOnly('/f', []);
    assert.deepEqual(waiting(), ['/g SPEC-2']);
    assert.equal(proposals.shown(at)?.isEditable, false);
  });
});
