import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { commitAll, userGit } from '../support/gitRepository.ts';
import { openDocuments } from '../support/openDocuments.ts';
import { answer, auto, OLD_CODE, payloads, ran, requestText, resume } from '../support/pipelineScript.ts';
import { appOf } from '../support/projectApp.ts';
import { FILLER } from '../support/reviewedChange.ts';
import { FILES, GOOD_CODE, scriptedProject, type ScriptedProject } from '../support/scriptedProject.ts';

const MINE = `// Mine, not committed.\n${OLD_CODE}`;
const ASKS = { exit: 10, outcome: 'needsInput', stage: 'plan' };
const PROPOSES = { exit: 11, outcome: 'proposed', stage: 'unlock' };

type Ran = Awaited<ReturnType<typeof auto>>;
const reached = ({ exit, result }: Ran): object => ({ exit, outcome: result.outcome, stage: result.stage });
const fileOf = (project: ScriptedProject, name = 'src/greet.js'): string => path.join(project.root, name);
const onDisk = (project: ScriptedProject, name?: string): string => readFileSync(fileOf(project, name), 'utf8');
const nOf = (project: ScriptedProject, name: string): number => project.calls.filter((call) => call === name).length;

async function assertReplays(project: ScriptedProject): Promise<void> {
  const replayed = await project.speckit('replay', 'run-1');
  assert.equal(replayed.exit, 0, replayed.stdout + replayed.stderr);
}

