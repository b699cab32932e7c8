import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { applyPatch } from '../../../src/core/patch/apply.ts';
import { parsePatch } from '../../../src/core/patch/parse.ts';
import { changedTexts } from './changedTexts.ts';

/*
 * Real git is the judge: whatever `git diff` prints between two trees, parsePatch and applyPatch lead from the first to the second.
 */
describe('what git diff prints', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'speckit-diff-'));
    git('init', '--quiet');
    git('config', 'core.autocrlf', 'false');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function git(...words: readonly string[]): string {
    return execFileSync('git', words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  function treeOf(files: ReadonlyMap<string, string>, executable: readonly string[]): string {
    git('rm', '-r', '--quiet', '--cached', '--ignore-unmatch', '.');
    git('clean', '-fdxq');
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
      chmodSync(join(folder, path), executable.includes(path) ? 0o755 : 0o644);
    }
    git('add', '--all');
    return git('write-tree').trim();
  }

  it('leads from one tree to the other, renames, modes and odd names too', () => {
    const long = Array.from({ length: 40 }, (_, index) => `line ${index}\n`).join('');
    const from = new Map([
      ['kept.txt', 'kept\n'],
      ['old name.txt', long],
      ['größe "x".txt', 'a\nb\n'],
      ['run.sh', '#!/bin/sh\n'],
      ['gone.txt', 'gone'],
      ['empty.txt', ''],
      ['case.txt', long.replaceAll('line', 'row')],
    ]);
    const to = new Map([
      ['kept.txt', 'kept\n'],
      ['deep/new name.txt', long.replace('line 20\n', 'LINE 20\r\n')],
      ['größe "x".txt', 'a\nB'],
      ['run.sh', '#!/bin/sh\n'],
      ['made.sh', 'x'],
      ['Case.txt', long.replaceAll('line', 'row')],
    ]);
    const diff = git('diff', '--find-renames', treeOf(from, []), treeOf(to, ['run.sh', 'made.sh']));
    assert.match(diff, /rename from old name\.txt/);
    const { files, executable } = applied(diff, from);
    assert.deepEqual(files, to);
    assert.deepEqual(executable, ['made.sh', 'run.sh']);
  });

  it('leads from any text to any other', () => {
    fc.assert(
      fc.property(
        fc.array(changedTexts, { minLength: 1, maxLength: 6 }),
        fc.constantFrom('1', '3'),
        (texts, context) => {
          const from = new Map(texts.map(({ before }, index) => [`f${index}.txt`, before]));
          const to = new Map(texts.map(({ after }, index) => [`f${index}.txt`, after]));
          const diff = git('diff', '--no-renames', `--unified=${context}`, treeOf(from, []), treeOf(to, []));
          fc.pre(
            diff !== '' &&
              texts.every(({ before, after }) => before.startsWith('\uFEFF') === after.startsWith('\uFEFF')),
          );
          const result = applied(diff, from);
          assert.equal(result.refusal, undefined, diff);
          assert.deepEqual(result.files, to);
        },
      ),
      { numRuns: 12 },
    );
  });
});

function applied(
  diff: string,
  from: ReadonlyMap<string, string>,
): { files: Map<string, string>; executable: readonly string[]; refusal?: string } {
  const parsed = parsePatch(diff);
  assert.ok(parsed.kind === 'ok', JSON.stringify(parsed));
  const result = applyPatch(parsed.value, from);
  const files = new Map(from);
  if (result.kind === 'error') return { files, executable: [], refusal: result.error.kind };
  for (const change of result.value.changes) {
    if (change.kind === 'delete') files.delete(change.path);
    else files.set(change.path, change.content);
  }
  const executable = result.value.changes.flatMap((change) =>
    change.kind === 'write' && change.executable ? [change.path] : [],
  );
  return { files, executable };
}
