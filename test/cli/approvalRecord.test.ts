import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { sha256 } from '../../src/base/hash.ts';
import { approvalBench, type ApprovalBench } from '../support/approvalBench.ts';
import { eventsOf, RUN } from '../support/killedRun.ts';
import { appOf } from '../support/projectApp.ts';
import { NAMES, reviewedChange } from '../support/reviewedChange.ts';
import { FILES, GOOD, GOOD_CODE, GOOD_TEST, replaceFile, scriptedProject, tool } from '../support/scriptedProject.ts';

const RECORD = 'specs/SPEC-001-greeting/approvals.jsonl';

describe('the record of an approval', () => {
  let bench: ApprovalBench;
  const app = () => appOf(bench.project);

  before(async () => {
    bench = await approvalBench(reviewedChange());
    await bench.git('config', 'user.name', 'Ada Lovelace');
    await bench.git('config', 'user.email', 'ada@example.org');
  });
  after(() => bench[Symbol.asyncDispose]());

  it('names the person by git and by the system, the time, and the exact bytes of every file', async () => {
    const startedAt = Date.now();
    await bench.speckit(0, 'approve', RUN);
    const files = await bench.files();
    const identity = { git: 'Ada Lovelace <ada@example.org>', account: os.userInfo().username };
    const [line, ...more] = bench.approvals();
    const { at, bytes, ...rest } = line ?? {};
    assert.deepEqual(
      [rest, more],
      [
        {
          decision: 'approved',
          run: RUN,
          application: 'apply-1-1',
          by: 'Ada',
          identity,
          files: NAMES.toSorted().map((name) => ({
            path: name,
            sha256: sha256((files[name] ?? '').replace(/^\*/, '')),
          })),
        },
        [],
      ],
    );
    assert.match(String(bytes), /^[0-9a-f]{64}$/);
    assert.ok(Date.parse(String(at)) >= startedAt);
    const decisions = (await eventsOf(bench.project)).flatMap((event) =>
      event.kind === 'ApprovalDecision' ? [[event.payload.by, event.payload.identity]] : [],
    );
    assert.deepEqual(
      decisions,
      Array.from({ length: 4 }, () => ['Ada', identity]),
    );
  });

  it('is an export of the log: what is written into it by hand decides nothing and does not stay', async () => {
    const [line] = bench.approvals();
    const forged = { ...line, by: 'Eve', application: 'apply-1-2' };
    const other = { ...line, run: 'another-run' };
    const write = (lines: readonly object[]): void =>
      writeFileSync(path.join(bench.project.root, RECORD), lines.map((one) => `${JSON.stringify(one)}\n`).join(''));
    write([other, forged]);
    await assert.rejects(app().approve(RUN, {}), /applied already/);
    assert.deepEqual(bench.approvals(), [other, line], 'lines of other runs are not ours to judge');
    await app().undo(RUN);
    assert.deepEqual(
      bench.approvals().map(({ decision, run }) => [decision, run]),
      [
        ['approved', 'another-run'],
        ['approved', RUN],
        ['undone', RUN],
      ],
    );
    write([]);
    await assert.rejects(app().undo(RUN), /nothing to undo/);
    assert.deepEqual(
      bench.approvals().map(({ decision }) => decision),
      ['approved', 'undone'],
    );
  });
});

