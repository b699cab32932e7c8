import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { approvalBench, type ApprovalBench } from '../support/approvalBench.ts';
import { RUN, runAndKill, runFolderOf, seededNumbers } from '../support/killedRun.ts';
import { AFTER, OLD_CODE, NEW_CODE, reviewedChange } from '../support/reviewedChange.ts';

describe('a process killed while it writes to the user', () => {
  let bench: ApprovalBench;
  let original: Readonly<Record<string, string>>;
  const whole = (): Readonly<Record<string, string>> => ({ ...original, ...AFTER });
  const decisions = (): readonly unknown[] => bench.approvals().map(({ decision }) => decision);

  before(async () => {
    bench = await approvalBench(reviewedChange());
    original = await bench.files();
  });
  beforeEach(() => bench.reset());
  after(() => bench[Symbol.asyncDispose]());

  /** What a kill leaves: the log without its last two events, the journal as it stood, one file on the other side. */
  function interrupt(state: 'applying' | 'applied' | 'undoing', code: string): void {
    const log = path.join(runFolderOf(bench.project), 'events.jsonl');
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    writeFileSync(log, `${lines.slice(0, -2).join('\n')}\n`);
    const journal = path.join(runFolderOf(bench.project), 'apply-1-1', 'journal.json');
    writeFileSync(journal, readFileSync(journal, 'utf8').replace(/"state": "\w+"/, `"state": "${state}"`));
    writeFileSync(path.join(bench.project.root, 'src/greet.js'), code);
  }

  const approvals = 'specs/SPEC-001-greeting/approvals.jsonl';
  for (const [verb, exit, left] of [
    ['approve', 0, 'all'],
    ['undo', 0, 'none'],
    ['reject', 0, 'none'],
  ] as const) {
    it(`in the middle of an approval leaves ${left} of it after \`${verb}\``, async () => {
      await bench.speckit(0, 'approve', RUN);
      interrupt('applying', OLD_CODE);
      rmSync(path.join(bench.project.root, approvals));
      const why = verb === 'reject' ? ['--file', 'bin/hello.sh', '--why', 'no'] : [];
      await bench.speckit(exit, verb, RUN, ...why);
      assert.deepEqual(await bench.files(), left === 'all' ? whole() : original);
    });
  }

  it('after an approval was written and before it was recorded has it recorded once by the next', async () => {
    await bench.speckit(0, 'approve', RUN);
    interrupt('applied', NEW_CODE);
    await bench.speckit(0, 'approve', RUN);
    assert.deepEqual([await bench.files(), decisions()], [whole(), ['approved']]);
    await bench.speckit(0, 'undo', RUN);
    assert.deepEqual([await bench.files(), decisions()], [original, ['approved', 'undone']]);
  });

  it('after an approval was written does not have another choice taken for it', async () => {
    await bench.speckit(0, 'approve', RUN);
    interrupt('applied', NEW_CODE);
    await bench.speckit(0, 'reject', RUN, '--file', 'bin/hello.sh', '--why', 'no');
    assert.deepEqual(await bench.files(), original);
    await bench.speckit(0, 'approve', RUN);
    assert.deepEqual(await bench.files(), { ...whole(), 'bin/hello.sh': original['bin/hello.sh'] });
  });

  it('in the middle of an undo has it finished and recorded by the next', async () => {
    await bench.speckit(0, 'approve', RUN);
    await bench.speckit(0, 'undo', RUN);
    interrupt('undoing', NEW_CODE);
    await bench.speckit(0, 'undo', RUN);
    assert.deepEqual([await bench.files(), decisions()], [original, ['approved', 'undone']]);
    await bench.speckit(0, 'approve', RUN);
    assert.deepEqual([await bench.files(), decisions()], [whole(), ['approved', 'undone', 'approved']]);
  });

  it('at ten random moments of `approve` leaves all of it after the next', async function () {
    this.timeout(60_000);
    const random = seededNumbers(20_261_121);
    // Four decisions, three signals and the gate's verdict come before the first write.
    for (let round = 0; round < 10; round += 1) {
      bench.reset();
      const moment = { kind: 'event' as const, number: round < 3 ? 1 + round : 8, laterMs: random() * 40 };
      await runAndKill(bench.project, ['--events', 'approve', RUN], moment);
      await bench.project.speckit('approve', RUN);
      assert.deepEqual([await bench.files(), decisions()], [whole(), ['approved']], JSON.stringify(moment));
    }
  });

  it('at four random moments of `undo` leaves none of it after the next', async function () {
    this.timeout(60_000);
    const random = seededNumbers(20_261_122);
    for (let round = 0; round < 4; round += 1) {
      bench.reset();
      await bench.speckit(0, 'approve', RUN);
      const moment = { kind: 'time' as const, milliseconds: 200 + random() * 250 };
      await runAndKill(bench.project, ['undo', RUN], moment);
      await bench.project.speckit('undo', RUN);
      assert.deepEqual([await bench.files(), decisions()], [original, ['approved', 'undone']], JSON.stringify(moment));
    }
  });
});
