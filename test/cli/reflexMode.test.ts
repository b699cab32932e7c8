import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { resumeRun, startRun, type RunReport } from '../../src/app/runs.ts';
import { createServices, openProject, type Services } from '../../src/app/services.ts';
import type { Promotion } from '../../src/core/reflex/subject.ts';
import type { Stage } from '../../src/core/run/stage.ts';
import { cellSchemas, kindOfCell } from '../../src/protocol/runPanel.ts';
import { foldedCells, NOBODY } from '../extension/runPanel/foldedCells.ts';
import { eventsOf } from '../support/killedRun.ts';
import { OLD_CODE, payloads, WRONG_CODE } from '../support/pipelineScript.ts';
import { hostOf } from '../support/projectApp.ts';
import {
  configuration,
  GOOD_CODE,
  GOOD_TEST,
  replaceFile,
  scriptedProject,
  type ProjectOptions,
  type ScriptedProject,
} from '../support/scriptedProject.ts';
import {
  startScriptedModelServer,
  type Script,
  type ScriptedModelServer,
  type ScriptedModelServerOptions,
} from '../support/scriptedModelServer.ts';
import type { Step } from '../support/scriptedStep.ts';

/*
 * Runs whose policy has reflex, with one scripted server in the place of the cloud and another in the place of the local one. In this process, because
 * whether a bake-off has passed is handed in here: everything else is as on the command line.
 */

const MODEL = 'qwen2.5-coder-7b-instruct';
const PROMOTED: Promotion = { kind: 'promoted' };

const files = (code: string): string =>
  replaceFile('src/greet.js', OLD_CODE, code).replace('*** End Patch\n', '') +
  replaceFile('test/greet.test.js', undefined, GOOD_TEST).replace('*** Begin Patch\n', '');
const patch = (code: string): Step => ({
  text: JSON.stringify({ patch: files(code), notes: 'greets', confidence: 0.9 }),
});
const GOOD_PATCH = patch(GOOD_CODE);
const WRONG_PATCH = patch(WRONG_CODE);

interface Scene extends AsyncDisposable {
  readonly project: ScriptedProject;
  readonly local: ScriptedModelServer;
  start(until?: Stage): Promise<RunReport>;
  resume(until?: Stage): Promise<RunReport>;
}

interface SceneOptions extends ProjectOptions {
  readonly promotion?: Promotion;
  /** Lines of [reflex] beside enabled and endpoint. */
  readonly reflex?: string;
  readonly context?: number;
  /** An LM Studio in the place of the SGLang, which loaded the model with so many tokens, or has not loaded it. */
  readonly lmStudio?: number | 'notLoaded';
  /** Of the first process of the run. */
  readonly signal?: AbortSignal;
}

function servedBy({ context = 32_768, lmStudio }: SceneOptions): ScriptedModelServerOptions {
  if (lmStudio === undefined)
    return { models: [{ id: MODEL, object: 'model', owned_by: 'sglang', max_model_len: context }] };
  const model = { id: MODEL, object: 'model', type: 'llm', quantization: 'Q4_K_M', max_context_length: 131_072 };
  const held =
    lmStudio === 'notLoaded' ? { state: 'not-loaded' } : { state: 'loaded', loaded_context_length: lmStudio };
  return {
    models: [{ id: MODEL, object: 'model', owned_by: 'organization_owner' }],
    pages: { '/api/v0/models': { object: 'list', data: [{ ...model, ...held }] } },
  };
}

