import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  answer,
  auto,
  goodCode,
  goodTest,
  modelsAsked,
  OLD_CODE,
  patchCall,
  payloads,
  requestText,
  resume,
  said,
  WRONG_CODE,
} from '../support/pipelineScript.ts';
import { scriptedProject } from '../support/scriptedProject.ts';

const GOOD_TURNS = [goodCode(), goodTest(), said('Done.')];
/** Two attempts that greet nobody: code and tests first, then nothing new. */
const WRONG_TWICE = [
  patchCall('src/greet.js', OLD_CODE, WRONG_CODE),
  goodTest(),
  said('Done.'),
  said('It is right as it is.'),
];
const HELPER = 'export const greeting = "Hello";\n';
/** Wants a file that the plan does not name, in every attempt. */
const OUTSIDE = patchCall('src/words.js', undefined, HELPER);

describe('the ladder of the implementer', () => {
  it('climbs after two failed attempts: the stronger worker gets the failing output and a clean tree', async () => {
    await using project = await scriptedProject({ answers: { implement: [...WRONG_TWICE, ...GOOD_TURNS] } });
    const run = await auto(project);
    assert.deepEqual(run.facts, {
      exit: 11,
      outcome: 'proposed',
      stage: 'unlock',
      verdict: 'proceed',
      rule: undefined,
    });
    const implementers = modelsAsked(project).filter((_, index) => project.calls[index] === 'implement');
    assert.deepEqual(implementers, [...WRONG_TWICE.map(() => 'gpt-6-luna'), ...GOOD_TURNS.map(() => 'gpt-6.1-sol')]);
    const retry = requestText(project, 'implement', 4);
    assert.match(retry, /FR-002 greets a stranger/, 'the same worker is shown the failing output');
    const handedOver = requestText(project, 'implement', 5);
    assert.match(handedOver, /Another worker tried this task before you and failed/);
    assert.match(handedOver, /FR-002 greets a stranger/, 'the next worker is shown the failing output');
    assert.match(handedOver, /It is right as it is\./, 'and what the one before said at the end');
    assert.ok(handedOver.includes(OLD_CODE) && !handedOver.includes(WRONG_CODE), 'and the files as they were before');
    assert.match(handedOver, /### test\/greet\.test\.js\n\(does not exist yet\)/);
    assert.deepEqual(
      payloads(project, 'Escalation').map(({ from, to }) => ({ from, to })),
      [{ from: 'cheap', to: 'the next worker' }],
    );
  });

  it('climbs at once when a worker fails twice with the same output, whatever attempts it has left', async () => {
    await using project = await scriptedProject({
      answers: { implement: [...WRONG_TWICE, ...GOOD_TURNS] },
      more: '\n[gates]\nattempts_per_worker = 5\n',
    });
    const run = await auto(project, '--pause', 'implement');
    assert.equal(run.exit, 0, run.result.text);
    assert.deepEqual(
      payloads(project, 'Escalation').map(({ from, to, text }) => ({ from, to, text })),
      [
        {
          from: 'cheap',
          to: 'the next worker',
          text: 'cheap failed twice with the same output: a third attempt would bring no other.',
        },
      ],
    );
  });

  it('asks a person before it climbs over a check that fails without the change as well', async () => {
    await using project = await scriptedProject({
      answers: { implement: [goodCode(), goodTest(), said('Done.'), said('It is right as it is.')] },
      files: { 'test/shape.test.js': "throw new Error('the service of these tests is not there');\n" },
    });
    const run = await auto(project);
    assert.deepEqual(run.facts, {
      exit: 10,
      outcome: 'needsInput',
      stage: 'implement',
      verdict: 'ask',
      rule: 'check-fails-without-change',
    });
    assert.deepEqual(
      modelsAsked(project).filter((_, index) => project.calls[index] === 'implement'),
      Array.from({ length: 4 }, () => 'gpt-6-luna'),
      'nobody dearer is called',
    );
    assert.deepEqual(payloads(project, 'Escalation'), []);
    await answer(project, 'Q1', 'accept');
    const further = await resume(project);
    assert.deepEqual([further.exit, further.result.outcome], [2, 'gateFailed'], further.result.text);
    assert.ok(modelsAsked(project).includes('gpt-6.1-sol'), 'accepted, it is work like any other');
  });

  it('stops with exit 2 and the reason when every worker failed', async () => {
    await using project = await scriptedProject({ answers: { implement: [...WRONG_TWICE, ...WRONG_TWICE] } });
    const run = await auto(project);
    assert.deepEqual(run.facts, {
      exit: 2,
      outcome: 'gateFailed',
      stage: 'implement',
      verdict: 'escalate',
      rule: 'check-failed',
    });
    assert.match(run.result.text, /T1 greet: every worker failed\. Last: The test check test failed with exit code 1/);
    assert.deepEqual(
      payloads(project, 'Escalation').map(({ to }) => to),
      ['the next worker', 'a person'],
    );
    assert.equal(run.result.files.length, 0, 'nothing is proposed');
  });

  it('takes an attempt without a patch for a failed one', async () => {
    await using project = await scriptedProject({ answers: { implement: [said('Nothing to do.'), ...GOOD_TURNS] } });
    const run = await auto(project, '--pause', 'implement');
    assert.equal(run.exit, 0, run.result.text);
    assert.match(requestText(project, 'implement', 2), /The patch does not apply: no patch was made/);
  });
});

describe('a patch outside the plan', () => {
  it('is refused, asked about when nobody could do without it, and applied after a person amended the plan', async () => {
    await using project = await scriptedProject({
      answers: {
        implement: [
          ...Array.from({ length: 4 }, () => [OUTSIDE, said('It needs words.js.')]).flat(),
          OUTSIDE,
          ...GOOD_TURNS,
        ],
      },
    });
    const asked = await auto(project);
    assert.deepEqual([asked.exit, asked.result.outcome, asked.result.stage], [10, 'needsInput', 'implement']);
    assert.deepEqual(asked.result.questions, [
      {
        id: 'Q1',
        text: 'T1 could not be done inside the plan. May it change src/words.js as well?',
        options: ['allow', 'stop'],
      },
    ]);
    assert.match(requestText(project, 'implement', 2), /The plan does not name src\/words\.js: nothing was applied/);
    assert.equal(payloads(project, 'PatchApply').filter(({ outcome }) => outcome === 'applied').length, 0);
    await answer(project, 'Q1', 'allow');
    const gone = await resume(project);
    assert.deepEqual(gone.facts, {
      exit: 11,
      outcome: 'proposed',
      stage: 'unlock',
      verdict: 'proceed',
      rule: undefined,
    });
    assert.deepEqual(
      gone.result.files.map((file) => file.path),
      ['src/greet.js', 'src/words.js', 'test/greet.test.js'],
    );
    assert.deepEqual(
      payloads(project, 'PlanAmendment').map(({ path: file, by }) => ({ file, by })),
      [{ file: 'src/words.js', by: 'Ada' }],
    );
    assert.ok(!existsSync(path.join(project.root, 'src/words.js')), "before approval nothing is in the user's tree");
    const again = requestText(project, 'implement', 9);
    assert.match(
      again,
      /Another worker tried this task before you and failed/,
      'the ladder begins anew with what it learnt',
    );
    const replayed = await project.speckit('--json', 'replay', 'run-1');
    assert.deepEqual([replayed.exit, (JSON.parse(replayed.stdout) as { differences: unknown }).differences], [0, []]);
  });

  it('ends the run when the person says stop', async () => {
    await using project = await scriptedProject({
      answers: { implement: [OUTSIDE, said('It needs words.js.'), OUTSIDE, said('Still.')] },
      more: '\n[gates]\nattempts_per_worker = 1\n',
    });
    assert.equal((await auto(project)).exit, 10);
    await answer(project, 'Q1', 'stop');
    const stopped = await resume(project);
    assert.deepEqual([stopped.exit, stopped.result.outcome, stopped.result.questions], [2, 'gateFailed', []]);
    assert.match(stopped.result.text, /words\.js/);
  });

  it('applies none of a patch that is only partly inside the plan', async () => {
    const both = patchCall('src/words.js', undefined, HELPER);
    const patch = goodPatch().replace('*** End Patch\n', '*** Add File: src/words.js\n+x\n*** End Patch\n');
    await using project = await scriptedProject({
      answers: {
        implement: [{ toolCalls: [{ id: 'c1', name: 'apply_patch', arguments: { patch } }] }, both, ...GOOD_TURNS],
      },
    });
    const run = await auto(project, '--pause', 'implement');
    assert.equal(run.exit, 0, run.result.text);
    const [first] = payloads(project, 'PatchApply');
    assert.deepEqual([first?.outcome, first?.before === first?.after], ['refused', true]);
  });
});

function goodPatch(): string {
  const call = goodCode().toolCalls?.[0]?.arguments;
  return typeof call === 'object' ? String(call['patch']) : '';
}

describe('two tasks', () => {
  it('are done in the order of their dependencies, each on the tree the one before left', async () => {
    const task = (id: string, file: string, depends_on: readonly string[]) => ({
      id,
      title: `make ${id}`,
      description: id,
      requirements: ['FR-001', 'FR-002'],
      files: [file],
      depends_on,
      criteria: [],
    });
    const tasks = {
      text: JSON.stringify({
        tasks: [task('T2', 'test/greet.test.js', ['T1']), task('T1', 'src/greet.js', [])],
        confidence: 0.9,
        open_questions: [],
      }),
    };
    await using project = await scriptedProject({
      answers: { tasks: [tasks], implement: [goodCode(), said('Code.'), goodTest(), said('Tests.')] },
    });
    const run = await auto(project);
    assert.equal(run.exit, 11, run.result.text);
    assert.deepEqual(
      payloads(project, 'PatchApply').map(({ task: id }) => id),
      ['T1', 'T2'],
    );
  });
});
