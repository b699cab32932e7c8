import { parse as parseToml, TomlError } from 'smol-toml';
import type { DetectedCheck, DetectedChecks, DetectedSetup, Project } from '../detectChecks.ts';

interface Runner {
  /** Before a module's name. */
  readonly python: string;
  /** Before a tool's name. */
  readonly tool: string;
  readonly setup?: DetectedSetup;
}

const anyTest = /(^|\/)(test_[^/]*|[^/]*_test)\.py$/;

/**
 * pytest where something speaks for it, unittest where only its tests are there; ruff and mypy where they are configured. No setup is
 * suggested for a bare requirements.txt: it would install into whatever Python is active.
 */
export async function detectPython(project: Project): Promise<DetectedChecks | undefined> {
  const { paths } = project;
  const manifest = tableOf(await project.read('pyproject.toml'));
  const isProject = ['pyproject.toml', 'setup.py', 'setup.cfg', 'requirements.txt', 'tox.ini', 'pytest.ini'];
  const hasTests = [...paths].some((path) => anyTest.test(path));
  if (!isProject.some((path) => paths.has(path)) && !hasTests) return undefined;
  const runner = runnerOf(project);
  const tools = isTable(manifest['tool']) ? manifest['tool'] : {};
  const checks: DetectedCheck[] = [];
  const ruff =
    ['ruff.toml', '.ruff.toml'].find((path) => paths.has(path)) ?? ('ruff' in tools && '[tool.ruff] in pyproject.toml');
  if (ruff) checks.push({ name: 'lint', command: `${runner.tool}ruff check .`, kind: 'lint', why: ruff });
  const mypy =
    ['mypy.ini', '.mypy.ini'].find((path) => paths.has(path)) ?? ('mypy' in tools && '[tool.mypy] in pyproject.toml');
  if (mypy) checks.push({ name: 'types', command: `${runner.tool}mypy .`, kind: 'types', why: mypy });
  const test = await testCheck(project, tools, runner);
  if (test !== undefined) checks.push(test);
  return { ecosystem: 'python', ...(runner.setup && { setup: runner.setup }), checks };
}

async function testCheck(
  project: Project,
  tools: Readonly<Record<string, unknown>>,
  runner: Runner,
): Promise<DetectedCheck | undefined> {
  const pytest = { name: 'test', command: `${runner.python}pytest`, kind: 'test' } as const;
  const why = await pytestReason(project, tools);
  if (why !== undefined) return { ...pytest, why };
  const tests = [...project.paths].filter((path) => anyTest.test(path)).sort();
  const [first] = tests;
  if (first === undefined) return undefined;
  const texts = await Promise.all(tests.slice(0, 20).map((path) => project.read(path)));
  const onlyUnittest = texts.every((text) => text === undefined || /^\s*(import|from) unittest\b/m.test(text));
  if (!onlyUnittest) return { ...pytest, why: first };
  const folder = ['tests', 'test'].find((name) => tests.every((path) => path.startsWith(`${name}/`)));
  // Discovery needs the root as its top, so that the tests can import the project.
  const from = folder === undefined ? '' : ` -s ${folder} -t .`;
  const needed = folder === undefined || project.paths.has(`${folder}/__init__.py`);
  const command = `${runner.python}unittest discover${needed ? from : ` -s ${folder}`}`;
  return { ...pytest, command, why: `${first} uses unittest` };
}

/** What in the repository speaks for pytest; at most three files are read. */
async function pytestReason(
  { paths, read }: Project,
  tools: Readonly<Record<string, unknown>>,
): Promise<string | undefined> {
  if (paths.has('pytest.ini')) return 'pytest.ini';
  if ('pytest' in tools) return '[tool.pytest] in pyproject.toml';
  if (/^\[tool:pytest\]/m.test((await read('setup.cfg')) ?? '')) return '[tool:pytest] in setup.cfg';
  if (/^\[pytest\]/m.test((await read('tox.ini')) ?? '')) return '[pytest] in tox.ini';
  const conftest = [...paths].filter((path) => /(^|\/)conftest\.py$/.test(path)).sort()[0];
  if (conftest !== undefined) return conftest;
  const requirements = ['pyproject.toml', 'requirements-dev.txt', 'requirements.txt', 'setup.py', 'setup.cfg'];
  for (const path of requirements) {
    if (paths.has(path) && /\bpytest\b/.test((await read(path)) ?? '')) return `pytest in ${path}`;
  }
  return undefined;
}

function runnerOf({ paths }: Project): Runner {
  if (paths.has('uv.lock')) {
    return { python: 'uv run python -m ', tool: 'uv run ', setup: { command: 'uv sync --frozen', why: 'uv.lock' } };
  }
  if (paths.has('poetry.lock')) {
    const setup = { command: 'poetry install --no-interaction', why: 'poetry.lock' };
    return { python: 'poetry run python -m ', tool: 'poetry run ', setup };
  }
  if (paths.has('Pipfile.lock')) {
    const setup = { command: 'pipenv sync --dev', why: 'Pipfile.lock' };
    return { python: 'pipenv run python -m ', tool: 'pipenv run ', setup };
  }
  return { python: 'python3 -m ', tool: 'python3 -m ' };
}

function tableOf(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {};
  try {
    return parseToml(text);
  } catch (error) {
    if (error instanceof TomlError) return {};
    throw error;
  }
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
