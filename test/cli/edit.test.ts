import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { approvalBench, type ApprovalBench } from '../support/approvalBench.ts';
import { eventsOf, RUN } from '../support/killedRun.ts';
import { appOf } from '../support/projectApp.ts';
import { AFTER, FILLER, NEW_CODE, NEW_GREET, reviewedChange } from '../support/reviewedChange.ts';

/** What a person makes of the proposed code: no last line end, a carriage return and a letter of several bytes, which all must survive. */
const MINE = `${NEW_GREET}${FILLER}// für Ada\r\nexport const tone = 'mine';`;
const BROKEN = NEW_CODE.replace('Hello, stranger!', 'Hello, nobody!');
const FILE = 'src/greet.js';

describe('an edited proposal', () => {
  let bench: ApprovalBench;
  let original: Readonly<Record<string, string>>;
  const edit = async (file: string, text: string) => {
    const from = bench.project.folder.join('mine.txt');
    writeFileSync(from, text);
    return bench.speckit(0, 'edit', RUN, '--file', file, '--from', from);
  };

  before(async () => {
    bench = await approvalBench(reviewedChange());
    original = await bench.files();
  });
  beforeEach(() => bench.reset());
  after(() => bench[Symbol.asyncDispose]());

  it('is applied byte for byte, after the checks have passed on exactly its bytes', async () => {
    await edit(FILE, MINE);
    assert.deepEqual(await bench.files(), original, 'an edit touches no file of the user');
    const nBefore = (await eventsOf(bench.project)).length;
    await bench.speckit(0, 'approve', RUN);
    assert.deepEqual(await bench.files(), { ...original, ...AFTER, [FILE]: MINE });
    const measured = (await eventsOf(bench.project))
      .slice(nBefore)
      .flatMap((event) => (event.kind === 'EvidenceRecord' ? [[event.payload.check, event.payload.outcome]] : []));
    assert.deepEqual(measured, [['test', 'passed']]);
    await bench.speckit(0, 'undo', RUN);
    assert.deepEqual(await bench.files(), original);
  });

  it('shows its own hunks, and that a person wrote them', async () => {
    const app = appOf(bench.project);
    await app.edit(RUN, { file: FILE, text: MINE });
    const { review } = await app.detail(RUN);
    assert.deepEqual(
      review?.files.map(({ difference, isEdited, hunks }) => [difference.path, isEdited, hunks.length]),
      [
        ['bin/hello.sh', false, 1],
        [FILE, true, 2],
        ['test/greet.test.js', false, 1],
      ],
    );
    assert.equal(review?.files[1]?.difference.after, MINE);
    await app.edit(RUN, { file: FILE, text: NEW_CODE });
    assert.equal((await app.detail(RUN)).review?.files[1]?.isEdited, false, 'edited back is not edited');
    await bench.speckit(0, 'approve', RUN);
    assert.deepEqual(await bench.files(), { ...original, ...AFTER });
  });

  it('does not take over a decision made about other bytes, and keeps those about other hunks and files', async () => {
    await bench.speckit(11, 'approve', RUN, '--file', FILE);
    await edit(FILE, MINE);
    const said = await bench.speckit(11, '--json', 'approve', RUN, '--file', 'bin/hello.sh');
    assert.deepEqual((JSON.parse(said.stdout) as { open: unknown }).open, [
      { path: FILE, hunks: 1 },
      { path: 'test/greet.test.js', hunks: 1 },
    ]);
    await edit('test/greet.test.js', `${AFTER['test/greet.test.js']}\n`);
    await bench.speckit(11, 'approve', RUN, '--file', FILE);
    await bench.speckit(0, 'approve', RUN, '--file', 'test/greet.test.js');
    assert.equal((await bench.files())[FILE], MINE);
  });

  it('that breaks a check is refused with the reasons of the gate, and one that mends it is taken', async () => {
    await edit(FILE, BROKEN);
    const refused = await bench.speckit(2, 'approve', RUN);
    assert.match(refused.stderr, /Not applied: .*test/);
    // The person has been told: a question that no answer would change is asked of nobody.
    assert.ok(!(await eventsOf(bench.project)).some(({ kind }) => kind === 'QuestionAsk'));
    assert.deepEqual([await bench.files(), bench.approvals()], [original, []]);
    await edit(FILE, MINE);
    await bench.speckit(0, 'approve', RUN);
    assert.equal((await bench.files())[FILE], MINE);
  });

  it('that empties a new file leaves a file to decide about, and one that was rejected is not made', async () => {
    await edit('test/greet.test.js', '');
    const said = await bench.speckit(11, '--json', 'approve', RUN, '--file', FILE);
    assert.deepEqual((JSON.parse(said.stdout) as { open: unknown }).open, [
      { path: 'bin/hello.sh', hunks: 1 },
      { path: 'test/greet.test.js', hunks: 1 },
    ]);
    await bench.speckit(0, 'reject', RUN, '--file', 'test/greet.test.js', '--why', 'nothing is in it');
    await bench.speckit(0, 'approve', RUN);
    assert.deepEqual(await bench.files(), { ...original, [FILE]: NEW_CODE, 'bin/hello.sh': AFTER['bin/hello.sh'] });
  });

  it('is refused where there is nothing to edit', async () => {
    const app = appOf(bench.project);
    await assert.rejects(
      app.edit(RUN, { file: 'src/other.js', text: 'x' }),
      /It changes: bin\/hello\.sh, src\/greet\.js/,
    );
    await bench.speckit(4, 'edit', RUN, '--file', FILE);
    await bench.speckit(0, 'approve', RUN);
    await assert.rejects(app.edit(RUN, { file: FILE, text: 'x' }), /applied already/);
  });
});

describe('an approval that leaves open hunks out', () => {
  it('applies what was approved, after its checks, and nothing when nothing was', async () => {
    await using bench = await approvalBench(reviewedChange());
    const original = await bench.files();
    const nothing = await bench.speckit(4, 'approve', RUN, '--leave-out-open');
    assert.match(nothing.stderr, /Nothing is approved yet/);
    await bench.speckit(11, 'approve', RUN, '--file', 'test/greet.test.js');
    await bench.speckit(0, 'approve', RUN, '--file', FILE, '--hunk', '1', '--leave-out-open');
    assert.deepEqual(await bench.files(), {
      ...original,
      'test/greet.test.js': AFTER['test/greet.test.js'],
      [FILE]: `${NEW_GREET}${FILLER}export const tone = 'plain';\n`,
    });
    const left = (await eventsOf(bench.project)).flatMap((event) =>
      event.kind === 'ApprovalDecision' && event.payload.why === 'left out' ? [event.payload.path] : [],
    );
    assert.deepEqual(left, ['bin/hello.sh', FILE]);
  });
});
