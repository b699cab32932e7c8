import assert from 'node:assert/strict';
import { checkPrograms } from '../../../src/core/patch/checkPrograms.ts';

const packageJson = JSON.stringify({
  scripts: {
    pretest: 'node scripts/prepare.js',
    test: 'npm run lint && node --test',
    lint: './tools/lint.sh --all',
    loop: 'npm run loop',
  },
});
const makefile = 'test: build\n\t@python3 tools/check.py\n\t$(CC) -o x x.c\n';

const cases: readonly (readonly [line: string, programs: readonly string[]])[] = [
  ['./check.sh', ['check.sh']],
  ['sh scripts/check.sh --all', ['scripts/check.sh']],
  ['CI=1 env A=b bash -x ./scripts/check.sh', ['scripts/check.sh']],
  ['. ./environment.sh && node --test', ['environment.sh']],
  ['node scripts/lint.js src/greet.js', ['scripts/lint.js']],
  ['node --import ./tools/hook.js --test', ['tools/hook.js']],
  ['node --import=./tools/hook.js --test test/a.test.js', ['tools/hook.js']],
  // What is checked, and what tests, is no definition.
  ['node --check src/greet.js', []],
  ['node --test test/greet.test.js', []],
  ['node test/all.js', []],
  ['python3 -m pytest tests', []],
  ['python3 tools/check.py | tee out; tools/after', ['tools/check.py', 'tools/after']],
  ['npm test', ['scripts/prepare.js', 'tools/lint.sh']],
  ['npm run loop', []],
  ['yarn lint', ['tools/lint.sh']],
  ['make test', ['tools/check.py']],
  ['make -f build/rules.mk test', ['build/rules.mk', 'tools/check.py']],
  ['/usr/bin/true ../elsewhere.sh', []],
  ['../elsewhere.sh', []],
  ['', []],
];

describe('the programs of a check', () => {
  for (const [line, programs] of cases)
    it(`of \`${line}\`: ${programs.join(', ') || 'none'}`, () =>
      assert.deepEqual([...checkPrograms([line], { packageJson, makefile })].sort(), [...programs].sort()));

  it('are none where a manifest cannot be read', () =>
    assert.deepEqual([...checkPrograms(['npm test'], { packageJson: '{', makefile: undefined })], []));
});
