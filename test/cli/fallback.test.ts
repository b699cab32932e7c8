import assert from 'node:assert/strict';
import { auto, goodCode, goodTest, modelsAsked, payloads, resume, said } from '../support/pipelineScript.ts';
import { configuration, GOOD, scriptedProject } from '../support/scriptedProject.ts';
import { startScriptedModelServer } from '../support/scriptedModelServer.ts';
import type { Step } from '../support/scriptedStep.ts';

const good = GOOD.brief[0] as Step;
const status = (code: number, more: object = {}): Step => ({
  fault: { kind: 'status', status: code, message: `it said ${code}`, ...more },
});
const times = (count: number, step: Step): readonly Step[] => Array.from({ length: count }, () => step);
const CHEAP = 'gpt-6-luna';
const STRONG = 'gpt-6.1-sol';

describe('a worker whose server fails', () => {
  it('is stood in for, which is recorded and shown, and left alone until its circuit closes again', async () => {
    await using project = await scriptedProject({
      answers: { brief: [...times(3, status(500)), good] },
      more: '\n[limits]\ncircuit_seconds = 3600\n',
    });
    const run = await auto(project, '--pause', 'tasks');
    assert.equal(run.exit, 0, run.result.text);
    assert.deepEqual(modelsAsked(project), [
      ...times(3, {}).map(() => CHEAP),
      ...['brief', 'plan'].map(() => STRONG),
      // The critic's chain names nobody else: one call tries the endpoint again, and it answers.
      CHEAP,
      CHEAP,
    ]);
    assert.deepEqual(
      payloads(project, 'FallbackActivated').map(({ key, from, to, fault }) => ({ key, from, to, fault })),
      [
        { key: 'specify/brief', from: 'cheap', to: 'strong', fault: 'serverError' },
        { key: 'plan/1/plan/route', from: 'cheap', to: 'strong', fault: 'circuitOpen' },
      ],
    );
    assert.deepEqual(
      payloads(project, 'CircuitChange').map(({ to }) => to),
      ['open', 'halfOpen', 'closed'],
    );
    assert.deepEqual(payloads(project, 'Escalation'), [], 'a fault that passes is no evidence against a worker');
    const shown = await project.speckit('show', 'run-1');
    assert.match(shown.stdout, /fell back from cheap to strong: serverError: it said 500/);
    assert.match(shown.stdout, /circuit opened for gpt-6-luna at http.*left alone for 3600 s/);
  });

  it('is tried by one call when the cool-down has passed, and left alone again when that fails', async () => {
    const slow = { ...(GOOD.plan[0] as Step), delayMs: 300 };
    await using project = await scriptedProject({
      answers: {
        brief: [...times(3, status(529)), { ...good, delayMs: 300 }],
        plan: [status(529), slow],
      },
      more: '\n[limits]\ncircuit_seconds = 0.2\n\n[gates]\ncritic = false\n',
    });
    const run = await auto(project, '--pause', 'plan');
    assert.equal(run.exit, 0, run.result.text);
    assert.deepEqual(
      payloads(project, 'LLMCall').map(({ worker, outcome }) => `${worker} ${outcome}`),
      [...times(3, {}).map(() => 'cheap overloaded'), 'strong stop', 'cheap overloaded', 'strong stop'],
    );
    assert.deepEqual(
      payloads(project, 'CircuitChange').map(({ to, text }) => `${to}: ${text.split(':')[0]}`),
      ['open: left alone for 0 s', 'halfOpen: one call tries it again after', 'open: left alone for 0 s'],
    );
  });

  it('is not asked again by a resumed run where another has stood in', async () => {
    await using project = await scriptedProject({
      answers: {
        brief: [...times(3, status(503)), good],
        implement: [...times(3, status(503)), goodCode(), goodTest(), said('Done.')],
      },
    });
    assert.equal((await auto(project, '--pause', 'implement')).exit, 0);
    const asked = project.calls.length;
    const again = await resume(project, '--pause', 'implement');
    assert.deepEqual([again.exit, project.calls.length - asked], [0, 0]);
    const replayed = await project.speckit('--json', 'replay', 'run-1');
    assert.deepEqual((JSON.parse(replayed.stdout) as { differences: unknown }).differences, []);
  });
});

