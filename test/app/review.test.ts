import assert from 'node:assert/strict';
import { sha256 } from '../../src/base/hash.ts';
import { hunkBytes, reviewHunks } from '../../src/core/patch/hunks.ts';
import type { Blobs, FileDifference } from '../../src/core/ports.ts';
import type { RunEvent } from '../../src/core/run/event.ts';
import { briefNow, readReview, type Review } from '../../src/app/review.ts';

const lines = (replaced: Readonly<Record<number, string>> = {}): string =>
  Array.from({ length: 40 }, (_, index) => `${replaced[index + 1] ?? `line ${index % 20}`}\n`).join('');
const FILE: FileDifference = {
  path: 'a.txt',
  change: 'modified',
  before: lines(),
  after: lines({ 5: 'five', 30: 'thirty' }),
  binary: false,
};

type Deed =
  | readonly ['approved' | 'rejected', string, number, FileDifference]
  | readonly ['edit', string, string]
  | readonly ['merge', string, FileDifference];

/** The review after a proposal of these files and what a person did: a hunk of a file as it stood then, or a text in a file's place. */
async function reviewAfter(files: readonly FileDifference[], deeds: readonly Deed[]): Promise<Review> {
  const texts = new Map([['content', JSON.stringify(files)]]);
  const blobs: Pick<Blobs, 'get'> = { get: async (reference) => texts.get(reference.sha256) ?? '' };
  const happened = deeds.map((deed) => {
    if (deed[0] === 'merge') {
      const content = JSON.stringify([deed[2]]);
      texts.set(sha256(content), content);
      const reference = { sha256: sha256(content), bytes: content.length };
      return { kind: 'ProposalMerge', payload: { round: 1, content: reference, files: [deed[1]], by: 'Ada' } };
    }
    const [kind, path, what, at] = deed;
    if (kind === 'edit') {
      const text = what;
      texts.set(sha256(text), text);
      const blob = { sha256: sha256(text), bytes: text.length };
      return { kind: 'ProposalEdit', payload: { round: 1, path, sha256: sha256(text), blob, by: 'Ada' } };
    }
    const hunk = at === undefined ? undefined : reviewHunks(at)[what];
    assert.ok(hunk !== undefined);
    const payload = { round: 1, decision: kind, path, hunk: hunk.id, bytes: hunkBytes(path, hunk), by: 'Ada', why: '' };
    return { kind: 'ApprovalDecision', payload };
  });
  const created = { kind: 'ProposalCreate', payload: { round: 1, content: { sha256: 'content', bytes: 1 } } };
  const events = [created, ...happened].map((event, index) => ({ seq: index + 1, ...event }));
  const review = await readReview(events as unknown as readonly RunEvent[], blobs, async () => undefined);
  assert.ok(review !== undefined);
  return review;
}

async function check(deeds: readonly Deed[], expected: readonly string[], file = FILE): Promise<void> {
  const review = await reviewAfter([file], deeds);
  assert.deepEqual(
    review.files.flatMap(({ hunks }) => hunks.map(({ decision }) => decision)),
    expected,
  );
}

describe('a decision about a hunk', () => {
  const approvedFirst: Deed = ['approved', 'a.txt', 0, FILE];

  it('stays while what is typed elsewhere in the file leaves its bytes alone', async () => {
    await check([approvedFirst], ['approved', 'open']);
    await check([approvedFirst, ['edit', 'a.txt', lines({ 5: 'five', 30: 'mine' })]], ['approved', 'open']);
    await check(
      [approvedFirst, ['edit', 'a.txt', lines({ 5: 'five', 15: 'x\ny', 30: 'thirty' })]],
      ['approved', 'open', 'open'],
    );
  });

  it('is void when any byte of the hunk is another, and counts again when it is as it was', async () => {
    await check([approvedFirst, ['edit', 'a.txt', lines({ 5: 'FIVE', 30: 'thirty' })]], ['open', 'open']);
    await check([approvedFirst, ['edit', 'a.txt', lines({ 5: 'five', 8: 'near', 30: 'thirty' })]], ['open', 'open']);
    await check(
      [approvedFirst, ['edit', 'a.txt', lines({ 5: 'FIVE' })], ['edit', 'a.txt', FILE.after ?? '']],
      ['approved', 'open'],
    );
  });

  it('is not taken for one of the same words in another place', async () => {
    // Lines 5 and 25 of the base are equal, and so are their neighbours: only the place tells them apart.
    await check([approvedFirst, ['edit', 'a.txt', lines({ 25: 'five' })]], ['open']);
  });

  it('is asked for a file that comes or goes without a line', async () => {
    const empty: FileDifference = { path: 'a.txt', change: 'added', after: '', binary: false };
    await check([], ['open'], empty);
    await check([['rejected', 'a.txt', 0, empty]], ['rejected'], empty);
    await check([['approved', 'a.txt', 0, empty]], ['approved'], empty);
    await check([], [], { ...FILE, after: FILE.before ?? '' });
  });
});

