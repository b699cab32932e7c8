import assert from 'node:assert/strict';
import { scoreChecklist, type Checklist } from '../../../src/core/spec/checklist.ts';
import { lintSpec } from '../../../src/core/spec/lint.ts';
import { parseSpec } from '../../../src/core/spec/parse.ts';
import type { Problem } from '../../../src/core/spec/problem.ts';
import { renderAnalysis, renderChecklist } from '../../../src/core/spec/render.ts';

function checklistOf(text: string): Checklist {
  const { spec, problems } = parseSpec({ path: 'spec.md', text });
  return scoreChecklist(spec, [...problems, ...lintSpec(spec)]);
}

/** The four scores, the overall one and the grade. */
function check(text: string, expected: readonly (number | string)[]): void {
  const { items, overall, grade } = checklistOf(text);
  assert.deepEqual([...items.map((item) => item.score), overall, grade], expected);
}

const HEAD = '# T\n\n## Why\n\nBecause.\n\n';
const SOUND = `${HEAD}- FR-1: a\n  - Given b, when c, then d\n`;

describe('scoreChecklist', () => {
  it('gives a sound spec everything', () => check(SOUND, [100, 100, 100, 100, 100, 'A']));
  it('gives an empty spec nothing but consistency', () => check('', [10, 0, 0, 100, 23, 'F']));
  it('takes points where nothing can be tested', () => check(`${HEAD}- FR-1: a`, [75, 100, 0, 100, 63, 'D']));
  it('takes points for vague words', () =>
    check(SOUND.replace(': a', ': should be fast'), [100, 0, 100, 100, 80, 'B']));
  it('takes points for ids used twice', () => check(`${SOUND}- FR-1: e\n`, [100, 100, 100, 80, 96, 'A']));
  it('takes points for open questions', () =>
    check(SOUND.replace(': a', ': a [NEEDS CLARIFICATION: b]'), [90, 100, 100, 100, 97, 'A']));
  it('counts scenarios of stories for requirements', () =>
    check(`${HEAD}- FR-1: a\n\n## US1: s\n\n- Given b, when c, then d`, [100, 100, 100, 100, 100, 'A']));
  it('takes a criterion without outcome or measure for half shown', () =>
    check(`${HEAD}- FR-1: a\n- AC-1 (FR-1): good`, [100, 100, 70, 100, 91, 'A']));

  it('says why and what to do, errors first', () => {
    const { items, recommendations } = checklistOf('- FR-1: should\n- FR-1: TBD');
    assert.deepEqual(items[0]?.why, [
      'no title',
      'no acceptance or success criterion',
      'no user story, problem or goal that says why',
    ]);
    const rules = recommendations.map((line) => line.split(/[ :]/u)[0]);
    assert.deepEqual(rules, [
      'no-title',
      'duplicate-id',
      'incomplete-marker',
      'requirement-without-criterion',
      'vague-language',
      'Completeness',
      'Clarity',
      'Testability',
    ]);
  });

  it('weighs to one', () =>
    assert.equal(
      checklistOf('').items.reduce((sum, item) => sum + item.weight, 0),
      1,
    ));
});

describe('renderChecklist', () => {
  it('is one page of Markdown', () => {
    const checklist = checklistOf('# T\n\n- FR-1: a\n- FR-1: should <!-- -->');
    const expected = [
      '# Checklist',
      '',
      '**Overall**: 44 of 100, grade F',
      '',
      '| Quality | Score | Weight | Why |',
      '|---|---:|---:|---|',
      '| Completeness | 60 | 30 % | no acceptance or success criterion; no user story, problem or goal that says why |',
      '| Clarity | 50 | 20 % | 1 × vague-language |',
      '| Testability | 0 | 30 % | 2 of 2 requirements have no criterion of their own |',
      '| Consistency | 80 | 20 % | FR-1 is used twice: first on line 3. Give each item its own id. |',
      '',
      '## Recommendations',
      '',
      '- duplicate-id (spec.md:4): FR-1 is used twice: first on line 3. Give each item its own id.',
      '- requirement-without-criterion (spec.md:3, spec.md:4): FR-1 has no acceptance criterion: nothing says how it is shown to hold.',
      '- vague-language (spec.md:4): "should": say MUST, or leave it out.',
      '- Completeness: no acceptance or success criterion.',
      '- Clarity: 1 × vague-language.',
      '- Testability: 2 of 2 requirements have no criterion of their own.',
      '',
    ];
    assert.equal(renderChecklist(checklist), expected.join('\n'));
  });
  it('says when there is nothing to do', () =>
    assert.ok(renderChecklist(checklistOf(SOUND)).endsWith('## Recommendations\n\nNothing to do.\n')));
});

describe('renderAnalysis', () => {
  const problem: Problem = { rule: 'r', severity: 'warning', message: 'a|b\n<!-- \\', path: 'p', line: 3 };
  it('shows errors first and keeps text in its cell', () => {
    const text = renderAnalysis([problem, { ...problem, severity: 'error', message: 'x' }]);
    const expected = [
      '# Analysis',
      '',
      '1 errors, 1 warnings, 0 notes.',
      '',
      '| Severity | Rule | Place | Problem |',
      '|---|---|---|---|',
      '| error | r | p:3 | x |',
      '| warning | r | p:3 | a\\|b &lt;!-- \\\\ |',
      '',
    ];
    assert.equal(text, expected.join('\n'));
  });
  it('says how many rows it left out', () => {
    const lines = renderAnalysis(Array.from({ length: 130 }, () => problem)).split('\n');
    assert.equal(lines.filter((line) => line.startsWith('| warning')).length, 100);
    assert.equal(lines.at(-2), '30 more problems are not shown.');
  });
  it('says nothing was found', () => assert.ok(renderAnalysis([]).includes('Nothing found.')));
});
