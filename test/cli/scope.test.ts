import assert from 'node:assert/strict';
import { inPairs } from '../support/inPairs.ts';
import { checkKilledRun, killBench, RUN, runAndKill } from '../support/killedRun.ts';
import {
  answer,
  auto,
  changed,
  goodCode,
  goodTest,
  patchCall,
  payloads,
  requestText,
  resume,
  said,
  withFiles,
  type Ran,
} from '../support/pipelineScript.ts';
import { FILES, scriptedProject, tool, type ScriptedProject } from '../support/scriptedProject.ts';
import type { Step } from '../support/scriptedStep.ts';

/*
 * A worker that needs a file the plan does not name: refused, asked for, granted or refused by the architect or a person, killed in between, replayed.
 */

const WORDS = 'export const greeting = "Hello";\n';
const NEAR = 'src/words.js';
const FAR = 'lib/words.js';
const outside = (file: string): Step => patchCall(file, undefined, WORDS);
const asks = (path: string, reason = 'The word belongs in one place.'): Step => tool('ask_for_file', { path, reason });
const TURNS = [goodCode(), goodTest(), said('Done.')];
const PROPOSED = ['src/greet.js', 'test/greet.test.js'];

const pathsOf = ({ result }: Ran): readonly string[] => result.files.map((file) => file.path);

const amended = (project: ScriptedProject) =>
  payloads(project, 'PlanAmendment').map(({ path, by, task }) => ({ path, by, task }));

const refused = (project: ScriptedProject) =>
  payloads(project, 'CallRefused').map(({ role, call, paths, rule, by }) => ({ role, call, paths, rule, by }));

async function assertReplays(project: ScriptedProject): Promise<void> {
  const { exit, stdout } = await project.speckit('--json', 'replay', RUN);
  const { differences } = JSON.parse(stdout) as { readonly differences: unknown };
  assert.deepEqual([exit, differences], [0, []]);
}

describe('a file outside the plan', function () {
  this.timeout(60_000);

  it('is refused, asked for, granted by the architect, changed, and stands in the review; the run replays', async () => {
    await using project = await scriptedProject({
      answers: { implement: [outside(NEAR), asks(`./${NEAR}`), outside(NEAR), ...TURNS] },
    });
    const run = await auto(project);
    assert.deepEqual([run.exit, pathsOf(run)], [11, ['src/greet.js', NEAR, 'test/greet.test.js']], run.result.text);
    const patch = { role: 'implementer', call: 'patch', paths: [NEAR], rule: 'outside-plan', by: null };
    assert.deepEqual(refused(project), [patch]);
    assert.deepEqual(amended(project), [{ path: NEAR, by: 'the architect cheap', task: 'T1' }]);
    const told = requestText(project, 'implement', 3);
    assert.match(told, /The plan does not name src\/words\.js: nothing was applied.*call ask_for_file/s);
    assert.match(told, /Yes: you may change src\/words\.js now/);
    const question = requestText(project, 'amendment', 1);
    assert.match(
      question,
      /## The file it asks for\n```\nsrc\/words\.js\n```\n[\s\S]*The word belongs in one place\.[\s\S]*does not exist yet/,
    );
    const { stdout: shown } = await project.speckit('show', RUN);
    assert.match(shown, /plan amended for T1 by the architect cheap: src\/words\.js/);
    assert.match(shown, /Amended +src\/words\.js for T1, by the architect cheap/);
    const { stdout: explained } = await project.speckit('explain', RUN);
    assert.match(
      explained,
      /Amendments of the plan\n *T1 src\/words\.js: granted by the architect cheap: The word belongs/,
    );
    await assertReplays(project);
  });

  it('is refused by the architect with the reason, and once only', async () => {
    const no = changed('amendment', { decision: 'refuse', why: 'Write the word where it is used.' });
    await using project = await scriptedProject({
      answers: { implement: [asks(NEAR), asks(NEAR, 'Please.'), ...TURNS], amendment: [no] },
    });
    const run = await auto(project);
    assert.deepEqual([run.exit, pathsOf(run)], [11, PROPOSED], run.result.text);
    const told = requestText(project, 'implement', 3);
    assert.equal(
      told.split('Write the word where it is used.').length - 1,
      2,
      'the second question gets the same answer',
    );
    assert.equal(project.calls.filter((name) => name === 'amendment').length, 1);
    const ask = {
      role: 'implementer',
      call: 'ask',
      paths: [NEAR],
      rule: 'amendment-refused',
      by: 'the architect cheap',
    };
    assert.deepEqual([refused(project), amended(project)], [[ask], []]);
    await assertReplays(project);
  });

  it('is a question to a person where the architect alone may not say yes; the answer is heard where it was asked', async () => {
    await using project = await scriptedProject({
      answers: { implement: [goodCode(), asks(FAR), outside(FAR), goodTest(), said('Done.')] },
    });
    const asked = await auto(project);
    assert.deepEqual([asked.exit, asked.result.outcome, asked.result.stage], [10, 'needsInput', 'implement']);
    assert.deepEqual(asked.result.questions, [
      {
        id: 'Q1',
        text: 'T1 greet asks to change lib/words.js as well, which its task does not name: The word belongs in one place. The architect would grant it: The greeting belongs there.',
        options: ['allow', 'refuse'],
      },
    ]);
    const calls = [...project.calls];
    const again = await resume(project);
    assert.deepEqual([again.exit, project.calls], [10, calls], 'without an answer nothing is asked again');
    await answer(project, 'Q1', 'allow');
    const gone = await resume(project);
    assert.deepEqual([gone.exit, pathsOf(gone)], [11, [FAR, ...PROPOSED]], gone.result.text);
    assert.deepEqual(amended(project), [{ path: FAR, by: 'Ada', task: 'T1' }]);
    assert.equal(project.calls.filter((name) => name === 'implement').length, 5, 'no turn was paid twice');
    await assertReplays(project);
  });

  it('stays as it is when the person refuses, and nobody is asked about it again', async () => {
    await using project = await scriptedProject({
      answers: { implement: [asks(FAR), outside(FAR), ...TURNS] },
    });
    assert.equal((await auto(project)).exit, 10);
    await answer(project, 'Q1', 'refuse');
    const gone = await resume(project);
    assert.deepEqual([gone.exit, pathsOf(gone)], [11, PROPOSED], gone.result.text);
    assert.match(
      requestText(project, 'implement', 2),
      /No: lib\/words\.js stays as it is\. Ada decided so\. Do the task without it\./,
    );
    assert.deepEqual(
      refused(project).map(({ rule, by }) => [rule, by]),
      [
        ['amendment-refused', 'Ada'],
        ['outside-plan', null],
      ],
    );
    await assertReplays(project);
  });
});

