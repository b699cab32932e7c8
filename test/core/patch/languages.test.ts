import assert from 'node:assert/strict';
import { languageOf, languages, type CodePattern } from '../../../src/core/patch/languages.ts';

describe('the table of languages', () => {
  for (const language of languages) {
    const groups: Readonly<Record<string, readonly CodePattern[]>> = {
      cases: language.cases,
      skips: language.skips,
      assertions: language.assertions,
      trivial: language.trivial,
      suppressions: language.suppressions,
    };
    for (const [group, patterns] of Object.entries(groups)) {
      it(`${language.name} ${group} hold their own examples`, () => {
        assert.ok(patterns.length > 0);
        for (const { pattern, match, notMatch } of patterns) {
          assert.ok(pattern.flags.includes('g') && match.length > 0 && notMatch.length > 0, String(pattern));
          const isFound = (text: string): boolean => text.search(pattern) !== -1;
          assert.deepEqual(
            [match.filter((text) => !isFound(text)), notMatch.filter(isFound)],
            [[], []],
            String(pattern),
          );
        }
      });
    }
  }

  it('a file belongs to the language of its ending', () => {
    const names = ['a.test.tsx', 'A.PY', 'x_test.go', 'lib.rs', 'A.java', 'B.kt', 'README.md'];
    assert.deepEqual(
      names.map((name) => languageOf(name)?.name),
      ['JavaScript', 'Python', 'Go', 'Rust', 'Java', 'Java', undefined],
    );
  });
});
