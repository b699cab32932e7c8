import { parse, TomlError } from 'smol-toml';
import { canonicalJson } from '../../base/json.ts';

/*
 * Manifests that hold definitions of checks beside other things (dependencies, names). Only their check keys matter to a check's meaning:
 * here they are compared, and put back into a newer manifest.
 */

type Table = Readonly<Record<string, unknown>>;

/** Which keys of a manifest define checks, as paths from its root. A `*` part stands for every key there. */
interface ManifestKind {
  readonly format: 'json' | 'toml';
  readonly checkKeys: readonly (readonly string[])[];
}

/** The kind of a manifest by its file name, or undefined when the file is none. */
export function manifestKind(path: string): ManifestKind | undefined {
  return kinds.get(path.slice(path.lastIndexOf('/') + 1));
}

/**
 * The dotted keys whose definitions differ, sorted; undefined when a text cannot be read, and so cannot be compared by keys.
 * A missing manifest is an empty one.
 */
export function changedKeys(
  kind: ManifestKind,
  before: string | undefined,
  after: string | undefined,
): readonly string[] | undefined {
  const old = before === undefined ? {} : parsed(kind, before);
  const current = after === undefined ? {} : parsed(kind, after);
  if (!old || !current) return undefined;
  const keys = new Set([...expandedKeys(kind, old), ...expandedKeys(kind, current)]);
  return [...keys].filter((key) => comparable(valueAt(old, key)) !== comparable(valueAt(current, key))).sort();
}

/**
 * `after` with the check keys of `before`. The rest of its text stays where the format allows it; where it does not (or `after` cannot be
 * read), the whole of `before` comes back.
 */
export function withBaseKeys(kind: ManifestKind, before: string, after: string): string {
  const old = parsed(kind, before);
  const current = parsed(kind, after);
  if (!old || !current) return before;
  if (kind.format === 'json') return printedJson(withKeysOf(kind, current, old), after);
  const text = withSectionsOf(kind, before, after);
  const merged = parsed(kind, text);
  const isMerged =
    merged !== undefined &&
    changedKeys(kind, before, text)?.length === 0 &&
    comparable(withKeysOf(kind, merged, old)) === comparable(withKeysOf(kind, current, old));
  return isMerged ? text : before;
}

const packageKeys = [
  'ava',
  'babel',
  'c8',
  'commitlint',
  'eslintConfig',
  'eslintIgnore',
  'husky',
  'jest',
  'lint-staged',
  'mocha',
  'nyc',
  'oxlint',
  'prettier',
  'standard',
  'stylelint',
  'tap',
  'vitest',
  'wireit',
  'xo',
];

const pythonTools = [
  'bandit',
  'basedpyright',
  'black',
  'coverage',
  'flake8',
  'hatch',
  'isort',
  'mypy',
  'nox',
  'poe',
  'pylint',
  'pyright',
  'pytest',
  'ruff',
  'taskipy',
  'tox',
  'ty',
];

const kinds: ReadonlyMap<string, ManifestKind> = new Map<string, ManifestKind>([
  ['package.json', { format: 'json', checkKeys: [['scripts', '*'], ...packageKeys.map((key) => [key])] }],
  ['pyproject.toml', { format: 'toml', checkKeys: pythonTools.map((tool) => ['tool', tool]) }],
  [
    'Cargo.toml',
    {
      format: 'toml',
      checkKeys: [
        ['lints'],
        ['workspace', 'lints'],
        ['test'],
        ['bench'],
        ['profile', 'test'],
        ['lib', 'test'],
        ['lib', 'doctest'],
        ['package', 'autotests'],
      ],
    },
  ],
]);

function parsed(kind: ManifestKind, text: string): Table | undefined {
  const body = text.replace(/^\uFEFF/, '');
  try {
    const value: unknown = kind.format === 'json' ? JSON.parse(body) : parse(body);
    return isTable(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TomlError) return undefined;
    throw error;
  }
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function expandedKeys(kind: ManifestKind, table: Table): readonly string[] {
  return kind.checkKeys.flatMap(([first = '', second]) => {
    if (second !== '*') return [second === undefined ? first : `${first}.${second}`];
    const inner = table[first];
    return isTable(inner) ? Object.keys(inner).map((key) => `${first}.${key}`) : [first];
  });
}

/** Keys are at most two deep, and a first part has no dot; the rest of the key, dots and all, is the second part. */
function valueAt(table: Table, key: string): unknown {
  const dot = key.indexOf('.');
  if (dot === -1) return Object.hasOwn(table, key) ? table[key] : undefined;
  const inner = table[key.slice(0, dot)];
  const last = key.slice(dot + 1);
  return isTable(inner) && Object.hasOwn(inner, last) ? inner[last] : undefined;
}

/** One text for one value; through JSON first, because TOML has dates and numbers that are not finite. */
function comparable(value: unknown): string {
  return value === undefined ? '' : canonicalJson(JSON.parse(JSON.stringify(value)));
}

function withKeysOf(kind: ManifestKind, current: Table, old: Table): Table {
  const result = new Map(Object.entries(current));
  for (const [first = '', second] of kind.checkKeys) {
    if (second === undefined || second === '*') {
      put(result, first, old[first]);
      continue;
    }
    const inner = result.get(first);
    const oldInner = old[first];
    const merged = new Map(isTable(inner) ? Object.entries(inner) : []);
    put(merged, second, isTable(oldInner) ? oldInner[second] : undefined);
    put(result, first, merged.size > 0 ? Object.fromEntries(merged) : undefined);
  }
  return Object.fromEntries(result);
}

function put(table: Map<string, unknown>, key: string, value: unknown): void {
  if (value === undefined) table.delete(key);
  else table.set(key, value);
}

/** JSON laid out as the manifest it replaces was: indentation, line ends, final newline, byte order mark. */
function printedJson(table: Table, like: string): string {
  const indentation = /^\s*\{\s*\n([ \t]+)"/.exec(like.replace(/^\uFEFF/, ''))?.[1] ?? '  ';
  let text = JSON.stringify(table, undefined, indentation);
  if (like.endsWith('\n')) text += '\n';
  if (like.includes('\r\n')) text = text.replaceAll('\n', '\r\n');
  return (like.startsWith('\uFEFF') ? '\uFEFF' : '') + text;
}

interface TomlSection {
  readonly name: string;
  readonly text: string;
}

function withSectionsOf(kind: ManifestKind, before: string, after: string): string {
  const isCheck = (section: TomlSection): boolean =>
    kind.checkKeys.some((key) => section.name === key.join('.') || section.name.startsWith(`${key.join('.')}.`));
  const kept = tomlSections(after).filter((section) => !isCheck(section));
  const base = tomlSections(before).filter(isCheck);
  const text = kept.map((section) => section.text).join('');
  const gap = text === '' || text.endsWith('\n') || base.length === 0 ? '' : '\n';
  return text + gap + base.map((section) => section.text).join('');
}

/** The text cut before each table header. A line inside a value that only looks like a header makes a cut too: the caller compares the outcome. */
function tomlSections(text: string): readonly TomlSection[] {
  return text.split(/^(?=[ \t]*\[)/m).map((section) => {
    const header = /^[ \t]*\[\[?([^[\]\n]*)\]/.exec(section)?.[1] ?? '';
    return { name: header.replaceAll(/[\s"']/g, ''), text: section };
  });
}
