import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  answer,
  auto,
  changed,
  objection,
  payloads,
  ran,
  requestText,
  resume,
  type Facts,
} from '../support/pipelineScript.ts';
import { inPairs } from '../support/inPairs.ts';
import { GOOD, scriptedProject, SPEC, type ProjectOptions } from '../support/scriptedProject.ts';

const CHEAP = 'gpt-6-luna';
const STRONG = 'gpt-6.1-sol';
const doubt = changed('plan', { confidence: 0.5 });
const planOf = (plan: object): ProjectOptions => ({ answers: { plan: [changed('plan', plan), ...GOOD.plan] } });

interface Case {
  readonly name: string;
  readonly options: ProjectOptions;
  readonly expected: Facts;
  readonly calls: string;
  /** Words that the last request must hold: what an earlier try was refused for. */
  readonly told?: { readonly call: 'plan' | 'tasks'; readonly words: readonly RegExp[] };
}

const paused = (stage: string): Facts => ({ exit: 0, outcome: 'paused', stage, verdict: 'proceed', rule: undefined });
const step = (requirements: readonly string[]) => [
  {
    id: 'S1',
    title: 'greet',
    requirements,
    files: ['src/greet.js', 'test/greet.test.js'],
    success_signal: 'tests pass',
  },
];
const task = (id: string, files: readonly string[], depends_on: readonly string[]) => ({
  id,
  title: id,
  description: id,
  requirements: ['FR-001', 'FR-002'],
  files,
  depends_on,
  criteria: [],
});
const tasksOf = (...tasks: readonly object[]): ProjectOptions => ({
  answers: { tasks: [changed('tasks', { tasks }), ...GOOD.tasks] },
});
const CODE = 'src/greet.js';
const TEST = 'test/greet.test.js';

const PLAN_CASES: readonly Case[] = [
  {
    name: 'a plan of low confidence climbs to the next architect',
    options: { answers: { plan: [doubt, ...GOOD.plan] } },
    expected: paused('plan'),
    calls: 'brief plan critic-plan clarify plan critic-plan',
    told: { call: 'plan', words: [/architect cheap is 0\.5 confident; 0\.75 is asked for/] },
  },
  {
    name: 'low confidence with nobody left asks a person',
    options: { answers: { plan: [doubt] } },
    expected: { exit: 10, outcome: 'needsInput', stage: 'plan', verdict: 'ask', rule: 'low-confidence' },
    calls: 'brief plan critic-plan clarify plan critic-plan clarify',
  },
  {
    name: 'a plan that leaves out a requirement is sent back with its id',
    options: planOf({ steps: step(['FR-001']) }),
    expected: paused('plan'),
    calls: 'brief plan critic-plan plan critic-plan',
    told: { call: 'plan', words: [/left out 1 of 2 requirements: FR-002/] },
  },
  {
    name: 'a blocking critic sends the plan back once with its points',
    options: { answers: { 'critic-plan': [objection('the empty name is forgotten'), ...GOOD['critic-plan']] } },
    expected: paused('plan'),
    calls: 'brief plan critic-plan plan critic-plan',
    told: { call: 'plan', words: [/the empty name is forgotten/] },
  },
  {
    name: "a blocking question of the architect is a person's",
    options: planOf({ open_questions: [{ text: 'Which language?', blocking: true }] }),
    expected: { exit: 10, outcome: 'needsInput', stage: 'plan', verdict: 'ask', rule: 'open-questions' },
    calls: 'brief plan critic-plan clarify',
  },
];

const TASK_CASES: readonly Case[] = [
  {
    name: 'a circle of tasks is sent back',
    options: tasksOf(task('T1', [CODE], ['T2']), task('T2', [TEST], ['T1'])),
    expected: paused('tasks'),
    calls: 'brief plan critic-plan tasks tasks',
    told: { call: 'tasks', words: [/wait for each other in a circle: T1, T2/] },
  },
  {
    name: 'two tasks of one wave that share a file are sent back',
    options: tasksOf(task('T1', [CODE], []), task('T2', [CODE, TEST], [])),
    expected: paused('tasks'),
    calls: 'brief plan critic-plan tasks tasks',
    told: { call: 'tasks', words: [/T1 and T2 may be done in any order and both change src\/greet\.js/] },
  },
  {
    name: 'a task with a file that the plan does not name is sent back',
    options: tasksOf(task('T1', [CODE, TEST, 'src/other.js'], [])),
    expected: paused('tasks'),
    calls: 'brief plan critic-plan tasks tasks',
    told: { call: 'tasks', words: [/T1 names src\/other\.js, which is not in the plan/] },
  },
];

async function check({ options, expected, calls, told }: Case, until: string): Promise<void> {
  await using project = await scriptedProject(options);
  const run = await auto(project, '--pause', until);
  assert.deepEqual({ ...run.facts, calls: project.calls.join(' ') }, { ...expected, calls }, run.result.text);
  for (const words of told?.words ?? []) assert.match(requestText(project, told?.call ?? 'plan', 2), words);
}

