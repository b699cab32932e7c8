import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { environmentOf, program } from '../support/commandLine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const QUESTIONS = 3_000;
/** A request a line, each answered with a line: together more than a pipe holds. */
const questions = Array.from({ length: QUESTIONS }, (_, at) => `${JSON.stringify({ id: at, files: {}, patch: '' })}\n`);

/** Runs a line of bash in which `$0` is Node and `$1` the command line, with the questions in the file `questions`. */
function bash(line: string): {
  readonly status: number | null;
  readonly stderr: string;
  readonly lines: readonly string[];
} {
  using folder = temporaryFolder();
  writeFileSync(path.join(folder.path, 'questions'), questions.join(''));
  const { status, stdout, stderr } = spawnSync('bash', ['-c', line, process.execPath, program], {
    cwd: folder.path,
    env: environmentOf({ cwd: folder.path, home: folder.path }),
    encoding: 'utf8',
    maxBuffer: 10_000_000,
    timeout: 60_000,
  });
  return { status, stderr, lines: stdout.trimEnd().split('\n') };
}

describe('what is printed', () => {
  it('ends quietly where its reader stops reading', () => {
    const { lines, ...told } = bash('"$0" "$1" patch apply --batch < questions | head -n 1; exit ${PIPESTATUS[0]}');
    assert.deepEqual([lines.length, told], [1, { status: 0, stderr: '' }]);
  });

  it('comes whole and in order where its reader is slow and somebody else has made the pipe one that does not wait', () => {
    // Node sets O_NONBLOCK for a pipe that is its stdout, and with it for everybody who writes there.
    const holder = `process.stdout.write(''); fs.writeFileSync('held', ''); setTimeout(() => {}, 60_000)`;
    const { lines, ...told } = bash(
      `{ "$0" -e "${holder}" & until [ -e held ]; do sleep 0.05; done; "$0" "$1" patch apply --batch < questions; code=$?; kill $!; exit $code; } | { sleep 1; cat; }; exit \${PIPESTATUS[0]}`,
    );
    assert.deepEqual(told, { status: 0, stderr: '' });
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { readonly id: number }).id),
      questions.map((_, at) => at),
    );
  });
});
