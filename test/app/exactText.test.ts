import assert from 'node:assert/strict';
import { sha256 } from '../../src/base/hash.ts';
import { exactDifference, exactEdit } from '../../src/app/exactText.ts';

const MARKED = '[redacted:secret]';
const EXACT = 'a\nkey = one\nb\nkey = two\nc\n';
const REDACTED = `a\nkey = ${MARKED}\nb\nkey = ${MARKED}\nc\n`;

describe('the bytes behind the marks', () => {
  it('of a proposed file come from the trees', async () => {
    const proposal = {
      base: 'b',
      tree: 't',
      files: [{ path: 'f', change: 'modified' as const, sha256: sha256(EXACT) }],
    };
    const textAt = async (tree: string) => (tree === 'b' ? 'key = zero\n' : EXACT);
    const recorded = {
      path: 'f',
      change: 'modified' as const,
      before: `key = ${MARKED}\n`,
      after: REDACTED,
      binary: false,
    };
    assert.deepEqual(await exactDifference(recorded, proposal, textAt), {
      ...recorded,
      before: 'key = zero\n',
      after: EXACT,
    });
    const plain = { ...recorded, before: 'x', after: 'y' };
    assert.equal(await exactDifference(plain, proposal, textAt), plain);
    // A file whose true text has a mark in it is as it is recorded.
    const own = { ...proposal, files: [{ path: 'f', change: 'modified' as const, sha256: sha256(REDACTED) }] };
    assert.equal((await exactDifference(recorded, own, textAt)).after, REDACTED);
    assert.equal((await exactDifference(recorded, proposal, async () => undefined)).after, REDACTED);
  });

  it('of an edit come from the proposed file, line by line', () => {
    const original = { redacted: REDACTED, exact: EXACT };
    const check = (recorded: string, exact: string, expected: string | undefined): void =>
      assert.equal(exactEdit(recorded, original, sha256(exact)), expected);
    const more = `new\n${EXACT}`;
    check(`new\n${REDACTED}`, more, more);
    check('no marks', 'no marks', 'no marks');
    check(`key = ${MARKED}\n`, 'key = one\n', 'key = one\n');
    check(`key = ${MARKED}\n`, 'key = two\n', undefined);
    check(`other = ${MARKED}\n`, 'other = one\n', undefined);
  });
});
