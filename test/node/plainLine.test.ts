import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { ShellParser } from '../../src/core/ports.ts';
import { readPlainLine } from '../../src/node/plainLine.ts';
import { commandCorpus, shellParser } from '../support/commandCorpus.ts';

/* The fact that would show the short way false: the grammar reads a line otherwise. */
describe('reading a line of plain words', () => {
  let parser: ShellParser;
  before(async () => {
    parser = await shellParser();
  });

  it('reads every plain line of the corpus as the grammar does', () => {
    const plain = commandCorpus().filter(({ cmd }) => readPlainLine(cmd) !== undefined);
    assert.ok(plain.length > 100, `${plain.length} plain lines`);
    for (const { cmd } of plain) assert.deepEqual(readPlainLine(cmd), parser.parse(cmd), cmd);
  });

  it('reads random lines as the grammar does, or not at all', () => {
    const piece = fc.constantFrom(
      ...'a b7 - -- -n --x=y x=1 = == + += ./a ../b a.b : :x @ @x , a,b 1 0 2 1.5 _ / test [ ] { } ! time if then done in'.split(
        ' ',
      ),
      ...'echo cd npm run exec eval export env command builtin set let source . A=1 A+=1 a@b é ~ * ? # $x ; | & && || > <'.split(
        ' ',
      ),
    );
    const blank = fc.constantFrom(' ', ' ', ' ', '  ', '', '\t', '\n', ' && ', '&&');
    const line = fc.array(fc.tuple(piece, blank), { minLength: 1, maxLength: 7 });
    let nPlain = 0;
    fc.assert(
      fc.property(line, (parts) => {
        const text = parts.flat().join('');
        const read = readPlainLine(text);
        if (read === undefined) return;
        nPlain += 1;
        assert.deepEqual(read, parser.parse(text), JSON.stringify(text));
      }),
      { seed: 1, numRuns: 6_000 },
    );
    assert.ok(nPlain > 200, `${nPlain} plain lines`);
  });

  for (const line of [
    '',
    ' ',
    'A=1 a',
    'a "b"',
    'a *',
    'a ~',
    'a;b',
    'a | b',
    'a > b',
    'a # b',
    'if a',
    'export A=1',
    'a\nb',
    'a &&',
    '&& a',
    'a\tb',
  ])
    it(`leaves ${JSON.stringify(line)} to the grammar`, () => assert.equal(readPlainLine(line), undefined));
});
