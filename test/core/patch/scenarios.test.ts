import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { applyPatch } from '../../../src/core/patch/apply.ts';
import { describePatchError } from '../../../src/core/patch/describe.ts';
import { parsePatch } from '../../../src/core/patch/parse.ts';

/*
 * One folder, one case: input/ and patch.txt go in; expected/ (the files afterwards) and result.json (what became of each hunk, or the
 * refusal and its words) must come out. UPDATE=1 rewrites the last two, and the reader of the diff judges them.
 */
const root = join(import.meta.dirname, '../../scenarios/patch');

describe('patch scenarios', () => {
  const names = readdirSync(root).sort();

  it('there are at least 25, numbered without gaps', () => {
    assert.ok(names.length >= 25);
    assert.deepEqual(
      names.map((name) => name.slice(0, 4)),
      names.map((_, index) => `${String(index + 1).padStart(3, '0')}-`),
    );
  });

  for (const name of names) it(name, () => check(join(root, name)));
});

function check(folder: string): void {
  const input = readFolder(join(folder, 'input'));
  const { result, files } = outcomeOf(readFileSync(join(folder, 'patch.txt'), 'utf8'), input);
  const resultText = `${JSON.stringify(result, undefined, 2)}\n`;
  if (process.env['UPDATE'] === '1') {
    rmSync(join(folder, 'expected'), { recursive: true, force: true });
    writeFolder(join(folder, 'expected'), files);
    writeFileSync(join(folder, 'result.json'), resultText);
  }
  assert.equal(resultText, readFileSync(join(folder, 'result.json'), 'utf8'));
  assert.deepEqual(Object.fromEntries(files), Object.fromEntries(readFolder(join(folder, 'expected'))));
}

function outcomeOf(
  patchText: string,
  input: ReadonlyMap<string, string>,
): { result: object; files: Map<string, string> } {
  const files = new Map(input);
  // As where a task may change one file only: a patch need not name it.
  const [only, ...others] = input.keys();
  const parsed = parsePatch(patchText, only === undefined || others.length > 0 ? {} : { path: only });
  const applied = parsed.kind === 'ok' ? applyPatch(parsed.value, input) : parsed;
  if (applied.kind === 'error') {
    return { result: { refused: applied.error, words: describePatchError(applied.error).split('\n') }, files };
  }
  for (const change of applied.value.changes) {
    if (change.kind === 'delete') files.delete(change.path);
    else files.set(change.path, change.content);
  }
  const changes = applied.value.changes.map((change) =>
    change.kind === 'delete'
      ? { kind: change.kind, path: change.path }
      : { kind: change.kind, path: change.path, executable: change.executable },
  );
  const patch = parsed.kind === 'ok' ? { format: parsed.value.format, wrapped: parsed.value.wrapped } : {};
  return { result: { ...patch, changes, hunks: applied.value.hunks }, files };
}

function readFolder(folder: string): Map<string, string> {
  const files = new Map<string, string>();
  if (!existsSync(folder)) return files;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(folder.length + 1), readFileSync(path, 'utf8'));
  }
  return files;
}

function writeFolder(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
