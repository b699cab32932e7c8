import assert from 'node:assert/strict';
import path from 'node:path';
import { loadPrompts } from '../../src/node/prompts.ts';
import { fixedPart } from '../bench/oneWord.ts';
import {
  auto,
  changed,
  goodCode,
  goodTest,
  modelsAsked,
  patchCall,
  payloads,
  ran,
  requestText,
  said,
  OLD_CODE,
  WRONG_CODE,
} from '../support/pipelineScript.ts';
import {
  configuration,
  GOOD,
  installation,
  scriptedProject,
  type ScriptedProject,
} from '../support/scriptedProject.ts';

/*
 * Whose words a worker reads, on the whole command line: the worker `cheap` is local here, `strong` is not.
 */

const toml = (url: string): string =>
  configuration(url).replace('[workers.strong]', 'local = true\n\n[workers.strong]');
const LOCAL = /words alone change nothing/;
const MAIN = /Do the task below with the tools/;
/** Bytes of an implement turn that hold nothing of any project. */
const MOST_FIXED = 6 * 1024;

interface Body {
  readonly model: string;
  readonly tools: unknown;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}
const implementBodies = ({ calls, server }: ScriptedProject): readonly Body[] =>
  server.requests.flatMap(({ body }, index) => (calls[index] === 'implement' ? [body as Body] : []));

describe('a prompt with a text of its own for local models', () => {
  it('is read by them in that text, by everybody else in the main one, and the log says which', async () => {
    await using project = await scriptedProject({
      toml,
      answers: {
        implement: [
          patchCall('src/greet.js', OLD_CODE, WRONG_CODE),
          goodTest(),
          said('Done.'),
          patchCall('src/greet.js', WRONG_CODE, `${WRONG_CODE}// \n`),
          said('Done again.'),
          goodCode(),
          goodTest(),
          said('Done by another.'),
        ],
      },
    });
    const { facts } = await auto(project);
    assert.equal(facts.exit, 11, JSON.stringify(facts));
    const bodies = implementBodies(project);
    const opening = ({ tools, messages }: Body): string => JSON.stringify([tools, messages.slice(0, 2)]);
    const byModel = Map.groupBy(bodies, ({ model }) => model);
    assert.deepEqual([...byModel.keys()], ['gpt-6-luna', 'gpt-6.1-sol']);
    for (const [model, own] of byModel) {
      assert.match(opening(own[0] as Body), model === 'gpt-6-luna' ? LOCAL : MAIN);
      assert.equal(new Set(own.map(opening)).size, 1, `all calls of ${model} begin with the same bytes`);
    }
    const { templates } = await loadPrompts(path.join(installation, 'prompts'));
    const version = (id: string): number => templates.get(id)?.version ?? 0;
    const told = new Set(
      payloads(project, 'LLMCall').map(({ worker, template }) => JSON.stringify([worker, template])),
    );
    const expected = [
      ['cheap', { id: 'specify', version: version('specify'), variant: null }],
      ['cheap', { id: 'plan', version: version('plan'), variant: null }],
      ['cheap', { id: 'critic-plan', version: version('critic-plan'), variant: null }],
      ['cheap', { id: 'tasks', version: version('tasks'), variant: null }],
      ['cheap', { id: 'implement', version: version('implement'), variant: 'local' }],
      ['strong', { id: 'implement', version: version('implement'), variant: null }],
    ];
    for (const use of expected)
      assert.ok(told.has(JSON.stringify(use)), `${JSON.stringify(use)} of ${[...told].join(' ')}`);
    for (const body of [byModel.get('gpt-6-luna')?.[0], byModel.get('gpt-6.1-sol')?.[0]]) {
      const variant = body?.model === 'gpt-6-luna' ? 'local' : undefined;
      const { all } = await fixedPart(body, variant);
      assert.ok(all < MOST_FIXED, `${variant ?? 'main'}: ${all}`);
    }
  });

  it('asks them in it for a mended answer, appended to what they were asked', async () => {
    await using project = await scriptedProject({ toml, answers: { brief: [said('Here it is.'), ...GOOD.brief] } });
    const { facts } = await ran(project, 'specify', 'SPEC-001', '--run-id', 'run-1');
    assert.equal(facts.exit, 0, JSON.stringify(facts));
    assert.deepEqual(modelsAsked(project), ['gpt-6-luna', 'gpt-6-luna']);
    assert.match(requestText(project, 'brief', 2), /Your answer could not be used:[\s\S]*Its first character is `\{`/);
    const [first, second] = project.server.requests.map(({ body }) => body as Body);
    assert.deepEqual(second?.messages.slice(0, first?.messages.length), first?.messages);
  });
});

describe('the files that a task is shown beside its own', () => {
  it('begin with what its files import, then what imports them', async () => {
    await using project = await scriptedProject({
      files: { 'src/greet.js': `import './names.js';\n${OLD_CODE}`, 'src/names.js': 'export const names = [];\n' },
      answers: { brief: [changed('brief', { relevant_files: ['package.json', 'src/greet.js'] })] },
    });
    const { facts } = await auto(project);
    assert.equal(facts.exit, 11, JSON.stringify(facts));
    const request = requestText(project, 'implement', 1);
    const beside = request.slice(request.indexOf('## Other files, only to be read'));
    assert.deepEqual(
      [...beside.matchAll(/^### (\S+)$/gm)].map(([, name]) => name),
      ['src/names.js', 'test/shape.test.js', 'package.json'],
    );
  });
});
