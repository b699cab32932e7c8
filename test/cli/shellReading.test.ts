import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { CommandJudge } from '../../src/core/policy/commands/judge.ts';
import type { ShellParser } from '../../src/core/ports.ts';
import { judgeOf, shellParser } from '../support/commandCorpus.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/*
 * The fact that would show the reading of lines false: a real shell starts a command, or gives it other words, than were judged. Lines are put together
 * at random (with a fixed seed) from what shells read in surprising ways; those that would be allowed are run by bash and by sh, in which every command is a
 * function that only tells its words. Nothing else can be started: there is no PATH.
 */

/** Named in the lines, and made functions in the shells; all are allowed with any words in the tree. */
const NAMES = ['cat', 'ls', 'head', 'wc', 'echo'];

const PIECES: readonly string[] = [
  'cat',
  'ls',
  'head',
  'wc',
  'echo',
  'a',
  'b c',
  '-n',
  '-l',
  'x.txt',
  ' ',
  ' ',
  ' ',
  ' ',
  '  ',
  '\t',
  '\n',
  ';',
  '; ',
  ' && ',
  ' || ',
  ' | ',
  ' & ',
  '|',
  '&',
  "'",
  "'",
  '"',
  '"',
  '\\',
  '\\\n',
  ' \\\n',
  '\\ ',
  '\\"',
  "\\'",
  '#',
  ' #',
  ' # ',
  "'a b'",
  '"a b"',
  '\'a\'"b"',
  '"$(ls a)"',
  '$(',
  ')',
  '$(ls)',
  '`ls`',
  '`',
  '(',
  '( ',
  ' )',
  '{ ',
  '; }',
  '!',
  '! ',
  ' > o.log',
  ' 2>&1',
  ' < x.txt',
  '>',
  '<',
  '2>',
  '[',
  ']',
  '*',
  '?',
  '~',
  '=',
  'A=1 ',
  'a=b',
  '$',
  '$?',
  '$a',
  '{a,b}',
  "<<'E'\nx y\nE\n",
  '<<E\nx\nE\n',
  '<<<',
  ' if true; then ',
  '; fi',
  ' for i in a; do ',
  '; done',
  ' while false; do ',
  ' case a in a) ',
  ';; esac',
  '\r',
  ';;',
  '-',
  '--',
  ',',
  ':',
  '%',
  '@',
  '+',
  '^',
  '.',
  '/',
];

/** A small generator of numbers with a fixed seed (mulberry32, public domain): equal lines on every machine. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function allowedLines(judge: CommandJudge, wanted: number): readonly string[] {
  const next = numbers(20_261_121);
  const lines = new Set<string>();
  while (lines.size < wanted) {
    const pieces = Array.from({ length: 2 + next(9) }, () => PIECES[next(PIECES.length)] ?? '');
    const line = `${NAMES[next(NAMES.length)] ?? 'ls'}${next(4) > 0 ? ' ' : ''}${pieces.join('')}`;
    if (judge.line(line).kind === 'allow') lines.add(line);
  }
  return [...lines];
}

/** Words of the commands a shell started, as the functions tell them. */
function started(shell: string, line: string, cwd: string): readonly string[] {
  // One write for each command: those in the background write between each other.
  const tell = `told=; for word; do told="$told$word\u001f"; done; printf '%s\\036' "$told" >&3`;
  const functions = NAMES.map((name) => `${name}() { set -- ${name} "$@"; ${tell}; }`).join('\n');
  const { output, error } = spawnSync(shell, ['-c', `${functions}\n${line}\n`], {
    cwd,
    env: { PATH: '/nonexistent' },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: 10_000,
  });
  if (error !== undefined) throw error;
  return (output[3] ?? '').split('\u001e').slice(0, -1);
}

/** Every command that was judged, as a pattern of what a shell may make of it: wildcards and values stand for anything. */
function judgedCommands(parser: ShellParser, line: string): readonly RegExp[] {
  return parser
    .parse(line)
    .commands.map(
      ({ words }) =>
        new RegExp(
          `^${words.map((word) => (word.kind === 'literal' && !word.text.startsWith('~') ? `${RegExp.escape(word.text)}\\u001f` : '[^]*')).join('')}$`,
        ),
    );
}

describe('a line as it was judged', () => {
  for (const shell of ['/bin/bash', '/bin/sh']) {
    it(`is what ${shell} runs: 150 allowed lines`, async function () {
      if (spawnSync(shell, ['-c', ':']).error !== undefined) return;
      const [judge, parser] = [await judgeOf({ declared: [] }), await shellParser()];
      using folder = temporaryFolder();
      const wrong = allowedLines(judge, 150).flatMap((line) => {
        const judged = judgedCommands(parser, line);
        const unknown = started(shell, line, folder.path).filter(
          (words) => !judged.some((pattern) => pattern.test(words)),
        );
        return unknown.length === 0 ? [] : [{ line, unknown }];
      });
      assert.deepEqual(wrong, []);
    });
  }
});
