import assert from 'node:assert/strict';
import { detectChecks, type DetectedChecks } from '../../src/node/detectChecks.ts';

/** What is detected, one line each: the ecosystem, the setup with its reason, then `name [kind] command <- why`. */
function lines(detected: DetectedChecks | undefined): readonly string[] {
  if (detected === undefined) return [];
  return [
    detected.ecosystem,
    ...(detected.setup ? [`setup ${detected.setup.command} <- ${detected.setup.why}`] : []),
    ...detected.checks.map(({ name, kind, command, why }) => `${name} [${kind}] ${command} <- ${why}`),
  ];
}

async function check(files: Readonly<Record<string, string>>, expected: readonly string[]): Promise<void> {
  const detected = await detectChecks({
    list: () => Promise.resolve(Object.keys(files).sort()),
    read: (path) => Promise.resolve(files[path]),
  });
  assert.deepEqual(lines(detected), expected);
}

function manifest(scripts: Readonly<Record<string, string>>, packageManager?: string): string {
  return JSON.stringify({ name: 'p', scripts, packageManager });
}

const placeholder = 'echo "Error: no test specified" && exit 1';
const byScript = (name: string, kind: string, command: string, script: string): string =>
  `${name} [${kind}] ${command} <- script "${script}" in package.json`;

