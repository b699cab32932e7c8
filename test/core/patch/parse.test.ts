import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parsePatch } from '../../../src/core/patch/parse.ts';

/** The whole parse in short: each file as one line, each hunk as its place and signs; or the refusal. */
function check(name: string, text: string, expected: object): void {
  it(name, () => {
    const parsed = parsePatch(text);
    if (parsed.kind === 'error') return assert.deepEqual(parsed.error, expected);
    const files = parsed.value.files.map((file) => {
      const hunks =
        file.kind === 'add' || file.kind === 'whole'
          ? [file.content]
          : file.hunks.map(({ line, oldStart, anchors, endOfFile, lines }) => {
              const place = [oldStart, ...anchors, endOfFile ? 'end' : undefined].filter((item) => item !== undefined);
              const body = lines.map(
                (item) => ({ context: ' ', removed: '-', added: '+' })[item.kind] + item.text + item.eol,
              );
              return `${line}[${place.join(',')}]${body.join('')}`;
            });
      const move = file.kind === 'update' && file.moveTo !== undefined ? [`to ${file.moveTo}`] : [];
      const mode =
        (file.kind === 'add' || file.kind === 'update') && file.executable !== undefined
          ? [`executable ${file.executable}`]
          : [];
      return [file.kind, file.path, ...move, ...mode, ...hunks];
    });
    return assert.deepEqual({ format: parsed.value.format, wrapped: parsed.value.wrapped, files }, expected);
  });
}

const envelope = (wrapped: boolean, ...files: readonly (readonly string[])[]): object => ({
  format: 'envelope',
  wrapped,
  files,
});
const unified = (wrapped: boolean, ...files: readonly (readonly string[])[]): object => ({
  format: 'unified',
  wrapped,
  files,
});
const lines = (...items: readonly string[]): string => `${items.join('\n')}\n`;

describe('parsePatch: the envelope', () => {
  const begin = '*** Begin Patch';
  const end = '*** End Patch';
  check(
    'reads stacked anchors, a first hunk without @@, blank context and the end of file',
    lines(
      begin,
      '*** Update File: a.py',
      ' x',
      '-y',
      '@@ class A',
      '@@   def f',
      '-a',
      '',
      ' b',
      '*** End of File',
      '',
      end,
    ),
    envelope(false, ['update', 'a.py', '3[] x\n-y\n', '5[class A,def f,end]-a\n \n b\n']),
  );
  check(
    'reads line numbers that models carry over from unified diffs',
    lines(begin, '*** Update File: ./a.py', '@@ -7,2 +7,2 @@ def f', '-a', '+b', end),
    envelope(false, ['update', 'a.py', '3[7]-a\n+b\n']),
  );
  check(
    'keeps lines that look like markers when they carry a sign',
    lines(begin, '*** Update File: a', '@@', '-*** End Patch', '+*** Begin Patch', ' ```', end),
    envelope(false, ['update', 'a', '3[]-*** End Patch\n+*** Begin Patch\n ```\n']),
  );
  check(
    'a patch that is CRLF throughout was only carried that way',
    lines(begin, '*** Add File: a', '+x', end).replaceAll('\n', '\r\n'),
    envelope(false, ['add', 'a', 'x\n']),
  );
  check(
    'a CRLF among LF lines is meant',
    lines(begin, '*** Add File: a', '+x\r', '+y', end),
    envelope(false, ['add', 'a', 'x\r\ny\n']),
  );
  check(
    'reads a shell wrapping',
    lines("apply_patch <<'EOF'", begin, '*** Delete File: a', end, 'EOF'),
    envelope(true, ['delete', 'a']),
  );
  check('reads an empty new file', lines(begin, '*** Add File: a', end), envelope(false, ['add', 'a', '']));
  check('refuses an empty envelope', lines(begin, end), {
    kind: 'malformed',
    line: 2,
    expected: 'a file section before *** End Patch',
    found: end,
  });
  check('refuses an unsigned line in a new file', lines(begin, '*** Add File: a', '+x', 'y', end), {
    kind: 'malformed',
    line: 4,
    expected: '*** Add File:, *** Delete File:, *** Update File: or *** End Patch',
    found: 'y',
  });
  check('refuses an unsigned line in a hunk', lines(begin, '*** Update File: a', '@@', '-x', 'y', '+z', end), {
    kind: 'malformed',
    line: 5,
    expected: "a line starting with ' ', '+', '-', '@@' or '***'",
    found: 'y',
  });
  check('refuses a hunk of context alone', lines(begin, '*** Update File: a', '@@', ' x', end), {
    kind: 'malformed',
    line: 5,
    expected: "a hunk with at least one line starting with '+' or '-'",
    found: end,
  });
  check('refuses an update without a hunk', lines(begin, '*** Update File: a', end), {
    kind: 'malformed',
    line: 3,
    expected: 'a hunk or *** Move to: after *** Update File:',
    found: end,
  });
  check(
    'refuses a diff behind an envelope',
    lines(begin, '*** Delete File: a', end, '--- a/x', '+++ b/x', '@@ -1 +1 @@', '-a', '+b'),
    {
      kind: 'severalPatches',
      lines: [1, 4],
    },
  );
});