interface Row {
  readonly name: string;
  readonly answer: Step;
  /** Calls of the first worker, and whether another stands in; otherwise the run ends with exit 4. */
  readonly calls: number;
  readonly fallsBack: boolean;
  readonly says?: RegExp;
  readonly toml?: (url: string) => string;
}

const ROWS: readonly Row[] = [
  { name: '400', answer: status(400), calls: 1, fallsBack: false },
  { name: '401', answer: status(401), calls: 1, fallsBack: false },
  { name: '402', answer: status(402), calls: 1, fallsBack: false, says: /it said 402 \(status 402\)/ },
  { name: '408', answer: status(408), calls: 3, fallsBack: true },
  { name: '409', answer: status(409), calls: 3, fallsBack: true },
  {
    name: 'an account without quota',
    answer: status(429, { code: 'insufficient_quota' }),
    calls: 1,
    fallsBack: false,
  },
  { name: 'x-should-retry: false', answer: status(500, { shouldRetry: 'false' }), calls: 1, fallsBack: true },
  {
    name: 'an hour of Retry-After',
    answer: status(429, { retryAfter: '3600' }),
    calls: 1,
    fallsBack: true,
  },
  {
    name: 'silence',
    answer: { fault: { kind: 'silence', at: 'beforeHeaders' } },
    calls: 3,
    fallsBack: true,
    toml: (url) => configuration(url).replace('[workers.cheap]', '[workers.cheap]\nfirst_token_timeout_seconds = 0.3'),
  },
  { name: 'a lost connection', answer: { fault: { kind: 'reset' } }, calls: 3, fallsBack: true },
];

describe('another worker stands in only for what passes', () => {
  for (const { name, answer, calls, fallsBack, says, toml } of ROWS)
    it(`${name}: ${calls} ${calls === 1 ? 'call' : 'calls'}, ${fallsBack ? 'then the next worker' : 'then the run stops'}`, async () => {
      await using project = await scriptedProject({
        answers: { brief: [...times(calls, answer), good] },
        ...(toml === undefined ? {} : { toml }),
      });
      const run = await auto(project, '--pause', 'specify');
      const expected = [...times(calls, {}).map(() => CHEAP), ...(fallsBack ? [STRONG] : [])];
      assert.deepEqual(
        { exit: run.exit, asked: modelsAsked(project) },
        { exit: fallsBack ? 0 : 4, asked: expected },
        run.result.text,
      );
      assert.equal(payloads(project, 'FallbackActivated').length, fallsBack ? 1 : 0);
      if (says !== undefined) assert.match(run.result.text, says);
    });

  it('a server that is not there: three tries, then the next worker', async () => {
    const toml = (url: string): string =>
      configuration(url).replace(`base_url = "${url}/v1"`, 'base_url = "http://127.0.0.1:9/v1"');
    await using project = await scriptedProject({ toml });
    const run = await auto(project, '--pause', 'specify');
    assert.deepEqual([run.exit, modelsAsked(project)], [0, [STRONG]], run.result.text);
    assert.deepEqual(
      payloads(project, 'FallbackActivated').map(({ from, to, fault }) => [from, to, fault]),
      [['cheap', 'strong', 'connection']],
    );
  });

  it('a key that is not there ends the run, and no other worker is asked', async () => {
    const toml = (url: string): string =>
      configuration(url).replace(`base_url = "${url}/v1"`, 'key_env = "OPENAI_API_KEY"');
    await using project = await scriptedProject({ toml });
    const run = await auto(project, '--pause', 'specify');
    assert.deepEqual([run.exit, project.calls], [4, []], run.result.text);
    assert.match(run.result.text, /the key OPENAI_API_KEY is not set\.\nNo other worker stands in for a missing key/);
  });

  it('a redirect is a fault of the configuration, and the key is not sent on', async () => {
    const elsewhere = await startScriptedModelServer(() => good);
    after(() => elsewhere.close());
    await using project = await scriptedProject({
      answers: { brief: [status(307, { location: `${elsewhere.url}/v1/chat/completions` })] },
    });
    const run = await auto(project, '--pause', 'specify');
    assert.deepEqual([run.exit, elsewhere.requests.length, project.calls.length], [4, 0, 1]);
    assert.match(run.result.text, /redirects .* base_url/);
  });
});