describe('detecting a project’s checks', () => {
  it('finds nothing where nothing is', async () => {
    await check({}, []);
    await check({ 'README.md': '# x', 'src/main.c': '' }, []);
  });

  it('reads the scripts of package.json, quick ones first', () =>
    check(
      {
        'package.json': manifest({
          test: 'mocha',
          build: 'tsc',
          lint: 'eslint .',
          typecheck: 'tsc --noEmit',
          'format:check': 'prettier -c .',
          start: 'x',
        }),
        'package-lock.json': '{}',
      },
      [
        'npm',
        'setup npm ci <- package-lock.json',
        byScript('format', 'format', 'npm run format:check', 'format:check'),
        byScript('lint', 'lint', 'npm run lint', 'lint'),
        byScript('types', 'types', 'npm run typecheck', 'typecheck'),
        byScript('build', 'compile', 'npm run build', 'build'),
        byScript('test', 'test', 'npm test', 'test'),
      ],
    ));

  it('takes the package manager of the lock file', async () => {
    const files = { 'package.json': manifest({ test: 'x', lint: 'y' }) };
    const checks = (manager: string): readonly string[] => [
      byScript('lint', 'lint', `${manager} run lint`, 'lint'),
      byScript('test', 'test', `${manager} test`, 'test'),
    ];
    await check({ ...files, 'pnpm-lock.yaml': '' }, [
      'pnpm',
      'setup pnpm install --frozen-lockfile <- pnpm-lock.yaml',
      ...checks('pnpm'),
    ]);
    await check({ ...files, 'yarn.lock': '' }, [
      'yarn',
      'setup yarn install --frozen-lockfile <- yarn.lock',
      ...checks('yarn'),
    ]);
    await check({ ...files, 'yarn.lock': '', '.yarnrc.yml': '' }, [
      'yarn',
      'setup yarn install --immutable <- yarn.lock',
      ...checks('yarn'),
    ]);
    await check(files, ['npm', 'setup npm install <- package.json without a lock file', ...checks('npm')]);
    const named = { 'package.json': manifest({ test: 'x', lint: 'y' }, 'yarn@4.1.0') };
    await check(named, ['yarn', 'setup yarn install <- packageManager in package.json', ...checks('yarn')]);
    await check({ ...named, 'yarn.lock': '', 'package-lock.json': '' }, [
      'yarn',
      'setup yarn install --frozen-lockfile <- yarn.lock',
      ...checks('yarn'),
    ]);
  });

  it('passes over the placeholder of npm, empty scripts and what cannot be read', async () => {
    await check({ 'package.json': manifest({ test: placeholder }) }, []);
    await check({ 'package.json': manifest({ test: placeholder, 'test:unit': 'x' }) }, [
      'npm',
      'setup npm install <- package.json without a lock file',
      byScript('test', 'test', 'npm run test:unit', 'test:unit'),
    ]);
    await check({ 'package.json': manifest({ test: ' ' }) }, []);
    await check({ 'package.json': '{ "scripts": ' }, []);
    await check({ 'package.json': '[]' }, []);
    await check({ 'package.json': '{"scripts": ["test"]}' }, []);
    await check({ 'package.json': manifest({}), 'go.mod': 'module m' }, [
      'go',
      'setup go mod download <- go.mod',
      'compile [compile] go build ./... <- go.mod',
      'vet [lint] go vet ./... <- go.mod',
      'test [test] go test ./... <- go.mod',
    ]);
  });

  it('knows cargo', async () => {
    await check({ 'Cargo.toml': '', 'Cargo.lock': '', 'rustfmt.toml': '', 'clippy.toml': '' }, [
      'cargo',
      'setup cargo fetch --locked <- Cargo.lock',
      'format [format] cargo fmt --all --check <- rustfmt.toml',
      'compile [compile] cargo check --workspace --all-targets --locked <- Cargo.toml',
      'lint [lint] cargo clippy --workspace --all-targets --locked <- clippy.toml',
      'test [test] cargo test --workspace --locked <- Cargo.toml',
    ]);
    await check({ 'Cargo.toml': '' }, [
      'cargo',
      'setup cargo fetch <- Cargo.toml',
      'compile [compile] cargo check --workspace --all-targets <- Cargo.toml',
      'test [test] cargo test --workspace <- Cargo.toml',
    ]);
  });

  it('knows pytest by what speaks for it', async () => {
    const pytest = (why: string): readonly string[] => ['python', `test [test] python3 -m pytest <- ${why}`];
    await check({ 'pytest.ini': '' }, pytest('pytest.ini'));
    await check(
      { 'pyproject.toml': '[tool.pytest.ini_options]\naddopts = ""' },
      pytest('[tool.pytest] in pyproject.toml'),
    );
    await check({ 'setup.cfg': '[metadata]\n[tool:pytest]\n' }, pytest('[tool:pytest] in setup.cfg'));
    await check({ 'tox.ini': '[pytest]\n' }, pytest('[pytest] in tox.ini'));
    await check({ 'setup.py': '', 'tests/conftest.py': '' }, pytest('tests/conftest.py'));
    await check({ 'requirements-dev.txt': 'pytest>=8\n', 'setup.py': '' }, pytest('pytest in requirements-dev.txt'));
    await check({ 'setup.py': '', 'tests/test_a.py': 'def test_a(): pass\n' }, pytest('tests/test_a.py'));
    await check({ 'pyproject.toml': 'not = toml = at all', 'pkg/a_test.py': '' }, pytest('pkg/a_test.py'));
  });

  it('falls back to unittest', async () => {
    const text = 'import unittest\n';
    await check({ 'setup.py': '', 'tests/__init__.py': '', 'tests/test_a.py': text }, [
      'python',
      'test [test] python3 -m unittest discover -s tests -t . <- tests/test_a.py uses unittest',
    ]);
    await check({ 'tests/test_a.py': text }, [
      'python',
      'test [test] python3 -m unittest discover -s tests <- tests/test_a.py uses unittest',
    ]);
    await check({ 'test_a.py': 'from unittest import TestCase\n' }, [
      'python',
      'test [test] python3 -m unittest discover <- test_a.py uses unittest',
    ]);
  });

  it('knows Python’s tools and environments', async () => {
    await check({ 'pyproject.toml': '[tool.ruff]\n[tool.mypy]\n[tool.pytest.ini_options]\n', 'uv.lock': '' }, [
      'python',
      'setup uv sync --frozen <- uv.lock',
      'lint [lint] uv run ruff check . <- [tool.ruff] in pyproject.toml',
      'types [types] uv run mypy . <- [tool.mypy] in pyproject.toml',
      'test [test] uv run python -m pytest <- [tool.pytest] in pyproject.toml',
    ]);
    await check({ 'pyproject.toml': '', 'poetry.lock': '', 'pytest.ini': '' }, [
      'python',
      'setup poetry install --no-interaction <- poetry.lock',
      'test [test] poetry run python -m pytest <- pytest.ini',
    ]);
    await check({ 'Pipfile.lock': '', 'pytest.ini': '', 'ruff.toml': '' }, [
      'python',
      'setup pipenv sync --dev <- Pipfile.lock',
      'lint [lint] pipenv run ruff check . <- ruff.toml',
      'test [test] pipenv run python -m pytest <- pytest.ini',
    ]);
    await check({ 'requirements.txt': 'flask\n' }, []);
  });

  it('knows Maven and Gradle, by their wrappers where they are', async () => {
    await check({ 'pom.xml': '', mvnw: '' }, [
      'maven',
      'setup sh ./mvnw --batch-mode dependency:go-offline <- pom.xml',
      'compile [compile] sh ./mvnw --batch-mode test-compile <- pom.xml',
      'test [test] sh ./mvnw --batch-mode test <- pom.xml',
    ]);
    await check({ 'build.gradle.kts': '', gradlew: '' }, [
      'gradle',
      'compile [compile] sh ./gradlew --no-daemon testClasses <- build.gradle.kts',
      'test [test] sh ./gradlew --no-daemon test <- build.gradle.kts',
    ]);
    await check({ 'build.gradle': '' }, [
      'gradle',
      'compile [compile] gradle --no-daemon testClasses <- build.gradle',
      'test [test] gradle --no-daemon test <- build.gradle',
    ]);
  });

  it('reads the targets of a Makefile', async () => {
    await check({ Makefile: '.PHONY: test lint\nCC := gcc\ntest lint: all\n\tcheck: no rule\n' }, [
      'make',
      'lint [lint] make lint <- target "lint" in Makefile',
      'test [test] make test <- target "test" in Makefile',
    ]);
    await check({ Makefile: 'check::\n\ttrue\n', makefile: 'lint:\n' }, [
      'make',
      'lint [lint] make lint <- target "lint" in makefile',
    ]);
    await check({ Makefile: 'check::\n\ttrue\n' }, ['make', 'check [test] make check <- target "check" in Makefile']);
    await check({ Makefile: 'test := x\nlint ::= y\n# check: z\nall: test\n' }, []);
    await check({ Makefile: 'test:\n', 'package.json': manifest({ lint: 'x' }) }, [
      'npm',
      'setup npm install <- package.json without a lock file',
      byScript('lint', 'lint', 'npm run lint', 'lint'),
    ]);
  });
});
