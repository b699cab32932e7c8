import type { RepositoryPath } from '../ports.ts';

/**
 * Whether a file defines what the project's own checks do: runners, linters, compilers and continuous integration. Manifests that also
 * say other things (package.json, Cargo.toml, pyproject.toml) count; `changedDefinitions` then looks at their check sections alone.
 */
export function isCheckDefinition(path: RepositoryPath): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return names.has(name) || namePatterns.some((pattern) => pattern.test(name)) || folders.test(path);
}

const names: ReadonlySet<string> = new Set([
  'package.json',
  'pytest.ini',
  'conftest.py',
  'tox.ini',
  'noxfile.py',
  'setup.cfg',
  'pyproject.toml',
  'mypy.ini',
  '.mypy.ini',
  '.flake8',
  '.pylintrc',
  'pylintrc',
  '.coveragerc',
  '.bandit',
  'bandit.yaml',
  'bandit.yml',
  '.semgrepignore',
  'ruff.toml',
  '.ruff.toml',
  'pyrightconfig.json',
  'Cargo.toml',
  'clippy.toml',
  '.clippy.toml',
  'rustfmt.toml',
  '.rustfmt.toml',
  'deny.toml',
  'Makefile',
  'makefile',
  'GNUmakefile',
  'justfile',
  'Taskfile.yml',
  'Taskfile.yaml',
  'pom.xml',
  'gradle.properties',
  'build.xml',
  'speckit.toml',
  'knip.json',
  'turbo.json',
  'nx.json',
  'codecov.yml',
  '.codecov.yml',
  '.pre-commit-config.yaml',
  '.gitlab-ci.yml',
  '.travis.yml',
  'azure-pipelines.yml',
  'bitbucket-pipelines.yml',
  'Jenkinsfile',
  'detekt.yml',
  'checkstyle.xml',
]);

const namePatterns: readonly RegExp[] = [
  /^[tj]sconfig(?:\..+)?\.json$/,
  /^(?:jest|vitest|mocha|ava|karma|cypress|playwright|wdio|nightwatch|cucumber|tap|web-test-runner)\.(?:config|conf|workspace|setup)\.\w+$/,
  /^\.?(?:eslint|oxlint|biome|prettier|stylelint|tslint|commitlint|lint-staged|oxfmt|dprint)(?:rc)?\.(?:json|jsonc|json5|ya?ml|toml|[cm]?[jt]s)$/,
  /^\.(?:eslint|prettier|stylelint|mocha|nyc|c8|tap|oxlint|swc|babel)rc(?:\..+)?$/,
  /^\.(?:eslint|prettier|stylelint)ignore$/,
  /^(?:eslint|prettier|stylelint|oxlint|biome|ava|nyc|commitlint|lint-staged|vite|babel)\.config\.\w+$/,
  /^\.golangci\.\w+$/,
  /^\.semgrep\.ya?ml$/,
  /^\.?gosec\.json$/,
  /^(?:build|settings)\.gradle(?:\.kts)?$/,
];

const folders = /(?:^|\/)(?:\.github\/(?:workflows|actions)|\.ci|\.circleci|\.husky|\.buildkite|\.cargo|\.semgrep)\//;
