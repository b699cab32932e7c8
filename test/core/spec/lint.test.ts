import assert from 'node:assert/strict';
import { isMeasured, LANGUAGE_PATTERNS, type LanguagePattern } from '../../../src/core/spec/languagePatterns.ts';
import { lintSpec } from '../../../src/core/spec/lint.ts';
import { parseSpec } from '../../../src/core/spec/parse.ts';

/** `line severity rule` of every finding. */
function check(text: string, expected: readonly string[]): void {
  const found = lintSpec(parseSpec({ path: 'spec.md', text }).spec);
  assert.deepEqual(
    found.map((problem) => `${problem.line} ${problem.severity} ${problem.rule}`),
    expected,
  );
}

describe('lintSpec', () => {
  for (const pattern of LANGUAGE_PATTERNS) {
    describe(pattern.rule, () => {
      it('has examples', () => assert.ok(pattern.match.length >= 3 && pattern.notMatch.length >= 3));
      for (const example of pattern.match)
        it(`finds ${JSON.stringify(example)}`, () => assert.ok(finds(pattern, example)));
      for (const example of pattern.notMatch)
        it(`leaves ${JSON.stringify(example)}`, () => assert.ok(!finds(pattern, example)));
    });
  }

  it('gives file and line', () => {
    const [problem] = lintSpec(
      parseSpec({ path: 'specs/SPEC-1-x/spec.md', text: '\n\n- FR-1: It should work\n' }).spec,
    );
    const { path, line, message } = problem ?? assert.fail('nothing was found');
    assert.deepEqual([path, line, message], ['specs/SPEC-1-x/spec.md', 3, '"should": say MUST, or leave it out.']);
  });

  it('names every word of a line once', () => {
    const [problem] = lintSpec(parseSpec({ path: 's', text: '- FR-1: It might, might or could' }).spec);
    assert.equal(problem?.message, '"might", "could": say MUST, or leave it out.');
  });

  const clean: readonly [string, string][] = [
    ['fences', '```\n- FR-1: should be fast, TBD\n```'],
    ['comments', '<!-- TODO: should -->'],
    ['inline code', '- FR-1: `should TODO: fast`'],
    ['links', '- FR-1: See [the page](https://example.com/fast/TBD) and https://example.com/TBD'],
    ['clarification markers', '- FR-1: [NEEDS CLARIFICATION: should it be fast, TBD?]'],
    ['prose that states nothing', '# T\n\nIt should be fast, etc.'],
  ];
  for (const [name, text] of clean) it(`leaves ${name} alone`, () => check(text, []));

  it('takes a measure anywhere in a wrapped item, and no number of an id for one', () => {
    check('- FR-1: fast,\n  within 20 ms\n- FR-2: fast, see FR-300 seconds', ['3 warning unmeasured-quantifier']);
  });

  it('lowers what is only quoted', () => check('> TODO: ask', ['1 info incomplete-marker']));
  it('reports a scenario without an outcome', () =>
    check('- AC-1: Given a, when b', ['1 warning scenario-without-outcome']));

  it('stops at a bounded number of problems, errors first', () => {
    const found = lintSpec(parseSpec({ path: 's', text: `${'- FR-1: should\n'.repeat(600)}- FR-2: TBD\n` }).spec);
    assert.equal(found.length, 501);
    assert.deepEqual(
      [found.at(-2)?.rule, found.at(-1)?.message],
      ['incomplete-marker', '101 more problems are not listed.'],
    );
  });
});

describe('isMeasured', () => {
  const measured = [
    '200 ms',
    '200ms',
    '<5%',
    '3 failed attempts',
    '$5',
    '2,5 s',
    '95th percentile',
    '1_000 rows',
    '10-20 seconds',
  ];
  const bare = ['version 2', 'step 3', 'ms', 'twelve', 'v2s', 'S3', ''];
  for (const text of measured) it(`is true of ${text}`, () => assert.equal(isMeasured(text), true));
  for (const text of bare) it(`is false of ${JSON.stringify(text)}`, () => assert.equal(isMeasured(text), false));
});

/** The example goes through the whole lint, as a stated requirement or, for a pattern of all prose, as a line of its own. */
function finds(pattern: LanguagePattern, example: string): boolean {
  const text = pattern.where === 'everywhere' ? example : `- **FR-001**: ${example}`;
  return lintSpec(parseSpec({ path: 'spec.md', text }).spec).some((problem) => problem.rule === pattern.rule);
}
