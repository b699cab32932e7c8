import assert from 'node:assert/strict';
import { chosenFirst, chosenFrom } from '../../../src/core/pipeline/chosenFiles.ts';
import { fileGist } from '../../../src/core/pipeline/fileGist.ts';
import { fittedList } from '../../../src/core/pipeline/fileList.ts';
import { fitFiles } from '../../../src/core/pipeline/prose.ts';
import { estimateTokens } from '../../../src/core/ledger/estimate.ts';

const files = (...paths: readonly string[]) => ({ files: paths.map((path) => ({ path, why: `for ${path}` })) });

describe('the files that a librarian chooses', () => {
  it('are those of its list, once each and in its order; the others are dropped and counted', () => {
    const candidates = ['a.ts', 'src/b.ts', 'src/c.ts', 'odd\nname.ts'];
    assert.deepEqual(
      chosenFrom(
        files('src/c.ts', '/etc/passwd', './a.ts', '../a.ts', 'src/c.ts', 'src', '"odd\\nname.ts"', ''),
        candidates,
      ),
      {
        chosen: [
          { path: 'src/c.ts', why: 'for src/c.ts' },
          { path: 'a.ts', why: 'for ./a.ts' },
          { path: 'odd\nname.ts', why: 'for "odd\\nname.ts"' },
        ],
        dropped: 4,
      },
    );
    assert.deepEqual(chosenFrom(files(), candidates), { chosen: [], dropped: 0 });
    assert.deepEqual(chosenFrom(files('constructor', '__proto__'), candidates), { chosen: [], dropped: 2 });
  });

  it("stand before those of the rule, in the librarian's order, each once", () => {
    assert.deepEqual(chosenFirst(['c', 'a'], ['a', 'b', 'd']), ['c', 'a', 'b', 'd']);
    assert.deepEqual(chosenFirst([], ['b', 'a']), ['b', 'a']);
  });
});

describe('the packing of files into the tokens of a prompt', () => {
  const file = (path: string, tokens: number) => ({
    path,
    content: { kind: 'text' as const, text: `${'x'.repeat(Math.floor(tokens * 3.6))}\n` },
  });
  const all = { a: file('a', 400), b: file('b', 400), c: file('c', 400), huge: file('huge', 5_000) };
  const pack = (order: readonly (keyof typeof all)[], tokens: number, first: 'cut' | 'whole' = 'whole') => {
    const { shown, left } = fitFiles(
      order.map((name) => all[name]),
      { cap: 100_000, first, fileBytes: 60_000, tokens },
    );
    const used = shown.reduce((sum, part) => sum + estimateTokens(part), 0);
    // The words in the place of a middle come on top.
    assert.ok(used <= tokens + (first === 'cut' ? 20 : 0), `${used} of ${tokens}`);
    return { shown: shown.map((part) => part.slice(4, part.indexOf('\n'))), left };
  };

  it('puts in the chosen ones first and as many of the others as fit after them', () => {
    assert.deepEqual(pack(['c', 'a', 'b'], 900), { shown: ['c', 'a'], left: ['b'] });
    assert.deepEqual(pack(['a', 'b', 'c'], 900), { shown: ['a', 'b'], left: ['c'] });
    assert.deepEqual(pack(['c', 'a', 'b'], 1_300), { shown: ['c', 'a', 'b'], left: [] });
  });

  it('leaves out a chosen one that does not fit, and goes on with the next', () =>
    assert.deepEqual(pack(['huge', 'c', 'a', 'b'], 900), { shown: ['c', 'a'], left: ['huge', 'b'] }));

  it('shows nothing of one that is too large while whole files are wanted, and its ends otherwise', () => {
    assert.deepEqual(pack(['huge'], 900), { shown: [], left: ['huge'] });
    assert.deepEqual(pack(['huge'], 900, 'cut'), { shown: ['huge'], left: ['huge (its middle)'] });
  });

  it('names the chosen ones where not all names fit', () => {
    const names = Array.from({ length: 60 }, (_, index) => `lib/part-${String(index).padStart(2, '0')}.js`);
    const room = { key: 'k', stage: 'plan', tokens: 400 } as const;
    const byRule = fittedList('', names, room);
    assert.ok(byRule.left.includes('lib/part-59.js') && byRule.limit?.kind === 'room');
    const chosen = fittedList('', names, room, ['lib/part-59.js']);
    assert.ok(!chosen.left.includes('lib/part-59.js') && chosen.left.length === byRule.left.length);
    assert.match(chosen.text, /lib\/part-00\.js\n[\s\S]*lib\/part-59\.js\n\[\d+ more files\]$/);
  });
});

describe('what a file is about', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    [
      'exports',
      'import x from "y";\nexport async function greet() {}\nexport class Hall {}\nexport const a = 1,\n',
      'greet, Hall, a',
    ],
    ['many exports', [1, 2, 3, 4, 5].map((n) => `export type T${n} = 1;`).join('\n'), 'T1, T2, T3, T4'],
    ['CommonJS', 'exports.one = 1;\nmodule.exports.two = 2;\n', 'one, two'],
    ['Python', '"""Doc."""\nclass Parser:\n    def inner(self): ...\ndef load(x): ...\n', 'Parser, load'],
    ['Go', 'package a\n\nfunc (s *Server) Serve() {}\nfunc private() {}\n', 'Serve'],
    ['Rust', 'pub(crate) async fn run() {}\nfn hidden() {}\npub struct State;\n', 'run, State'],
    ['Java', 'package a;\npublic final class Main {\n', 'Main'],
    ['a heading', '\n# Guide for users\n\nText.\n', 'Guide for users'],
    ['a comment', '/*\n * Reads the clock.\n */\nfoo();\n', 'Reads the clock.'],
    ['a page', '<!-- Start page -->\n<html>\n', 'Start page'],
    ['data', '{}\n[1, 2]\n', ''],
    ['one long line', `${'word '.repeat(200)}\n`, ''],
    ['nothing', '', ''],
  ];
  for (const [name, text, expected] of cases) it(name, () => assert.equal(fileGist(text), expected));
});
