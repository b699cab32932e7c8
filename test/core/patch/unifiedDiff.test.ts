import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { applyPatch } from '../../../src/core/patch/apply.ts';
import { parsePatch } from '../../../src/core/patch/parse.ts';
import { unifiedDiff } from '../../../src/core/patch/unifiedDiff.ts';
import { changedTexts } from './changedTexts.ts';

describe('unifiedDiff', () => {
  it('prints what git prints', () => {
    assert.equal(
      unifiedDiff('src/my file.ts', 'a\nb\nc', 'a\nB\nc\n'),
      [
        'diff --git a/src/my file.ts b/src/my file.ts',
        '--- a/src/my file.ts\t',
        '+++ b/src/my file.ts\t',
        '@@ -1,3 +1,3 @@',
        ' a',
        '-b',
        '-c',
        '\\ No newline at end of file',
        '+B',
        '+c',
        '',
      ].join('\n'),
    );
    assert.equal(unifiedDiff('a.txt', 'same\n', 'same\n'), '');
  });

  const cases: readonly (readonly [string, string, string | undefined, string | undefined])[] = [
    ['a changed line', 'a.txt', 'a\nb\nc\n', 'a\nB\nc\n'],
    ['a new file', 'deep/er/a.txt', undefined, 'a\nb\n'],
    ['a new file without a final newline', 'a.txt', undefined, 'a'],
    ['a new empty file', 'a.txt', undefined, ''],
    ['a deleted file', 'a.txt', 'a\nb\n', undefined],
    ['a deleted empty file', 'a.txt', '', undefined],
    ['a file emptied', 'a.txt', 'a\nb\n', ''],
    ['an empty file filled', 'a.txt', '', 'a\nb'],
    ['CRLF, one line changed to LF', 'a.txt', 'a\r\nb\r\nc\r\n', 'a\r\nb\nc\r\n'],
    ['a byte order mark taken off', 'a.txt', '\uFEFFa\nb\n', 'a\nb\n'],
    ['a final newline added', 'a.txt', 'a\nb', 'a\nb\n'],
    ['a name with spaces', 'my file.txt', 'a\n', 'b\n'],
    ['a name beyond ASCII with a quote', 'größe "x".txt', 'a\n', 'b\n'],
    ['a new empty file with a space in its name', 'my file.txt', undefined, ''],
  ];

  for (const [name, path, before, after] of cases) {
    it(`git apply takes ${name}`, () => {
      assert.equal(gitApplied(path, before, unifiedDiff(path, before, after)), after);
    });

    it(`parsePatch and applyPatch take ${name}`, () => {
      assert.equal(ownApplied(path, before, unifiedDiff(path, before, after)), after);
    });
  }

  it('git apply takes any change', () => {
    fc.assert(
      fc.property(changedTexts, ({ before, after }) => {
        fc.pre(before !== after);
        assert.equal(gitApplied('a.txt', before, unifiedDiff('a.txt', before, after)), after);
      }),
      { numRuns: 40 },
    );
  });

  it('what is printed parses and applies to the very bytes it was made for', () => {
    fc.assert(
      fc.property(changedTexts, ({ before, after }) => {
        fc.pre(before !== after);
        // The mark in the middle of a file, which comes of lines put in before it, belongs to its line and not to the file.
        fc.pre(before.startsWith('\uFEFF') === after.startsWith('\uFEFF') || !after.slice(1).includes('\uFEFF'));
        assert.equal(ownApplied('a.txt', before, unifiedDiff('a.txt', before, after)), after);
      }),
      { numRuns: 500 },
    );
  });
});

function gitApplied(path: string, before: string | undefined, diff: string): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'speckit-patch-'));
  try {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    if (before !== undefined) writeFileSync(join(folder, path), before);
    execFileSync('git', ['init', '--quiet'], { cwd: folder, stdio: 'pipe' });
    const options = ['-c', 'core.autocrlf=false', 'apply', '--whitespace=nowarn'];
    execFileSync('git', [...options, '-'], { cwd: folder, input: diff, stdio: 'pipe' });
    return existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function ownApplied(path: string, before: string | undefined, diff: string): string | undefined {
  const parsed = parsePatch(diff);
  assert.equal(parsed.kind, 'ok', JSON.stringify(parsed));
  const applied = applyPatch(parsed.value, new Map(before === undefined ? [] : [[path, before]]));
  assert.equal(applied.kind, 'ok', JSON.stringify(applied));
  const [change, ...others] = applied.value.changes;
  assert.deepEqual([change?.path, others], [path, []]);
  return change?.kind === 'write' ? change.content : undefined;
}
