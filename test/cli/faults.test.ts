import assert from 'node:assert/strict';
import { auto, goodCode, goodTest, payloads, requestText, resume, said } from '../support/pipelineScript.ts';
import { configuration, GOOD, scriptedProject, type ProjectOptions } from '../support/scriptedProject.ts';
import { inPairs } from '../support/inPairs.ts';
import type { Fault, Step } from '../support/scriptedStep.ts';

const good = GOOD.brief[0] as Step;
const faulty = (fault: Fault): Step => ({ ...good, fault });
const status = (code: number, more: Partial<Fault> = {}): Step =>
  faulty({ kind: 'status', status: code, message: `it said ${code}`, ...more } as Fault);
/** Workers that lose patience within a test's time. */
const IMPATIENT = (url: string): string =>
  configuration(url).replaceAll(
    'base_url',
    'first_token_timeout_seconds = 0.3\nidle_timeout_seconds = 0.3\ntotal_timeout_seconds = 0.8\nbase_url',
  );

interface Row {
  readonly name: string;
  /** Answers to the brief, the last one for all further requests. */
  readonly steps: readonly Step[];
  readonly exit: number;
  readonly outcome: string;
  /** The log's word for every call, in order. */
  readonly calls: readonly string[];
  /** States of the settled spends, where they are not all `settled`. */
  readonly spends?: readonly string[];
  /** Words of the run's end. */
  readonly says?: RegExp;
  /** Words the second request must hold. */
  readonly told?: RegExp;
  /** The least wait between the first two requests, in milliseconds. */
  readonly waitMs?: number;
  readonly toml?: (url: string) => string;
}

const ok = { exit: 0, outcome: 'paused' } as const;
const silence = faulty({ kind: 'silence', at: 'midStream' });
const inDoubtOnce = { ...ok, spends: ['inDoubt', 'settled'] } as const;
const releasedOnce = { ...ok, spends: ['released', 'settled'] } as const;

const ROWS: readonly Row[] = [
  {
    name: '400 ends the run with what the server said',
    steps: [status(400)],
    exit: 4,
    outcome: 'configuration',
    calls: ['badRequest'],
    spends: ['released'],
    says: /cheap: it said 400 \(status 400\)/,
  },
  {
    name: '401 is not tried again',
    steps: [status(401)],
    exit: 4,
    outcome: 'configuration',
    calls: ['unauthorized'],
    spends: ['released'],
    says: /cheap: it said 401/,
  },
  { name: '408 passes', steps: [status(408), good], ...releasedOnce, calls: ['serverError', 'stop'] },
  {
    name: '429 is waited for as long as the server asks',
    steps: [status(429, { retryAfter: '1' }), good],
    waitMs: 990,
    ...releasedOnce,
    calls: ['rateLimited', 'stop'],
  },
  {
    name: '429 with a date in the past',
    steps: [status(429, { retryAfter: 'Wed, 21 Oct 2015 07:28:00 GMT' }), good],
    ...releasedOnce,
    calls: ['rateLimited', 'stop'],
  },
  {
    name: '429 with an absurd wait passes the worker over',
    steps: [status(429, { retryAfter: '86400' }), good],
    ...releasedOnce,
    calls: ['rateLimited', 'stop'],
  },
  { name: '529 passes', steps: [status(529), good], ...releasedOnce, calls: ['overloaded', 'stop'] },
  {
    name: '500 for ever ends as an infrastructure fault',
    steps: [status(500)],
    exit: 3,
    outcome: 'infrastructure',
    calls: Array.from({ length: 6 }, () => 'serverError'),
    spends: Array.from({ length: 6 }, () => 'released'),
    says: /cheap: no answer from .*\(serverError\)\nstrong: no answer/,
  },
  {
    name: 'a stream cut in its middle is asked again, and the first stays in doubt',
    steps: [faulty({ kind: 'cut' }), good],
    ...inDoubtOnce,
    calls: ['cut', 'stop'],
  },
  { name: 'silence is given up', steps: [silence, good], ...inDoubtOnce, calls: ['timeout', 'stop'], toml: IMPATIENT },
  {
    name: 'a slow drip ends at the total time',
    steps: [faulty({ kind: 'slowDrip', everyMs: 40, bytes: 4 }), good],
    ...inDoubtOnce,
    calls: ['timeout', 'stop'],
    toml: IMPATIENT,
  },
  { name: 'a missing [DONE] does no harm', steps: [faulty({ kind: 'missingDone' })], ...ok, calls: ['stop'] },
  {
    name: 'an odd finish reason is passed through',
    steps: [faulty({ kind: 'oddFinishReason' })],
    ...ok,
    calls: ['other'],
  },
  {
    name: 'a stream that is not JSON is asked again',
    steps: [faulty({ kind: 'malformedJson' }), good],
    ...inDoubtOnce,
    calls: ['malformed', 'stop'],
  },
  { name: 'a fenced answer is accepted', steps: [faulty({ kind: 'fencedJson' })], ...ok, calls: ['stop'] },
  {
    name: 'the wrong schema is repaired once, then the next worker is asked',
    steps: [faulty({ kind: 'wrongSchema' }), faulty({ kind: 'wrongSchema' }), good],
    ...ok,
    calls: ['stop', 'stop', 'stop'],
    told: /Your answer could not be used:[\s\S]*summary/,
  },
  {
    name: 'the wrong schema from everybody fails the gate',
    steps: [faulty({ kind: 'wrongSchema' })],
    exit: 2,
    outcome: 'gateFailed',
    calls: ['stop', 'stop', 'stop', 'stop'],
    says: /Nobody gave a brief[\s\S]*strong: its answers did not have the form asked for/,
  },
  {
    name: 'an empty answer is repaired',
    steps: [faulty({ kind: 'emptyAnswer' }), good],
    ...ok,
    calls: ['stop', 'stop'],
  },
  { name: 'a refusal is repaired', steps: [faulty({ kind: 'refusal' }), good], ...ok, calls: ['refusal', 'stop'] },
  {
    name: 'an answer cut at its length is repaired',
    steps: [{ text: '{"summary": "', fault: { kind: 'length' } }, good],
    ...ok,
    calls: ['length', 'stop'],
  },
  {
    name: 'an answer of 5 MB goes no further than its cap',
    steps: [faulty({ kind: 'hugeAnswer' }), good],
    ...inDoubtOnce,
    calls: ['tooLarge', 'stop'],
  },
];

