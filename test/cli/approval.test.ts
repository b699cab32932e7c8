import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { approvalBench, type ApprovalBench } from '../support/approvalBench.ts';
import { RUN } from '../support/killedRun.ts';
import { appOf } from '../support/projectApp.ts';
import { AFTER, FILLER, NAMES, NEW_CODE, NEW_GREET, reviewedChange } from '../support/reviewedChange.ts';

describe('approval', () => {
  let bench: ApprovalBench;
  let original: Readonly<Record<string, string>>;
  const whole = (): Readonly<Record<string, string>> => ({ ...original, ...AFTER });

  before(async () => {
    bench = await approvalBench(reviewedChange());
    original = await bench.files();
  });
  beforeEach(() => bench.reset());
  after(() => bench[Symbol.asyncDispose]());

  it('of the whole writes exactly the change, unstaged, keeps the executable bit, and is one line of record', async () => {
    const said = await bench.speckit(0, '--json', 'approve', RUN);
    assert.deepEqual(await bench.files(), whole());
    assert.equal(await bench.git('diff', '--cached', '--name-only'), '', 'nothing is staged');
    const [line, ...more] = bench.approvals();
    assert.deepEqual([line?.['decision'], line?.['run'], line?.['by'], more], ['approved', RUN, 'Ada', []]);
    const { commitMessageFile } = JSON.parse(said.stdout) as { commitMessageFile: string };
    await bench.git('add', '-A');
    await bench.git('commit', '--quiet', '-F', commitMessageFile);
    assert.equal(await bench.git('log', '-1', '--format=%s'), 'Greeting\n');
    assert.match(await bench.git('log', '-1', '--format=%b'), /^Run: run-1$/m);
  });

  it('is refused a second time and changes nothing then', async () => {
    await bench.speckit(0, 'approve', RUN);
    const again = await bench.speckit(4, 'approve', RUN);
    assert.match(again.stderr, /applied already/);
    assert.deepEqual([await bench.files(), bench.approvals().length], [whole(), 1]);
  });

  it('file by file waits for the last one', async () => {
    for (const file of ['bin/hello.sh', 'test/greet.test.js']) await bench.speckit(11, 'approve', RUN, '--file', file);
    assert.deepEqual(await bench.files(), original, 'nothing is written while something is open');
    await bench.speckit(0, 'approve', RUN, '--file', 'src/greet.js');
    assert.deepEqual([await bench.files(), bench.approvals().length], [whole(), 1]);
  });

  it('hunk by hunk leaves the rejected hunk out, after the checks have passed on exactly that part', async () => {
    await bench.speckit(0, 'reject', RUN, '--file', 'src/greet.js', '--hunk', '2', '--why', 'no new tone');
    await bench.speckit(11, 'approve', RUN, '--file', 'src/greet.js', '--hunk', '1');
    await bench.speckit(0, 'approve', RUN);
    const expected = { ...whole(), 'src/greet.js': `${NEW_GREET}${FILLER}export const tone = 'plain';\n` };
    assert.deepEqual(await bench.files(), expected);
    const shown = await bench.speckit(0, 'show', RUN);
    assert.match(shown.stdout, /check test passed .*\n(.*\n)*.*applied by Ada/);
  });

  it('of a part on which the checks fail is refused and writes nothing', async () => {
    await bench.speckit(0, 'reject', RUN, '--file', 'src/greet.js', '--why', 'not this');
    const refused = await bench.speckit(2, 'approve', RUN);
    assert.match(refused.stderr, /Not applied: .*test/);
    assert.deepEqual([await bench.files(), bench.approvals()], [original, []]);
    await bench.speckit(0, 'approve', RUN, '--file', 'src/greet.js');
    assert.deepEqual(await bench.files(), whole(), 'a changed mind is heard');
  });

  it('of a file or hunk that is not there names what is', async () => {
    const file = await bench.speckit(4, 'approve', RUN, '--file', 'src/other.js');
    assert.match(file.stderr, /bin\/hello\.sh, src\/greet\.js, test\/greet\.test\.js/);
    const hunk = await bench.speckit(4, 'approve', RUN, '--file', 'src/greet.js', '--hunk', '3');
    assert.match(hunk.stderr, /2 hunks/);
  });

  it('of a proposal that was looked at before the newest one decides nothing', async () => {
    const app = appOf(bench.project);
    const older = /about proposal 2, and the run has made proposal 1 since.*nothing was decided/;
    await assert.rejects(app.approve(RUN, { round: 2 }), older);
    await assert.rejects(app.reject(RUN, { round: 2 }, 'not this'), older);
    const { review } = await app.detail(RUN);
    assert.deepEqual(
      [await bench.files(), review?.state, review?.files.flatMap(({ hunks }) => hunks.map(({ decision }) => decision))],
      [original, 'waiting', ['open', 'open', 'open', 'open']],
    );
    await bench.speckit(11, 'approve', RUN, '--file', 'bin/hello.sh');
  });

  it('of nothing but rejected files is refused', async () => {
    for (const file of NAMES) await bench.speckit(0, 'reject', RUN, '--file', file, '--why', 'no');
    await bench.speckit(4, 'approve', RUN);
    assert.deepEqual(await bench.files(), original);
  });

  /** What stands in the way, and how it is taken out of it. */
  const obstacles: readonly (readonly [string, (root: string) => void, string, readonly string[] | undefined])[] = [
    ['an edited file', (root) => writeFileSync(`${root}/src/greet.js`, 'mine\n'), 'src/greet.js', ['stash']],
    ['a deleted file', (root) => rmSync(`${root}/src/greet.js`), 'src/greet.js', ['checkout', 'src/greet.js']],
    [
      'a folder in the place of a file',
      (root) => {
        rmSync(`${root}/src/greet.js`);
        mkdirSync(`${root}/src/greet.js`);
        writeFileSync(`${root}/src/greet.js/inner`, 'mine\n');
      },
      'src/greet.js',
      undefined,
    ],
    [
      'an untracked file in the way',
      (root) => writeFileSync(`${root}/test/greet.test.js`, 'mine\n'),
      'test/greet.test.js',
      ['stash', '-u', '--', 'test/greet.test.js'],
    ],
  ];
  for (const [name, put, file, clear] of obstacles) {
    it(`writes nothing over ${name} and says which`, async () => {
      put(bench.project.root);
      const dirty = await bench.files();
      const refused = await bench.speckit(12, 'approve', RUN);
      assert.ok(refused.stderr.includes(file), refused.stderr);
      assert.deepEqual([await bench.files(), bench.approvals()], [dirty, []]);
      if (clear === undefined) return;
      await bench.git(...clear);
      await bench.speckit(0, 'approve', RUN);
      assert.deepEqual(await bench.files(), whole());
    });
  }

  it('works after HEAD has moved on without touching its files', async () => {
    writeFileSync(`${bench.project.root}/notes.txt`, 'other work\n');
    await bench.git('add', 'notes.txt');
    await bench.git('commit', '--quiet', '-m', 'other work');
    await bench.speckit(0, 'approve', RUN);
    assert.deepEqual(await bench.files(), { ...whole(), 'notes.txt': 'other work\n' });
  });

  it('can be undone and given again, each time with its own line of record', async () => {
    await bench.speckit(0, 'approve', RUN);
    await bench.speckit(0, 'undo', RUN);
    assert.deepEqual(await bench.files(), original);
    const status = JSON.parse((await bench.speckit(0, '--json', 'status')).stdout) as { runs: { outcome: string }[] };
    assert.equal(status.runs[0]?.outcome, 'proposed', 'what was undone waits again');
    await bench.speckit(4, 'undo', RUN);
    await bench.speckit(0, 'approve', RUN);
    assert.deepEqual(await bench.files(), whole());
    assert.deepEqual(
      bench.approvals().map(({ decision }) => decision),
      ['approved', 'undone', 'approved'],
    );
  });

  it('is not undone over an edit made since', async () => {
    await bench.speckit(0, 'approve', RUN);
    writeFileSync(`${bench.project.root}/src/greet.js`, 'edited since\n');
    const edited = await bench.files();
    const refused = await bench.speckit(12, 'undo', RUN);
    assert.match(refused.stderr, /src\/greet\.js/);
    assert.deepEqual(await bench.files(), edited);
  });

  it('writes CRLF where git gives the user CRLF', async () => {
    const { root } = bench.project;
    await bench.git('config', 'core.autocrlf', 'true');
    for (const file of ['src/greet.js', 'bin/hello.sh']) rmSync(`${root}/${file}`);
    await bench.git('checkout', '--', '.');
    assert.match(readFileSync(`${root}/src/greet.js`, 'utf8'), /\r\n/, 'the test stands on CRLF');
    await bench.speckit(0, 'approve', RUN);
    assert.equal(readFileSync(`${root}/src/greet.js`, 'utf8'), NEW_CODE.replaceAll('\n', '\r\n'));
    await bench.speckit(0, 'undo', RUN);
    assert.equal(await bench.git('status', '--porcelain', '--', '.', ':!specs'), '');
  });

  it('keeps the mode a person gave a file', async () => {
    chmodSync(`${bench.project.root}/src/greet.js`, 0o600);
    await bench.speckit(0, 'approve', RUN);
    assert.equal(statSync(`${bench.project.root}/src/greet.js`).mode & 0o777, 0o600);
  });
});