describe('gates of the plan', () => {
  inPairs(PLAN_CASES, (row) => check(row, 'plan'));

  it('asks the stronger architect second, and records why', async () => {
    await using project = await scriptedProject({ answers: { plan: [doubt, ...GOOD.plan] } });
    await auto(project, '--pause', 'plan');
    const models = project.server.requests.flatMap((request, index) =>
      project.calls[index] === 'plan' ? [(request.body as { model: string }).model] : [],
    );
    assert.deepEqual(models, [CHEAP, STRONG]);
    assert.deepEqual(
      payloads(project, 'Escalation').map(({ from, stage }) => ({ from, stage })),
      [{ from: 'cheap', stage: 'plan' }],
    );
  });

  it('asks a person when the critic blocks twice, and goes on with the second plan when it is accepted', async () => {
    const second = changed('plan', { summary: 'The second plan.' });
    await using project = await scriptedProject({
      answers: { plan: [...GOOD.plan, second], 'critic-plan': [objection('no test for it')] },
    });
    const asked = await auto(project, '--pause', 'plan');
    assert.deepEqual(asked.facts, {
      exit: 10,
      outcome: 'needsInput',
      stage: 'plan',
      verdict: 'ask',
      rule: 'blocking-counter-signal',
    });
    assert.deepEqual(
      asked.result.questions.map(({ id, options }) => ({ id, options })),
      [{ id: 'Q1', options: ['accept', 'stop'] }],
    );
    await answer(project, 'Q1', 'accept');
    const nCalls = project.calls.length;
    const gone = await resume(project, '--pause', 'plan');
    assert.deepEqual(
      [gone.exit, gone.result.outcome, project.calls.length],
      [0, 'paused', nCalls],
      'no call is made again',
    );
    const plan = readFileSync(path.join(project.root, 'specs/SPEC-001-greeting/plan.json'), 'utf8');
    assert.match(plan, /The second plan\./, 'what was accepted is the plan the person was asked about');
  });

  it('ends a run whose question was answered with stop, and asks nothing more', async () => {
    await using project = await scriptedProject({ answers: { plan: [doubt] } });
    await auto(project, '--pause', 'plan');
    await answer(project, 'Q1', 'stop');
    const stopped = await resume(project);
    assert.deepEqual([stopped.exit, stopped.result.outcome, stopped.result.questions], [2, 'gateFailed', []]);
    assert.match(stopped.result.text, /stop/);
  });

  it('refuses an answer that is none of the options', async () => {
    await using project = await scriptedProject({ answers: { plan: [doubt] } });
    await auto(project, '--pause', 'plan');
    const refused = await project.speckit('clarify', 'run-1', '--answer', 'Q1=perhaps');
    assert.deepEqual([refused.exit, /accept, stop/.test(refused.stderr)], [4, true]);
  });

  it("goes on after the architect's own question was answered", async () => {
    await using project = await scriptedProject({
      answers: { plan: [changed('plan', { open_questions: [{ text: 'Which language?', blocking: true }] })] },
    });
    await auto(project, '--pause', 'plan');
    await answer(project, 'Q1', 'English');
    const gone = await resume(project, '--pause', 'plan');
    assert.deepEqual(gone.facts, paused('plan'));
    assert.match(
      requestText(project, 'plan', 2),
      /Which language\? -> English/,
      'the plan is made anew with the answer',
    );
  });
});

describe('gates of the tasks', () => {
  inPairs(TASK_CASES, (row) => check(row, 'tasks'));
});

describe('gates of the spec', () => {
  it('asks about an open marker before any model is called, and goes on when it is answered in the spec', async () => {
    const spec = SPEC.replace('any name that is not empty', 'any name [NEEDS CLARIFICATION: how long may a name be?]');
    await using project = await scriptedProject({ files: { 'specs/SPEC-001-greeting/spec.md': spec } });
    const asked = await auto(project, '--pause', 'specify');
    assert.deepEqual(asked.facts, {
      exit: 10,
      outcome: 'needsInput',
      stage: 'specify',
      verdict: 'ask',
      rule: 'open-questions',
    });
    assert.deepEqual(project.calls, []);
    assert.match(asked.result.questions[0]?.text ?? '', /how long may a name be/);
    await answer(project, 'Q1', 'at most 80 characters');
    const written = readFileSync(path.join(project.root, 'specs/SPEC-001-greeting/spec.md'), 'utf8');
    assert.match(written, /at most 80 characters/);
    assert.doesNotMatch(written, /NEEDS CLARIFICATION/);
    const gone = await resume(project, '--pause', 'specify');
    assert.deepEqual([gone.exit, project.calls.join(' ')], [0, 'brief']);
    assert.match(
      JSON.stringify(project.server.requests[0]?.body),
      /at most 80 characters/,
      'the model reads the answered spec',
    );
  });

  it('asks about a conflict with the constitution that the architect found', async () => {
    const conflict = changed('brief', {
      constitution_conflicts: [{ rule: 'C-1', text: 'greetings must be in Latin' }],
    });
    await using project = await scriptedProject({ answers: { brief: [conflict] } });
    const asked = await auto(project, '--pause', 'specify');
    assert.deepEqual(asked.facts, {
      exit: 10,
      outcome: 'needsInput',
      stage: 'specify',
      verdict: 'ask',
      rule: 'constitution-conflict',
    });
    await answer(project, 'Q1', 'accept');
    const gone = await resume(project, '--pause', 'specify');
    assert.deepEqual([gone.exit, gone.result.verdict, project.calls.length], [0, 'proceed', 1]);
  });

  it("takes a person's answer to the architect's question into the plan", async () => {
    const brief = changed('brief', { open_questions: [{ text: 'May a name hold spaces?', blocking: true }] });
    await using project = await scriptedProject({ answers: { brief: [brief] } });
    assert.equal((await auto(project, '--pause', 'plan')).exit, 10);
    await answer(project, 'Q1', 'yes, as they are');
    assert.equal((await ran(project, 'resume', 'run-1', '--pause', 'plan')).exit, 0);
    assert.match(requestText(project, 'plan', 1), /May a name hold spaces\? -> yes, as they are/);
  });
});
