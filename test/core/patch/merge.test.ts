import assert from 'node:assert/strict';
import { array, assert as assertAll, boolean, constantFrom, nat, property, tuple } from 'fast-check';
import { hasConflictMarks, mergeTexts, type Merge } from '../../../src/core/patch/merge.ts';

/** Texts are written as letters, one line each; `,` stands for a line that ends with CR LF and a trailing `.` for a last line without an end. */
const text = (short: string): string =>
  short
    .replace(/\.$/, '')
    .replaceAll(/([a-z0-9])(,?)/gi, (_, letter: string, crlf: string) => `${letter}${crlf === '' ? '' : '\r'}\n`)
    .slice(0, short.endsWith('.') ? -1 : undefined);

function check([base, yours, proposed]: readonly [string, string, string], expected: string | readonly number[]): void {
  const merge: Merge = mergeTexts({ base: text(base), yours: text(yours), proposed: text(proposed) });
  if (typeof expected === 'string') assert.deepEqual(merge, { kind: 'clean', text: text(expected) });
  else if (merge.kind === 'conflict')
    assert.deepEqual(
      merge.conflicts.flatMap(({ startLine, lines }) => [startLine, lines]),
      expected,
    );
  else assert.fail(`clean: ${merge.text}`);
}

describe('merging what a person changed with what was proposed', () => {
  it('keeps both changes where they do not touch', () => {
    check(['abcde', 'Abcde', 'abcdE'], 'AbcdE');
    check(['abcde', 'xabcde', 'abcdex'], 'xabcdex');
    check(['abcde', 'bcde', 'abcdE'], 'bcdE');
    check(['abc', 'abc', 'Xbc'], 'Xbc');
    check(['abc', 'Xbc', 'abc'], 'Xbc');
    check(['abcde', 'aBcde', 'aBcdE'], 'aBcdE');
  });

  it('is a conflict where both changed the same lines or put something into the same place, told by the person’s own lines', () => {
    check(['abc', 'aXc', 'aYc'], [2, 1]);
    check(['abc', 'abXc', 'abYc'], [3, 1]);
    check(['abc', 'ac', 'aYc'], [2, 0]);
    check(['abcdefg', 'XbcdefY', 'ZbcdefQ'], [1, 1, 7, 1]);
    check(['', 'a', 'b'], [1, 1]);
    // Changes that touch each other may belong together.
    check(['ab', 'Xb', 'aY'], [1, 2]);
  });

  it('keeps line ends and the end of the last line as each side has them', () => {
    check(['abc', 'abc.', 'Abc'], 'Abc.');
    check(['abc.', 'abcd', 'Abc.'], 'Abcd');
    check(['a,b,c,', 'a,b,c,d,', 'A,b,c,'], 'A,b,c,d,');
    check(['abc', 'ab,c', 'Abc'], [1, 2]);
    check(['abcd', 'abc,d', 'Abcd'], 'Abc,d');
  });

  it('merges a byte order mark by itself', () => {
    const merged = (base: string, yours: string, proposed: string) => mergeTexts({ base, yours, proposed });
    assert.deepEqual(merged('a\nb\nc\n', '\ufeffa\nb\nc\n', 'A\nb\nc\n'), { kind: 'clean', text: '\ufeffA\nb\nc\n' });
    assert.deepEqual(merged('\ufeffa\nb\nc\n', '\ufeffa\nb\nC\n', 'A\nb\nc\n'), { kind: 'clean', text: 'A\nb\nC\n' });
  });

  it('shows both intents in a draft, which is known by its marks', () => {
    const merge = mergeTexts({ base: 'a\nb\nc', yours: 'a\nmine\nc', proposed: 'a\ntheirs\nc' });
    assert.equal(
      merge.kind === 'conflict' && merge.draft,
      'a\n<<<<<<< yours\nmine\n||||||| before\nb\n=======\ntheirs\n>>>>>>> proposed\nc',
    );
    assert.equal(hasConflictMarks(merge.kind === 'conflict' ? merge.draft : ''), true);
    assert.equal(hasConflictMarks('a\n=======\nc <<<<<<< yours\n'), false);
  });

  it('never loses a line that a person typed, and never takes one that nobody wrote', () => {
    const count = (whole: string, word: string): number =>
      whole.split('\n').filter((line) => line.trimEnd() === word).length;
    const lines = array(constantFrom<string>('a', 'b', 'c', '', 'x\r', '}'), { maxLength: 12 });
    const edit = tuple(nat(12), nat(3), array(constantFrom('mine', 'm2', ''), { maxLength: 3 }));
    const other = tuple(nat(12), nat(3), array(constantFrom('theirs', 't2'), { maxLength: 3 }));
    assertAll(
      property(lines, edit, other, boolean(), (base, mine, theirs, isEnded) => {
        const write = (all: readonly string[]): string => all.join('\n') + (isEnded && all.length > 0 ? '\n' : '');
        const yours = write(base.toSpliced(...(mine.slice(0, 2) as [number, number]), ...mine[2]));
        const proposed = write(base.toSpliced(...(theirs.slice(0, 2) as [number, number]), ...theirs[2]));
        const merge = mergeTexts({ base: write(base), yours, proposed });
        const shown = merge.kind === 'clean' ? merge.text : merge.draft;
        for (const typed of ['mine', 'm2']) assert.ok(count(shown, typed) >= count(yours, typed), typed);
        for (const line of new Set(shown.split(/(?<=\n)/)))
          if (merge.kind === 'clean') assert.ok(yours.includes(line) || proposed.includes(line), JSON.stringify(line));
      }),
      { numRuns: 500, seed: 20_261_121 },
    );
  });
});
