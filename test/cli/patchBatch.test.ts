import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { environmentOf, program } from '../support/commandLine.ts';
import { finished } from '../support/scriptedProject.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** What `speckit patch apply --batch` answers to lines on its stdin, and its exit code. */
async function batch(input: string): Promise<{ readonly answers: readonly unknown[]; readonly exit: number | null }> {
  using folder = temporaryFolder();
  const child = spawn(process.execPath, [program, 'patch', 'apply', '--batch'], {
    cwd: folder.path,
    env: environmentOf({ cwd: folder.path, home: folder.path }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(input);
  const { stdout, exit } = await finished(child);
  const answers = stdout.split('\n').filter((line) => line !== '');
  return { answers: answers.map((line): unknown => JSON.parse(line)), exit };
}

describe('speckit patch apply --batch', () => {
  it('answers every request in its line, and goes on behind a line that is none', async () => {
    const patch = '*** Begin Patch\n*** Update File: a.txt\n@@\n one\n-two\n+2\n*** End Patch\n';
    const changed = patch
      .replace(' one', ' the first line')
      .replace('-two', '-the second line')
      .replace('+2\n', '+2\n the third line\n');
    const lines = [
      JSON.stringify({ id: 1, files: { 'a.txt': 'one\ntwo\n', 'b.txt': 'b\u2028' }, patch }),
      'no JSON',
      '',
      JSON.stringify({
        id: 'x',
        files: { 'a.txt': 'the first line\nthe other line\nthe third line\n' },
        patch: changed,
        format: 'envelope',
      }),
    ];
    const { answers, exit } = await batch(lines.join('\n'));
    const [applied, bad, refused] = answers as { error?: { kind: string; message: string } }[];
    assert.equal(exit, 0);
    assert.equal(answers.length, 3);
    assert.deepEqual(applied, {
      id: 1,
      ok: true,
      files: { 'a.txt': 'one\n2\n', 'b.txt': 'b\u2028' },
      matches: [{ path: 'a.txt', hunk: 1, at: 1, match: 'exact', outcome: 'applied' }],
    });
    assert.deepEqual(bad?.error?.kind, 'badRequest');
    assert.deepEqual(refused?.error?.kind, 'changed');
    assert.match(refused?.error?.message ?? '', /takes a line away that a\.txt no longer has at its line 2/);
  });
});
