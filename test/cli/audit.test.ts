import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  answer,
  auto,
  block,
  changed,
  goodCode,
  goodTest,
  objection,
  patchCall,
  payloads,
  requestText,
  resume,
  said,
  type Facts,
} from '../support/pipelineScript.ts';
import { configuration, GOOD, GOOD_CODE, scriptedProject, type ScriptedProject } from '../support/scriptedProject.ts';

const PROPOSED: Facts = { exit: 11, outcome: 'proposed', stage: 'unlock', verdict: 'proceed', rule: undefined };
const asked = (rule: string): Facts => ({ exit: 10, outcome: 'needsInput', stage: 'audit', verdict: 'ask', rule });
const turns = [goodCode(), goodTest(), said('Done.')];
const BETTER = GOOD_CODE.replace('export', '// Greets.\nexport');
const mend = [patchCall('src/greet.js', GOOD_CODE, BETTER), said('Mended.')];

const diffOf = async (project: ScriptedProject): Promise<string> => (await project.speckit('diff', 'run-1')).stdout;

describe('the audit', () => {
  it('that blocks sends its points into implement once, and a second audit unlocks', async () => {
    await using project = await scriptedProject({
      answers: { implement: [...turns, ...mend], audit: [block('nothing says what it does'), ...GOOD.audit] },
    });
    const run = await auto(project);
    assert.deepEqual(run.facts, PROPOSED);
    assert.match(requestText(project, 'implement', 4), /nothing says what it does/);
    assert.match(requestText(project, 'audit', 2), /\/\/ Greets\./, 'the second audit reads the mended change');
    assert.ok((await diffOf(project)).includes('+// Greets.'), 'which is what is proposed');
  });

  it('that blocks twice asks a person, who may accept', async () => {
    await using project = await scriptedProject({
      answers: { implement: [...turns, ...mend], audit: [block('nothing says what it does')] },
    });
    assert.deepEqual((await auto(project)).facts, asked('audit-blocks'));
    assert.equal(payloads(project, 'ProposalCreate').length, 0);
    await answer(project, 'Q1', 'accept');
    const nCalls = project.calls.length;
    assert.deepEqual((await resume(project)).facts, PROPOSED);
    assert.equal(project.calls.length, nCalls, 'nobody is asked again');
    assert.ok((await diffOf(project)).includes('+// Greets.'), 'the change the person was asked about is proposed');
  });

  it('that says unlock and calls a requirement unmet blocks', async () => {
    const unmet = changed('audit', {
      requirements: [{ requirement: 'FR-002', met: false, evidence: 'no stranger is greeted' }],
    });
    await using project = await scriptedProject({
      answers: { implement: [...turns, ...mend], audit: [unmet, ...GOOD.audit] },
    });
    assert.deepEqual((await auto(project)).facts, PROPOSED);
    assert.match(requestText(project, 'implement', 4), /FR-002 is not met: no stranger is greeted/);
  });

  it('asks a person about a change the critic objects to', async () => {
    await using project = await scriptedProject({ answers: { 'critic-patch': [objection('names are not escaped')] } });
    const run = await auto(project);
    assert.deepEqual(run.facts, asked('blocking-counter-signal'));
    assert.match(requestText(project, 'audit', 1), /blocking: names are not escaped/, 'the judge has read it');
    await answer(project, 'Q1', 'accept');
    assert.deepEqual((await resume(project)).facts, PROPOSED);
  });

  it('asks a person when the critic did not answer', async () => {
    await using project = await scriptedProject({ answers: { 'critic-patch': [said('no')] } });
    assert.deepEqual((await auto(project)).facts, asked('adviser-silent'));
  });
});

interface NoJudge {
  readonly name: string;
  readonly toml: (url: string) => string;
  readonly refused: readonly string[];
}

const NO_JUDGE: readonly NoJudge[] = [
  {
    name: 'none is configured',
    toml: (url) => configuration(url).replace('judge = ["strong"]\n', ''),
    refused: [],
  },
  {
    name: 'the only one is local',
    toml: (url) => configuration(url).replace('[workers.strong]\n', '[workers.strong]\nlocal = true\n'),
    refused: ['judge-never-local'],
  },
];

