import assert from 'node:assert/strict';
import type { ShellParser, ShellScript, ShellWord } from '../../src/core/ports.ts';
import { wordSpans } from '../../src/node/shellWords.ts';
import { shellParser } from '../support/commandCorpus.ts';

/** A command as the cases write it: words, `?word` dynamic, `*word` with wildcards, `A=v`, `> file`, `@place`, `<0` fed by, `^0` within, `<<input`. */
function told({ commands, functions, unreadable }: ShellScript): readonly string[] {
  const word = ({ kind, text }: ShellWord): string => `${kind === 'dynamic' ? '?' : kind === 'glob' ? '*' : ''}${text}`;
  const lines = commands.map((command) =>
    [
      ...command.assignments.map(({ name, value }) => `${name}=${word(value)}`),
      ...command.words.map(word),
      ...command.redirections.map(({ operator, target }) => `${operator} ${word(target)}`),
      ...(command.input === undefined ? [] : [`<<${word(command.input)}`]),
      ...(command.place.length === 0 ? [] : [`@${command.place.join('/')}`]),
      ...command.fedBy.map((index) => `<${index}`),
      ...(command.within === undefined ? [] : [`^${command.within}`]),
    ].join(' '),
  );
  return [...lines, ...functions.map((name) => `${name}()`), ...unreadable.map(({ why }) => `! ${why}`)];
}

const TWO_WAYS = '! it can be read in two ways';
const NOT_UNDERSTOOD = '! a part of it is not understood';

const CASES: Readonly<Record<string, readonly string[]>> = {
  'ls -la': ['ls -la'],
  'r\\m "a b" \'c d\' e\\ f g"h"i': ['rm a b c d e f ghi'],
  'ls *.ts [a-z] a?': ['ls **.ts *[a-z] *a?'],
  "ls '*.ts' \\*": ['ls *.ts *'],
  'a; b && c || d & e': ['a', 'b', 'c', 'd', 'e'],
  'a | b | c': ['a @pipeline', 'b @pipeline <0', 'c @pipeline <0 <1'],
  '(a; b) | c': ['a @pipeline/subshell', 'b @pipeline/subshell', 'c @pipeline <0 <1'],
  'A=1 B="x y" c': ['A=1 B=x y c'],
  'A=1': ['A=1'],
  'a > f 2>&1 < g >> h': ['a > f >& 1 < g >> h'],
  'a && b > f': ['a', 'b > f'],
  '{ a; b; } > f': ['a', 'b', '> f'],
  'a > f b': ['a b > f'],
  '> f a b': ['a b > f'],
  'echo $(a) `b` "$(c)"': ['echo ?$(a) ?`b` ?"$(c)"', 'a @substitution ^0', 'b @substitution ^0', 'c @substitution ^0'],
  'echo $x "$y" ${z} $?': ['echo ?$x ?"$y" ?${z} ?$?'],
  'A=$(a) b > $(c)': ['A=?$(a) b > ?$(c)', 'a @substitution ^0', 'c @substitution ^0'],
  'a | tee >(b)': ['a @pipeline', 'tee ?>(b) @pipeline <0', 'b @pipeline/substitution <0 <1 ^1'],
  'if a; then b; else c; fi': ['a @condition', 'b @condition', 'c @condition/condition'],
  'while a; do b; done': ['a @loop', 'b @loop/loop'],
  'for f in a $(b); do c $f; done': ['f=?f @loop', 'b @loop/substitution ^0', 'c ?$f @loop/loop'],
  '! a': ['a'],
  '[ -f a ] && b': ['[ -f a ]', 'b'],
  'export A=1 B': ['A=1 export ?A=1 B'],
  "cat <<'E'\n$(a)\nE\nb": ['cat <<$(a)\n', 'b'],
  'cat <<E | b\nx\nE': ['cat <<x\n', 'b @pipeline/pipeline <0'],
  'sh <<< "a b"': ['sh <<a b'],
  'a # b; c\nd': ['a', 'd'],
  'a \\\n  b': ['a b'],
  // What the shell and the grammar read differently, or what evaluates, makes the line unreadable.
  'r\\\nm x': ['r m x', NOT_UNDERSTOOD],
  'cat \\ /x': ['cat /x', TWO_WAYS],
  'echo [ ]': ['echo *[ ]', TWO_WAYS, TWO_WAYS],
  'echo `a \\`b\\``': ['echo ?`a \\`b\\``', 'a `b` @substitution ^0', '! backslashes between backticks count twice'],
  'echo ${x@P}': ['echo ?${x@P}', '! an expansion like this can run a command', NOT_UNDERSTOOD],
  'echo $((1))': ['echo ?$((1))', '! an expansion like this can run a command', NOT_UNDERSTOOD],
  'f() { a; }; f': ['a @function', 'f', 'f()', '! a function may take the name of any command', TWO_WAYS],
  'cat <<E\n$x\nE': ['cat <<?$x\n', '! the shell expands this here-document'],
  'ls 3<>f': ['ls < f', '! ERROR is not judged'],
};

describe('reading a shell line', () => {
  let parser: ShellParser;
  before(async () => {
    parser = await shellParser();
  });

  for (const [line, expected] of Object.entries(CASES)) {
    it(JSON.stringify(line), () => assert.deepEqual(told(parser.parse(line)), expected));
  }

  it('never throws, and doubts whatever is cut off', () => {
    const line = 'if [ -f "a b" ]; then echo $(ls \'x\' | cat <<E\ny\nE\n) > f; fi';
    for (let length = 1; length < line.length; length += 1) parser.parse(line.slice(0, length));
    assert.notDeepEqual(parser.parse(line.slice(0, 30)).unreadable, []);
  });
});

describe('the second reading of a line', () => {
  const cases: Readonly<Record<string, readonly string[] | undefined>> = {
    'ls -la "a b"': ['ls', '-la', '"a b"'],
    'a>b 2>&1': ['a', 'b', '1'],
    'echo $(a b) "x $(c) y"': ['echo', '$(a b)', 'a', 'b', '"x $(c) y"', 'c'],
    "cat <<'E'\n a b\nE\nd": ['cat', "'E'", 'd'],
    'a #b': ['a'],
    'a#b': ['a#b'],
    '${x:-y}': undefined,
    '$((1))': undefined,
    "a 'b": undefined,
    'a "b': undefined,
    'a $(b': undefined,
    'cat <<E\nx': undefined,
    'echo `(`': undefined,
    'echo "`(ls`"': undefined,
  };
  for (const [line, expected] of Object.entries(cases)) {
    it(JSON.stringify(line), () => {
      const spans = wordSpans(line);
      const words =
        spans &&
        [...spans].map((span) => span.split(':').map(Number)).sort(([a = 0, b = 0], [c = 0, d = 0]) => a - c || d - b);
      assert.deepEqual(
        words?.map(([start, end]) => line.slice(start, end)),
        expected,
      );
    });
  }
});
