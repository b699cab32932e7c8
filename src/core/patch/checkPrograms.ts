import type { RepositoryPath } from '../ports.ts';
import { defaultTestFile } from './testFile.ts';

/** The texts that say what a command line leads to; undefined where there is no such file. */
export interface CommandSources {
  readonly packageJson: string | undefined;
  readonly makefile: string | undefined;
}

/** Most programs of one project. */
const MOST = 200;

/**
 * The files of the repository that its command lines run as programs: `./check.sh`, `node scripts/lint.js`, and what scripts of package.json and recipes
 * of a Makefile run in turn. They define a check as much as its configuration does. Test files are not among them: those are judged by what they
 * test. Words are split as a shell would split plain ones; what a program loads itself is for checkSources.ts. At most 200.
 */
export function checkPrograms(lines: readonly string[], sources: CommandSources): ReadonlySet<RepositoryPath> {
  const scripts = scriptsOf(sources.packageJson);
  const recipes = (sources.makefile ?? '').split('\n').filter((line) => line.startsWith('\t'));
  const programs = new Set<RepositoryPath>();
  const waiting = [...lines];
  const seen = new Set<string>();
  for (let line = waiting.shift(); line !== undefined; line = waiting.shift()) {
    if (seen.has(line) || seen.size >= MOST) continue;
    seen.add(line);
    for (const words of simpleCommands(line)) {
      const { program, lines: more } = readCommand(words, scripts, recipes);
      waiting.push(...more);
      for (const path of program) if (!defaultTestFile(path) && programs.size < MOST) programs.add(path);
    }
  }
  return programs;
}

function scriptsOf(packageJson: string | undefined): ReadonlyMap<string, string> {
  if (packageJson === undefined) return new Map();
  try {
    const manifest: unknown = JSON.parse(packageJson.replace(/^\ufeff/, ''));
    const scripts = typeof manifest === 'object' && manifest !== null && 'scripts' in manifest ? manifest.scripts : {};
    const entries = Object.entries(typeof scripts === 'object' && scripts !== null ? scripts : {});
    return new Map(entries.flatMap(([name, line]) => (typeof line === 'string' ? [[name, line] as const] : [])));
  } catch (error) {
    if (error instanceof SyntaxError) return new Map();
    throw error;
  }
}

function simpleCommands(line: string): readonly (readonly string[])[] {
  // The characters before a recipe's command are make's own (GNU make manual, "Recipe Execution").
  return line.split(/[;&|()\n]+|\$\(|`/).map((part) =>
    part
      .trim()
      .replace(/^[@+-]+/, '')
      .split(/\s+/)
      .map((word) => word.replace(/^["']|["']$/g, '')),
  );
}

interface CommandRead {
  readonly program: readonly RepositoryPath[];
  readonly lines: readonly string[];
}

const WRAPPERS: ReadonlySet<string> = new Set(['env', 'time', 'exec', 'nohup', 'nice', 'cross-env', 'npx', 'command']);
const INTERPRETERS =
  /^(?:sh|bash|dash|zsh|ksh|node|nodejs|python[\d.]*|ruby|perl|php|tsx|ts-node|bun|deno|pwsh|source|\.)$/;
const MANAGERS: ReadonlySet<string> = new Set(['npm', 'pnpm', 'yarn', 'bun']);

function readCommand(
  words: readonly string[],
  scripts: ReadonlyMap<string, string>,
  recipes: readonly string[],
): CommandRead {
  const [first = '', ...rest] = words.slice(words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word) && word !== ''));
  const name = first.slice(first.lastIndexOf('/') + 1);
  if (WRAPPERS.has(name)) return readCommand(rest, scripts, recipes);
  if (name === 'make' || name === 'gmake') return { program: fileOf(optionOf(rest, '-f')), lines: recipes };
  if (MANAGERS.has(name)) {
    const script = rest.find((word) => scripts.has(word));
    const names = script === undefined ? [] : [`pre${script}`, script, `post${script}`];
    return { program: [], lines: names.flatMap((wanted) => scripts.get(wanted) ?? []) };
  }
  if (INTERPRETERS.test(name)) return { program: interpreted(rest), lines: [] };
  return { program: first.includes('/') ? fileOf(first) : [], lines: [] };
}

/** Loaders and the first plain word, unless an option says that the words are something else: tests, a module, a text. */
function interpreted(words: readonly string[]): readonly RepositoryPath[] {
  const loaded = ['--import', '--require', '-r', '--loader'].flatMap((option) => fileOf(optionOf(words, option)));
  const isOther = words.some((word) => /^(?:--test|--check|-c|-e|-m|-p|--eval|--print|test)$/.test(word));
  if (isOther) return loaded;
  const plain = words.find(
    (word, index) => !word.startsWith('-') && !/^(?:--import|--require|-r|--loader)$/.test(words[index - 1] ?? ''),
  );
  return [...loaded, ...fileOf(plain)];
}

function optionOf(words: readonly string[], option: string): string | undefined {
  const joined = words.find((word) => word.startsWith(`${option}=`));
  return joined?.slice(option.length + 1) ?? words[words.indexOf(option) + 1 || words.length];
}

/** The path inside the repository that a word names, if it can name one. */
function fileOf(word: string | undefined): readonly RepositoryPath[] {
  if (word === undefined || word === '' || word.startsWith('/') || word.startsWith('-')) return [];
  const path = word.replace(/^(?:\.\/)+/, '');
  return path.split('/').includes('..') ? [] : [path];
}