interface Row {
  readonly name: string;
  readonly path: string;
  readonly files?: Readonly<Record<string, string>>;
  /** The exit of the run: 10 where a person is asked, 11 where a rule refuses and the run goes on. */
  readonly exit: 10 | 11;
  readonly says: RegExp;
}

const ROWS: readonly Row[] = [
  { name: "a person's file", path: 'speckit.toml', exit: 11, says: /Only a person changes speckit\.toml/ },
  { name: 'a path out of the repository', path: '../other.js', exit: 11, says: /has a \.\. part/ },
  { name: 'a lock file', path: 'package-lock.json', exit: 10, says: /only a person adds to a plan \(lock-file/ },
  { name: 'a definition of checks', path: 'package.json', exit: 10, says: /\(check-definition/ },
  { name: 'a path of high risk', path: 'src/session.js', exit: 10, says: /\(high-risk/ },
  {
    name: 'a generated file',
    path: 'src/table.js',
    files: { 'src/table.js': '// Code generated by make-table. DO NOT EDIT.\nexport const table = [];\n' },
    exit: 10,
    says: /\(generated-file/,
  },
];

/** The events from the refusal to the amendment after which a process could do a thing twice. */
const TELLING =
  /^(?:CallRefused|(?:RoutingDecision|SpendReserve|LLMCall|SpendSettle|StepEnd) plan\/amendment\/T1\/1\/(?!contents)|PlanAmendment) ?/;

describe('a question for a file, and kills', function () {
  this.timeout(120_000);

  it('is put to the architect once, at whichever event the process was killed', async () => {
    await using bench = await killBench({
      answers: { implement: [outside(NEAR), asks(NEAR), outside(NEAR), ...TURNS] },
    });
    const moments = bench.marks.flatMap((mark) => (TELLING.test(mark) ? [{ kind: 'line' as const, mark }] : []));
    assert.equal(moments.length, 7, bench.marks.join('\n'));
    const { nKills, nInDoubt } = await checkKilledRun(bench, moments);
    assert.deepEqual(nKills, moments.length);
    assert.ok(nInDoubt <= 2, `${nInDoubt} in doubt`);
  });

  it('is put to a person once, and their answer is heard once', async () => {
    await using project = await scriptedProject({
      answersBy: 'turn',
      answers: { implement: [asks(FAR), outside(FAR), ...TURNS] },
    });
    const killedAt = (mark: string, ...words: readonly string[]) => runAndKill(project, words, { kind: 'line', mark });
    await killedAt('QuestionAsk question/Q1', 'auto', 'SPEC-001', '--run-id', RUN);
    const asked = await resume(project);
    assert.deepEqual([asked.exit, asked.result.questions.length], [10, 1]);
    await answer(project, 'Q1', 'allow');
    await killedAt(`PlanAmendment amendment/T1/${FAR}`, 'resume', RUN);
    await killedAt('PatchApply implement/T1/1/turn-2/tool-1', 'resume', RUN);
    const gone = await resume(project);
    assert.deepEqual([gone.exit, pathsOf(gone)], [11, [FAR, ...PROPOSED]], gone.result.text);
    assert.deepEqual([payloads(project, 'QuestionAsk').length, amended(project).length], [1, 1]);
    const calls = project.calls.filter((name) => name === 'amendment' || name === 'implement');
    assert.deepEqual(calls, ['implement', 'amendment', 'implement', 'implement', 'implement', 'implement']);
    await assertReplays(project);
  });
});

describe('what the plan names', function () {
  this.timeout(60_000);

  it('is said as such in the review where a tool writes it elsewhere, or where dependencies change', async () => {
    const manifest = FILES['package.json'] as string;
    const wanted = manifest.replace('"scripts"', '"dependencies": { "left-pad": "^1.3.0" }, "scripts"');
    const lock = patchCall('package-lock.json', undefined, '{ "lockfileVersion": 3 }\n');
    await using project = await scriptedProject({
      answers: {
        ...withFiles('package.json', 'package-lock.json'),
        implement: [patchCall('package.json', manifest, wanted), lock, ...TURNS],
      },
    });
    const run = await auto(project);
    assert.equal(run.exit, 11, run.result.text);
    const said = 'This changes the dependencies of package.json, and the review says so: left-pad ^1.3.0 added';
    assert.ok(requestText(project, 'implement', 2).includes(said));
    assert.equal(payloads(project, 'PatchApply')[0]?.text, `wrote package.json. ${said}`);
    const { stdout } = await project.speckit('show', RUN);
    assert.match(stdout, /Generated +package-lock\.json is a lock file: a model wrote it/);
    assert.match(stdout, /Depends +package\.json: left-pad \^1\.3\.0 added/);
  });

  it('is no second file whose name differs by letter case alone; a rename that swaps case is one', async () => {
    const second = patchCall('src/Greet.js', undefined, WORDS);
    const swap = tool('apply_patch', {
      patch: '*** Begin Patch\n*** Update File: src/greet.js\n*** Move to: src/Greet.js\n*** End Patch\n',
    });
    const back = tool('apply_patch', {
      patch: '*** Begin Patch\n*** Update File: src/Greet.js\n*** Move to: src/greet.js\n*** End Patch\n',
    });
    await using project = await scriptedProject({
      answers: { ...withFiles('src/Greet.js'), implement: [second, swap, back, ...TURNS] },
    });
    const run = await auto(project, '--pause', 'implement');
    assert.equal(run.exit, 0, run.result.text);
    assert.deepEqual(
      payloads(project, 'PatchApply').map(({ outcome, files }) => [outcome, files]),
      [
        ['refused', ['src/Greet.js']],
        ['applied', ['src/greet.js', 'src/Greet.js']],
        ['applied', ['src/Greet.js', 'src/greet.js']],
        ['applied', ['src/greet.js']],
        ['applied', ['test/greet.test.js']],
      ],
    );
    assert.match(requestText(project, 'implement', 2), /src\/Greet\.js cannot stand beside src\/greet\.js/);
  });
});

describe('a file that the architect cannot give', function () {
  this.timeout(60_000);
  inPairs(ROWS, async ({ path, files = {}, exit, says }) => {
    await using project = await scriptedProject({ files, answers: { implement: [asks(path), ...TURNS] } });
    const run = await auto(project);
    assert.equal(run.exit, exit, run.result.text);
    assert.match(exit === 10 ? (run.result.questions[0]?.text ?? '') : requestText(project, 'implement', 2), says);
    assert.deepEqual(amended(project), []);
  });
});
