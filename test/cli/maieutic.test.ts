import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { answer, auto, changed, payloads, ran, requestText, resume, said } from '../support/pipelineScript.ts';
import { GOOD, scriptedProject, SPEC, type Answers, type ScriptedProject } from '../support/scriptedProject.ts';
import { checkKilledRun, killBench } from '../support/killedRun.ts';
import type { Step } from '../support/scriptedStep.ts';

/** What stands in the spec and gives a number. */
const MEASURED = 'A greeting is given within 50 ms of the call.';
/** A spec that says fast in one place and how fast in another. */
const VAGUE = `${SPEC}- **FR-003**: Greeting MUST be fast.\n  - **AC-003**: Given the name "Ada", when \`greet("Ada")\` is called, then it answers.\n\n## Assumptions\n\n${MEASURED}\n`;
const OPEN = 'In which language is the stranger greeted?';

const rating = (members: object): object => ({
  about: 'place-1',
  text: 'How fast is a greeting?',
  magnitude: 'important',
  resolvability: 'suggest-fix',
  confidence: 0.95,
  suggestion: 'Within 50 ms.',
  document: 'spec',
  quote: MEASURED,
  why: 'The assumptions say it.',
  plan_holds: true,
  ...members,
});
const checked = (...members: readonly object[]): Step => ({ text: JSON.stringify({ questions: members.map(rating) }) });

const requirements = ['FR-001', 'FR-002', 'FR-003'];
const planned = (open_questions: readonly object[] = []): Step =>
  changed('plan', {
    steps: [
      {
        id: 'S1',
        title: 'greet',
        requirements,
        files: ['src/greet.js', 'test/greet.test.js'],
        success_signal: 'tests pass',
      },
    ],
    open_questions,
  });

const [task] = (JSON.parse(GOOD.tasks[0]?.text ?? '{}') as { tasks: readonly object[] }).tasks;
const cut = changed('tasks', { tasks: [{ ...task, requirements }] });

const vague = (answers: Answers, more = ''): Promise<ScriptedProject> =>
  scriptedProject({
    files: { 'specs/SPEC-001-greeting/spec.md': VAGUE },
    answers: { plan: [planned()], tasks: [cut], ...answers },
    more,
  });

const depth = (value: string): string => `\n[gates]\nclarify_depth = "${value}"\n`;

const clarifications = (project: ScriptedProject): string => {
  const file = path.join(project.root, 'specs/SPEC-001-greeting/clarifications.md');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};
const settled = (project: ScriptedProject): readonly string[] =>
  payloads(project, 'QuestionSettle').map(({ id, by, rule, answer: given }) => `${id} ${by} ${rule}: ${given}`);

