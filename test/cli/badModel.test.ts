import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { Step } from '../support/scriptedStep.ts';
import { checkMessage } from '../support/message.ts';
import {
  configuration,
  GOOD,
  scriptedProject,
  type Answers,
  type ScriptedProject,
} from '../support/scriptedProject.ts';

/** Models that cannot be used: the configuration, the answers, the exit code, and how many calls were sent. */
interface BadModel {
  readonly name: string;
  readonly toml?: (url: string) => string;
  readonly answers?: Answers;
  readonly exit: number;
  readonly calls: number;
}

const unauthorized: Step = {
  fault: { kind: 'status', status: 401, message: 'Incorrect API key provided.', type: 'invalid_request_error' },
};
const unknownModel: Step = {
  fault: {
    kind: 'status',
    status: 404,
    message: 'The model gpt-6-luna does not exist.',
    type: 'invalid_request_error',
  },
};

const models: readonly BadModel[] = [
  {
    name: 'no-model-configured',
    toml: () => '[checks.test]\ncommand = "node --test"\nkind = "test"\n',
    exit: 4,
    calls: 0,
  },
  {
    name: 'only-the-implementer-is-configured',
    toml: (url) => configuration(url).replace(/^architect.*$/m, ''),
    exit: 4,
    calls: 0,
  },
  { name: 'a-key-the-server-refuses', answers: { brief: [unauthorized] }, exit: 4, calls: 1 },
  { name: 'a-model-the-server-does-not-know', answers: { brief: [unknownModel] }, exit: 4, calls: 1 },
  {
    name: 'a-key-that-is-not-in-the-environment',
    toml: (url) => configuration(url).replaceAll(/^base_url.*$/gm, 'key_env = "OPENAI_API_KEY"'),
    exit: 4,
    calls: 0,
  },
  {
    name: 'a-budget-of-nothing',
    toml: (url) => configuration(url, '\n[budget]\nrun_dollars = 0\n'),
    exit: 12,
    calls: 0,
  },
  {
    name: 'a-day-budget-of-nothing',
    toml: (url) => configuration(url, '\n[budget]\nday_dollars = 0\n'),
    exit: 12,
    calls: 0,
  },
  {
    name: 'a-model-without-a-price',
    toml: (url) => configuration(url).replaceAll(/"gpt-6[^"]*"/g, '"house-blend-70b"'),
    exit: 10,
    calls: 0,
  },
  {
    name: 'a-worker-that-routing-names-and-nobody-configured',
    toml: (url) => configuration(url).replace('architect = ["cheap", "strong"]', 'architect = ["chaep"]'),
    exit: 4,
    calls: 0,
  },
];

const hidden = (project: ScriptedProject) =>
  [
    [project.root, '<repository>'],
    [project.folder.path, '<folder>'],
  ] as const;

describe('models that cannot be used', () => {
  for (const { name, toml, answers, exit, calls } of models) {
    it(`are explained: ${name.replaceAll('-', ' ')}`, async () => {
      await using project = await scriptedProject({ ...(toml && { toml }), ...(answers && { answers }) });
      const words = ['auto', 'SPEC-001', '--run-id', 'run-1'];
      const result = await project.speckit(...words);
      checkMessage(name, { words, result, hide: hidden(project) });
      assert.deepEqual({ exit: result.exit, calls: project.server.requests.length }, { exit, calls });
    });
  }

  it('are explained: nobody listens where the configuration says', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    await using project = await scriptedProject({ toml: () => configuration(url) });
    const words = ['auto', 'SPEC-001', '--run-id', 'run-1'];
    const result = await project.speckit(...words);
    assert.ok((result.stdout + result.stderr).includes(url), `says where it looked: ${result.stdout}${result.stderr}`);
    checkMessage('nobody-listens-where-the-model-should-be', { words, result, hide: hidden(project) });
    assert.equal(result.exit, 3);
  });

  it('lose nothing: a run that reached nobody goes on when somebody listens again', async () => {
    const reset: Step = { fault: { kind: 'reset' } };
    // Three tries at each of two workers.
    await using project = await scriptedProject({
      answers: { brief: [...Array.from({ length: 6 }, () => reset), ...GOOD.brief] },
    });
    const first = await project.speckit('--json', 'auto', 'SPEC-001', '--run-id', 'run-1', '--pause', 'specify');
    assert.equal(first.exit, 3, first.stdout);
    const second = await project.speckit('--json', 'resume', 'run-1', '--pause', 'specify');
    assert.equal(second.exit, 0, second.stdout + second.stderr);
  });

  it('lose nothing: the run goes on when the model is back', async () => {
    await using project = await scriptedProject({ answers: { plan: [unauthorized, ...GOOD.plan] } });
    const first = await project.speckit('--json', 'auto', 'SPEC-001', '--run-id', 'run-1');
    assert.equal(first.exit, 4, first.stdout);
    const second = await project.speckit('--json', 'resume', 'run-1');
    assert.equal(second.exit, 11, second.stdout + second.stderr);
    assert.equal(project.calls.filter((call) => call === 'brief').length, 1, 'the ended call was not paid again');
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
