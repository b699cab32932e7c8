import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { userGit } from '../support/gitRepository.ts';
import { assertNothingLeft, eventsOf, factsOf, RUN, runFolderOf } from '../support/killedRun.ts';
import { scriptedProject, type CallName, type ScriptedProject } from '../support/scriptedProject.ts';

const SPEC_FILE = 'specs/SPEC-001-greeting/spec.md';
const ALL: readonly CallName[] = [
  'brief',
  'plan',
  'critic-plan',
  'tasks',
  'implement',
  'implement',
  'implement',
  'critic-patch',
  'audit',
];

/** Runs a command, asserts its exit code, and returns the calls it made. */
async function callsOf(
  project: ScriptedProject,
  exit: number,
  ...words: readonly string[]
): Promise<readonly CallName[]> {
  const before = project.calls.length;
  const result = await project.speckit(...words);
  assert.equal(result.exit, exit, `${words.join(' ')}: ${result.stderr}${result.stdout}`);
  assert.doesNotMatch(result.stderr, /should not have happened/);
  return project.calls.slice(before);
}

/** Keys of the steps that were done again because of something, with what had changed. */
async function againBecause(project: ScriptedProject, because: string): Promise<readonly string[]> {
  return (await eventsOf(project)).flatMap((event) =>
    event.kind === 'StepStart' && event.payload.because === because
      ? [`${event.payload.key}: ${event.payload.changed.join(' ')}`]
      : [],
  );
}

describe('stages one by one', () => {
  it('go on with the newest run, one stage each, and make no call twice', async () => {
    await using project = await scriptedProject({ answersBy: 'turn' });
    assert.deepEqual(await callsOf(project, 0, 'specify', 'SPEC-001', '--run-id', RUN), ['brief']);
    assert.deepEqual(await callsOf(project, 0, 'plan', 'SPEC-001'), ['plan', 'critic-plan']);
    assert.deepEqual(await callsOf(project, 0, 'plan', 'SPEC-001'), [], 'a stage that is done is passed through');
    assert.deepEqual(await callsOf(project, 0, 'tasks', 'SPEC-001'), ['tasks']);
    assert.deepEqual(await callsOf(project, 0, 'implement', 'SPEC-001'), ['implement', 'implement', 'implement']);
    assert.deepEqual(await callsOf(project, 0, 'validate', 'SPEC-001'), []);
    assert.deepEqual(await callsOf(project, 0, 'audit', 'SPEC-001'), ['critic-patch', 'audit']);
    assert.deepEqual(await callsOf(project, 11, 'unlock', 'SPEC-001'), []);
    assert.deepEqual(await callsOf(project, 11, 'auto', 'SPEC-001'), [], 'nothing has changed, nothing is repeated');
    assert.deepEqual(project.calls, ALL);
    assert.deepEqual(await againBecause(project, 'inputsChanged'), []);
  });

  it('named by their folder are the same spec', async () => {
    await using project = await scriptedProject({ answersBy: 'turn' });
    await callsOf(project, 0, 'plan', 'SPEC-001', '--run-id', RUN);
    assert.deepEqual(await callsOf(project, 0, 'tasks', 'SPEC-001-greeting'), ['tasks']);
  });

  it('pause where they are told to and end as a run in one go', async () => {
    await using project = await scriptedProject({ answersBy: 'turn' });
    assert.deepEqual(
      await callsOf(project, 0, 'auto', 'SPEC-001', '--run-id', RUN, '--pause', 'plan'),
      ALL.slice(0, 3),
    );
    assert.deepEqual(await callsOf(project, 0, 'resume', RUN, '--pause', 'implement'), ALL.slice(3, 7));
    assert.deepEqual(await callsOf(project, 11, 'resume', RUN), ALL.slice(7));
    const paused = await factsOf(project);
    await callsOf(project, 11, 'auto', 'SPEC-001', '--run-id', 'run-2');
    const { outcome, verdicts, files } = await factsOf(project, 'run-2');
    assert.deepEqual(
      { outcome: paused.outcome, verdicts: paused.verdicts, files: paused.files },
      { outcome, verdicts, files },
    );
  });

  it('after an edit of the spec are stale, are done again, and say what changed', async () => {
    await using project = await scriptedProject({ answersBy: 'turn' });
    await callsOf(project, 0, 'tasks', 'SPEC-001', '--run-id', RUN);
    appendFileSync(path.join(project.root, SPEC_FILE), '\nGreetings are in English.\n');
    assert.deepEqual(await callsOf(project, 11, 'resume', RUN), ALL);
    const again = await againBecause(project, 'inputsChanged');
    for (const call of ['specify/brief/cheap', 'plan/1/plan/cheap', 'plan/1/critic/cheap', 'tasks/1/tasks/cheap']) {
      assert.ok(again.includes(`${call}: prompt`), `${call} is not among ${again.join(', ')}`);
    }
    assert.deepEqual(await callsOf(project, 11, 'resume', RUN), []);
  });

  it('after an edit of speckit.toml go on under the policy they began with', async () => {
    await using project = await scriptedProject({ answersBy: 'turn' });
    const file = path.join(project.root, 'speckit.toml');
    await callsOf(project, 0, 'implement', 'SPEC-001', '--run-id', RUN);
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('node --test', 'false').replace('"cheap", "strong"', '"strong"'),
    );
    assert.deepEqual(await callsOf(project, 11, 'resume', RUN), ALL.slice(7));
    assert.deepEqual(await againBecause(project, 'inputsChanged'), []);
    const facts = await factsOf(project);
    assert.deepEqual(
      facts.files.map((changed) => changed.path),
      ['src/greet.js', 'test/greet.test.js'],
      'the edit of the person is no part of the proposal',
    );
  });
});

