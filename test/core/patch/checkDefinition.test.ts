import assert from 'node:assert/strict';
import { isCheckDefinition } from '../../../src/core/patch/checkDefinition.ts';

function check(expected: boolean, ...paths: readonly string[]): void {
  for (const path of paths) it(`${path}: ${expected}`, () => assert.equal(isCheckDefinition(path), expected));
}

describe('isCheckDefinition', () => {
  check(true, 'package.json', 'packages/a/package.json', 'tsconfig.json', 'tsconfig.build.json');
  check(
    true,
    'jest.config.js',
    'vitest.config.mts',
    'ava.config.cjs',
    'karma.conf.js',
    'cypress.config.ts',
    'playwright.config.ts',
  );
  check(
    true,
    '.eslintrc',
    '.eslintrc.cjs',
    'eslint.config.mjs',
    '.oxlintrc.json',
    'biome.json',
    '.prettierrc',
    'prettier.config.js',
  );
  check(true, 'pytest.ini', 'tests/conftest.py', 'tox.ini', 'setup.cfg', 'pyproject.toml', 'Cargo.toml', 'clippy.toml');
  check(
    true,
    '.bandit',
    '.semgrep.yml',
    '.semgrep/own.yaml',
    'gosec.json',
    '.golangci.yml',
    'Makefile',
    'pom.xml',
    'app/build.gradle.kts',
    'gradle.properties',
    'speckit.toml',
  );
  check(true, '.github/workflows/ci.yml', '.gitlab-ci.yml', '.ci/run', '.mocharc.json', '.nycrc', '.c8rc.json');
  check(false, 'package-lock.json', 'src/package.json.ts', 'src/config.ts', 'docs/Makefile.md', '.github/CODEOWNERS');
  check(false, 'src/tsconfig.ts', 'README.md', 'src/jest.ts', 'Cargo.lock', 'src/ci/run.ts');
});
