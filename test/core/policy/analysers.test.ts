import assert from 'node:assert/strict';
import { analysersOf, type AnalysedProject } from '../../../src/core/policy/analysers.ts';

/** Each analyser as `check NAME`, or `NAME: LINE`. */
function check(
  project: Partial<Omit<AnalysedProject, 'paths'>> & { readonly files?: readonly string[] },
  expected: readonly string[],
): void {
  const { files = [], ...more } = project;
  const found = analysersOf({
    paths: new Set(files),
    pyproject: undefined,
    packageJson: undefined,
    checks: {},
    ...more,
  });
  assert.deepEqual(
    found.map((analyser) =>
      analyser.kind === 'check' ? `check ${analyser.name}` : `${analyser.name}: ${analyser.line}`,
    ),
    expected,
  );
}

const lint = (command: string, kind = 'other') => ({ lint: { command, kind } });

describe('the static analysers of a project', () => {
  it('are the checks that say so, or that name one', () => {
    check({ checks: lint('node scripts/lint.mjs', 'lint') }, ['check lint']);
    check({ checks: lint('npx eslint . && tsc') }, ['check lint']);
    check({ checks: lint('./my-eslint-like') }, []);
    check({ checks: { test: { command: 'node --test', kind: 'test' } } }, []);
  });

  it('are found behind an npm script, and not twice', () => {
    const packageJson = '{ "scripts": { "lint": "eslint . --max-warnings 0", "other": "biome lint" } }';
    check({ checks: lint('npm run lint'), packageJson, files: ['eslint.config.mjs'] }, ['check lint']);
    check({ checks: lint('npm run test'), packageJson, files: ['eslint.config.mjs'] }, [
      'eslint: npx --no-install eslint .',
    ]);
  });

  const configured: readonly (readonly [string, string])[] = [
    ['.eslintrc.json', 'eslint: npx --no-install eslint .'],
    ['.oxlintrc.json', 'oxlint: npx --no-install oxlint'],
    ['biome.json', 'biome: npx --no-install biome lint .'],
    ['clippy.toml', 'clippy: cargo clippy --workspace --all-targets --locked --offline'],
    ['.semgrep.yml', 'semgrep: semgrep scan --metrics=off --disable-version-check --quiet --config .semgrep.yml'],
    ['.semgrep/a/own.yaml', 'semgrep: semgrep scan --metrics=off --disable-version-check --quiet --config .semgrep'],
    ['.bandit', 'bandit: bandit -q -r . --ini .bandit'],
    ['ruff.toml', 'ruff: ruff check --no-cache .'],
    ['.gosec.json', 'gosec: gosec -quiet -conf .gosec.json ./...'],
    ['.golangci.yml', 'golangci-lint: golangci-lint run'],
  ];
  for (const [file, line] of configured) it(`are configured by ${file}`, () => check({ files: [file] }, [line]));

  it('are configured in pyproject.toml', () => {
    check({ pyproject: '[tool.bandit]\nskips = []\n[tool.ruff.lint]\n' }, [
      'bandit: bandit -q -r . -c pyproject.toml',
      'ruff: ruff check --no-cache .',
    ]);
    check({ pyproject: '[tool.banditry]\n' }, []);
  });

  it('are none where only a file elsewhere is called so', () =>
    check({ files: ['docs/ruff.toml', 'eslint.config.txt'] }, []));
});
