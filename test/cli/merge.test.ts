import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { approvalBench, type ApprovalBench } from '../support/approvalBench.ts';
import { eventsOf, RUN } from '../support/killedRun.ts';
import { AFTER, NEW_CODE, NEW_GREET, OLD_CODE, reviewedChange } from '../support/reviewedChange.ts';

const FILE = 'src/greet.js';
/** The person went on at the other end of the file. */
const MINE = OLD_CODE.replace('// line 5\n', '// line 5\nexport const mine = 1;\n');
const BOTH = NEW_CODE.replace('// line 5\n', '// line 5\nexport const mine = 1;\n');
/** The person changed the very line that the proposal changes. */
const AGAINST = OLD_CODE.replace("tone = 'plain'", "tone = 'mine'");

describe('a proposal for files that a person has changed since', () => {
  let bench: ApprovalBench;
  let original: Readonly<Record<string, string>>;
  const write = (file: string, text: string): void => writeFileSync(path.join(bench.project.root, file), text);
  const checks = async (from: number): Promise<readonly string[]> =>
    (await eventsOf(bench.project))
      .slice(from)
      .flatMap((event) => (event.kind === 'EvidenceRecord' ? [event.payload.outcome] : []));

  before(async () => {
    bench = await approvalBench(reviewedChange());
    original = await bench.files();
  });
  beforeEach(() => bench.reset());
  after(() => bench[Symbol.asyncDispose]());

  it('is merged, checked on exactly the result, and offered: nothing is written before that is approved', async () => {
    write(FILE, MINE);
    const nBefore = (await eventsOf(bench.project)).length;
    const offered = await bench.speckit(11, 'approve', RUN);
    assert.match(
      offered.stdout,
      /Nothing was written. You have changed src\/greet\.js .* test passed on exactly this tree/,
    );
    assert.deepEqual([await bench.files(), bench.approvals()], [{ ...original, [FILE]: MINE }, []]);
    assert.deepEqual(await checks(nBefore), ['passed']);
    const shown = await bench.speckit(0, 'show', RUN);
    assert.match(
      shown.stdout,
      /Checked   test passed on exactly this tree \(your own changes of src\/greet\.js were merged in\)/,
    );
    const status = await bench.speckit(0, 'status');
    assert.match(status.stdout, /review 3 files; 1 approval no longer counts: src\/greet\.js changed since/);

    await bench.speckit(0, 'approve', RUN);
    assert.deepEqual(await bench.files(), { ...original, ...AFTER, [FILE]: BOTH });
    assert.deepEqual(await checks(nBefore), ['passed'], 'what was measured once is not measured again');
    await bench.speckit(0, 'undo', RUN);
    assert.deepEqual(await bench.files(), { ...original, [FILE]: MINE });
  });

  it('is merged again when the person goes on after that', async () => {
    write(FILE, MINE);
    await bench.speckit(11, 'approve', RUN);
    write(FILE, `// first\n${MINE}`);
    const again = await bench.speckit(11, 'approve', RUN);
    assert.match(again.stdout, /Nothing was written/);
    await bench.speckit(0, 'approve', RUN);
    assert.equal((await bench.files())[FILE], `// first\n${BOTH}`);
  });

  it('that does not go together with theirs is told by file and line, and a resolved text is applied', async () => {
    write(FILE, AGAINST);
    const refused = await bench.speckit(12, 'approve', RUN);
    assert.match(refused.stderr, /src\/greet\.js: 1 conflict in your text: line 16/);
    assert.deepEqual([await bench.files(), bench.approvals()], [{ ...original, [FILE]: AGAINST }, []]);
    const draft = /--from "([^"]+)"/.exec(refused.stderr)?.[1] ?? '';
    const text = readFileSync(draft, 'utf8');
    assert.match(text, /<<<<<<< yours\n.*'mine';\n\|{7} before\n.*'plain';\n=======\n.*'warm';\n>>>>>>> proposed/);
    const unresolved = await bench.speckit(4, 'edit', RUN, '--file', FILE, '--merged', '--from', draft);
    assert.match(unresolved.stderr, /still holds marks/);
    const resolved = text.replace(/<<<<<<< yours[^]*>>>>>>> proposed\n/, "export const tone = 'mine and warm';\n");
    writeFileSync(draft, resolved);
    await bench.speckit(0, 'edit', RUN, '--file', FILE, '--merged', '--from', draft);
    assert.deepEqual(await bench.files(), { ...original, [FILE]: AGAINST });
    await bench.speckit(0, 'approve', RUN);
    assert.equal((await bench.files())[FILE], NEW_CODE.replace("'warm'", "'mine and warm'"));
  });

  it('does not take a resolved text for a file that has changed again', async () => {
    write(FILE, AGAINST);
    const refused = await bench.speckit(12, 'approve', RUN);
    const draft = /--from "([^"]+)"/.exec(refused.stderr)?.[1] ?? '';
    write(FILE, AGAINST.replace("'mine'", "'newer'"));
    writeFileSync(draft, NEW_CODE);
    await bench.speckit(12, 'edit', RUN, '--file', FILE, '--merged', '--from', draft);
    await bench.speckit(12, 'approve', RUN);
    assert.equal((await bench.files())[FILE], AGAINST.replace("'mine'", "'newer'"));
  });

  it('keeps CR LF and a byte order mark of theirs', async () => {
    const crlf = `\ufeff${MINE.replaceAll('\n', '\r\n')}`;
    write(FILE, crlf);
    await bench.speckit(11, 'approve', RUN);
    await bench.speckit(0, 'approve', RUN);
    assert.equal((await bench.files())[FILE], `\ufeff${BOTH.replaceAll('\n', '\r\n')}`);
    await bench.speckit(0, 'undo', RUN);
    assert.equal((await bench.files())[FILE], crlf);
  });

  it('on which the checks fail is refused until a person says why it is applied all the same, which is recorded', async () => {
    write(FILE, MINE.replace('mine = 1', 'mine = nowhere'));
    const offered = await bench.speckit(11, 'approve', RUN);
    assert.match(offered.stdout, /The result: not checked on this tree: test failed/);
    const refused = await bench.speckit(2, 'approve', RUN);
    assert.match(refused.stderr, /Not applied: .*test.*not checked on this tree/);
    assert.deepEqual(bench.approvals(), []);
    await bench.speckit(4, 'approve', RUN, '--unchecked', ' ');
    await bench.speckit(0, 'approve', RUN, '--unchecked', 'nowhere comes tomorrow');
    assert.equal((await bench.files())[FILE], BOTH.replace('mine = 1', 'mine = nowhere'));
    assert.deepEqual(
      bench.approvals().map(({ decision, unchecked }) => [decision, unchecked]),
      [['approved', 'nowhere comes tomorrow']],
    );
    assert.match((await bench.speckit(0, 'show', RUN)).stdout, /not checked on this tree: nowhere comes tomorrow/);
  });

  it('says nothing of checks that passed on the proposal as it was', async () => {
    await bench.speckit(0, 'approve', RUN, '--unchecked', 'in a hurry');
    assert.equal(bench.approvals()[0]?.['unchecked'], undefined, 'it was checked, whatever was said');
  });

  it('finds what somebody has done already done', async () => {
    write(FILE, NEW_CODE);
    await bench.speckit(11, 'approve', RUN);
    await bench.speckit(0, 'approve', RUN);
    assert.deepEqual(await bench.files(), { ...original, ...AFTER });
    await bench.speckit(0, 'undo', RUN);
    assert.deepEqual(await bench.files(), { ...original, [FILE]: NEW_CODE });
  });

  it('keeps what was left out left out', async () => {
    await bench.speckit(0, 'reject', RUN, '--file', FILE, '--hunk', '2', '--why', 'no new tone');
    write(FILE, MINE);
    await bench.speckit(11, 'approve', RUN);
    await bench.speckit(0, 'approve', RUN);
    assert.equal((await bench.files())[FILE], MINE.replace(/^[^]*?\}\n/, NEW_GREET));
  });

  it('waits where a file is gone, and is applied once that is left out', async () => {
    rmSync(path.join(bench.project.root, 'bin/hello.sh'));
    const refused = await bench.speckit(12, 'approve', RUN);
    assert.match(refused.stderr, /bin\/hello\.sh: it is gone, and the proposal changes it/);
    await bench.speckit(0, 'reject', RUN, '--file', 'bin/hello.sh', '--why', 'gone');
    await bench.speckit(0, 'approve', RUN);
    const { 'bin/hello.sh': _gone, ...rest } = { ...original, ...AFTER };
    assert.deepEqual(await bench.files(), { ...rest, 'bin/': '' });
  });
});