async function check({ steps, exit, outcome, calls, spends, says, told, waitMs, toml }: Row): Promise<void> {
  await using project = await scriptedProject({ answers: { brief: steps }, ...(toml === undefined ? {} : { toml }) });
  const run = await auto(project, '--pause', 'specify');
  const log = payloads(project, 'LLMCall').map((call) => call.outcome);
  const settled = payloads(project, 'SpendSettle');
  assert.deepEqual(
    { exit: run.exit, outcome: run.result.outcome, calls: log, requests: project.server.requests.length },
    { exit, outcome, calls, requests: calls.length },
    run.result.text,
  );
  assert.deepEqual(
    settled.map(({ state }) => state),
    spends ?? calls.map(() => 'settled'),
  );
  assert.equal(run.result.spend['reservedMicrodollars'], 0, 'nothing stays reserved');
  assert.equal(
    (run.result.spend['inDoubtMicrodollars'] ?? 0) > 0,
    settled.some(({ state }) => state === 'inDoubt'),
    'what is in doubt is said',
  );
  if (says !== undefined) assert.match(run.result.text, says);
  if (told !== undefined) assert.match(requestText(project, 'brief', 2), told);
  const [first, second] = project.server.requests;
  if (waitMs !== undefined)
    assert.ok((second?.receivedAt ?? 0) - (first?.settledAt ?? 0) >= waitMs, 'it waits as long as asked');
}

describe('faults of models', () => {
  inPairs(ROWS, check);

  it('goes on by resume when the server is back, without paying twice for what had ended', async () => {
    const options: ProjectOptions = {
      answers: { plan: [...Array.from({ length: 6 }, () => status(500)), ...GOOD.plan] },
    };
    await using project = await scriptedProject(options);
    const down = await auto(project, '--pause', 'plan');
    assert.deepEqual([down.exit, down.result.outcome, down.result.stage], [3, 'infrastructure', 'plan']);
    const back = await resume(project, '--pause', 'plan');
    assert.deepEqual([back.exit, project.calls.filter((call) => call === 'brief').length], [0, 1]);
  });
});

describe('usage that cannot be true', () => {
  for (const usage of ['missing', 'negative', 'absurd'] as const) {
    it(`is settled by an estimate: ${usage}`, async () => {
      await using project = await scriptedProject({ answers: { brief: [{ ...good, usage }] } });
      const run = await auto(project, '--pause', 'specify');
      const [spend] = payloads(project, 'SpendSettle');
      assert.deepEqual([run.exit, spend?.state, spend?.basis], [0, 'settled', 'estimate']);
      const { settledMicrodollars = -1, inputTokens = -1, outputTokens = -1, reservedMicrodollars } = run.result.spend;
      assert.ok(
        settledMicrodollars > 0 && settledMicrodollars < 100_000 && inputTokens > 0 && outputTokens > 0,
        JSON.stringify(run.result.spend),
      );
      assert.equal(reservedMicrodollars, 0);
    });
  }
});

describe('faults inside the agent loop', () => {
  const turns = [goodCode(), goodTest(), said('Done.')];

  it('a length stop is told, and the attempt goes on', async () => {
    await using project = await scriptedProject({
      answers: { implement: [{ text: 'I begin', fault: { kind: 'length' } }, ...turns] },
    });
    const run = await auto(project, '--pause', 'implement');
    assert.equal(run.exit, 0, run.result.text);
    assert.match(requestText(project, 'implement', 2), /cut off at its length limit/);
  });

  it('a worker that goes down in the middle hands its task to the next one, on a clean tree', async () => {
    const dead = Array.from({ length: 3 }, (): Step => ({ fault: { kind: 'reset' } }));
    await using project = await scriptedProject({ answers: { implement: [goodCode(), ...dead, ...turns] } });
    const run = await auto(project, '--pause', 'implement');
    assert.equal(run.exit, 0, run.result.text);
    assert.deepEqual(
      payloads(project, 'FallbackActivated').map(({ key, from, to, fault }) => [key, from, to, fault]),
      [['implement/T1/1', 'cheap', 'strong', 'connection']],
    );
    const handedOver = requestText(project, 'implement', 5);
    assert.match(handedOver, /return `Hi \$\{name\}`/);
    assert.doesNotMatch(handedOver, /no check is configured/, 'a call that failed says nothing of the checks');
  });

  it('nobody who answers is an infrastructure fault, and resume tries again', async () => {
    const dead = Array.from({ length: 6 }, (): Step => ({ fault: { kind: 'reset' } }));
    await using project = await scriptedProject({ answers: { implement: [...dead, ...turns] } });
    const down = await auto(project, '--pause', 'implement');
    assert.deepEqual(
      [down.exit, down.result.outcome, down.result.spend['reservedMicrodollars']],
      [3, 'infrastructure', 0],
    );
    assert.equal((await resume(project, '--pause', 'implement')).exit, 0);
  });
});