describe('a vague spec', function () {
  this.timeout(60_000);

  it('is asked about before the plan, and settled by words that stand in it; the plan is told', async () => {
    await using project = await vague({ clarify: [checked({})] });
    const run = await auto(project, '--pause', 'plan');
    assert.deepEqual([run.exit, project.calls.join(' ')], [0, 'brief clarify plan critic-plan'], run.result.text);
    assert.deepEqual([settled(project), payloads(project, 'QuestionAsk')], [['R1 model cited: Within 50 ms.'], []]);
    assert.match(
      requestText(project, 'clarify', 1),
      /place-1 \(vague\): .*spec\.md:\d+ "fast": give a number and a unit\.\n.*Greeting MUST be fast/,
    );
    assert.match(
      requestText(project, 'plan', 1),
      /Settled without a person[^\n]*\n- How fast is a greeting\? -> Within 50 ms\./,
    );
    assert.match(
      clarifications(project),
      /- R1 Q: How fast is a greeting\? → A: Within 50 ms\. \(cheap, citing spec: "A greeting is given within 50 ms of the call\."\)/,
    );
    assert.equal((await ran(project, 'replay', 'run-1')).exit, 0);
  });

  it("is a person's where what the model cites does not stand there", async () => {
    await using project = await vague({
      clarify: [checked({ quote: 'A greeting is given within 10 ms of the call.' })],
    });
    const run = await auto(project, '--pause', 'plan');
    assert.deepEqual([run.exit, run.result.outcome, settled(project)], [10, 'needsInput', []]);
    const [asked] = payloads(project, 'QuestionAsk');
    assert.deepEqual(
      [asked?.text, asked?.facts?.magnitude, asked?.facts?.suggestion],
      ['How fast is a greeting?', 'important', 'Within 50 ms.'],
    );
    assert.match(asked?.facts?.why ?? '', /what was cited does not stand in the spec/);
    await answer(project, 'Q1', 'Within 20 ms.');
    const gone = await resume(project, '--pause', 'plan');
    assert.deepEqual([gone.exit, project.calls.join(' ')], [0, 'brief clarify plan critic-plan']);
    assert.match(requestText(project, 'plan', 1), /How fast is a greeting\? -> Within 20 ms\./);
    assert.match(clarifications(project), /- Q1 Q: How fast is a greeting\? → A: Within 20 ms\. \(Ada\)/);
    assert.equal(clarifications(project).split('- Q1').length, 2, 'written once');
    assert.equal((await ran(project, 'replay', 'run-1')).exit, 0);
  });

  it('cannot answer itself: only the words in question are cited', async () => {
    await using project = await vague({ clarify: [checked({ quote: '- **FR-003**: Greeting MUST be fast.' })] });
    assert.equal((await auto(project, '--pause', 'plan')).exit, 10);
  });

  it('is not asked about at depth low, and a clear one is at depth high', async () => {
    await using low = await vague({}, depth('low'));
    assert.deepEqual([(await auto(low, '--pause', 'plan')).exit, low.calls.join(' ')], [0, 'brief plan critic-plan']);
    await using high = await scriptedProject({ more: depth('high') });
    assert.equal((await auto(high, '--pause', 'plan')).exit, 0);
    assert.equal(high.calls.join(' '), 'brief clarify plan critic-plan clarify');
    await using normal = await scriptedProject();
    assert.equal((await auto(normal, '--pause', 'plan')).exit, 0);
    assert.equal(normal.calls.join(' '), 'brief plan critic-plan', 'where nothing is open nobody is asked');
  });

  it('goes on with what is minor, and says in clarifications.md that nobody was asked', async () => {
    const minor = { magnitude: 'minor', resolvability: 'need-human', document: 'none', quote: '', suggestion: '' };
    await using project = await vague({ clarify: [checked(minor)] });
    assert.equal((await auto(project, '--pause', 'plan')).exit, 0);
    assert.match(
      clarifications(project),
      /- R1 Q: How fast is a greeting\? → A: \(left open\) \(noted \(minor, need-human, high confidence\), nobody was asked\)/,
    );
  });
});

describe('what was settled without a person', function () {
  this.timeout(60_000);

  it('is overruled by a person in the spec: the plan that was made of it is stale, and made anew', async () => {
    await using project = await vague({ clarify: [checked({}), checked()] });
    assert.equal((await auto(project, '--pause', 'plan')).exit, 0);
    const only = await project.speckit('clarify', 'run-1', '--answer', 'R1=Within 5 ms.');
    assert.equal(only.exit, 4);
    assert.match(only.stderr, /R1 was settled without a person.*--into-spec/);
    assert.doesNotMatch((await project.speckit('status')).stdout, /stale/);
    const given = await project.speckit('clarify', 'run-1', '--answer', 'R1=Within 5 ms.', '--into-spec');
    assert.equal(given.exit, 0, given.stderr);
    assert.match(clarifications(project), /- R1 Q: How fast is a greeting\? → A: Within 5 ms\. \(Ada\)/);
    assert.match((await project.speckit('status')).stdout, /stale: spec\.md has changed since run run-1 read it/);
    assert.equal((await resume(project, '--pause', 'plan')).exit, 0);
    assert.match(JSON.stringify(project.server.requests.at(-1)?.body), /How fast is a greeting\? → A: Within 5 ms\./);
    assert.equal(project.calls.filter((name) => name === 'plan').length, 2);
    assert.equal((await ran(project, 'replay', 'run-1')).exit, 0);
  });
});

