import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { auto, block, OLD_CODE, payloads, type Facts } from '../support/pipelineScript.ts';
import {
  GOOD_CODE,
  replaceFile,
  scriptedProject,
  SPEC,
  type ProjectOptions,
  type ScriptedProject,
} from '../support/scriptedProject.ts';
import type { Step } from '../support/scriptedStep.ts';

const specOf = (files: string): string =>
  SPEC.replace('# Greeting\n', `# Greeting\n\n**Size**: hotfix\n\n**Files**: ${files}\n`);
const single = (after: string): Step => ({
  text: JSON.stringify({ patch: replaceFile('src/greet.js', OLD_CODE, after), notes: 'greets', confidence: 0.9 }),
});
const hotfix = (answers: ProjectOptions['answers'], files = '`src/greet.js`'): ProjectOptions => ({
  answers: { 'implement-single': [single(GOOD_CODE)], ...answers },
  files: { 'specs/SPEC-001-greeting/spec.md': specOf(files) },
});
const documents = (project: ScriptedProject): readonly string[] =>
  readdirSync(path.join(project.root, 'specs/SPEC-001-greeting')).sort();

describe('a hotfix', () => {
  it('asks two models in all, and leaves little to read', async () => {
    await using project = await scriptedProject(hotfix({}));
    const run = await auto(project);
    assert.deepEqual(run.facts, {
      exit: 11,
      outcome: 'proposed',
      stage: 'unlock',
      verdict: 'proceed',
      rule: undefined,
    });
    assert.deepEqual(project.calls, ['implement-single', 'audit']);
    assert.deepEqual(run.result.files, [{ path: 'src/greet.js', change: 'modified' }]);
    const pages = documents(project).filter((name) => name.endsWith('.md') && name !== 'spec.md');
    const nLines = pages.reduce(
      (sum, name) =>
        sum + readFileSync(path.join(project.root, 'specs/SPEC-001-greeting', name), 'utf8').split('\n').length,
      0,
    );
    assert.ok(nLines <= 90, `${nLines} lines in ${pages.join(', ')}`);
    assert.equal((await project.speckit('approve', 'run-1')).exit, 0);
    assert.equal(readFileSync(path.join(project.root, 'src/greet.js'), 'utf8'), GOOD_CODE);
  });

  const failing: readonly {
    readonly name: string;
    readonly answers: ProjectOptions['answers'];
    readonly facts: Partial<Facts>;
    readonly calls: number;
  }[] = [
    {
      name: 'its check fails',
      answers: { 'implement-single': [single('export function greet() {}\n')] },
      facts: { stage: 'implement', rule: 'check-failed' },
      calls: 1,
    },
    {
      name: 'its patch does not apply',
      answers: { 'implement-single': [{ text: JSON.stringify({ patch: 'nothing', notes: '', confidence: 1 }) }] },
      facts: { stage: 'implement', rule: 'patch-refused' },
      calls: 1,
    },
    {
      name: 'its answer is no patch at all',
      answers: { 'implement-single': [{ text: 'I would rather not.' }] },
      facts: { stage: 'implement', rule: 'patch-refused' },
      calls: 1,
    },
    {
      name: 'its audit blocks',
      answers: { audit: [block('it is wrong')] },
      facts: { stage: 'audit', rule: 'audit-blocks' },
      calls: 2,
    },
  ];
  for (const { name, answers, facts, calls } of failing) {
    it(`stops with exit 2 and says what to do when ${name}`, async () => {
      await using project = await scriptedProject(hotfix(answers));
      const run = await auto(project);
      assert.deepEqual(
        { exit: run.exit, outcome: run.result.outcome, stage: run.facts.stage, rule: run.facts.rule },
        { exit: 2, outcome: 'gateFailed', ...facts },
        run.result.text,
      );
      assert.match(run.result.text, /Set `size: standard` in spec\.md/);
      assert.deepEqual([project.calls.length, payloads(project, 'ProposalCreate').length], [calls, 0]);
    });
  }

  for (const { name, files, ...expected } of [
    { name: 'names a risky file', files: '`src/login.js`', exit: 0, calls: ['brief'] },
    { name: 'names two files', files: '`src/greet.js`, `src/other.js`', exit: 0, calls: ['brief'] },
  ]) {
    it(`is no hotfix when it ${name}`, async () => {
      await using project = await scriptedProject(hotfix({}, files));
      const run = await auto(project, '--pause', 'specify');
      assert.deepEqual({ exit: run.exit, calls: project.calls }, expected, run.result.text);
      assert.equal(payloads(project, 'RunStart')[0]?.size, 'standard');
    });
  }
});