describe('work of a person in the files of a plan', () => {
  it('is asked about before anything is changed, and nothing of it is touched', async () => {
    await using project = await scriptedProject();
    writeFileSync(fileOf(project), MINE);
    writeFileSync(fileOf(project, 'test/greet.test.js'), '// begun\n');
    writeFileSync(fileOf(project, 'notes.txt'), 'in nobody’s way\n');
    const run = await auto(project);
    assert.deepEqual(reached(run), ASKS);
    const [question, ...others] = run.result.questions;
    assert.deepEqual(others, []);
    assert.match(
      question?.text ?? '',
      /2 files of the plan .*: src\/greet\.js \(changed\), test\/greet\.test\.js \(new\)\./,
    );
    assert.deepEqual(question?.options, ['include', 'leave out', 'stop']);
    assert.equal(nOf(project, 'tasks'), 0, 'nobody goes on meanwhile');
    assert.equal(onDisk(project), MINE);
  });

  it('becomes a part of what the run works on, and the plan is made again', async () => {
    await using project = await scriptedProject();
    writeFileSync(fileOf(project), MINE);
    assert.deepEqual(reached(await auto(project)), ASKS);
    await answer(project, 'Q1', 'include');
    assert.deepEqual(reached(await resume(project)), PROPOSES);
    assert.equal(nOf(project, 'plan'), 2);
    const again = requestText(project, 'plan', 2);
    assert.ok(again.includes(MINE), 'the second plan sees it');
    assert.match(again, /is part of the repository now.*src\/greet\.js/);
    assert.equal(onDisk(project), MINE, 'it is only read');
    const shown = await project.speckit('diff', 'run-1');
    assert.doesNotMatch(shown.stdout, /^[-+].*Mine/m, 'it is no part of the change');
    await assertReplays(project);
    const approved = await project.speckit('approve', 'run-1');
    assert.equal(approved.exit, 0, approved.stdout + approved.stderr);
    assert.equal(onDisk(project), `// Mine, not committed.\n${GOOD_CODE}`);
  });

  it('is left out where the person says so, and merged when the change is approved', async () => {
    const lines = FILLER.repeat(2);
    await using project = await scriptedProject({ files: { 'src/greet.js': `${OLD_CODE}${lines}` } });
    writeFileSync(fileOf(project), `${OLD_CODE}${lines}// Mine, at the end.\n`);
    assert.deepEqual(reached(await auto(project)), ASKS);
    await answer(project, 'Q1', 'leave out');
    assert.deepEqual(reached(await resume(project)), PROPOSES);
    assert.equal(nOf(project, 'plan'), 1);
    await assertReplays(project);
    const merged = await project.speckit('approve', 'run-1');
    assert.match(merged.stdout, /merged without a conflict\. The result: test passed on exactly this tree/);
    assert.equal((await project.speckit('approve', 'run-1')).exit, 0);
    assert.equal(onDisk(project), `${GOOD_CODE}${lines}// Mine, at the end.\n`);
  });

  it('ends the run where the person says so', async () => {
    await using project = await scriptedProject();
    rmSync(fileOf(project));
    const run = await auto(project);
    assert.match(run.result.questions[0]?.text ?? '', /src\/greet\.js \(deleted\)/);
    await answer(project, 'Q1', 'stop');
    assert.deepEqual(reached(await resume(project)), { exit: 2, outcome: 'gateFailed', stage: 'plan' });
    await assertReplays(project);
  });

  it('is no question any more once it is put away, and another one once it is other work', async () => {
    await using project = await scriptedProject();
    writeFileSync(fileOf(project), MINE);
    assert.deepEqual(reached(await auto(project)), ASKS);
    writeFileSync(fileOf(project, 'test/greet.test.js'), '// begun\n');
    const second = await resume(project);
    assert.deepEqual(reached(second), ASKS);
    assert.equal(second.result.questions.length, 1, 'the first one is not asked any more');
    writeFileSync(fileOf(project), OLD_CODE);
    rmSync(fileOf(project, 'test/greet.test.js'));
    assert.deepEqual(reached(await resume(project)), PROPOSES);
    assert.equal(nOf(project, 'plan'), 1);
    assert.deepEqual(
      payloads(project, 'QuestionWithdraw').map(({ id, text }) => ({ id, text })),
      [
        { id: 'Q1', text: 'Your files have changed.' },
        { id: 'Q2', text: 'Your files are as the run knows them.' },
      ],
    );
    const late = await project.speckit('clarify', 'run-1', '--answer', 'Q1=stop');
    assert.match(late.stderr, /Q1 is not asked any more/);
    await assertReplays(project);
  });

  it('may have been committed since the run began', async () => {
    await using project = await scriptedProject();
    await project.speckit('auto', 'SPEC-001', '--run-id', 'run-1', '--pause', 'specify');
    writeFileSync(fileOf(project), MINE);
    await commitAll(project.root, 'mine');
    assert.deepEqual(reached(await resume(project)), ASKS);
    await answer(project, 'Q1', 'include');
    assert.deepEqual(reached(await resume(project)), PROPOSES);
    assert.equal((await project.speckit('approve', 'run-1')).exit, 0);
    assert.equal(onDisk(project), `// Mine, not committed.\n${GOOD_CODE}`);
  });

  it('is not asked about where a variable lets it pass, nor in files that the plan does not name', async () => {
    await using project = await scriptedProject({ environment: { SPEC_OPS_ALLOW_DIRTY: '1' } });
    writeFileSync(fileOf(project), `${OLD_CODE}\n\n\n// Mine, at the end.\n`);
    assert.deepEqual(reached(await auto(project)), PROPOSES);
    await assertReplays(project);
    await using other = await scriptedProject();
    writeFileSync(fileOf(other, 'test/shape.test.js'), `${FILES['test/shape.test.js'] as string}// mine\n`);
    assert.deepEqual(reached(await auto(other)), PROPOSES);
  });

  it('is none where git only ends the lines of the disk in another way', async () => {
    await using project = await scriptedProject();
    await userGit(project.root, 'config', 'core.autocrlf', 'true');
    writeFileSync(fileOf(project), OLD_CODE.replaceAll('\n', '\r\n'));
    assert.deepEqual(reached(await auto(project)), PROPOSES);
  });

  it('holds back a hotfix too, whose plan is made by nobody', async () => {
    const spec = `---\nsize: hotfix\nfiles: [src/greet.js]\n---\n${FILES['specs/SPEC-001-greeting/spec.md'] as string}`;
    await using project = await scriptedProject({ files: { 'specs/SPEC-001-greeting/spec.md': spec } });
    writeFileSync(fileOf(project), MINE);
    assert.deepEqual(reached(await auto(project)), ASKS);
    await answer(project, 'Q1', 'include');
    await resume(project);
    const call = project.calls.findIndex((name) => name.startsWith('implement'));
    assert.ok(JSON.stringify(project.server.requests[call]?.body).includes('Mine, not committed.'));
  });

  it('counts as it stands in an editor, saved or not', async () => {
    await using project = await scriptedProject();
    const unsaved = openDocuments();
    unsaved.type(fileOf(project), MINE);
    const app = appOf(project, { unsaved });
    const asked = await app.run({ specId: 'SPEC-001', runId: 'run-1', until: 'unlock' });
    assert.equal(asked.end.outcome, 'needsInput', asked.end.text);
    assert.match(asked.end.text, /src\/greet\.js \(not saved\)/);
    await app.answer('run-1', 'Q1', 'include');
    const proposed = await app.resume('run-1', 'unlock');
    assert.equal(proposed.end.outcome, 'proposed', proposed.end.text);
    assert.ok(requestText(project, 'plan', 2).includes(MINE));
    assert.equal(onDisk(project), OLD_CODE);
    const replayed = await ran(project, 'replay', 'run-1');
    assert.equal(replayed.exit, 0, replayed.stdout);
  });
});
