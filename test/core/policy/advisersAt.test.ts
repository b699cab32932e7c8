import assert from 'node:assert/strict';
import { advisersAt, hotPathsOf, type AdvisedWork } from '../../../src/core/policy/advisersAt.ts';
import { STAGES, type Stage } from '../../../src/core/run/stage.ts';
import { configurationSchema } from '../../../src/core/settings.ts';

const SMALL: AdvisedWork = { size: 'standard', risk: 'low', changedLines: 10, hotPaths: [] };

/** One line for each adviser a stage can have: `role`, or `not role`, with the rule that decided. */
function check(stage: Stage, work: Partial<AdvisedWork>, policy: object, expected: readonly string[]): void {
  const found = advisersAt(stage, { ...SMALL, ...work }, configurationSchema.parse(policy));
  assert.deepEqual(
    found.map(({ role, asked, rule }) => `${asked ? '' : 'not '}${role}: ${rule}`),
    expected,
  );
}

describe('the advisers of a stage', () => {
  const cases: readonly (readonly [Stage, Partial<AdvisedWork>, object, readonly string[]])[] = [
    ['specify', {}, {}, []],
    ['plan', {}, {}, ['critic: critic-on', 'librarian: where-files-are-cut']],
    ['plan', { risk: 'high' }, {}, ['critic: critic-on', 'librarian: where-files-are-cut']],
    ['plan', {}, { gates: { critic: false } }, ['not critic: critic-off', 'librarian: where-files-are-cut']],
    ['plan', {}, { advisers: { librarian: false } }, ['critic: critic-on', 'not librarian: librarian-off']],
    ['plan', { size: 'hotfix' }, {}, ['not critic: hotfix', 'not librarian: hotfix']],
    ['tasks', {}, {}, []],
    ['implement', {}, {}, ['tutor: before-the-next-worker']],
    ['implement', {}, { advisers: { tutor: false } }, ['not tutor: tutor-off']],
    ['implement', { size: 'hotfix' }, {}, ['not tutor: hotfix']],
    ['validate', { risk: 'high' }, {}, []],
    [
      'audit',
      {},
      {},
      ['critic: critic-on', 'not security_reviewer: not-high-risk', 'not performance_reviewer: not-large'],
    ],
    [
      'audit',
      { risk: 'medium', changedLines: 500 },
      {},
      ['critic: critic-on', 'not security_reviewer: not-high-risk', 'not performance_reviewer: not-large'],
    ],
    [
      'audit',
      { risk: 'high', changedLines: 501 },
      {},
      ['critic: critic-on', 'security_reviewer: high-risk', 'performance_reviewer: large-change'],
    ],
    [
      'audit',
      { changedLines: Number.NaN },
      {},
      ['critic: critic-on', 'not security_reviewer: not-high-risk', 'performance_reviewer: large-change'],
    ],
    [
      'audit',
      { hotPaths: ['src/codec.ts'] },
      {},
      ['critic: critic-on', 'not security_reviewer: not-high-risk', 'performance_reviewer: hot-path'],
    ],
    [
      'audit',
      { size: 'hotfix', risk: 'high', changedLines: 900 },
      {},
      ['not critic: hotfix', 'security_reviewer: high-risk', 'not performance_reviewer: hotfix'],
    ],
    [
      'audit',
      {},
      { advisers: { security_review: 'always', performance_review: 'always' }, gates: { critic: false } },
      ['not critic: critic-off', 'security_reviewer: always', 'performance_reviewer: always'],
    ],
    [
      'audit',
      { risk: 'high', changedLines: 900 },
      { advisers: { security_review: 'never', performance_review: 'never' } },
      [
        'critic: critic-on',
        'not security_reviewer: security-reviewer-off',
        'not performance_reviewer: performance-reviewer-off',
      ],
    ],
    ['unlock', { risk: 'high' }, {}, []],
  ];
  for (const [stage, work, policy, expected] of cases)
    it(`at ${stage} with ${JSON.stringify({ ...work, ...policy })}`, () => check(stage, work, policy, expected));

  it('are told of every stage', () =>
    assert.deepEqual([...new Set(cases.map(([stage]) => stage))].sort(), [...STAGES].sort()));
});

describe('the paths where time matters', () => {
  const hot = (files: readonly string[], named: readonly string[], constitution = ''): readonly string[] =>
    hotPathsOf(files, configurationSchema.parse({ advisers: { hot_paths: named } }), constitution);

  it('are those that the configuration names', () => {
    assert.deepEqual(hot(['src/a/codec.ts', 'src/b.ts'], ['src/*/codec.ts']), ['src/a/codec.ts']);
    assert.deepEqual(hot(['src/a/codec.ts', 'src/b.ts'], ['./src/a/']), ['src/a/codec.ts']);
    assert.deepEqual(hot(['src/b.ts'], []), []);
  });

  it('are those that a line of the constitution names which speaks of time, and no others', () => {
    const constitution = '- `src/pay/` is reviewed by two.\n- `src/codec/` is a hot path: no allocation.\n';
    assert.deepEqual(hot(['src/pay/a.ts', 'src/codec/b.ts'], [], constitution), ['src/codec/b.ts']);
  });
});
