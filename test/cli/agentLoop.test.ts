import assert from 'node:assert/strict';
import { auto, goodCode, goodTest, OLD_CODE, payloads, requestText, said } from '../support/pipelineScript.ts';
import { inPairs } from '../support/inPairs.ts';
import { scriptedProject, tool, type ProjectOptions } from '../support/scriptedProject.ts';
import type { Step } from '../support/scriptedStep.ts';

const turns = [goodCode(), goodTest(), said('Done.')];
const call = (name: string, argumentsText: string): Step => ({
  toolCalls: [{ id: `raw_${name}`, name, arguments: argumentsText }],
});
const read = tool('read_file', { path: 'src/greet.js' });
const updateOf = (context: string): string =>
  `*** Begin Patch\n*** Update File: src/greet.js\n@@\n${context}\n*** End Patch\n`;

interface Row {
  readonly name: string;
  readonly first: readonly Step[];
  /** What the log says became of the tool calls of `first`. */
  readonly outcomes: readonly ('ok' | 'refused' | 'failed')[];
  /** What the model reads in the request after `first`. */
  readonly told: RegExp;
  readonly files?: ProjectOptions['files'];
}

const ROWS: readonly Row[] = [
  {
    name: 'an unknown tool',
    first: [call('rm_rf', '{}')],
    outcomes: ['failed'],
    told: /There is no tool rm_rf\. The tools are: read_file, list_files/,
  },
  {
    name: 'arguments that are not JSON',
    first: [call('read_file', '{"path": ')],
    outcomes: ['failed'],
    told: /The arguments are not JSON/,
  },
  {
    name: 'arguments that do not fit',
    first: [call('read_file', '{"file": "x"}')],
    outcomes: ['failed'],
    told: /The arguments do not fit:[^\n]*path/,
  },
  {
    name: 'a file that does not exist',
    first: [tool('read_file', { path: 'src/none.js' })],
    outcomes: ['failed'],
    told: /There is no file src\/none\.js/,
  },
  {
    name: 'a path out of the repository',
    first: [tool('read_file', { path: '../../etc/passwd' })],
    outcomes: ['failed'],
    told: /There is no file \.\.\/\.\.\/etc\/passwd/,
  },
  {
    name: 'a binary file',
    first: [tool('read_file', { path: 'logo.bin' })],
    outcomes: ['failed'],
    told: /logo\.bin is binary \(4 bytes\)/,
    files: { 'logo.bin': new Uint8Array([0, 1, 2, 255]) },
  },
  {
    name: 'the same call three times in a row',
    first: [read, read, read],
    outcomes: ['ok', 'ok', 'refused'],
    told: /You made exactly this call before/,
  },
  {
    name: 'a patch whose context does not stand in the file',
    first: [
      tool('apply_patch', { patch: updateOf(' export function greet(nom) {\n-  return `Hi ${nom}`;\n+  return 1;') }),
    ],
    outcomes: ['refused'],
    told: /was not found in src\/greet\.js[\s\S]*The nearest lines of the file are:\n +1 {2}export function greet\(name\) \{/,
  },
  {
    name: 'a patch that is none',
    first: [tool('apply_patch', { patch: 'please change greet' })],
    outcomes: ['refused'],
    told: /\*\*\* Begin Patch/,
  },
  {
    name: 'a check that does not exist',
    first: [tool('run_check', { name: 'lint' })],
    outcomes: ['failed'],
    told: /There is no check lint\. The checks are: test/,
  },
  {
    name: 'a search that finds nothing',
    first: [tool('search', { text: 'nowhere to be found' })],
    outcomes: ['failed'],
    told: /No line contains/,
  },
];

async function check({ first, outcomes, told, files = {} }: Row): Promise<void> {
  await using project = await scriptedProject({ answers: { implement: [...first, ...turns] }, files });
  const run = await auto(project, '--pause', 'implement');
  assert.equal(run.exit, 0, run.result.text);
  assert.deepEqual(
    payloads(project, 'ToolResult')
      .slice(0, outcomes.length)
      .map(({ outcome }) => outcome),
    outcomes,
  );
  const before = requestText(project, 'implement', first.length);
  const after = requestText(project, 'implement', first.length + 1);
  assert.ok(after.startsWith(before), 'the conversation is only ever added to');
  assert.match(after.slice(before.length), told);
}

describe('the agent loop answers in words and goes on after', () => {
  inPairs(ROWS, check);
});

describe('the agent loop is bounded', () => {
  it('by turns_per_attempt: what is done by then is weighed as an attempt', async () => {
    const idle = [tool('list_files', {}), tool('read_file', { path: 'package.json' }), read];
    await using project = await scriptedProject({
      answers: { implement: [...idle, ...turns] },
      more: '\n[limits]\nturns_per_attempt = 3\n\n[gates]\nattempts_per_worker = 1\n',
    });
    const run = await auto(project, '--pause', 'implement');
    assert.equal(run.exit, 0, run.result.text);
    assert.deepEqual(
      payloads(project, 'Escalation').map(({ from, stage }) => [from, stage]),
      [['cheap', 'implement']],
    );
    assert.ok(requestText(project, 'implement', 4).includes(OLD_CODE));
  });

  it('by a cap on the calls of one answer', async () => {
    const many: Step = {
      toolCalls: Array.from({ length: 40 }, (_, index) => ({
        id: `many_${index}`,
        name: 'search',
        arguments: { text: `word ${index}` },
      })),
    };
    await using project = await scriptedProject({ answers: { implement: [many, ...turns] } });
    assert.equal((await auto(project, '--pause', 'implement')).exit, 0);
    assert.equal(payloads(project, 'ToolResult').filter(({ text }) => text.includes('No line contains')).length, 16);
  });
});
