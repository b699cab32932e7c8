import type { RepositoryPath } from '../ports.ts';
import { defaultTestFile } from './testFile.ts';

/** Reads a file of the tree that says what the checks mean; undefined where there is none, or it is no text. */
export type ReadSource = (path: RepositoryPath) => Promise<string | undefined>;

/** Most files that are read to follow what programs import, and what a Makefile includes. */
const MOST_READ = 100;
const MOST_INCLUDED = 20;

/**
 * Folders that hold what checks a project and not what is checked. Imports are followed in these alone: a script that loads the product itself, to try
 * it, would otherwise see it as it was before the change.
 */
const TOOLS = /(?:^|\/)(?:scripts?|tools?|tooling|hack|tasks|\.?ci)\//;

const SCRIPT = /\.[cm]?[jt]sx?$/;

/**
 * The programs, with what their scripts for Node.js import by relative paths (`import`, `export from`, `require`, as plain texts) and that lies in a
 * folder of tools, and what those import in turn. What would be found in the place of such a file counts too. At most 100 files are read.
 */
export async function withImports(
  programs: ReadonlySet<RepositoryPath>,
  read: ReadSource,
): Promise<ReadonlySet<RepositoryPath>> {
  const found = new Set(programs);
  const waiting = [...programs].filter((path) => TOOLS.test(path));
  let nRead = 0;
  const readNext = async (path: RepositoryPath): Promise<string | undefined> => {
    nRead += 1;
    return nRead > MOST_READ ? undefined : read(path);
  };
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const text = SCRIPT.test(path) ? await readNext(path) : undefined;
    for (const specifier of importsOf(text ?? '')) {
      const candidates = candidatesOf(path, specifier);
      for (const [index, candidate] of candidates.entries()) {
        if (found.has(candidate)) break;
        if ((await readNext(candidate)) === undefined) continue;
        for (const earlier of candidates.slice(0, index + 1)) found.add(earlier);
        waiting.push(candidate);
        break;
      }
    }
  }
  return found;
}

function importsOf(text: string): readonly string[] {
  const pattern = /\b(?:from|import|require)\s*\(?\s*(["'])(\.{1,2}\/[^"'\n]+)\1/g;
  return [...text.matchAll(pattern)].map(([, , specifier = '']) => specifier);
}

/** Where Node.js, or a loader of TypeScript, looks for an import, in order. Test files and what lies in no folder of tools are left out. */
function candidatesOf(from: RepositoryPath, specifier: string): readonly RepositoryPath[] {
  const path = joined(from.split('/').slice(0, -1), specifier);
  if (path === undefined) return [];
  const endings = ['.js', '.mjs', '.cjs', '.json', '.ts', '.mts', '.cts'];
  return [
    path,
    path.replace(/\.([cm]?)js$/, '.$1ts'),
    ...endings.map((ending) => path + ending),
    ...endings.map((ending) => `${path}/index${ending}`),
  ].filter((candidate) => TOOLS.test(candidate) && !defaultTestFile(candidate));
}

/** The path below the repository's top; undefined where it leads out of it. */
function joined(folder: readonly string[], relative: string): RepositoryPath | undefined {
  const parts = [...folder];
  for (const part of relative.split('/')) {
    if (part === '..' && parts.pop() === undefined) return undefined;
    if (part !== '..' && part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

/**
 * A Makefile's text with those that it includes by plain names, and the names of these. GNU make looks in the folder it was called in
 * (GNU make manual, "Including Other Makefiles"). At most 20.
 */
export async function withIncludes(
  makefile: string,
  read: ReadSource,
): Promise<{ readonly text: string; readonly files: readonly RepositoryPath[] }> {
  const files = new Set<RepositoryPath>();
  const texts = [makefile];
  for (const text of texts) {
    for (const name of includesOf(text)) {
      if (files.has(name) || files.size >= MOST_INCLUDED) continue;
      const included = await read(name);
      if (included === undefined) continue;
      files.add(name);
      texts.push(included);
    }
  }
  return { text: texts.join('\n'), files: [...files] };
}

function includesOf(text: string): readonly RepositoryPath[] {
  return [...text.matchAll(/^[ ]*(?:-|s)?include[ \t]+([^#\n]+)/gm)]
    .flatMap(([, names = '']) => names.trim().split(/\s+/))
    .flatMap((name) => (/[$*?[]|^\//.test(name) ? [] : (joined([], name) ?? [])));
}
