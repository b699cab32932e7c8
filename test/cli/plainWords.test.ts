import assert from 'node:assert/strict';
import { parseWords } from '../../src/cli/parser.ts';
import { plainWords } from '../../src/cli/plainWords.ts';

/** What the parser makes of the words: the same where the plain way answers, anything where it leaves them to the parser. */
function check(words: readonly string[], by: 'plain' | 'parser'): void {
  const plain = plainWords(words);
  assert.equal(plain === undefined ? 'parser' : 'plain', by, words.join(' '));
  if (plain === undefined) return;
  const parsed = parseWords(words);
  assert.ok(parsed.kind === 'verb', words.join(' '));
  assert.deepEqual(
    { ...plain, options: { ...plain.options } },
    {
      row: parsed.row,
      positional: parsed.positional,
      options: { ...parsed.options },
      globals: parsed.globals,
    },
  );
}

describe('plain words', () => {
  const plain: readonly (readonly string[])[] = [
    ['new', 'A title'],
    ['new'],
    ['new', ''],
    ['--json', 'new', 'A title'],
    ['new', '--json', 'A title', '--events'],
    ['-C', 'there', 'new', 'A title'],
    ['new', 'A title', '--directory', 'there'],
    ['new', '--from', 'notes.md'],
    ['new', '--from', 'notes.md', 'A title'],
    ['new', '--from', 'a', '--from', 'b'],
    ['auto', 'SPEC-001', '--run-id', 'run-1', '--new', '--pause', 'plan'],
    ['plan', 'SPEC-001', '--new'],
    ['status'],
    ['explain', 'run-1'],
    ['explain', 'run-1', 'plan'],
    ['tell', 'run-1', 'new', '--about', 'a hunk'],
    ['clarify', 'SPEC-001', '--answer', 'q1=yes=no'],
    ['approve', 'run-1', '--file', 'a', '--hunk', '2'],
  ];
  for (const words of plain) it(`are understood as the parser does: ${words.join(' ')}`, () => check(words, 'plain'));

  const others: readonly (readonly string[])[] = [
    [],
    ['--help'],
    ['--version'],
    ['--all', '--help'],
    ['new', '--help'],
    ['nwe', 'A title'],
    ['constructor'],
    ['new', 'A', 'B'],
    ['auto'],
    ['status', 'run-1'],
    ['new', '--', '--json'],
    ['new', '-'],
    ['new', '--from=notes.md'],
    ['new', '--from'],
    ['new', '--from', '--json'],
    ['new', '--from', ''],
    ['--from', 'notes.md', 'new'],
    ['--directory=there', 'new', 'A title'],
    ['-Cthere', 'new', 'A title'],
    ['new', '--frm', 'notes.md'],
    ['new', '-1'],
    ['new', '<id>'].slice(0, 1).concat('<file>', '--<file>'),
    ['auto', 'SPEC-001', '<id>', '--run-id'],
  ];
  for (const words of others) it(`are left to the parser: ${words.join(' ')}`, () => check(words, 'parser'));
});
