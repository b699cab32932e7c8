import assert from 'node:assert/strict';
import { reindented } from '../../../src/core/patch/indentation.ts';

/** The added line as it is written, when these old lines of the patch were found with these indentations in a file of such lines. */
function check(
  name: string,
  old: readonly (readonly [patch: string, file: string])[],
  added: string,
  expected: string,
  fileLines: readonly string[] = [],
): void {
  it(name, () => {
    const pairs = old.map(([patch, file]) => ({ kind: 'context' as const, patch, file }));
    const write = reindented(pairs, [...old.map(([patch]) => `${patch}x`), added], () => fileLines);
    assert.equal(write(added), expected);
  });
}

describe('reindented: added lines in the indentation of the file', () => {
  check('no drift', [['  ', '  ']], '    a', '    a');
  check('the whole hunk further left', [['', '    ']], '  a', '      a');
  check('the whole hunk further right', [['      ', '  ']], '    a', 'a');
  check('spaces for tabs', [['    ', '\t']], '        a', '\t\ta');
  check('two spaces for tabs', [['  ', '\t']], '    a', '\t\ta');
  check('tabs for spaces', [['\t', '  ']], '\t\ta', '    a');
  check(
    'two columns a step for four',
    [
      ['  ', '    '],
      ['    ', '        '],
    ],
    '      a',
    '            a',
  );
  check(
    'a comment keeps its column',
    [
      ['    ', '\t'],
      ['     ', '\t '],
    ],
    '     * a',
    '\t * a',
  );
  check('nothing indented: the file tells', [['', '']], '    a', '\ta', ['\tx', '\t\ty']);
  check('nothing indented: a file with both tells nothing', [['', '']], '    a', '    a', ['\tx', '  y']);
  check('blank lines stay as they are', [['', '    ']], '  ', '  ');
});
