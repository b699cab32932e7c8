import assert from 'node:assert/strict';
import path from 'node:path';
import { acquireRunLock } from '../../src/node/lock.ts';
import { approvalBench, type ApprovalBench } from '../support/approvalBench.ts';
import { RUN } from '../support/killedRun.ts';
import { openDocuments } from '../support/openDocuments.ts';
import { appOf } from '../support/projectApp.ts';
import { AFTER, NEW_CODE, OLD_CODE, reviewedChange } from '../support/reviewedChange.ts';

const FILE = 'src/greet.js';
const MINE = OLD_CODE.replace('// line 5\n', '// line 5\nexport const mine = 1;\n');
const BOTH = NEW_CODE.replace('// line 5\n', '// line 5\nexport const mine = 1;\n');

describe('with a window of the editor on the repository', () => {
  let bench: ApprovalBench;
  let original: Readonly<Record<string, string>>;
  const place = (): string => path.join(bench.project.root, FILE);
  const fail = (error: unknown): never => {
    throw error;
  };

  before(async () => {
    bench = await approvalBench(reviewedChange());
    original = await bench.files();
  });
  beforeEach(() => bench.reset());
  after(() => bench[Symbol.asyncDispose]());

  it('`approve` records, and the window applies what is approved', async () => {
    const app = appOf(bench.project, { unsaved: openDocuments(), person: 'Window' });
    await using _serving = await app.serveApprovals(fail);
    await bench.speckit(11, 'approve', RUN, '--file', FILE);
    assert.deepEqual(await bench.files(), original);
    const said = await bench.speckit(0, 'approve', RUN);
    assert.match(said.stdout, /Applied to/);
    assert.deepEqual(await bench.files(), { ...original, ...AFTER });
    assert.deepEqual(
      bench.approvals().map(({ decision, by }) => [decision, by]),
      [['approved', 'Window']],
    );
  });

  it('what is typed and not saved is merged with, gets the change, and stays unsaved', async () => {
    const unsaved = openDocuments();
    const app = appOf(bench.project, { unsaved });
    await using _serving = await app.serveApprovals(fail);
    unsaved.type(place(), MINE);
    const offered = await bench.speckit(11, 'approve', RUN);
    assert.match(offered.stdout, /Nothing was written. You have changed src\/greet\.js/);
    assert.deepEqual([await bench.files(), unsaved.textOf(place())], [original, MINE]);
    const said = await bench.speckit(0, 'approve', RUN);
    assert.match(said.stdout, /Changed in the editor and not saved: src\/greet\.js/);
    assert.deepEqual(
      [await bench.files(), unsaved.textOf(place()), unsaved.isUnsaved(place())],
      [{ ...original, ...AFTER, [FILE]: OLD_CODE }, BOTH, true],
    );
    await app.undo(RUN);
    assert.deepEqual([await bench.files(), unsaved.textOf(place())], [original, MINE]);
  });

  it('an undo finds the text also when the person has saved it since, and leaves one that was typed in since', async () => {
    const unsaved = openDocuments();
    const app = appOf(bench.project, { unsaved });
    unsaved.type(place(), MINE);
    assert.equal((await app.approve(RUN, {})).kind, 'merged');
    assert.equal((await app.approve(RUN, {})).kind, 'applied');
    unsaved.type(place(), `${BOTH}// more\n`);
    await assert.rejects(app.undo(RUN), /src\/greet\.js/);
    assert.equal(unsaved.textOf(place()), `${BOTH}// more\n`);
    unsaved.type(place(), BOTH);
    unsaved.save(place());
    await app.undo(RUN);
    assert.deepEqual(await bench.files(), { ...original, [FILE]: MINE });
  });

  it('that does not hear, the command line applies after all', async () => {
    const deaf = await acquireRunLock(path.join(bench.project.root, '.git/speckit/window'));
    assert.ok(deaf.kind === 'ok');
    await using _deaf = deaf.value;
    await bench.speckit(0, 'approve', RUN);
    assert.deepEqual(await bench.files(), { ...original, ...AFTER });
  });

  it('a refusal of the window is the answer', async () => {
    const unsaved = openDocuments();
    await using _serving = await appOf(bench.project, { unsaved }).serveApprovals(fail);
    unsaved.type(place(), OLD_CODE.replace("'plain'", "'mine'"));
    const refused = await bench.speckit(12, 'approve', RUN);
    assert.match(refused.stderr, /src\/greet\.js: 1 conflict in your text: line 16/);
    assert.deepEqual(await bench.files(), original);
  });
});