describe('parsePatch: unified diffs', () => {
  const hunk = ['@@ -1 +1 @@', '-a', '+b'];
  const parsedHunk = '3[1]-a\n+b\n';
  check('takes a/ and b/ off', lines('--- a/x', '+++ b/x', ...hunk), unified(false, ['update', 'x', parsedHunk]));
  check(
    'leaves names without prefixes',
    lines('--- src/x', '+++ src/x', ...hunk),
    unified(false, ['update', 'src/x', parsedHunk]),
  );
  check('leaves a folder named a', lines('--- a/x', '+++ a/x', ...hunk), unified(false, ['update', 'a/x', parsedHunk]));
  check(
    'leaves times behind a tab out',
    lines('--- x\t2024-01-01', '+++ x\t2024-01-02', ...hunk),
    unified(false, ['update', 'x', parsedHunk]),
  );
  check(
    'reads quoted names',
    lines('--- "a/gr\\303\\266\\303\\237e \\"x\\""', '+++ "b/gr\\303\\266\\303\\237e \\"x\\""', ...hunk),
    unified(false, ['update', 'größe "x"', parsedHunk]),
  );
  check(
    'reads the name of a change of mode from the diff line',
    lines('diff --git a/my run.sh b/my run.sh', 'old mode 100755', 'new mode 100644'),
    unified(false, ['update', 'my run.sh', 'executable false']),
  );
  check(
    'reads a rename without hunks',
    lines('diff --git a/x b/y z', 'similarity index 100%', 'rename from x', 'rename to y z'),
    unified(false, ['update', 'x', 'to y z']),
  );
  check(
    'reads an empty new file and an empty deleted one',
    lines(
      'diff --git a/x b/x',
      'new file mode 100644',
      'index 0000000..e69de29',
      'diff --git a/y b/y',
      'deleted file mode 100644',
    ),
    unified(false, ['add', 'x', 'executable false', ''], ['delete', 'y']),
  );
  check(
    'removed and added lines may look like file headers where the counts say so',
    lines('--- a/x', '+++ b/x', '@@ -1,2 +1,2 @@', '--- old', '+++ new', ' c'),
    unified(false, ['update', 'x', '3[1]--- old\n+++ new\n c\n']),
  );
  check(
    'reads hunks without numbers',
    lines('--- a/x', '+++ b/x', '@@ ... @@', '-a', '+b', '@@ def f @@', '-c'),
    unified(false, ['update', 'x', '3[]-a\n+b\n', '6[def f]-c\n']),
  );
  check(
    'reads the numbers of a header whose heading holds a carriage return',
    lines('--- a/x', '+++ b/x', '@@ -5 +5,2 @@ end\rcr', '-a', '+b', '+c'),
    unified(false, ['update', 'x', '3[5]-a\n+b\n+c\n']),
  );
  check(
    'leaves the signature of a mailed patch out',
    lines(
      'Subject: x',
      '',
      '---',
      ' x | 2 +-',
      '',
      'diff --git a/x b/x',
      '--- a/x',
      '+++ b/x',
      ...hunk,
      '-- ',
      '2.39.5',
    ),
    unified(true, ['update', 'x', '9[1]-a\n+b\n']),
  );
  check(
    'leaves prose behind a blank line out',
    lines('--- a/x', '+++ b/x', ...hunk, '', 'Done:', '- changed a'),
    unified(true, ['update', 'x', parsedHunk]),
  );
  check('refuses prose inside a fence', lines('```', '--- a/x', '+++ b/x', ...hunk, 'Done.', '```'), {
    kind: 'malformed',
    line: 7,
    expected: "the hunk's next line (starting with ' ', '+' or '-') or its end where its counts say",
    found: 'Done.',
  });
  check('refuses two names without a rename', lines('--- a/x', '+++ b/y', ...hunk), {
    kind: 'malformed',
    line: 1,
    expected: 'the same file name behind --- and +++, or rename from and rename to',
    found: '--- a/x',
  });
  check(
    'refuses a rename whose lines disagree',
    lines('diff --git a/x b/y', 'rename from x', 'rename to y', '--- a/x', '+++ b/z', ...hunk),
    {
      kind: 'malformed',
      line: 1,
      expected: 'a header that names one file',
      found: 'diff --git a/x b/y',
    },
  );
  check('refuses context in a new file', lines('--- /dev/null', '+++ b/x', '@@ -0,0 +1,2 @@', ' a', '+b'), {
    kind: 'malformed',
    line: 1,
    expected: "only lines starting with '+' in a new file",
    found: '--- /dev/null',
  });
  check('refuses binary patches', lines('diff --git a/x b/x', 'index 1..2', 'GIT binary patch', 'literal 1'), {
    kind: 'unsupported',
    line: 3,
    what: 'a binary file',
  });
  check('refuses a text without a patch', 'I could not do it.\n', { kind: 'noPatch' });
  check('refuses a hunk without a file', lines(...hunk), { kind: 'noPatch' });
});

