import assert from 'node:assert/strict';
import { estimateTokens } from '../../src/core/ledger/estimate.ts';
import {
  auto,
  changed,
  goodCode,
  goodTest,
  payloads,
  requestText,
  said,
  withFiles,
} from '../support/pipelineScript.ts';
import { scriptedProject, type CallName, type ScriptedProject } from '../support/scriptedProject.ts';

/** A file of about so many tokens. */
const fileOf = (word: string, tokens: number): string =>
  Array.from({ length: Math.ceil((tokens * 3.6) / 40) }, (_, line) => `// ${word} ${line}`.padEnd(39)).join('\n') +
  '\n';

const BIG = ['lib/one.js', 'lib/two.js', 'lib/three.js'];
const FILES = Object.fromEntries([
  ...BIG.map((file) => [file, fileOf(file, 3_000)] as const),
  ...Array.from({ length: 300 }, (_, n) => [`docs/page-${n}-with-a-long-name.md`, 'x\n'] as const),
]);
const answers = {
  brief: [changed('brief', { relevant_files: ['src/greet.js', ...BIG] })],
  ...withFiles('lib/two.js'),
  implement: [goodCode(), goodTest(), said('Done.')],
};

/** Estimated tokens of what was sent, the system text with it. */
function tokensOf(project: ScriptedProject, name: CallName): number {
  const body = project.server.requests[project.calls.indexOf(name)]?.body as {
    readonly messages: readonly { readonly content: string }[];
  };
  return body.messages.reduce((sum, { content }) => sum + estimateTokens(content), 0);
}

describe("the tokens of a stage's prompt", function () {
  this.timeout(60_000);

  it('hold what matters most; what was left out is named in the prompt and recorded', async () => {
    await using project = await scriptedProject({
      files: FILES,
      answers,
      more: '\n[prompt_tokens]\nspecify = 4000\nplan = 7000\nimplement = 6000\naudit = 4000\n',
    });
    const run = await auto(project);
    assert.equal(run.exit, 11, run.stderr);
    const limits: Partial<Record<CallName, number>> = {
      brief: 4_000,
      plan: 7_000,
      'critic-plan': 7_000,
      implement: 6_000,
    };
    for (const [name, most] of Object.entries(limits) as [CallName, number][])
      assert.ok(tokensOf(project, name) <= most, `${name}: ${tokensOf(project, name)} of ${most}`);
    const plan = requestText(project, 'plan', 1);
    assert.match(plan, /export function greet/);
    assert.match(plan, /Not shown here, to keep this text short: .*lib\/three\.js/);
    assert.match(requestText(project, 'brief', 1), /src\/greet\.js[\s\S]*\[\d+ more files\]/);
    const cuts = payloads(project, 'ContextCut');
    assert.deepEqual(
      cuts.map(({ key, stage, part, limit }) => [key, stage, part, limit]),
      [
        ['specify/brief/files', 'specify', 'files', 'prompt_tokens.specify = 4000'],
        ['plan/1/files', 'plan', 'files', 'prompt_tokens.plan = 7000'],
        ['plan/1/contents', 'plan', 'contents', 'prompt_tokens.plan = 7000'],
        ['plan/1/critic/files', 'plan', 'files', 'prompt_tokens.plan = 7000'],
        ['implement/T1/1/related', 'implement', 'related', 'prompt_tokens.implement = 6000'],
      ],
    );
    assert.deepEqual(cuts[4]?.left, ['lib/one.js', 'lib/three.js']);
    const shown = await project.speckit('show', 'run-1');
    assert.match(
      shown.stdout,
      /plan: not all contents fit into the prompt \(prompt_tokens\.plan = 7000\)\. Left out: /,
    );
  });

  it('cut the one file that a task is about in its middle rather than leave it out', async () => {
    await using project = await scriptedProject({
      files: { ...FILES, 'lib/two.js': fileOf('two', 20_000) },
      answers: { ...answers, ...withFiles() },
      more: '\n[prompt_tokens]\nplan = 4000\n',
    });
    await auto(project, '--pause', 'plan');
    assert.ok(payloads(project, 'ContextCut').length > 0);
    await using single = await scriptedProject({
      files: { 'src/greet.js': `export function greet(name) {\n  return 'Hi ' + name;\n}\n${fileOf('greet', 20_000)}` },
      more: '\n[prompt_tokens]\nplan = 8000\n',
    });
    await auto(single, '--pause', 'plan');
    const plan = requestText(single, 'plan', 1);
    assert.match(plan, /export function greet[\s\S]*characters left out/);
    assert.ok(tokensOf(single, 'plan') <= 8_000, String(tokensOf(single, 'plan')));
    assert.deepEqual(payloads(single, 'ContextCut')[0]?.left, ['src/greet.js (its middle)']);
  });

  it('are so many by themselves that nothing is cut and nothing recorded', async () => {
    await using project = await scriptedProject({ files: FILES, answers });
    assert.equal((await auto(project, '--pause', 'implement')).exit, 0);
    assert.deepEqual(payloads(project, 'ContextCut'), []);
    for (const file of BIG) assert.match(requestText(project, 'plan', 1), new RegExp(`### ${file}`));
  });
});
