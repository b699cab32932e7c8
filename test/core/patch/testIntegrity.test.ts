import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isCheckDefinition } from '../../../src/core/patch/checkDefinition.ts';
import { defaultTestFile } from '../../../src/core/patch/testFile.ts';
import { testIntegrityFindings } from '../../../src/core/patch/testIntegrity.ts';
import type { FileDifference } from '../../../src/core/ports.ts';

/*
 * One folder, one change: before/ and after/ hold the files, expected.json what is found. UPDATE=1 rewrites it. A name that begins with
 * `allows-` promises that nothing is found, any other that something is.
 */
const root = join(import.meta.dirname, '../../scenarios/test-integrity');

describe('test integrity scenarios', () => {
  const names = readdirSync(root).sort();

  it('there are at least 15, numbered without gaps', () => {
    assert.ok(names.length >= 15);
    assert.deepEqual(
      names.map((name) => name.slice(0, 4)),
      names.map((_, index) => `${String(index + 1).padStart(3, '0')}-`),
    );
  });

  for (const name of names) it(name, () => check(name));
});

function check(name: string): void {
  const folder = join(root, name);
  const differences = differencesBetween(readFolder(join(folder, 'before')), readFolder(join(folder, 'after')));
  const findings = testIntegrityFindings(differences, { isTestFile: defaultTestFile, isCheckDefinition });
  const text = `${JSON.stringify(findings, undefined, 2)}\n`;
  if (process.env['UPDATE'] === '1') writeFileSync(join(folder, 'expected.json'), text);
  assert.equal(text, readFileSync(join(folder, 'expected.json'), 'utf8'));
  assert.equal(findings.length === 0, name.slice(4).startsWith('allows-'));
}

function differencesBetween(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly FileDifference[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  assert.ok(paths.length > 0);
  return paths.flatMap((path): readonly FileDifference[] => {
    const [old, now] = [before.get(path), after.get(path)];
    if (old === now) return [];
    if (old === undefined) return [{ path, change: 'added', binary: false, after: now ?? '' }];
    if (now === undefined) return [{ path, change: 'deleted', binary: false, before: old }];
    return [{ path, change: 'modified', binary: false, before: old, after: now }];
  });
}

function readFolder(folder: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  if (!existsSync(folder)) return files;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(folder.length + 1), readFileSync(path, 'utf8'));
  }
  return files;
}

describe('testIntegrityFindings', () => {
  const all = { isTestFile: () => true, isCheckDefinition: () => false };
  const modified = (path: string, before: string, after: string): FileDifference => ({
    path,
    change: 'modified',
    binary: false,
    before,
    after,
  });

  it('leaves binary files out', () => {
    const difference: FileDifference = { path: 'tests/a.py', change: 'deleted', binary: true };
    assert.deepEqual(testIntegrityFindings([difference], all), []);
  });

  it('holds at most 200 findings', () => {
    const before = Array.from({ length: 300 }, (_, index) => `def test_${index}():\n    assert f(${index})\n`).join('');
    assert.equal(testIntegrityFindings([modified('a.py', before, 'def test_x():\n    f()\n')], all).length, 200);
  });

  it('a test file too large to look into is a finding: padding hides nothing', () => {
    assert.deepEqual(testIntegrityFindings([modified('a.py', 'x = 1\n', `x = 1${' '.repeat(300_000)}\n`)], all), [
      { rule: 'assertion-changed', path: 'a.py', message: 'the file is too large to be looked into' },
    ]);
  });

  it('ends on text made to keep patterns busy', () => {
    const pieces = [
      ' ',
      '"',
      '(',
      '/ ',
      'expect(',
      "it('x', ",
      '@Test ',
      '@Test @A(a) ',
      '#[ignore ',
      '#[cfg_attr(',
      'if a {',
      'a.',
      'assert_eq!(ab,',
      'def test_a(:\n',
      '""x',
      'def test_a():\n """"""""""""""""""""""""""""""""""""""""""""""""""""""""""""x\n',
    ];
    for (const piece of pieces) {
      const text = piece.repeat(8000 / piece.length);
      for (const path of ['a.js', 'a.py', 'a.go', 'a.rs', 'a.java']) {
        assert.ok(testIntegrityFindings([modified(path, text, `${text}\nx`)], all).length <= 200);
      }
    }
  });
});
