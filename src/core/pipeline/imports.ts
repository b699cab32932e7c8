import type { RepositoryPath } from '../ports.ts';

/*
 * Which files of a repository belong together, by what they import. Read from text and not by a compiler: a name that cannot be found is no file of
 * the repository.
 */

/** Files whose imports are read, by the end of their names. */
const READABLE = /\.(?:[cm]?[jt]sx?|vue|svelte|py|go|rs|java|kts?|rb|php|c|cc|cpp|h|hpp)$/;
/** What an import may leave out of a file's name. */
const ENDINGS = [
  '',
  '.ts',
  '.tsx',
  '.mts',
  '.js',
  '.jsx',
  '.mjs',
  '.cjs',
  '.json',
  '.rb',
  '.php',
  '/index.ts',
  '/index.js',
];
/** Files that import those in question, of which a prompt is told at most. */
const MOST_IMPORTERS = 4;

/** Files near to some others: those they import and those that import them, nearest first; and what lies one import further. */
export interface NearFiles {
  readonly near: readonly RepositoryPath[];
  readonly further: readonly RepositoryPath[];
}

export const isReadable = (path: RepositoryPath): boolean => READABLE.test(path);

/** What is near to `paths`, by the texts of the repository's files. `paths` themselves are in neither list. */
export function nearFiles(paths: readonly RepositoryPath[], texts: ReadonlyMap<RepositoryPath, string>): NearFiles {
  const files = new Set(texts.keys());
  const imports = new Map([...texts].map(([path, text]) => [path, importsOf(path, text, files)]));
  const from = (sources: readonly string[]): readonly string[] => sources.flatMap((path) => imports.get(path) ?? []);
  const imported = from(paths);
  const importing = [...imports].flatMap(([path, targets]) =>
    targets.some((one) => paths.includes(one)) ? [path] : [],
  );
  const others = importing.filter((path) => !paths.includes(path) && !imported.includes(path)).slice(0, MOST_IMPORTERS);
  const near = unique([...imported, ...others], paths);
  return { near, further: unique(from(near), [...paths, ...near]) };
}

const unique = (found: readonly string[], known: readonly string[]): readonly string[] =>
  [...new Set(found)].filter((path) => !known.includes(path));

/** The files that one file imports, in the order it names them. Packages and unknown names are left out. */
export function importsOf(
  path: RepositoryPath,
  text: string,
  files: ReadonlySet<RepositoryPath>,
): readonly RepositoryPath[] {
  const found = /\.(?:py)$/.test(path)
    ? pythonImports(path, text, files)
    : /\.(?:java|kts?)$/.test(path)
      ? matches(text, /^\s*import\s+(?:static\s+)?([\w.]+)/gm).flatMap((name) =>
          packagePath(name, ['.java', '.kt'], files),
        )
      : path.endsWith('.rs')
        ? rustImports(path, text, files)
        : path.endsWith('.go')
          ? matches(text, /^\s*(?:import\s+)?(?:[\w.]+\s+)?"([\w./-]+)"\s*$/gm).flatMap((name) =>
              goPackage(name, files),
            )
          : quotedImports(path, text, files);
  return unique(found, [path]);
}

/** `from './a.js'`, `require('../b')`, `import('./c')`, `#include "d.h"`, `require_relative "e"`: whatever names a file from the folder it stands in. */
function quotedImports(path: string, text: string, files: ReadonlySet<string>): readonly string[] {
  const named = matches(
    text,
    /(?:['"`](\.\.?\/[^'"`\n]+)['"`]|(?:#\s*include|require_relative)\s+['"]([^'"\n]+)['"])/g,
  );
  return named.flatMap((name) => fileAt(joined(folderOf(path), name), files));
}

function pythonImports(path: string, text: string, files: ReadonlySet<string>): readonly string[] {
  const from = [...text.matchAll(/^\s*from\s+(\.*)([\w.]*)\s+import\s+\(?([^#\n)]*)/gm)];
  const relative = from.flatMap(([, dots = '', module = '', names = '']) => {
    const wanted = [
      module,
      ...names.split(',').map((name) => [module, name.trim().split(/\s/)[0]].filter(Boolean).join('.')),
    ];
    if (dots === '') return wanted.flatMap((name) => packagePath(name, ['.py', '/__init__.py'], files));
    const folder = joined(folderOf(path), '../'.repeat(dots.length - 1));
    return wanted.flatMap((name) => {
      const at = joined(folder, name.replaceAll('.', '/'));
      return [`${at}.py`, `${at}/__init__.py`].filter((file) => files.has(file));
    });
  });
  const whole = matches(text, /^\s*import\s+([\w.]+)/gm);
  return [...relative, ...whole.flatMap((name) => packagePath(name, ['.py', '/__init__.py'], files))];
}

/** `mod a;` beside or below the file, and `use crate::a::b` from the nearest folder `src`. */
function rustImports(path: string, text: string, files: ReadonlySet<string>): readonly string[] {
  const own = /(?:^|\/)(?:mod|lib|main)\.rs$/.test(path) ? folderOf(path) : path.slice(0, -3);
  const modules = matches(text, /^\s*(?:pub(?:\([^)]*\))?\s+)?mod\s+(\w+)\s*;/gm).map((name) => joined(own, name));
  const root = /^(?:.*\/)?src(?=\/)/.exec(path)?.[0];
  const used =
    root === undefined
      ? []
      : matches(text, /\bcrate::([\w:]+)/g).flatMap((name) => {
          const parts = name.split('::').filter(Boolean);
          return parts.map((_, index) => joined(root, parts.slice(0, parts.length - index).join('/')));
        });
  return [...modules, ...used].flatMap((at) => [`${at}.rs`, `${at}/mod.rs`].filter((file) => files.has(file)));
}

/** The files of a Go package: those of the folder in which its path ends. */
function goPackage(name: string, files: ReadonlySet<string>): readonly string[] {
  return [...files].filter(
    (file) => file.endsWith('.go') && folderOf(file) !== '' && `/${name}`.endsWith(`/${folderOf(file)}`),
  );
}

/** `a.b.C` as the file whose path ends in `a/b/C`, wherever the sources lie. */
function packagePath(name: string, endings: readonly string[], files: ReadonlySet<string>): readonly string[] {
  if (name === '') return [];
  const wanted = endings.map((ending) => `/${name.replaceAll('.', '/')}${ending}`);
  return [...files].filter((file) => wanted.some((one) => `/${file}`.endsWith(one)));
}

/** The file that an import means, which may leave out its ending or name the one it is compiled to. */
function fileAt(path: string, files: ReadonlySet<string>): readonly string[] {
  const compiled = path.replace(/\.([cm]?)js(x?)$/, '.$1ts$2');
  const found = [path, compiled, ...ENDINGS.map((ending) => `${path}${ending}`)].find((one) => files.has(one));
  return found === undefined ? [] : [found];
}

const matches = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? '');

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Two parts of a path as one, `.` and `..` resolved; what leads out of the repository stays outside and is found nowhere. */
function joined(folder: string, name: string): string {
  const parts: string[] = [];
  for (const part of `${folder}/${name}`.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}
