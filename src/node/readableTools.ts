import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Mount } from '../core/ports.ts';

/** Installations of tools below the home folder, by the folder that holds all of one. None of them keeps keys. */
const TOOL_FOLDERS = [
  '.pyenv',
  '.nvm',
  '.volta',
  '.fnm',
  '.local/share/fnm',
  '.asdf',
  '.local/share/mise',
  '.local/share/rtx',
  '.sdkman/candidates',
  '.rbenv',
  '.rvm',
  '.rustup',
  '.goenv',
  '.jenv',
  '.ghcup',
  '.dotnet',
  '.bun/bin',
  '.deno/bin',
  '.local/share/pnpm',
  '.local/share/uv',
  '.local/share/pipx',
  '.local/pipx',
  '.local/lib',
  '.local/bin',
  'bin',
  'go/bin',
  'miniconda3',
  'anaconda3',
];

/** Programs below the home folder that tools download once and only read afterwards. */
const DOWNLOADED = [
  '.cache/node/corepack',
  '.cache/ms-playwright',
  '.cache/puppeteer',
  '.cache/Cypress',
  '.cache/electron',
  '.cache/pre-commit',
  '.cargo/bin',
  '.gradle/wrapper',
];

/**
 * Caches of packages below the home folder, which installing writes to. Folders that also hold keys or tokens are not named, only parts of them. That of
 * npm is not here: its packages are in node_modules, and npm wants to write to it always.
 */
const CACHES = [
  '.cache/pip',
  '.cache/uv',
  '.cache/pypoetry',
  '.cache/yarn',
  '.yarn/berry/cache',
  '.cache/pnpm',
  '.cargo/registry',
  '.cargo/git',
  'go/pkg/mod',
  '.m2/repository',
  '.gradle/caches/modules-2',
  '.gem',
  '.bundle/cache',
  '.composer/cache',
  '.nuget/packages',
  '.pub-cache',
];

/** Variables that name such folders where they are not at their usual places, and what of each is shown. */
const VARIABLES: readonly (readonly [name: string, parts: readonly string[]])[] = [
  ['JAVA_HOME', ['']],
  ['GOROOT', ['']],
  ['GOPATH', ['bin']],
  ['CARGO_HOME', ['bin']],
  ['RUSTUP_HOME', ['']],
  ['PYENV_ROOT', ['']],
  ['VIRTUAL_ENV', ['']],
  ['PNPM_HOME', ['']],
];

/** And caches, by the same. */
const CACHE_VARIABLES: readonly (readonly [name: string, parts: readonly string[]])[] = [
  ['GOPATH', ['pkg/mod']],
  ['CARGO_HOME', ['registry', 'git']],
];

/** Places that a sandbox shows, or fills itself, whatever the tools are. */
const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib64', '/etc', '/proc', '/dev', '/sys', '/nix/store', '/gnu/store'];

/**
 * Folders and files that a command's tools lie in, by the environment it gets: installations and caches below HOME, and what PATH leads to. A folder
 * that holds the home folder, or a repository, is never shown as a whole. At most 200, absolute; those that do not exist are left out.
 */
export async function readableTools(
  environment: Readonly<Record<string, string>>,
  shownAt: string,
): Promise<readonly Mount[]> {
  const home = environment['HOME'];
  const belowHome = home === undefined ? [] : [...TOOL_FOLDERS, ...DOWNLOADED].map((folder) => path.join(home, folder));
  const named = namedBy(VARIABLES, environment);
  const programs = (environment['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const installations = await Promise.all(
    programs.filter((folder) => !isShown(folder, belowHome)).map((folder) => installationOf(path.normalize(folder))),
  );
  const wanted = [...new Set([...belowHome, ...named, ...installations.flat()])].filter(
    (folder) => !isShown(folder, [...SYSTEM, shownAt]) && !holds(folder, home) && !holds(folder, shownAt),
  );
  const mounts = await Promise.all(wanted.map((folder) => mountsOf(folder)));
  return mounts
    .flat()
    .filter(({ source }) => !holds(source, home) && !holds(source, shownAt))
    .slice(0, 200);
}

/** The folders of packages that installing fills, by the environment a command gets. Absolute; they need not exist. */
export function packageCaches(environment: Readonly<Record<string, string>>): readonly string[] {
  const home = environment['HOME'];
  const belowHome = home === undefined || !path.isAbsolute(home) ? [] : CACHES.map((folder) => path.join(home, folder));
  return [...new Set([...belowHome, ...namedBy(CACHE_VARIABLES, environment)])];
}

function namedBy(variables: typeof VARIABLES, environment: Readonly<Record<string, string>>): readonly string[] {
  return variables.flatMap(([name, parts]) => {
    const value = environment[name];
    return value === undefined || !path.isAbsolute(value) ? [] : parts.map((part) => path.join(value, part));
  });
}

const isShown = (folder: string, shown: readonly string[]): boolean =>
  shown.some((other) => folder === other || folder.startsWith(`${other}/`));

const holds = (folder: string, inner: string | undefined): boolean =>
  folder === '/' || (inner !== undefined && (inner === folder || inner.startsWith(`${folder}/`)));

/** What has to be there for the programs of a folder on the PATH to run. */
async function installationOf(folder: string): Promise<readonly string[]> {
  // Programs among a project's dependencies are links into the folder above.
  if (folder.endsWith('/node_modules/.bin')) return [path.dirname(folder)];
  const parent = path.dirname(folder);
  // Shims of a manager of versions (pyenv, rbenv, asdf) start what lies beside them.
  if (path.basename(folder) === 'shims') return [parent];
  const isPrefix =
    ['bin', 'sbin'].includes(path.basename(folder)) &&
    !(await exists(path.join(parent, '.git'))) &&
    ((await exists(path.join(parent, 'lib'))) || (await exists(path.join(parent, 'libexec'))));
  if (!isPrefix) return [folder];
  // An installation by prefix: its programs, what they load, and nothing else that lies beside them.
  return ['bin', 'sbin', 'lib', 'lib64', 'libexec', 'share', 'include', 'conf', 'pyvenv.cfg'].map((name) =>
    path.join(parent, name),
  );
}

/** A folder that is a link is shown where it is named and where it lies: programs look for their files in both. */
async function mountsOf(folder: string): Promise<readonly Mount[]> {
  const real = await realpath(folder).catch(() => undefined);
  if (real === undefined) return [];
  const isElsewhere = real !== folder && !isShown(real, SYSTEM);
  return [{ source: real, at: folder }, ...(isElsewhere ? [{ source: real, at: real }] : [])];
}

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );
