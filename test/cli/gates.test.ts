import assert from 'node:assert/strict';
import {
  answer,
  auto,
  goodCode,
  goodTest,
  OLD_CODE,
  OLD_TEST,
  patchCall,
  payloads,
  requestText,
  resume,
  said,
  withFiles,
  WRONG_CODE,
  type Facts,
} from '../support/pipelineScript.ts';
import { configuration, FILES, scriptedProject, tool, type ProjectOptions } from '../support/scriptedProject.ts';
import { inPairs } from '../support/inPairs.ts';
import type { Step } from '../support/scriptedStep.ts';

const PROPOSED: Facts = { exit: 11, outcome: 'proposed', stage: 'unlock', verdict: 'proceed', rule: undefined };
const MANIFEST = FILES['package.json'] as string;
const NO_OP = MANIFEST.replace('node --test', 'true');
const TWO_CASES = `${OLD_TEST}\ntest('greet greets', () => {\n  assert.match(greet('Ada'), /Ada/);\n});\n`;

interface Weakening {
  readonly name: string;
  readonly file: string;
  readonly before: string;
  readonly patch: Step;
  readonly finding: RegExp;
}

const shape = 'test/shape.test.js';
const WEAKENINGS: readonly Weakening[] = [
  {
    name: 'an assertion that was changed',
    file: shape,
    before: OLD_TEST,
    patch: patchCall(
      shape,
      OLD_TEST,
      OLD_TEST.replace("assert.equal(typeof greet('x'), 'string')", "assert.ok(greet('x') !== null)"),
    ),
    finding: /test\/shape\.test\.js:6 assertion-changed/,
  },
  {
    name: 'a test case that was deleted',
    file: shape,
    before: TWO_CASES,
    patch: patchCall(shape, TWO_CASES, OLD_TEST),
    finding: /test\/shape\.test\.js test-case-removed: greet greets/,
  },
  {
    name: 'a test file that was deleted',
    file: shape,
    before: OLD_TEST,
    patch: tool('apply_patch', { patch: `*** Begin Patch\n*** Delete File: ${shape}\n*** End Patch\n` }),
    finding: /test\/shape\.test\.js test-deleted/,
  },
  {
    name: 'a test that was skipped',
    file: shape,
    before: OLD_TEST,
    patch: patchCall(shape, OLD_TEST, OLD_TEST.replace("test('greet returns", "test.skip('greet returns")),
    finding: /test\/shape\.test\.js:5 test-skipped/,
  },
  {
    name: 'a test script that was made a no-op',
    file: 'package.json',
    before: MANIFEST,
    patch: patchCall('package.json', MANIFEST, NO_OP),
    finding: /package\.json check-definition-changed: .*test/,
  },
];

const weakened = ({ file, before, patch }: Weakening): ProjectOptions => ({
  files: { [file]: before },
  answers: { ...withFiles(file), implement: [goodCode(), goodTest(), patch, said('Done.'), said('It has to be so.')] },
});

async function isCaught(row: Weakening): Promise<void> {
  const { finding } = row;
  await using project = await scriptedProject(weakened(row));
  const asked = await auto(project);
  assert.deepEqual(asked.facts, {
    exit: 10,
    outcome: 'needsInput',
    stage: 'implement',
    verdict: 'ask',
    rule: 'tests-weakened',
  });
  assert.match(asked.result.questions[0]?.text ?? '', finding);
  assert.deepEqual(
    project.calls.filter((call) => call === 'implement').length,
    5,
    'the implementer was told exactly once',
  );
  assert.match(requestText(project, 'implement', 5), finding, 'and told what it is');
  const again = await resume(project);
  assert.deepEqual(
    [again.exit, payloads(project, 'ProposalCreate').length],
    [10, 0],
    'without an answer it is never proposed',
  );
}

describe('a change that weakens tests', () => {
  inPairs(WEAKENINGS, isCaught);

  it('is proposed after a person allowed exactly that', async () => {
    const [row] = WEAKENINGS;
    assert.ok(row);
    await using project = await scriptedProject(weakened(row));
    assert.equal((await auto(project)).exit, 10);
    await answer(project, 'Q1', 'allow');
    assert.deepEqual((await resume(project)).facts, PROPOSED);
  });

  it('goes on without a question when the implementer takes the weakening back', async () => {
    const skipped = OLD_TEST.replace("test('greet returns", "test.skip('greet returns");
    await using project = await scriptedProject({
      answers: {
        ...withFiles(shape),
        implement: [
          goodCode(),
          goodTest(),
          patchCall(shape, OLD_TEST, skipped),
          said('Done.'),
          patchCall(shape, skipped, OLD_TEST),
          said('Taken back.'),
        ],
      },
    });
    const run = await auto(project);
    assert.deepEqual(run.facts, PROPOSED);
    assert.deepEqual(
      [run.result.files.map(({ path }) => path), payloads(project, 'QuestionAsk')],
      [['src/greet.js', 'test/greet.test.js'], []],
    );
  });
});

describe('a check', () => {
  const npmTest = (url: string): string => configuration(url).replace('"node --test"', '"npm test --silent"');

  it('runs with its base definition: a no-op test script does not turn broken code green', async () => {
    const turns = [
      patchCall('src/greet.js', OLD_CODE, WRONG_CODE),
      goodTest(),
      patchCall('package.json', MANIFEST, NO_OP),
      said('All green.'),
    ];
    await using project = await scriptedProject({
      toml: (url) => `${npmTest(url)}\n[gates]\nattempts_per_worker = 1\n`,
      answers: { ...withFiles('package.json'), implement: [...turns, ...turns] },
    });
    const run = await auto(project);
    assert.deepEqual([run.exit === 11, payloads(project, 'ProposalCreate').length], [false, 0], run.result.text);
    const [evidence] = payloads(project, 'EvidenceRecord');
    assert.deepEqual([evidence?.on, evidence?.outcome, evidence?.exitCode], ['proposal', 'failed', 1]);
  });

  it('does not count when it writes a tracked file', async () => {
    const command = 'node --test && echo x >> src/greet.js';
    await using project = await scriptedProject({
      toml: (url) => configuration(url).replace('"node --test"', JSON.stringify(command)),
    });
    const run = await auto(project);
    assert.deepEqual(run.facts, {
      exit: 10,
      outcome: 'needsInput',
      stage: 'implement',
      verdict: 'ask',
      rule: 'check-changed-files',
    });
    assert.match(run.result.reasons[0]?.text ?? '', /src\/greet\.js/);
    await answer(project, 'Q1', 'never mind');
    const again = await resume(project);
    assert.deepEqual([again.exit, again.result.outcome], [2, 'gateFailed'], 'an answer does not make the result count');
  });

  it("that is not installed is a person's to mend, and is run again on resume", async () => {
    await using project = await scriptedProject({
      toml: (url) => configuration(url).replace('"node --test"', '"./check.sh"'),
    });
    const run = await auto(project);
    assert.deepEqual(run.facts, {
      exit: 10,
      outcome: 'needsInput',
      stage: 'implement',
      verdict: 'ask',
      rule: 'check-not-found',
    });
    await answer(project, 'Q1', 'looked');
    const again = await resume(project);
    assert.deepEqual([again.exit, payloads(project, 'EvidenceRecord').length >= 2], [2, true]);
  });

  it('of kind compile alone shows no criterion: a person is asked, and nothing is called tested', async () => {
    await using project = await scriptedProject({
      toml: (url) =>
        configuration(url).replace('"node --test"\nkind = "test"', '"node --check src/greet.js"\nkind = "compile"'),
    });
    const run = await auto(project);
    assert.deepEqual(run.facts, {
      exit: 10,
      outcome: 'needsInput',
      stage: 'validate',
      verdict: 'ask',
      rule: 'no-criteria',
    });
    await answer(project, 'Q1', 'accept');
    assert.deepEqual((await resume(project)).facts, PROPOSED);
  });

  it('none at all: a person is asked at validate, and may go on all the same', async () => {
    await using project = await scriptedProject({
      toml: (url) => configuration(url).replace(/\[checks\.test\][\s\S]*?\n\n/, ''),
      answers: { implement: [goodCode(), goodTest(), said('Done.')] },
    });
    const run = await auto(project);
    assert.deepEqual(run.facts, {
      exit: 10,
      outcome: 'needsInput',
      stage: 'validate',
      verdict: 'ask',
      rule: 'no-checks',
    });
    assert.deepEqual(
      run.result.questions.map(({ id, options }) => [id, options]),
      [
        ['Q1', ['accept', 'stop']],
        ['Q2', ['accept', 'stop']],
      ],
    );
    await answer(project, 'Q1', 'accept');
    assert.equal((await resume(project)).exit, 10, 'one answer of two is not enough');
    await answer(project, 'Q2', 'accept');
    assert.deepEqual((await resume(project)).facts, PROPOSED);
    assert.equal((await project.speckit('approve', 'run-1')).exit, 0);
  });
});

describe('new tests', () => {
  const vacuous = "import { test } from 'node:test';\n\ntest('FR-001 FR-002', () => {});\n";

  it('that pass on the base tree are no evidence', async () => {
    const turns = [goodCode(), patchCall('test/greet.test.js', undefined, vacuous), said('Done.')];
    await using project = await scriptedProject({
      answers: { implement: [...turns, said('It is tested.'), ...turns, said('It is tested.')] },
    });
    const run = await auto(project);
    assert.deepEqual(run.facts, {
      exit: 2,
      outcome: 'gateFailed',
      stage: 'implement',
      verdict: 'escalate',
      rule: 'new-tests-unproven',
    });
    assert.match(requestText(project, 'implement', 4), /they pass without the change/);
  });

  it('that were planned and not written are owed', async () => {
    await using project = await scriptedProject({
      answers: { implement: [goodCode(), said('Done.'), goodTest(), said('Tests too.')] },
    });
    assert.deepEqual((await auto(project)).facts, PROPOSED);
    assert.match(requestText(project, 'implement', 3), /No new test is evidence: none was added/);
  });
});