/** A project whose implementer is reflex first and then `cheap` and `strong`. The local server is an SGLang that holds 32,768 tokens. */
async function scene(script: Script, options: SceneOptions = {}): Promise<Scene> {
  const local = await startScriptedModelServer(script, servedBy(options));
  const reflex = `\n[reflex]\nenabled = true\nendpoint = "${local.url}/v1"\n${options.reflex ?? ''}`;
  const project = await scriptedProject({ toml: (url) => `${configuration(url)}${reflex}`, ...options });
  const servicesWith = (signal?: AbortSignal): Services => ({
    ...createServices(hostOf(project, signal === undefined ? {} : { signal })),
    promotion: () => Promise.resolve(options.promotion ?? PROMOTED),
  });
  const first = servicesWith(options.signal);
  const later = servicesWith();
  return {
    project,
    local,
    start: async (until = 'implement') =>
      startRun(first, await openProject(first), { specId: 'SPEC-001', until, runId: 'run-1' }),
    resume: async (until = 'implement') => resumeRun(later, await openProject(later), 'run-1', { until }),
    [Symbol.asyncDispose]: async () => {
      await project[Symbol.asyncDispose]();
      await local.close();
    },
  };
}

interface Body {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly response_format?: { readonly type: string; readonly json_schema: { readonly name: string } };
  readonly chat_template_kwargs?: unknown;
}
const bodies = ({ local }: Scene): readonly Body[] => local.requests.map(({ body }) => body as Body);

/** Who made which attempt, and by which rule. */
const modes = ({ project }: Scene): readonly string[] =>
  payloads(project, 'RoutingDecision').flatMap(({ stage, role, mode, reason, worker }) =>
    stage === 'implement' && role === 'implementer' ? [`${mode} ${worker}: ${reason}`] : [],
  );

/** The implementer's calls: mode, worker, outcome, and why not reflex. */
const calls = ({ project }: Scene): readonly string[] =>
  payloads(project, 'LLMCall').flatMap(({ role, mode, worker, outcome, fallbackReason }) =>
    role === 'implementer' ? [`${mode} ${worker} ${outcome} ${fallbackReason}`] : [],
  );