describe('without a judge', () => {
  for (const { name, toml, refused } of NO_JUDGE) {
    it(`the audit is a person's: ${name}`, async () => {
      await using project = await scriptedProject({ toml });
      const run = await auto(project);
      assert.deepEqual([run.exit, run.result.outcome, run.result.stage], [10, 'needsInput', 'audit']);
      assert.deepEqual(
        run.result.questions.map(({ options }) => options),
        [['accept', 'stop']],
      );
      assert.ok(!project.calls.includes('audit'), 'no model judges');
      const route = payloads(project, 'RoutingDecision').findLast(({ role }) => role === 'judge');
      assert.deepEqual([route?.worker, route?.refused.map(({ rule }) => rule)], [null, refused]);
      assert.ok((await diffOf(project)).includes('Hello, stranger!'), 'the change can be read as the question says');
      await answer(project, 'Q1', 'accept');
      assert.deepEqual((await resume(project)).facts, PROPOSED);
      const [proposal] = payloads(project, 'ProposalCreate');
      const brief = readFileSync(
        path.join(project.root, '.git/speckit/runs/run-1/blobs', proposal?.brief.sha256 ?? ''),
        'utf8',
      );
      assert.match(brief, /no judge: a person audited it/);
    });
  }

  it('a person who says stop ends the run', async () => {
    await using project = await scriptedProject({ toml: NO_JUDGE[0]?.toml ?? configuration });
    await auto(project);
    await answer(project, 'Q1', 'stop');
    const stopped = await resume(project);
    assert.deepEqual([stopped.exit, stopped.result.outcome, stopped.result.questions], [2, 'gateFailed', []]);
  });
});

describe('criteria without evidence', () => {
  const tests = (file: string) => [
    { requirement: 'FR-001', file, what: 'by name' },
    { requirement: 'FR-002', file, what: 'a stranger' },
  ];
  const extra = 'test/extra.test.js';
  const plan = { ...JSON.parse(GOOD.plan[0]?.text ?? '{}') } as { files: object[] };
  const missing = changed('plan', {
    files: [...plan.files, { path: extra, action: 'create', why: 'tests' }],
    tests: tests(extra),
  });
  const task = {
    ...(JSON.parse(GOOD.tasks[0]?.text ?? '{}') as { tasks: object[] }).tasks[0],
    files: ['src/greet.js', 'test/greet.test.js', extra],
  };
  const tasks = changed('tasks', { tasks: [task] });
  const written =
    "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { greet } from '../src/greet.js';\n\ntest('FR-001 FR-002', () => {\n  assert.equal(greet('Bo') + greet(''), 'Hello, Bo!Hello, stranger!');\n});\n";

  it('are sent back into implement, and shown when the planned test is there', async () => {
    await using project = await scriptedProject({
      answers: {
        plan: [missing],
        tasks: [tasks],
        implement: [...turns, patchCall(extra, undefined, written), said('Now tested.')],
      },
    });
    assert.deepEqual((await auto(project)).facts, PROPOSED);
    assert.match(requestText(project, 'implement', 4), /4 of 4 criteria have no evidence on this tree: FR-001; FR-002/);
  });

  it('end the run when they are not made a second time', async () => {
    const other = [patchCall('src/greet.js', GOOD_CODE, BETTER), said('It is enough.')];
    await using project = await scriptedProject({
      answers: { plan: [missing], tasks: [tasks], implement: [...turns, ...other] },
    });
    const run = await auto(project);
    assert.deepEqual(run.facts, {
      exit: 2,
      outcome: 'gateFailed',
      stage: 'validate',
      verdict: 'escalate',
      rule: 'criteria-unevidenced',
    });
  });
});

describe('a rejected proposal', () => {
  it("is mended with the person's reason, proposed again, and can then be approved", async () => {
    await using project = await scriptedProject({ answers: { implement: [...turns, ...mend] } });
    assert.deepEqual((await auto(project)).facts, PROPOSED);
    assert.equal((await project.speckit('reject', 'run-1')).exit, 4, 'a rejection needs its reason');
    assert.equal((await project.speckit('reject', 'run-1', '--why', 'say what it does in a comment')).exit, 0);
    assert.equal((await project.speckit('approve', 'run-1')).exit, 4, 'what was rejected cannot be approved');
    assert.deepEqual((await resume(project)).facts, PROPOSED);
    assert.match(requestText(project, 'implement', 4), /say what it does in a comment/);
    assert.deepEqual(
      payloads(project, 'ProposalCreate').map(({ round }) => round),
      [1, 2],
    );
    assert.equal((await project.speckit('approve', 'run-1')).exit, 0);
    assert.equal(readFileSync(path.join(project.root, 'src/greet.js'), 'utf8'), BETTER);
  });
});
