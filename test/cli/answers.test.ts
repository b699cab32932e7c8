import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { auto, changed, payloads, ran, requestText } from '../support/pipelineScript.ts';
import { scriptedProject, SPEC, type ScriptedProject } from '../support/scriptedProject.ts';
import type { Step } from '../support/scriptedStep.ts';

const SPACES = 'May a name hold spaces?';
const LANGUAGE = 'In which language is the stranger greeted?';
const asking = (...questions: readonly string[]): Step =>
  changed('brief', { open_questions: questions.map((text) => ({ text, blocking: true })) });
const doubt = changed('plan', { confidence: 0.5 });

/** Writes the answers file and returns its name. */
function file(project: ScriptedProject, answers: unknown): string {
  const name = project.folder.join('answers.json');
  writeFileSync(name, typeof answers === 'string' ? answers : JSON.stringify(answers));
  return name;
}
const answered = (project: ScriptedProject): readonly string[] =>
  payloads(project, 'QuestionAnswer').map(({ id, answer, by }) => `${id}=${answer} by ${by}`);
const spec = (project: ScriptedProject): string =>
  readFileSync(path.join(project.root, 'specs/SPEC-001-greeting/spec.md'), 'utf8');

describe('answers from a file', function () {
  this.timeout(60_000);

  it('take a run past its questions without anybody there', async () => {
    await using project = await scriptedProject({ answers: { brief: [asking(SPACES, LANGUAGE)] } });
    const answers = file(project, { Q1: 'Yes.', Q2: { answer: 'Latin.', question: LANGUAGE } });
    const run = await auto(project, '--pause', 'plan', '--answers', answers);
    assert.deepEqual([run.exit, run.result.outcome], [0, 'paused'], run.stderr);
    assert.deepEqual(answered(project), ['Q1=Yes. by Ada', 'Q2=Latin. by Ada']);
    assert.ok(requestText(project, 'plan', 1).includes(`- ${SPACES} -> Yes.\n- ${LANGUAGE} -> Latin.`));
    assert.equal((await ran(project, 'replay', 'run-1')).exit, 0);
  });

  it('end with exit 10 and the questions that have none, as JSON by the ids that the file answers', async () => {
    await using project = await scriptedProject({ answers: { brief: [asking(SPACES, LANGUAGE)] } });
    const run = await auto(project, '--pause', 'plan', '--answers', file(project, { Q1: 'Yes.', Q7: 'No.' }));
    const { questions, answersFile } = run.result as unknown as Record<string, unknown>;
    const facts = {
      magnitude: 'important',
      resolvability: 'need-human',
      confidence: 0,
      suggestion: null,
      citation: null,
    };
    assert.deepEqual(
      [run.exit, questions],
      [10, [{ id: 'Q2', text: LANGUAGE, options: [], ...facts, why: '(important, need-human, low confidence)' }]],
    );
    assert.deepEqual(answersFile, { unknown: ['Q7'], missing: ['Q2'] });
    const again = await ran(
      project,
      'resume',
      'run-1',
      '--pause',
      'plan',
      '--answers',
      file(project, { Q1: 'Yes.', Q2: 'Latin.' }),
    );
    assert.deepEqual([again.exit, answered(project).length], [0, 2], 'the same file may be handed in again');
  });

  it('decide nothing that has fixed choices before it was asked', async () => {
    await using project = await scriptedProject({ answers: { plan: [doubt] } });
    const answers = file(project, { Q1: 'accept' });
    const run = await auto(project, '--pause', 'plan', '--answers', answers);
    assert.deepEqual([run.exit, run.facts.rule, answered(project)], [10, 'low-confidence', []]);
    const again = await ran(project, 'auto', 'SPEC-001', '--pause', 'plan', '--answers', answers);
    assert.deepEqual([again.exit, answered(project)], [0, ['Q1=accept by Ada']], 'a person has seen it since');
  });

  const refused: readonly (readonly [string, unknown, RegExp])[] = [
    [
      'another question than the one it pins',
      { Q1: { answer: 'Yes.', question: 'Is it late?' } },
      /Q1 is another question/,
    ],
    ['no JSON', '{"Q1"', /answers\.json is not JSON/],
    ['an id that is none', { one: 'Yes.' }, /one is no id of a question/],
  ];
  for (const [name, value, expected] of refused)
    it(`are refused where the file holds ${name}, and none is taken`, async () => {
      await using project = await scriptedProject({ answers: { brief: [asking(SPACES)] } });
      assert.equal((await auto(project, '--pause', 'plan')).exit, 10);
      const run = await project.speckit('clarify', 'run-1', '--answers', file(project, value));
      assert.deepEqual([run.exit, answered(project)], [4, []], run.stderr);
      assert.match(run.stderr, expected);
    });

  it('are all taken by clarify, or none: an id that was not asked is told', async () => {
    await using project = await scriptedProject({ answers: { brief: [asking(SPACES, LANGUAGE)] } });
    assert.equal((await auto(project, '--pause', 'plan')).exit, 10);
    const strange = await project.speckit('clarify', 'run-1', '--answers', file(project, { Q1: 'Yes.', Q9: 'No.' }));
    assert.deepEqual([strange.exit, answered(project)], [4, []]);
    assert.match(strange.stderr, /Run run-1 has asked no Q9\./);
    const half = await ran(project, 'clarify', 'run-1', '--answers', file(project, { Q1: 'Yes.' }));
    assert.deepEqual([half.exit, half.result.questions.map(({ id }) => id)], [10, ['Q2']]);
    const whole = await ran(project, 'clarify', 'run-1', '--answers', file(project, { Q1: 'Yes.', Q2: 'Latin.' }));
    assert.deepEqual([whole.exit, whole.result.questions], [0, []]);
  });

  it('answer the markers of a spec that has no run', async () => {
    const text = SPEC.replace(
      'any name',
      'any name [NEEDS CLARIFICATION: how long?] of [NEEDS CLARIFICATION: which script?]',
    );
    await using project = await scriptedProject({ files: { 'specs/SPEC-001-greeting/spec.md': text } });
    const strange = await project.speckit('clarify', 'SPEC-001', '--answers', file(project, { 'CLR-009': 'x' }));
    assert.deepEqual([strange.exit, spec(project)], [4, text]);
    const done = await ran(
      project,
      'clarify',
      'SPEC-001',
      '--answers',
      file(project, { 'CLR-001': 'up to 80', 'CLR-002': 'Latin' }),
    );
    assert.deepEqual([done.exit, spec(project).includes('any name up to 80 of Latin')], [0, true]);
  });

  it('go into the spec where a person accepts it, which makes what was made of it stale', async () => {
    await using project = await scriptedProject({ answers: { brief: [asking(SPACES), changed('brief', {})] } });
    assert.equal((await auto(project, '--pause', 'plan')).exit, 10);
    const before = spec(project);
    const given = await project.speckit('clarify', 'run-1', '--answer', 'Q1=Yes, as they are.', '--into-spec');
    assert.equal(given.exit, 0, given.stderr);
    const now = spec(project);
    assert.ok(now.startsWith(before), 'every byte of the person stays');
    assert.match(
      now.slice(before.length),
      /^\n## Clarifications\n\n### Session \d{4}-\d\d-\d\d\n\n- Q: May a name hold spaces\? → A: Yes, as they are\.\n$/,
    );
    const status = await project.speckit('status');
    assert.match(status.stdout, /SPEC-001-greeting .*stale: spec\.md has changed since run run-1 read it/);
    const gone = await ran(project, 'resume', 'run-1', '--pause', 'plan');
    assert.deepEqual(
      [gone.exit, project.calls.join(' ')],
      [0, 'brief clarify brief plan critic-plan'],
      gone.result.text,
    );
    assert.match(JSON.stringify(project.server.requests[2]?.body), /May a name hold spaces\? → A: Yes, as they are\./);
    assert.doesNotMatch((await project.speckit('status')).stdout, /stale/);
    assert.equal((await ran(project, 'replay', 'run-1')).exit, 0);
  });
});
