import { parse, TomlError } from 'smol-toml';
import type { FileDifference, RepositoryPath } from '../ports.ts';

/** Changes that are named of one manifest, and characters of one version. */
const CHANGES = 12;
const VERSION = 60;

/** What a change does to the dependencies a manifest declares, in words. */
export interface DependencyChange {
  readonly path: RepositoryPath;
  /** `left-pad ^1.3.0 added`, `left-pad removed`, `left-pad ^1.3.0 instead of ^1.2.0`; at most 12, then how many more. */
  readonly changes: readonly string[];
}

/**
 * The manifests in a change whose declared dependencies are others afterwards, in the order of the differences. A manifest that cannot be read on one of
 * both sides is said to have changed, because it may have.
 */
export function dependencyChanges(
  differences: readonly Pick<FileDifference, 'path' | 'before' | 'after'>[],
): readonly DependencyChange[] {
  return differences.flatMap(({ path, before, after }) => {
    const declaredIn = readerOf(path);
    if (declaredIn === undefined) return [];
    const changes = changesBetween(declaredIn(before ?? ''), declaredIn(after ?? ''));
    return changes.length === 0 ? [] : [{ path, changes }];
  });
}

/** Dependencies by name with what is wanted of them; undefined when the text cannot be read. */
type Declared = ReadonlyMap<string, string> | undefined;

function changesBetween(before: Declared, after: Declared): readonly string[] {
  if (before === undefined || after === undefined) return ['its dependencies cannot be read'];
  const added = [...after].flatMap(([name, version]) => {
    const old = before.get(name);
    if (old === version) return [];
    return [`${name} ${version}`.trim() + (old === undefined ? ' added' : ` instead of ${old}`)];
  });
  const removed = [...before.keys()].filter((name) => !after.has(name)).map((name) => `${name} removed`);
  const all = [...added, ...removed];
  return all.length <= CHANGES ? all : [...all.slice(0, CHANGES), `${all.length - CHANGES} more`];
}

function readerOf(path: RepositoryPath): ((text: string) => Declared) | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const sections = SECTIONS.get(name);
  if (sections !== undefined) return (text) => declaredIn(name.endsWith('.json') ? json : toml, sections, text);
  return /^(?:requirements[\w.-]*\.txt|go\.mod|Gemfile)$/.test(name) ? linesOf : undefined;
}

/** Where the manifests that are tables declare what they need. */
const SECTIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ['package.json', ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies', 'overrides']],
  ['composer.json', ['require', 'require-dev']],
  ['Cargo.toml', ['dependencies', 'dev-dependencies', 'build-dependencies', 'workspace.dependencies']],
  [
    'pyproject.toml',
    [
      'project.dependencies',
      'project.optional-dependencies',
      'dependency-groups',
      'tool.poetry.dependencies',
      'build-system.requires',
    ],
  ],
]);

const json = (text: string): unknown => JSON.parse(text === '' ? '{}' : text.replace(/^\uFEFF/, ''));
const toml = (text: string): unknown => parse(text);

function declaredIn(read: (text: string) => unknown, sections: readonly string[], text: string): Declared {
  let value: unknown;
  try {
    value = read(text);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TomlError) return undefined;
    throw error;
  }
  const declared = new Map<string, string>();
  for (const section of sections) {
    const found = section.split('.').reduce<unknown>((table, part) => memberOf(table, part), value);
    for (const [name, wanted] of entriesOf(found)) declared.set(name, wanted);
  }
  return declared;
}

const memberOf = (table: unknown, name: string): unknown =>
  typeof table === 'object' && table !== null ? Object.entries(table).find(([key]) => key === name)?.[1] : undefined;

/** A list names what is needed as one text (`requests>=2`), or in groups; a table by name. */
function entriesOf(section: unknown): readonly (readonly [name: string, wanted: string])[] {
  if (Array.isArray(section)) return section.map((entry) => [shown(entry), '']);
  if (typeof section !== 'object' || section === null) return [];
  return Object.entries(section).flatMap(([name, wanted]): (readonly [string, string])[] =>
    Array.isArray(wanted) ? wanted.map((entry) => [`${shown(entry)} (${name})`, '']) : [[name, shown(wanted)]],
  );
}

function shown(value: unknown): string {
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, VERSION);
}

/** One dependency a line, as some manifests have them; comments and white space do not count. */
function linesOf(text: string): Declared {
  const lines = text.split('\n').map((line) =>
    line
      .replace(/(?:^|\s)(?:#|\/\/).*$/, '')
      .trim()
      .slice(0, VERSION),
  );
  return new Map(lines.filter((line) => line !== '').map((line) => [line, '']));
}