describe('an approval by task', () => {
  it('decides about all that the task changed, and refuses what two tasks changed together', async () => {
    const task = (id: string, files: readonly string[], dependsOn: readonly string[]) => ({
      ...(JSON.parse(GOOD.tasks[0]?.text ?? '{}') as { tasks: readonly object[] }).tasks[0],
      id,
      files,
      depends_on: dependsOn,
    });
    const tasks = {
      tasks: [
        task('T1', ['src/greet.js', 'test/greet.test.js'], []),
        task('T2', ['src/greet.js', 'test/greet.test.js'], ['T1']),
      ],
      confidence: 0.9,
      open_questions: [],
    };
    const second = `${GOOD_CODE}\nexport const tone = 'warm';\n`;
    await using bench = await approvalBench({
      answers: {
        tasks: [{ text: JSON.stringify(tasks) }],
        implement: [
          tool('apply_patch', { patch: replaceFile('src/greet.js', FILES['src/greet.js'] as string, GOOD_CODE) }),
          tool('apply_patch', { patch: replaceFile('test/greet.test.js', undefined, GOOD_TEST) }),
          { text: 'done' },
          tool('apply_patch', { patch: replaceFile('src/greet.js', GOOD_CODE, second) }),
          { text: 'done' },
        ],
      },
    });
    const shared = await bench.speckit(4, 'approve', RUN, '--task', 'T2');
    assert.match(shared.stderr, /src\/greet\.js was changed by T1 as well as by T2, so nothing was decided/);
    const unknown = await bench.speckit(4, 'approve', RUN, '--task', 'T9');
    assert.match(unknown.stderr, /No file of the proposal was changed by T9. Its tasks: T1, T2/);
    await bench.speckit(11, 'approve', RUN, '--file', 'src/greet.js');
    assert.equal((await appOf(bench.project).detail(RUN)).review?.files[0]?.hunks[0]?.decision, 'approved');
  });

  it('applies the change when the one task is all of it', async () => {
    await using bench = await approvalBench();
    await bench.speckit(0, 'approve', RUN, '--task', 'T1');
    assert.equal((await bench.files())['src/greet.js'], GOOD_CODE);
  });
});

describe('what only people write', () => {
  const CONSTITUTION = '# Constitution\n\n- **C-1**: Greetings MUST be kind.\n';
  const reserved = [RECORD, 'speckit.toml', 'memory/constitution.md'];
  /** A test of the project that writes where it should not, and passes. */
  const evil = (files: readonly string[]): string =>
    `import { mkdirSync, writeFileSync } from 'node:fs';\nimport path from 'node:path';\nimport { test } from 'node:test';\n\ntest('writes', () => {\n  for (const file of ${JSON.stringify(files)}) {\n    mkdirSync(path.dirname(file), { recursive: true });\n    writeFileSync(file, 'forged');\n  }\n});\n`;

  it('no patch writes, even where the plan names it, and what a check writes there does not reach the user', async () => {
    const plan = JSON.parse(GOOD.plan[0]?.text ?? '{}') as { files: readonly object[]; steps: readonly object[] };
    const named = reserved.map((file) => ({ path: file, action: 'modify', why: 'to be sure' }));
    const [work] = (JSON.parse(GOOD.tasks[0]?.text ?? '{}') as { tasks: readonly { files: readonly string[] }[] })
      .tasks;
    await using bench = await approvalBench({
      files: { 'memory/constitution.md': CONSTITUTION, 'test/evil.test.js': evil([RECORD]) },
      answers: {
        plan: [{ text: JSON.stringify({ ...plan, files: [...plan.files, ...named] }) }],
        tasks: [
          {
            text: JSON.stringify({
              tasks: [{ ...work, files: [...(work?.files ?? []), ...reserved] }],
              confidence: 0.9,
              open_questions: [],
            }),
          },
        ],
        implement: [
          ...reserved.map((file) =>
            tool('apply_patch', { patch: `*** Begin Patch\n*** Add File: ${file}\n+forged\n*** End Patch\n` }),
          ),
          ...GOOD.implement,
        ],
      },
    });
    const refused = (await eventsOf(bench.project)).flatMap((event) =>
      event.kind === 'PatchApply' && event.payload.outcome === 'refused' ? [event.payload.text] : [],
    );
    assert.deepEqual(
      refused.map((text) => /Only a person changes/.test(text)),
      [true, true, true],
    );
    const toml = bench.read('speckit.toml');
    await bench.speckit(0, 'approve', RUN);
    assert.deepEqual(
      [bench.read('speckit.toml'), bench.read('memory/constitution.md'), bench.approvals().length],
      [toml, CONSTITUTION, 1],
    );
  });

  it('makes a check that rewrites it count for nothing', async () => {
    await using project = await scriptedProject({
      files: { 'test/evil.test.js': evil(['speckit.toml']) },
      more: '\n[gates]\nattempts_per_worker = 1\n',
    });
    const ended = await project.speckit('auto', 'SPEC-001', '--run-id', RUN);
    assert.equal(ended.exit, 2, ended.stderr);
    const kinds = (await eventsOf(project)).map(({ kind }) => kind);
    assert.equal(kinds.includes('ProposalCreate'), false);
  });
});
