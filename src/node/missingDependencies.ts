import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

export interface MissingQuestion {
  /** The top of the user's repository. */
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** `isCertain`: no check that needs it can pass; otherwise it may be installed where nobody looked. `text` is a sentence that says what to run. */
export interface MissingDependencies {
  readonly text: string;
  readonly isCertain: boolean;
}

/**
 * What the repository says that it depends on and that is not installed. Looks at the files at its top
 * alone, runs nothing, and says nothing where it cannot tell.
 */
export async function missingDependencies(question: MissingQuestion): Promise<readonly MissingDependencies[]> {
  const found = await Promise.all([ofNode(question), ofPython(question), ofRust(question), ofGo(question)]);
  return found.flat();
}

async function ofNode({ root }: MissingQuestion): Promise<readonly MissingDependencies[]> {
  const manifest = await textOf(root, 'package.json');
  if (manifest === undefined || !namesPackages(manifest)) return [];
  if (await isFilled(root, 'node_modules')) return [];
  if ((await textOf(root, '.pnp.cjs')) !== undefined) return [];
  const names = new Set(await readdir(root).catch(() => []));
  const install = names.has('pnpm-lock.yaml')
    ? 'pnpm install'
    : names.has('yarn.lock')
      ? 'yarn install'
      : names.has('package-lock.json')
        ? 'npm ci'
        : 'npm install';
  return certain(`package.json names dependencies and there is no node_modules: run \`${install}\` first.`);
}

function namesPackages(manifest: string): boolean {
  try {
    const { dependencies, devDependencies } = JSON.parse(manifest) as Readonly<Record<string, unknown>>;
    return [dependencies, devDependencies].some(
      (named) => typeof named === 'object' && named !== null && Object.keys(named).length > 0,
    );
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return false;
    throw error;
  }
}

/** Only where the packages belong into a folder here; an environment that is active elsewhere may hold them. */
async function ofPython({ root, environment }: MissingQuestion): Promise<readonly MissingDependencies[]> {
  if (environment['VIRTUAL_ENV'] !== undefined || environment['CONDA_PREFIX'] !== undefined) return [];
  if ((await isFilled(root, '.venv')) || (await isFilled(root, 'venv'))) return [];
  if ((await textOf(root, 'uv.lock')) !== undefined)
    return certain('uv.lock names dependencies and there is no .venv: run `uv sync` first.');
  const requirements = (await textOf(root, 'requirements.txt'))?.split('\n') ?? [];
  if (!requirements.some((line) => /^\s*[A-Za-z0-9]/.test(line))) return [];
  const text =
    'requirements.txt names dependencies and there is no .venv: make one, unless they are installed elsewhere.';
  return [{ text, isCertain: false }];
}

async function ofRust({ root, environment, home }: MissingQuestion): Promise<readonly MissingDependencies[]> {
  const lock = await textOf(root, 'Cargo.lock');
  if (lock === undefined || !/^source = "registry\+/m.test(lock) || (await isFilled(root, 'vendor'))) return [];
  const cargo = environment['CARGO_HOME'] ?? path.join(home, '.cargo');
  return (await isFilled(cargo, 'registry'))
    ? []
    : certain('Cargo.lock names crates and none is downloaded: run `cargo fetch` first.');
}

async function ofGo({ root, environment, home }: MissingQuestion): Promise<readonly MissingDependencies[]> {
  const sums = await textOf(root, 'go.sum');
  if (sums === undefined || sums.trim() === '' || (await isFilled(root, 'vendor'))) return [];
  const modules = path.join(environment['GOPATH'] ?? path.join(home, 'go'), 'pkg');
  return (await isFilled(modules, 'mod'))
    ? []
    : certain('go.sum names modules and none is downloaded: run `go mod download` first.');
}

const certain = (text: string): readonly MissingDependencies[] => [{ text, isCertain: true }];

const textOf = (root: string, name: string): Promise<string | undefined> =>
  readFile(path.join(root, name), 'utf8').catch(() => undefined);

async function isFilled(root: string, folder: string): Promise<boolean> {
  return (await readdir(path.join(root, folder)).catch(() => [])).length > 0;
}