/** What a person writes to roll it back. */
function switchOff({ project }: Scene): void {
  const file = path.join(project.root, 'speckit.toml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('[reflex]\nenabled = true', '[reflex]\nenabled = false'));
}

const down: Step = { fault: { kind: 'status', status: 503, message: 'The request queue is full.', shape: 'flat' } };

describe('an implementer in reflex mode', () => {
  it('978-A1, 978-A4 makes the first attempt with one JSON patch of several files, and says so in the log', async () => {
    await using at = await scene([GOOD_PATCH]);
    const { end } = await at.start();
    assert.deepEqual([end.outcome, end.text], ['paused', 'Paused after implement.']);
    assert.deepEqual(modes(at), ['reflex reflex: healthy_and_promoted']);
    assert.deepEqual(calls(at), ['reflex reflex stop null']);
    assert.deepEqual(at.project.calls.includes('implement'), false, 'the cloud implemented as well');
    const [decision] = payloads(at.project, 'RoutingDecision').filter(({ mode }) => mode !== undefined);
    assert.equal(decision?.role, 'implementer');
    assert.ok(typeof decision?.latencyMs === 'number' && decision.latencyMs >= 0);
    const [call] = payloads(at.project, 'LLMCall').filter(({ mode }) => mode === 'reflex');
    assert.ok(call !== undefined && call.local && call.durationMs > 0 && call.firstTokenMs !== null);
    assert.deepEqual(
      [call.model, call.prompt?.bytes !== undefined, call.answer?.bytes !== undefined],
      [MODEL, true, true],
    );
    const [body] = bodies(at);
    assert.deepEqual(
      [body?.model, body?.response_format?.type, body?.response_format?.json_schema.name, body?.chat_template_kwargs],
      [MODEL, 'json_schema', 'patch', { enable_thinking: false }],
    );
    const asked = body?.messages.at(-1)?.content ?? '';
    assert.match(asked, /export function greet/, 'what it cannot go and read is not shown');
    assert.match(asked, /test\/shape\.test\.js|src\/greet\.js/);
    const applied = payloads(at.project, 'PatchApply').map(({ outcome, files: changedFiles }) => [
      outcome,
      ...changedFiles,
    ]);
    assert.deepEqual(applied, [['applied', 'src/greet.js', 'test/greet.test.js']]);
  });

  it('978-A4 keeps hashes alone of what it was asked where the capture mode says so', async () => {
    await using at = await scene([GOOD_PATCH], { reflex: '\n[capture]\nmode = "none"\n' });
    assert.equal((await at.start()).end.outcome, 'paused');
    const [call] = payloads(at.project, 'LLMCall').filter(({ mode }) => mode === 'reflex');
    assert.equal(call?.prompt, null);
    assert.match(call?.promptHash ?? '', /^[0-9a-f]{64}$/);
  });

  it('mends its patch by the failing output, for the files as it was shown them, with the same bytes before', async () => {
    await using at = await scene([WRONG_PATCH, GOOD_PATCH]);
    const { end } = await at.start();
    assert.equal(end.outcome, 'paused', end.text);
    assert.deepEqual(modes(at), ['reflex reflex: healthy_and_promoted', 'reflex reflex: healthy_and_promoted']);
    const [first, second] = bodies(at);
    assert.deepEqual(second?.messages.slice(0, first?.messages.length), first?.messages);
    assert.deepEqual(
      second?.messages.slice(first?.messages.length).map(({ role }) => role),
      ['assistant', 'user'],
    );
    assert.match(first?.messages.at(-1)?.content ?? '', /its first character is `\{`[\s\S]*Example of a whole answer:/);
    const again = second?.messages.at(-1)?.content ?? '';
    assert.match(again, /^Not done yet\.[\s\S]*test: failed, exit code 1[\s\S]*Hello, stranger!/);
    assert.match(
      again,
      /What it changed was taken back\.[\s\S]*```\nsrc\/greet\.js\ntest\/greet\.test\.js\n```[\s\S]*the whole patch/,
    );
    const calls = payloads(at.project, 'LLMCall').filter(({ worker }) => worker === 'reflex');
    assert.deepEqual(
      calls.map(({ template }) => [template?.id, template?.variant]),
      [
        ['implement-single', 'local'],
        ['implement-single', 'local'],
      ],
    );
    assert.deepEqual(
      payloads(at.project, 'PatchApply').map(({ outcome }) => outcome),
      ['applied', 'applied'],
    );
    const shown = await at.project.speckit('show', 'run-1');
    assert.match(shown.stdout, /attempt by reflex: qwen\S+ is healthy, and its bake-off has passed\./);
    assert.match(shown.stdout, /implementer, by reflex, asked reflex \(qwen/);
    assert.match(
      shown.stdout,
      /implement: reflex answered for \S+ \S+, other workers for 0\S* \S+, commands ran for \S+ \S+\n/,
    );
  });

  it('978-A3 hands on after two failed attempts, as every worker does', async () => {
    await using at = await scene([WRONG_PATCH, patch(WRONG_CODE.replace('Hello, ', 'Hello,  '))]);
    const { end } = await at.start();
    assert.equal(end.outcome, 'paused', end.text);
    assert.deepEqual(modes(at), [
      'reflex reflex: healthy_and_promoted',
      'reflex reflex: healthy_and_promoted',
      'cloud cheap: failed_before',
    ]);
    assert.deepEqual(
      [...new Set(calls(at))],
      ['reflex reflex stop null', 'cloud cheap toolCalls failed_before', 'cloud cheap stop failed_before'],
    );
    assert.deepEqual(payloads(at.project, 'FallbackActivated'), [], 'failing tests are no fault of the server');
    assert.deepEqual(
      payloads(at.project, 'Escalation').map(({ from }) => from),
      ['reflex'],
    );
    const panel = foldedCells(NOBODY);
    for (const event of await eventsOf(at.project, 'run-1')) panel.take(event);
    panel.settle();
    const told = [...panel.shown].flatMap(([key, value]) => {
      const cell = kindOfCell(key) === 'call' ? cellSchemas.call.parse(value) : undefined;
      return cell === undefined ? [] : [`${cell.stage} ${cell.role}, mode ${cell.mode ?? 'none'}: ${cell.worker}`];
    });
    assert.deepEqual(
      [...new Set(told)].filter((line) => line.startsWith('implement ')),
      ['implement implementer, mode reflex: reflex', 'implement implementer, mode cloud: cheap'],
    );
    assert.deepEqual(
      told.filter((line) => !line.startsWith('implement ') && !line.includes('mode none')),
      [],
      'of no other stage a mode is told',
    );
  });

  for (const [what, wrong, said] of [
    ['a Markdown fence', `\`\`\`json\n${GOOD_PATCH.text}\n\`\`\``, /stands in a Markdown fence/],
    ['words before it', `Here is the patch:\n${GOOD_PATCH.text}`, /Words stand before the JSON object/],
    ['a member that is missing', '{"patch": ""}', /Invalid input/],
  ] as const)
    it(`978-A1 sends an answer with ${what} back once, and takes the mended one`, async () => {
      await using at = await scene([{ text: wrong }, GOOD_PATCH]);
      const { end } = await at.start();
      assert.equal(end.outcome, 'paused', end.text);
      const [first, repair] = bodies(at);
      assert.deepEqual(repair?.messages.slice(0, first?.messages.length), first?.messages);
      assert.match(repair?.messages.at(-1)?.content ?? '', said);
      assert.deepEqual(modes(at), ['reflex reflex: healthy_and_promoted'], 'a repair is no attempt of its own');
    });

  it('978-A1 counts an answer that stays unusable as a failed attempt', async () => {
    await using at = await scene(() => ({ text: 'I cannot do that.' }));
    const { end } = await at.start();
    assert.equal(end.outcome, 'paused', end.text);
    assert.equal(bodies(at).length, 4, 'two attempts, each with one repair');
    assert.equal(modes(at).at(-1), 'cloud cheap: failed_before');
  });

  it('978-A3 falls back after max_failures calls without an answer, and says why', async () => {
    await using at = await scene(() => down);
    const { end } = await at.start();
    assert.equal(end.outcome, 'paused', end.text);
    assert.deepEqual(modes(at), ['reflex reflex: healthy_and_promoted', 'cloud cheap: too_many_failures']);
    assert.deepEqual(calls(at).slice(0, 4), [
      ...Array.from({ length: 3 }, () => 'reflex reflex overloaded null'),
      'cloud cheap toolCalls too_many_failures',
    ]);
    assert.deepEqual(
      payloads(at.project, 'FallbackActivated').map(({ from, to, fault, text }) => ({ from, to, fault, text })),
      [{ from: 'reflex', to: 'cheap', fault: 'overloaded', text: 'overloaded: The request queue is full.' }],
    );
    assert.deepEqual(
      payloads(at.project, 'CircuitChange').map(({ to, text }) => `${to}: ${text}`),
      [
        'open: left alone after 3 calls without an answer until it is found healthy: overloaded: The request queue is full.',
      ],
    );
    const replayed = await at.project.speckit('--json', 'replay', 'run-1');
    assert.deepEqual((JSON.parse(replayed.stdout) as { differences: unknown }).differences, [], replayed.stdout);
  });

  it('978-A2 gives up an answer that does not begin within timeout_ms', async () => {
    const silent: Step = { fault: { kind: 'silence', at: 'beforeFirstToken' } };
    await using at = await scene(() => silent, { reflex: 'timeout_ms = 150\n[reflex.fallback]\nmax_failures = 1\n' });
    const { end } = await at.start();
    assert.equal(end.outcome, 'paused', end.text);
    assert.deepEqual(modes(at), ['reflex reflex: healthy_and_promoted', 'cloud cheap: too_many_failures']);
    const [call, ...more] = payloads(at.project, 'LLMCall').filter(({ mode }) => mode === 'reflex');
    assert.deepEqual([call?.outcome, call?.firstTokenMs, more], ['timeout', null, []]);
    assert.ok(call !== undefined && call.durationMs >= 140 && call.durationMs < 2_000, `${call?.durationMs} ms`);
    await at.local.settled(1);
    assert.notEqual(at.local.requests[0]?.closedByClientAt, undefined, 'the server still works on it');
  });

  it('978-A3 does not stop for what a person would have to put right at its server', async () => {
    await using at = await scene([
      { fault: { kind: 'status', status: 400, message: 'no such member', shape: 'flat' } },
    ]);
    const { end } = await at.start();
    assert.equal(end.outcome, 'paused', end.text);
    assert.deepEqual(modes(at), ['reflex reflex: healthy_and_promoted', 'cloud cheap: call_failed']);
    assert.deepEqual(
      payloads(at.project, 'FallbackActivated').map(({ fault }) => fault),
      ['badRequest'],
    );
  });

  it('978-A4 is not chosen without a promotion, nor where the task does not fit, and the log says why', async () => {
    const rows: readonly (readonly [SceneOptions, string])[] = [
      [{ promotion: { kind: 'none', why: 'no bake-off has passed' } }, 'not_promoted'],
      [{ context: 8_000 }, 'context_too_small'],
      [{ reflex: 'model = "another"\n' }, 'model_not_available'],
      [{ lmStudio: 'notLoaded' }, 'context_too_small'],
      [{ lmStudio: 4_096 }, 'context_too_small'],
    ];
    for (const [options, rule] of rows) {
      await using at = await scene([], options);
      const { end } = await at.start();
      assert.equal(end.outcome, 'paused', end.text);
      assert.deepEqual([modes(at), at.local.requests.length], [[`cloud cheap: ${rule}`], 0]);
      const shown = await at.project.speckit('show', 'run-1');
      assert.match(shown.stdout, new RegExp(`attempt by cheap and not by reflex, ${rule}: `));
    }
  });

  it('is an LM Studio too, once it has loaded the model with enough tokens', async () => {
    await using at = await scene([GOOD_PATCH], { lmStudio: 32_768 });
    assert.equal((await at.start()).end.outcome, 'paused');
    assert.deepEqual(modes(at), ['reflex reflex: healthy_and_promoted']);
  });

  it('978-A3 stops with to_cloud = false, and goes on when the server can be used', async () => {
    let isUp = false;
    await using at = await scene(() => (isUp ? GOOD_PATCH : down), {
      reflex: '\n[reflex.fallback]\nto_cloud = false\n',
    });
    const { end } = await at.start();
    assert.deepEqual([end.outcome, end.stage], ['infrastructure', 'implement']);
    assert.match(end.text, /reflex\.fallback\.to_cloud = false lets nobody stand in/);
    assert.equal(at.project.calls.includes('implement'), false);
    const replayed = await at.project.speckit('--json', 'replay', 'run-1');
    assert.deepEqual((JSON.parse(replayed.stdout) as { differences: unknown }).differences, [], replayed.stdout);
    isUp = true;
    const again = await at.resume();
    assert.equal(again.end.outcome, 'paused', again.end.text);
    assert.equal(at.project.calls.includes('implement'), false);
  });

  it('978-A3 stops with to_cloud = false without a promotion, and sends nothing to anybody', async () => {
    const reflex = '\n[reflex.fallback]\nto_cloud = false\n';
    await using at = await scene([], { reflex, promotion: { kind: 'none', why: 'no bake-off has passed' } });
    const { end } = await at.start();
    assert.deepEqual([end.outcome, modes(at)], ['blocked', ['cloud null: not_promoted']]);
    assert.match(
      end.text,
      /no bake-off has passed\. \(not_promoted\)\nWhat was done is kept\. .*`speckit resume run-1` tries again\. To let the workers of routing\.implementer do it, set enabled = false under \[reflex\] in speckit\.toml first: this run follows that too\.$/,
    );
    assert.deepEqual([at.project.calls.includes('implement'), at.local.requests.length], [false, 0]);
    const replayed = await at.project.speckit('--json', 'replay', 'run-1');
    assert.deepEqual((JSON.parse(replayed.stdout) as { differences: unknown }).differences, [], replayed.stdout);
    switchOff(at);
    const again = await at.resume();
    assert.equal(again.end.outcome, 'paused', again.end.text);
    assert.deepEqual(modes(at), ['cloud null: not_promoted', 'cloud cheap: reflex_disabled']);
  });

  it('is rolled back at the next decision by enabled = false, in a run under way too', async () => {
    await using at = await scene([GOOD_PATCH]);
    assert.equal((await at.start('tasks')).end.outcome, 'paused');
    switchOff(at);
    const { end } = await at.resume();
    assert.equal(end.outcome, 'paused', end.text);
    assert.deepEqual([modes(at), at.local.requests.length], [['cloud cheap: reflex_disabled'], 0]);
  });

  it('is rolled back for an attempt that was given to it and not made', async () => {
    const stop = new AbortController();
    await using at = await scene(() => ({ fault: { kind: 'silence', at: 'beforeHeaders' } }), {
      reflex: 'timeout_ms = 60000\n',
      signal: stop.signal,
    });
    void at.local.received(1).then(() => stop.abort());
    const { end } = await at.start();
    assert.deepEqual([end.outcome, modes(at)], ['stopped', ['reflex reflex: healthy_and_promoted']]);
    switchOff(at);
    const again = await at.resume();
    assert.equal(again.end.outcome, 'paused', again.end.text);
    assert.deepEqual(modes(at), ['reflex reflex: healthy_and_promoted', 'cloud cheap: reflex_disabled']);
    assert.equal(at.local.requests.length, 1);
  });

  it('stays off in a run that began without it, and leaves no trace in its log', async () => {
    await using at = await scene([GOOD_PATCH], { toml: (url) => configuration(url) });
    assert.equal((await at.start('tasks')).end.outcome, 'paused');
    appendFileSync(
      path.join(at.project.root, 'speckit.toml'),
      `\n[reflex]\nenabled = true\nendpoint = "${at.local.url}/v1"\n`,
    );
    assert.equal((await at.resume()).end.outcome, 'paused');
    assert.equal(at.local.requests.length, 0);
    const log = readFileSync(path.join(at.project.root, '.git/speckit/runs/run-1/events.jsonl'), 'utf8');
    assert.doesNotMatch(log, /"mode":"(?:cloud|reflex)"|fallbackReason|latencyMs/);
  });

  it('is replayed from its log alone', async () => {
    await using at = await scene([WRONG_PATCH, GOOD_PATCH]);
    assert.equal((await at.start()).end.outcome, 'paused');
    await at.local.close();
    const replayed = await at.project.speckit('--json', 'replay', 'run-1');
    assert.deepEqual((JSON.parse(replayed.stdout) as { differences: unknown }).differences, [], replayed.stdout);
  });
});

describe('speckit route explain implement', () => {
  it('tells what stands against reflex', async () => {
    await using at = await scene([]);
    const command = await at.project.speckit('--json', 'route', 'explain', 'implement', '--risk', 'high');
    const { reflex } = JSON.parse(command.stdout) as {
      reflex: { decision: { mode: string; rule: string }; against: readonly { rule: string }[] };
    };
    assert.deepEqual([reflex.decision.mode, reflex.decision.rule], ['cloud', 'not_promoted']);
    assert.deepEqual(
      reflex.against.map(({ rule }) => rule),
      ['not_promoted', 'high_risk'],
    );
    const shown = await at.project.speckit('route', 'explain', 'implement');
    assert.match(
      shown.stdout,
      /Implementer\(mode=reflex\), by \[reflex\]\n {2}-> not by reflex {4}not_promoted: It is not promoted: there is no readable report of a bake-off: `speckit reflex bakeoff` makes one\.\n$/,
    );
    assert.equal(at.local.requests.length, 0, 'a model was called');
  });
});