describe('an approval of other bytes', () => {
  /** How many approvals of the file are told to be void, and how the brief says so. */
  async function checkVoid(deeds: readonly Deed[], expected: number): Promise<void> {
    const review = await reviewAfter([FILE], deeds);
    assert.deepEqual(
      review.files.map(({ voided }) => voided),
      [expected],
    );
    const count = expected === 1 ? '1 approval no longer counts' : `${expected} approvals no longer count`;
    const words = `\nVoid      ${count}: a.txt changed since. What was approved there is open again.`;
    assert.equal(briefNow(review, 'Does      it', []).includes('Void'), expected > 0);
    if (expected > 0) assert.ok(briefNow(review, 'Does      it', []).includes(words));
  }
  const both: readonly Deed[] = [
    ['approved', 'a.txt', 0, FILE],
    ['approved', 'a.txt', 1, FILE],
  ];
  const mine = lines({ 5: 'FIVE', 30: 'thirty' });

  it('is told to be void as long as something of the file is open', async () => {
    await checkVoid(both, 0);
    await checkVoid([...both, ['edit', 'a.txt', mine]], 1);
    await checkVoid([...both, ['edit', 'a.txt', mine], ['edit', 'a.txt', FILE.after ?? '']], 0);
    const edited = { ...FILE, after: mine };
    await checkVoid([...both, ['edit', 'a.txt', mine], ['approved', 'a.txt', 0, edited]], 0);
  });

  it('is void when the change was brought onto what the person has made of the file, where that moved or changed it', async () => {
    const moved = (text: string): string => text.replace('line 9\n', 'line 9\nmine\n');
    const merged = { ...FILE, before: moved(FILE.before ?? ''), after: moved(FILE.after ?? '') };
    await checkVoid([...both, ['merge', 'a.txt', merged]], 1);
    await check([...both, ['merge', 'a.txt', merged]], ['approved', 'open']);
    await check([...both, ['merge', 'a.txt', merged], ['edit', 'a.txt', merged.before]], []);
    const review = await reviewAfter([FILE], [...both, ['merge', 'a.txt', merged]]);
    assert.deepEqual(
      review.files.map(({ isMerged, isEdited, difference }) => [isMerged, isEdited, difference]),
      [[true, false, merged]],
    );
  });
});

describe('the text of a proposed file', () => {
  it('keeps what the run wrote beside what a person made of it', async () => {
    const { files } = await reviewAfter([FILE], [['edit', 'a.txt', 'mine\n']]);
    assert.deepEqual(
      files.map(({ difference, isEdited, proposed }) => [difference.after, isEdited, proposed]),
      [['mine\n', true, FILE.after]],
    );
  });
});

describe('the brief of a proposal', () => {
  const BRIEF = 'Does      it\nChecked   test passed on exactly this tree\nRisks     none';
  const brief = async (deeds: readonly Deed[]): Promise<string> =>
    briefNow(await reviewAfter([FILE], deeds), BRIEF, []);

  it('says what was checked only of the bytes it was checked on', async () => {
    assert.equal(await brief([['approved', 'a.txt', 0, FILE]]), BRIEF);
    assert.equal(
      await brief([
        ['rejected', 'a.txt', 0, FILE],
        ['edit', 'a.txt', lines({ 5: 'five', 30: 'mine' })],
      ]),
      'Does      it\nChecked   not checked on this tree (you edited a.txt and you rejected 1 hunk). The checks run on exactly what you approve, before it is applied.\nRisks     none',
    );
  });

  it('goes on saying so once it is applied', async () => {
    const applied = async (deeds: readonly Deed[]): Promise<string> =>
      briefNow({ ...(await reviewAfter([FILE], deeds)), state: 'applied' }, BRIEF, [
        { check: 'test', outcome: 'failed' },
      ]);
    assert.equal(await applied([]), BRIEF);
    assert.equal(
      await applied([['edit', 'a.txt', lines({ 5: 'five', 30: 'mine' })]]),
      'Does      it\nChecked   not checked on this tree: test failed (you edited a.txt).\nRisks     none',
    );
  });
});