describe('documents', () => {
  it('are all that git sees of a run', async () => {
    await using project = await scriptedProject();
    await callsOf(project, 0, 'validate', 'SPEC-001', '--run-id', RUN);
    const status = await userGit(project.root, 'status', '--porcelain', '--untracked-files=all');
    const paths = status
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(3));
    assert.ok(paths.length > 3, status);
    assert.deepEqual(
      paths.filter((file) => !file.startsWith('specs/SPEC-001-greeting/')),
      [],
    );
    assert.equal((await userGit(project.root, 'worktree', 'list')).trim().split('\n').length, 1);
  });

  it('edited by a person are not written over but offered in the proposal', async () => {
    await using project = await scriptedProject({ answersBy: 'turn' });
    const plan = path.join(project.root, 'specs/SPEC-001-greeting/plan.md');
    await callsOf(project, 0, 'plan', 'SPEC-001', '--run-id', RUN);
    const written = readFileSync(plan, 'utf8');
    writeFileSync(plan, 'my own plan\n');
    const spec = path.join(project.root, SPEC_FILE);
    writeFileSync(spec, readFileSync(spec, 'utf8').replace('# Greeting', '# A greeting'));
    await callsOf(project, 11, 'auto', 'SPEC-001');
    assert.equal(readFileSync(plan, 'utf8'), 'my own plan\n');
    const { files } = await factsOf(project);
    assert.ok(
      files.some((file) => file.path === 'specs/SPEC-001-greeting/plan.md'),
      JSON.stringify(files),
    );
    await callsOf(project, 0, 'approve', RUN);
    assert.equal(readFileSync(plan, 'utf8'), written.replace('Greeting', 'A greeting'), 'approval accepts the offer');
  });
});

describe('a run whose files were damaged', () => {
  it('makes its tree anew when that is gone', async () => {
    await using project = await scriptedProject({ answersBy: 'turn' });
    await callsOf(project, 0, 'implement', 'SPEC-001', '--run-id', RUN);
    rmSync(project.folder.join('home', 'state'), { recursive: true });
    assert.deepEqual(await callsOf(project, 11, 'resume', RUN), ALL.slice(7));
    await assertNothingLeft(project, 'made anew');
  });

  it('says so when its refs are gone, and touches nothing', async () => {
    await using project = await scriptedProject();
    await callsOf(project, 0, 'plan', 'SPEC-001', '--run-id', RUN);
    await userGit(project.root, 'update-ref', '-d', `refs/speckit/${RUN}/base`);
    const result = await project.speckit('resume', RUN);
    assert.equal(result.exit, 3);
    assert.match(result.stderr, /^speckit: refs\/speckit\/run-1 is gone .* `speckit auto SPEC-001 --run-id NAME`/);
  });

  for (const [name, damage, expected] of [
    [
      'a changed line',
      (text: string) => text.replace('"outcome":"paused"', '"outcome":"applied"'),
      /damaged in line \d+/,
    ],
    ['a line missing', (text: string) => text.split('\n').toSpliced(4, 1).join('\n'), /damaged in line 5/],
    ['a line that is no JSON', (text: string) => text.split('\n').toSpliced(2, 1, 'x').join('\n'), /damaged in line 3/],
    ['nothing in it', () => '', /log of run run-1 is empty/],
  ] as const) {
    it(`is refused with a log that has ${name}`, async () => {
      await using project = await scriptedProject();
      await callsOf(project, 0, 'specify', 'SPEC-001', '--run-id', RUN);
      const file = path.join(runFolderOf(project), 'events.jsonl');
      const damaged = damage(readFileSync(file, 'utf8'));
      writeFileSync(file, damaged);
      for (const verb of ['resume', 'approve', 'show', 'stop', 'undo']) {
        const result = await project.speckit(verb, RUN);
        assert.equal(result.exit, 3, verb);
        assert.match(result.stderr, expected, verb);
      }
      assert.equal(readFileSync(file, 'utf8'), damaged, 'the log is evidence and stays as it is');
      assert.equal((await project.speckit('status')).exit, 0, 'status shows the others');
    });
  }

  it('loses only a last line that was cut off', async () => {
    await using project = await scriptedProject({ answersBy: 'turn' });
    await callsOf(project, 0, 'plan', 'SPEC-001', '--run-id', RUN);
    const file = path.join(runFolderOf(project), 'events.jsonl');
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, -20));
    assert.deepEqual(await callsOf(project, 11, 'resume', RUN), ALL.slice(3));
  });

  it('cannot begin where its log cannot be written, and says where', async () => {
    await using project = await scriptedProject();
    writeFileSync(path.join(project.root, '.git/speckit'), 'in the way');
    const result = await project.speckit('auto', 'SPEC-001', '--run-id', RUN);
    assert.equal(result.exit, 3, result.stderr);
    assert.match(result.stderr, /^speckit: .*cannot be written/);
    assert.deepEqual(project.calls, []);
    assert.equal(existsSync(path.join(project.root, 'specs/SPEC-001-greeting/plan.md')), false);
  });
});
