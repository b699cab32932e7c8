import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parse } from 'smol-toml';
import type { TomlPath } from '../../src/node/tomlPosition.ts';
import { tomlLocator } from '../../src/node/tomlPosition.ts';

/** `text` holds ‹ before each place of interest; `paths` name the keys there, in order. */
function check(marked: string, paths: readonly TomlPath[]): void {
  const pieces = marked.split('‹');
  const text = pieces.join('');
  parse(text);
  const locate = tomlLocator(text);
  let before = pieces[0] ?? '';
  for (const [index, path] of paths.entries()) {
    const lines = before.split('\n');
    assert.deepEqual(
      locate(path),
      { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 },
      JSON.stringify(path),
    );
    before += pieces[index + 1] ?? '';
  }
}

/** One code point of `alphabet`. */
function oneOf(alphabet: string): fc.Arbitrary<string> {
  return fc.constantFrom(...Array.from(alphabet));
}

describe('the place of a key in a TOML text', () => {
  it('is found for plain, dotted and quoted keys', () => {
    check('‹a = 1\n  ‹b.‹c . ‹"d e" = 2\n', [['a'], ['b'], ['b', 'c'], ['b', 'c', 'd e']]);
    check('‹"a.b" = 1\n‹\'c"d\' = 2\n‹"\\u0065\\"" = 3\n', [['a.b'], ['c"d'], ['e"']]);
    check('‹"" = 1\n‹1 = 2', [[''], ['1']]);
  });

  it('is found under headers, the header of a table before a mention of it', () => {
    check('[a.‹b]\n‹x = 1\n[‹a]\n‹y = 2\n', [['a', 'b'], ['a', 'b', 'x'], ['a'], ['a', 'y']]);
    check('[‹a.‹"b.c"] # [d]\n‹x = 1', [['a'], ['a', 'b.c'], ['a', 'b.c', 'x']]);
  });

  it('is found in inline tables and arrays, over lines too', () => {
    check('‹a = { ‹b = 1, ‹c.‹d = "}", ‹e = [‹{ ‹f = 1 }, ‹2] }', [
      ['a'],
      ['a', 'b'],
      ['a', 'c'],
      ['a', 'c', 'd'],
      ['a', 'e'],
      ['a', 'e', 0],
      ['a', 'e', 0, 'f'],
      ['a', 'e', 1],
    ]);
    check('a = [ # ]\n  ‹"x", # "y"\n  ‹[‹1, ‹2,],\n]\n‹b = 2', [['a', 0], ['a', 1], ['a', 1, 0], ['a', 1, 1], ['b']]);
    check('a = {\n ‹b = 1, # }\n ‹c = 2,\n}', [
      ['a', 'b'],
      ['a', 'c'],
    ]);
  });

  it('is found in arrays of tables and what hangs below them', () => {
    check('[[‹a]]\n‹x = 1\n[a.‹b]\n‹y = 1\n[[‹a]]\n‹x = 2\n[[a.‹c]]\n‹z = 1\n[[a.‹c]]\n‹z = 2\n', [
      ['a', 0],
      ['a', 0, 'x'],
      ['a', 0, 'b'],
      ['a', 0, 'b', 'y'],
      ['a', 1],
      ['a', 1, 'x'],
      ['a', 1, 'c', 0],
      ['a', 1, 'c', 0, 'z'],
      ['a', 1, 'c', 1],
      ['a', 1, 'c', 1, 'z'],
    ]);
  });

  it('is not confused by what stands in strings and comments', () => {
    check(
      'a = """\nb = 1 \\""" c = 2"""""\n# d = 1\n‹d = \'\'\'x\n[e]\n\'\'\'\n[‹e]\n‹f = 1979-05-27 07:32:00 # g = 1\r\n‹g = 1',
      [['d'], ['e'], ['e', 'f'], ['e', 'g']],
    );
  });

  it('counts columns in UTF-16 units', () => {
    check('a = { "🚀" = 1, ‹b = 2 }', [['a', 'b']]);
  });

  it('is that of the nearest table around a key that is not there', () => {
    check('‹a = 1\n[‹b]\nc = 1', [
      ['a', 'x', 'y'],
      ['b', 'x'],
    ]);
    assert.deepEqual(tomlLocator('')(['a']), { line: 1, column: 1 });
  });

  it('comes to an end on any text', () => {
    fc.assert(fc.property(fc.string({ unit: oneOf('[]{}=,.\'"#\\ab \n'), maxLength: 60 }), (text) => scanned(text)));
  });
});

/** Quoted keys that are no strings are the parser's to refuse; all else must come back. */
function scanned(text: string): void {
  try {
    tomlLocator(text);
  } catch (error) {
    assert.match(String(error), /TOML/);
  }
}

