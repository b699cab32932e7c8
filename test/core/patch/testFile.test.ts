import assert from 'node:assert/strict';
import { defaultTestFile } from '../../../src/core/patch/testFile.ts';

function check(path: string, expected: boolean): void {
  it(`${path}: ${expected}`, () => assert.equal(defaultTestFile(path), expected));
}

describe('defaultTestFile', () => {
  check('src/a.test.ts', true);
  check('src/a.spec.jsx', true);
  check('src/__tests__/a.js', true);
  check('src/__snapshots__/a.test.js.snap', true);
  check('tests/helpers.py', true);
  check('pkg/test_a.py', true);
  check('pkg/a_test.go', true);
  check('src/test/java/org/ATest.java', true);
  check('app/src/androidTest/AIT.kt', true);
  check('tests.rs', true);
  check('src/a.ts', false);
  check('src/latest.ts', false);
  check('src/contest.py', false);
  check('specs/SPEC-001-login/spec.md', false);
  check('src/Attest.java', false);
  check('README.md', false);
});
