import assert from 'node:assert/strict';
import { pathProblem } from '../../../src/core/patch/patchPath.ts';

function check(path: string, expected: string | undefined): void {
  it(JSON.stringify(path), () => assert.equal(pathProblem(path), expected));
}

describe('pathProblem: paths a patch may name', () => {
  for (const path of [
    'a',
    'src/a.ts',
    '.gitignore',
    '.github/workflows/ci.yml',
    'a..b/c',
    '...',
    'git/x',
    'größe.txt',
    'a b/c d',
    'digit~1',
  ]) {
    check(path, undefined);
  }
});

describe('pathProblem: paths a patch may not name', () => {
  check('', 'the path is empty');
  check('.speckit/memory/a', 'the path leads into .speckit');
  check('sub/.SpecKit./a', 'the path leads into .speckit');
  check('a\u0000b', 'the path has a control character');
  check('a\nb', 'the path has a control character');
  check('a\\b', 'the path has a backslash; parts are separated by /');
  check('C:/a', 'the path begins with a drive letter');
  check('c:a', 'the path begins with a drive letter');
  check('/etc/passwd', 'the path is absolute');
  check('~/.ssh/config', 'the path begins in a home folder');
  check('../a', 'the path has a .. part');
  check('a/../../b', 'the path has a .. part');
  check('a/..', 'the path has a .. part');
  check('a//b', 'the path has an empty part or a . part');
  check('a/./b', 'the path has an empty part or a . part');
  check('a/', 'the path has an empty part or a . part');
  for (const path of [
    '.git',
    '.git/config',
    'a/.GIT/hooks/x',
    '.Git',
    '.git /x',
    '.git./x',
    '.git::$INDEX_ALLOCATION/x',
    'GIT~1/x',
    '.g\u200cit/x',
  ]) {
    check(path, 'the path leads into .git');
  }
});