describe('a question of the plan that blocks', function () {
  this.timeout(60_000);
  const blocked: Answers = { plan: [planned([{ text: OPEN, blocking: true }]), planned()] };

  it("is settled by the constitution's words without a person, and the plan is made anew with the answer", async () => {
    const rule = 'Every greeting is given in English.';
    await using project = await scriptedProject({
      files: { 'specs/SPEC-001-greeting/spec.md': VAGUE, 'memory/constitution.md': `# Constitution\n\n${rule}\n` },
      answers: {
        ...blocked,
        tasks: [cut],
        clarify: [
          checked({}),
          checked({
            about: 'plan-1',
            magnitude: 'minor',
            resolvability: 'auto-fix',
            document: 'constitution',
            quote: rule,
            suggestion: 'English.',
            plan_holds: false,
          }),
        ],
      },
    });
    const run = await auto(project, '--pause', 'tasks');
    assert.equal(run.exit, 0, run.result.text);
    assert.equal(project.calls.join(' '), 'brief clarify plan critic-plan clarify plan critic-plan tasks');
    assert.deepEqual(settled(project), ['R1 model cited: Within 50 ms.', 'R2 model cited: English.']);
    assert.deepEqual(
      payloads(project, 'QuestionSettle')[1]?.facts.magnitude,
      'important',
      'what blocks is never minor',
    );
    assert.ok(requestText(project, 'plan', 2).includes(`- ${OPEN} -> English.`));
    assert.ok(requestText(project, 'tasks', 1).includes(`${OPEN} Answered: English.`));
    assert.equal((await ran(project, 'replay', 'run-1')).exit, 0);
  });

  it("is a person's where nobody rated it, and their answer reaches plan and tasks", async () => {
    await using project = await vague({ ...blocked, clarify: [checked(), checked()] });
    const run = await auto(project, '--pause', 'tasks');
    assert.deepEqual([run.exit, run.result.stage], [10, 'plan']);
    await answer(project, 'Q1', 'In Latin.');
    const gone = await resume(project, '--pause', 'tasks');
    assert.equal(gone.exit, 0, gone.result.text);
    assert.equal(project.calls.join(' '), 'brief clarify plan critic-plan clarify plan critic-plan tasks');
    assert.ok(requestText(project, 'plan', 2).includes(`- ${OPEN} -> In Latin.`));
    assert.ok(requestText(project, 'tasks', 1).includes(`${OPEN} Answered: In Latin.`));
    assert.equal((await ran(project, 'replay', 'run-1')).exit, 0);
  });

  it("is a person's where the check gives no usable answer: nothing is settled by silence", async () => {
    await using project = await scriptedProject({
      answers: {
        plan: [changed('plan', { open_questions: [{ text: OPEN, blocking: true }] })],
        clarify: [said('No.')],
      },
    });
    const run = await auto(project, '--pause', 'plan');
    assert.deepEqual([run.exit, run.result.questions.map(({ text }) => text)], [10, [OPEN]]);
    assert.equal(project.calls.filter((name) => name === 'clarify').length, 4, 'both workers, and each once more');
    assert.deepEqual(settled(project), []);
  });

  it('keeps the plan where a person takes the suggestion with which it holds', async () => {
    const suggested = {
      about: 'plan-1',
      resolvability: 'need-human',
      document: 'none',
      quote: '',
      suggestion: 'In English.',
    };
    await using project = await vague({ ...blocked, clarify: [checked(), checked(suggested)] });
    assert.equal((await auto(project, '--pause', 'tasks')).exit, 10);
    await answer(project, 'Q1', 'In English.');
    assert.equal((await resume(project, '--pause', 'tasks')).exit, 0);
    assert.equal(project.calls.join(' '), 'brief clarify plan critic-plan clarify tasks');
    assert.ok(requestText(project, 'tasks', 1).includes(`${OPEN} Answered: In English.`));
  });
});

describe('a run that is killed while questions are settled, asked and answered', function () {
  this.timeout(180_000);

  it('comes to the same, asks and pays once, and writes each answer down once', async () => {
    const [stranger, spaces] = ['What is said to a stranger?', 'May a name hold spaces?'];
    const open_questions = [stranger, spaces].map((text) => ({ text, blocking: true }));
    const quote = '- **FR-002**: `greet("")` MUST return `Hello, stranger!`.';
    await using bench = await killBench({
      answers: {
        brief: [changed('brief', { open_questions })],
        clarify: [checked({ about: 'brief-1', suggestion: 'Hello, stranger!', quote })],
      },
    });
    const { project } = bench;
    const moments = bench.marks.flatMap((mark) =>
      /Question|clarif/.test(mark) ? [{ kind: 'line' as const, mark }] : [],
    );
    assert.ok(moments.length >= 8, bench.marks.join('\n'));
    const { stdout } = await project.speckit('show', 'run-1');
    assert.match(stdout, /Settled +R1 What is said to a stranger\? Hello, stranger! \(by the spec, without you\)/);
    const listed = await project.speckit('clarify', 'run-1');
    assert.match(
      listed.stdout,
      /Settled without you; .*--answer R1="\.\.\." --into-spec\n +R1 +What is said to a stranger/,
    );
    const text = clarifications(project);
    assert.match(text, /- R1 Q: What is said to a stranger\?.*\n- Q1 Q: May a name hold spaces\?/);
    const { nKills } = await checkKilledRun(bench, moments);
    assert.equal(nKills, moments.length);
    assert.deepEqual([settled(project).length, payloads(project, 'QuestionAsk').length], [1, 1]);
    assert.deepEqual(clarifications(project).split('\n').sort(), text.split('\n').sort());
    assert.equal((await ran(project, 'replay', 'run-1')).exit, 0);
  });
});