describe('parsePatch', () => {
  it('gives a value for any text', () => {
    const piece = fc.constantFrom(
      '*** Begin Patch',
      '*** End Patch',
      '*** Add File: a',
      '*** Update File: a',
      '*** Move to: b',
      '*** End of File',

      '@@',
      '@@ -1 +1 @@',
      '@@ -1,9 +0,0 @@',
      '--- a/x',
      '+++ b/x',
      '--- /dev/null',
      'diff --git a/x b/x',
      'diff --git "a',

      'rename from x',
      'new file mode 100644',
      '\\ No newline at end of file',
      '```',
      '~~~~',
      '-a',
      '+a',
      ' a',
      '',
      'prose',
      '\r',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        assert.ok(['ok', 'error'].includes(parsePatch(pieces.join('\n')).kind));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('parsePatch: search/replace blocks', () => {
  const block = (search: readonly string[], replace: readonly string[]): readonly string[] => [
    '<<<<<<< SEARCH',
    ...search,
    '=======',
    ...replace,
    '>>>>>>> REPLACE',
  ];
  const blocks = (...files: readonly (readonly string[])[]): object => ({ format: 'blocks', wrapped: false, files });
  check(
    'what is searched and not replaced is context',
    lines('src/a.ts', ...block(['one', 'two', 'three'], ['one', '2', 'three'])),
    blocks(['update', 'src/a.ts', '2[] one\n-two\n+2\n three\n']),
  );
  check(
    'reads names as models write them, fences, and a second block without a name',
    lines('### **`./a.ts`**:', '```ts', ...block(['x'], ['y']), '```', '', '```ts', ...block(['p'], []), '```'),
    blocks(['update', 'a.ts', '3[]-x\n+y\n', '11[]-p\n']),
  );
  check('an empty search part is a new file', lines('File: a.ts', ...block([], ['x'])), blocks(['add', 'a.ts', 'x\n']));
  check('refuses a block without a file', lines('Change this:', ...block(['x'], ['y'])), {
    kind: 'malformed',
    line: 2,
    expected: 'a line with the file name above the block',
    found: '<<<<<<< SEARCH',
  });
  check('refuses a block with two middles', lines('a.ts', ...block(['x', '=======', 'y'], ['z'])), {
    kind: 'malformed',
    line: 6,
    expected: 'one ======= line in a block',
    found: '=======',
  });
});

describe('parsePatch: whole files', () => {
  check(
    'reads each fence below a file name',
    lines('`a.ts`:', '```ts', 'x', '```', '', '**b/c.md**', '~~~', 'y', '~~~'),
    {
      format: 'whole',
      wrapped: false,
      files: [
        ['whole', 'a.ts', 'x\n'],
        ['whole', 'b/c.md', 'y\n'],
      ],
    },
  );
  check('a fence without a file name is no patch', lines('For example:', '```ts', 'x', '```'), { kind: 'noPatch' });
});