// ---------------------------------------------------------------- the same for random documents in random spellings

type Value = string | number | boolean | Value[] | { [key: string]: Value };
type Table = Readonly<Record<string, Value>>;

const name = fc.oneof(
  fc.constantFrom('a', 'b', 'c-d', '0', 'e_f'),
  fc.string({ unit: oneOf('a."\' \\=]🚀é'), maxLength: 4 }),
);
const { table } = fc.letrec<{ value: Value; table: { [key: string]: Value } }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: oneOf('a"\'\\#]}=\n🚀'), maxLength: 6 }),
    fc.integer(),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(tie('table'), { minLength: 1, maxLength: 3 }),
    tie('table'),
  ),
  table: fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
}));

/** The parser's tables have no prototype. (A round trip through JSON would not do: V8 13.6 misreads some keys of one escaped character.) */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

/** Writes a document in spellings drawn from `choices` and notes where each key came to stand. */
function spell(root: Table, choices: readonly number[]): { text: string; places: [TomlPath, number][] } {
  let text = '';
  let drawn = 0;
  const places: [TomlPath, number][] = [];
  const choose = (count: number) => (choices[drawn++ % choices.length] ?? 0) % count;
  const isTable = (item: Value): item is { [key: string]: Value } => typeof item === 'object' && !Array.isArray(item);
  const key = (part: string) => {
    if (/^[A-Za-z0-9_-]+$/.test(part) && choose(2) === 0) return part;
    return /^[^'\n]*$/.test(part) && choose(2) === 0 ? `'${part}'` : JSON.stringify(part);
  };
  const place = (path: TomlPath) => places.push([path, text.length]);
  const gap = () => {
    text += ['', ' ', '\t', ''][choose(4)];
  };
  const writeValue = (path: TomlPath, item: Value): void => {
    if (Array.isArray(item)) {
      text += '[';
      for (const [index, element] of item.entries()) {
        text += ['', ' ', '\n', '# ]\n'][choose(4)];
        place([...path, index]);
        writeValue([...path, index], element);
        text += ',';
      }
      text += ']';
    } else if (isTable(item)) {
      text += '{';
      for (const [index, [part, member]] of Object.entries(item).entries()) {
        text += index === 0 ? '' : ',';
        writePair(path, part, member);
      }
      text += '}';
    } else if (typeof item === 'string' && choose(3) === 0) {
      text += `"""\n${item.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"""`;
    } else text += JSON.stringify(item);
  };
  const writePair = (path: TomlPath, part: string, item: Value): void => {
    gap();
    place([...path, part]);
    text += key(part);
    gap();
    const only = isTable(item) ? Object.entries(item) : [];
    if (only.length === 1 && choose(2) === 0) {
      text += '.';
      const [inner, member] = only[0] ?? ['', ''];
      writePair([...path, part], inner, member);
      return;
    }
    text += '=';
    gap();
    writeValue([...path, part], item);
  };
  const writeHeader = (path: TomlPath, isArray: boolean): void => {
    text += isArray ? '[[' : '[';
    const names = path.filter((part) => typeof part === 'string');
    for (const [index, part] of names.entries()) {
      text += index === 0 ? '' : '.';
      if (index === names.length - 1) place(path);
      text += key(part);
    }
    text += isArray ? ']]\n' : '] # [x]\n';
  };
  const writeTable = (path: TomlPath, table: Table): void => {
    const later: [string, Value][] = [];
    for (const [part, item] of Object.entries(table)) {
      const canWait = isTable(item) || (Array.isArray(item) && item.length > 0 && item.every(isTable));
      if (canWait && choose(2) === 0) later.push([part, item]);
      else {
        writePair(path, part, item);
        text += ['\n', '\r\n', ' # a = 1\n'][choose(3)];
      }
    }
    for (const [part, item] of later) {
      if (Array.isArray(item)) {
        for (const [index, element] of item.entries()) {
          writeHeader([...path, part, index], true);
          if (isTable(element)) writeTable([...path, part, index], element);
        }
      } else if (isTable(item)) {
        writeHeader([...path, part], false);
        writeTable([...path, part], item);
      }
    }
  };
  writeTable([], root);
  return { text, places };
}

describe('the place of every key of any document', () => {
  it('is where the key was written', () => {
    fc.assert(
      fc.property(table, fc.array(fc.nat(), { minLength: 1, maxLength: 40 }), (root, choices) => {
        const { text, places } = spell(root, choices);
        assert.deepEqual(plain(parse(text)), root);
        const locate = tomlLocator(text);
        for (const [path, offset] of places) {
          const lines = text.slice(0, offset).split('\n');
          assert.deepEqual(
            locate(path),
            { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 },
            JSON.stringify(path),
          );
        }
      }),
      { numRuns: 1000 },
    );
  });
});
