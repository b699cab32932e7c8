import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stagePrompts, workerIdentity, type Scorecard } from '../../src/core/router/scorecard.ts';
import type { RunEvent } from '../../src/core/run/event.ts';
import { workerSchema } from '../../src/core/settings.ts';
import { loadPrompts } from '../../src/node/prompts.ts';
import {
  block,
  changed,
  goodCode,
  goodTest,
  OLD_CODE,
  patchCall,
  said,
  WRONG_CODE,
} from '../support/pipelineScript.ts';
import { scorecard } from '../support/scorecard.ts';
import type { ScriptedRequest } from '../support/scriptedModelServer.ts';
import {
  configuration,
  finished,
  installation,
  scriptedProject,
  SPEC,
  type CallName,
  type ProjectOptions,
  type ScriptedProject,
} from '../support/scriptedProject.ts';
import type { Step } from '../support/scriptedStep.ts';

const IMPLEMENT = ['eval', 'ab', '--stage', 'implement', '--a', 'strong', '--b', 'cheap'] as const;
const AUDIT = ['eval', 'ab', '--stage', 'audit', '--a', 'strong', '--b', 'cheap'] as const;
const { templates } = await loadPrompts(path.join(installation, 'prompts'));

/** As good as the other code, in other words. */
const OTHER_CODE =
  'export function greet(name) {\n  const whom = name || "stranger";\n  return `Hello, ${whom}!`;\n}\n';

const modelOf = ({ body }: Pick<ScriptedRequest, 'body'>): string => (body as { readonly model: string }).model;
const turnOf = ({ body }: ScriptedRequest): number =>
  (body as { readonly messages: readonly { readonly role: string }[] }).messages.filter(
    ({ role }) => role === 'assistant',
  ).length;

/** The specs of these names beside the first; whoever implements is the dearer worker, who judges is neither. */
function project(stage: 'implement' | 'audit', nSpecs: number, options: ProjectOptions): Promise<ScriptedProject> {
  const others = Array.from({ length: nSpecs - 1 }, (_, index) => String(index + 2).padStart(3, '0'));
  const chain = stage === 'implement' ? 'judge = ["umpire"]' : 'judge = ["strong"]';
  return scriptedProject({
    answersBy: 'turn',
    ...options,
    files: Object.fromEntries(
      others.map((number) => [
        `specs/SPEC-${number}-greeting/spec.md`,
        SPEC.replace('# Greeting', `# Greeting ${number}`),
      ]),
    ),
    toml: (url) =>
      configuration(
        url,
        `\n[workers.umpire]\nprovider = "openai-chat"\nmodel = "gpt-6-sol"\nbase_url = "${url}/v1"\n\n[workers.home]\nprovider = "openai-chat"\nmodel = "qwen"\nbase_url = "${url}/v1"\nlocal = true\n\n[demotions.${stage}]\nfrom = "strong"\nto = "cheap"\n${options.more ?? ''}`,
      )
        .replace(
          'implementer = ["cheap", "strong"]',
          stage === 'implement' ? 'implementer = ["strong"]' : 'implementer = ["umpire"]',
        )
        .replace('judge = ["strong"]', chain),
  });
}

async function cardOf(words: readonly string[], of: ScriptedProject): Promise<Scorecard> {
  const { exit, stdout, stderr } = await of.speckit(...words, '--json');
  assert.equal(exit, 0, stdout + stderr);
  return JSON.parse(stdout) as Scorecard;
}

const countOf = (of: ScriptedProject, name: CallName): number => of.calls.filter((call) => call === name).length;
const first = <Item>(items: readonly Item[], nth: number): Item | undefined => items[Math.min(nth, items.length - 1)];

function eventsOf(of: ScriptedProject, card: Scorecard, run: string): readonly RunEvent[] {
  return readFileSync(path.join(of.root, '.git', card.runs_in, run, 'events.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);
}

const baseOf = ([start]: readonly RunEvent[]): string => (start?.kind === 'RunStart' ? start.payload.baseCommit : '');

/** Equal scores for two changes that name nobody. */
function equalScores({ body }: ScriptedRequest): Step {
  const text = JSON.stringify(body);
  for (const word of ['cheap', 'strong', 'gpt-6-luna', 'gpt-6.1-sol']) assert.ok(!text.includes(word), word);
  for (const line of ['const whom', 'name === ']) assert.ok(text.includes(line), `both changes are shown: ${line}`);
  const score = { why: 'It does what is asked.', score: 8 };
  return { text: JSON.stringify({ first: score, second: score }) };
}

/** What the two implementers do, turn by turn; the last entry for all that come after it. */
const implementing =
  (cheap: readonly Step[], strong: readonly Step[] = [goodCode(), goodTest(), said('Done.')]) =>
  (request: ScriptedRequest, name: CallName): Step | undefined => {
    if (name === 'judge-pair') return equalScores(request);
    if (name !== 'implement') return undefined;
    return first(modelOf(request) === 'gpt-6-luna' ? cheap : strong, turnOf(request));
  };

describe('eval ab at implement', () => {
  it('lets both do the same from the same commit, measures by the checks, then has the changes scored blind in both orders', async function () {
    this.timeout(180_000);
    const otherCode = patchCall('src/greet.js', OLD_CODE, OTHER_CODE);
    await using compared = await project('implement', 2, {
      answer: implementing([otherCode, goodTest(), said('Done.')]),
    });
    const head = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: compared.root, encoding: 'utf8' }).trim();
    const card = await cardOf(IMPLEMENT, compared);
    assert.deepEqual([card.agreement, card.compared, card.outcomes.equal], [1, 2, 2]);
    // What comes before is asked once; each implements and is asked thrice; each pair is judged in both orders; nobody audits.
    assert.deepEqual(
      (['brief', 'plan', 'tasks', 'implement', 'judge-pair', 'audit'] as const).map((name) => countOf(compared, name)),
      [2, 2, 2, 12, 4, 0],
    );
    const [one] = card.specs;
    assert.deepEqual(one?.orders.map(({ judge, first: read }) => [judge, read]).sort(), [
      ['umpire', 'a'],
      ['umpire', 'b'],
    ]);
    assert.deepEqual([one?.a.calls, one?.b.calls, one?.a.kind, one?.b.kind], [3, 3, 'done', 'done']);
    assert.ok(
      card.dollars.a > card.dollars.b && card.dollars.b > 0 && card.seconds.b >= 0,
      JSON.stringify(card.dollars),
    );
    for (const side of [one?.a, one?.b]) {
      const events = eventsOf(compared, card, side?.run ?? '');
      assert.equal(baseOf(events), head);
      const verdicts = events.flatMap(({ kind, payload }) =>
        kind === 'GateDecision' && payload.stage === 'validate' ? [payload.verdict] : [],
      );
      assert.deepEqual(verdicts, ['proceed'], 'its checks passed on the whole change');
    }
    assert.equal(execFileSync('git', ['status', '--porcelain'], { cwd: compared.root, encoding: 'utf8' }), '');
    assert.equal(execFileSync('git', ['for-each-ref', 'refs/speckit'], { cwd: compared.root, encoding: 'utf8' }), '');
    const markdown = readFileSync(
      path.join(compared.root, (card as unknown as { readonly file: string }).file.replace(/json$/, 'md')),
      'utf8',
    );
    assert.match(markdown, /Both did the same tasks from the same commit, each in a tree of its own\./);
  });

  it('counts whoever does not get the checks to pass against it, and asks no judge', async () => {
    const wrong = patchCall('src/greet.js', OLD_CODE, WRONG_CODE);
    await using compared = await project('implement', 1, { answer: implementing([wrong, goodTest(), said('Done.')]) });
    const card = await cardOf(IMPLEMENT, compared);
    assert.deepEqual(
      [card.agreement, card.outcomes.worse, card.failures, countOf(compared, 'judge-pair')],
      [0, 1, { a: 0, b: 1 }, 0],
    );
    const { b } = card.specs[0] ?? {};
    assert.deepEqual([b?.kind, b?.kind === 'failed' && b.at], ['failed', 'implement']);
  });

  it('takes the same change for equal without a judge, and compares nothing where both fail', async () => {
    await using same = await project('implement', 1, { answer: implementing([goodCode(), goodTest(), said('Done.')]) });
    const equal = await cardOf(IMPLEMENT, same);
    assert.deepEqual(
      [equal.specs[0]?.outcome, equal.specs[0]?.why, countOf(same, 'judge-pair')],
      ['equal', 'the same bytes', 0],
    );
    const idle = [said('I would rather not.')];
    await using idling = await project('implement', 1, { answer: implementing(idle, idle) });
    const none = await cardOf(IMPLEMENT, idling);
    assert.deepEqual([none.agreement, none.specs[0]?.why], [null, 'both failed']);
  });

  it('goes on where it was killed, from the same commit, and pays for nothing twice', async () => {
    const otherCode = patchCall('src/greet.js', OLD_CODE, OTHER_CODE);
    await using compared = await project('implement', 1, {
      answer: implementing([otherCode, goodTest(), said('Done.')]),
    });
    const child = compared.spawn([...IMPLEMENT]);
    const ended = finished(child);
    while (countOf(compared, 'implement') < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGKILL');
    await ended;
    execFileSync(
      'git',
      ['-c', 'user.name=Ada', '-c', 'user.email=a@b.c', 'commit', '-q', '--allow-empty', '-m', 'more'],
      {
        cwd: compared.root,
      },
    );
    const card = await cardOf(IMPLEMENT, compared);
    assert.deepEqual([card.agreement, card.compared], [1, 1]);
    assert.deepEqual([countOf(compared, 'plan'), countOf(compared, 'judge-pair')], [1, 2]);
    assert.ok(countOf(compared, 'implement') <= 7, 'a kill costs the call in flight');
    const [one] = card.specs;
    const bases = [one?.a, one?.b].map((side) => baseOf(eventsOf(compared, card, side?.run ?? '')));
    assert.equal(bases[0], bases[1], 'what was committed meanwhile is in neither');
  });

  it('proves a demotion of this stage, and of no other', async () => {
    await using demoting = await project('implement', 1, {});
    const explained = async (stage: string): Promise<string> =>
      (await demoting.speckit('route', 'explain', stage)).stdout;
    assert.match(await explained('implement'), /-> strong .*no cheap +demotion-unproven: .*eval ab --stage implement/s);
    const identity = (model: string): string =>
      workerIdentity(workerSchema.parse({ provider: 'openai-chat', model, base_url: `${demoting.server.url}/v1` }));
    const write = (day: number, outcomes: Parameters<typeof scorecard>[0], stage: 'implement' | 'plan'): void => {
      const folder = path.join(demoting.root, '.speckit/eval');
      mkdirSync(folder, { recursive: true });
      const about = { a: identity('gpt-6.1-sol'), b: identity('gpt-6-luna'), prompts: stagePrompts(stage, templates) };
      writeFileSync(
        path.join(folder, `ab-implement-${day}.json`),
        JSON.stringify(scorecard(outcomes, { at: `2026-11-0${day}T00:00:00.000Z`, stage, ...about })),
      );
    };
    const equal = (count: number) => Array.from({ length: count }, () => 'equal' as const);
    write(1, equal(10), 'plan');
    assert.match(await explained('implement'), /-> strong .*demotion-unproven/s);
    write(2, equal(9), 'implement');
    assert.match(
      await explained('implement'),
      /demotion-unproven: .*100 % over 9 specs; 90 % over 10 different specs/s,
    );
    write(3, equal(10), 'implement');
    assert.match(await explained('implement'), /-> cheap .*demoted: cheap takes implement in the place of strong/s);
    assert.match(await explained('audit'), /-> umpire /);
    write(4, ['worse'], 'implement');
    assert.match(await explained('implement'), /-> strong .*demotion-rolled-back/s);
  });
});

/** What the two judges say, by the title of the spec. */
const judging =
  (says: (model: string, text: string) => 'unlock' | 'block' | undefined) =>
  (request: ScriptedRequest, name: CallName): Step | undefined => {
    if (name === 'implement') return first([goodCode(), goodTest(), said('Done.')], turnOf(request));
    if (name !== 'audit') return undefined;
    const verdict = says(modelOf(request), JSON.stringify(request.body));
    if (verdict === undefined) return said('I would rather not.');
    return verdict === 'unlock' ? changed('audit', {}) : block('Names are not escaped.');
  };

describe('eval ab at audit', () => {
  it('lets both judge one and the same change, and counts the same verdicts', async function () {
    this.timeout(180_000);
    await using compared = await project('audit', 3, {
      // Both let the first pass and hold the second back; of the third the cheaper one sees nothing.
      answer: judging((model, text) => {
        if (text.includes('Greeting 002')) return 'block';
        return text.includes('Greeting 003') && model === 'gpt-6.1-sol' ? 'block' : 'unlock';
      }),
    });
    const card = await cardOf(AUDIT, compared);
    assert.deepEqual(
      card.specs.map(({ outcome, why }) => `${outcome}: ${why}`),
      ['equal: both say unlock', 'equal: both say block', 'worse: a says block, b says unlock'],
    );
    assert.deepEqual([card.compared, Math.floor((card.agreement ?? 0) * 100)], [3, 66]);
    // Each change is made, and read by its critic, once; nothing is mended after a verdict; nobody scores.
    assert.deepEqual(
      (['plan', 'implement', 'critic-patch', 'audit', 'judge-pair'] as const).map((name) => countOf(compared, name)),
      [3, 9, 3, 6, 0],
    );
    const asked = (model: string): readonly string[] =>
      compared.server.requests
        .filter((request, index) => compared.calls[index] === 'audit' && modelOf(request) === model)
        .map(({ body }) => JSON.stringify((body as { readonly messages: unknown }).messages));
    assert.deepEqual(asked('gpt-6-luna'), asked('gpt-6.1-sol'), 'both read the same bytes');
    assert.deepEqual(
      card.specs.map(({ a, b }) => [a.calls, b.calls, a.kind === 'done' && a.verdict, b.kind === 'done' && b.verdict]),
      [
        [1, 1, 'unlock', 'unlock'],
        [1, 1, 'block', 'block'],
        [1, 1, 'block', 'unlock'],
      ],
    );
    assert.ok(card.dollars.a > card.dollars.b && card.dollars.b > 0 && card.dollars.judge === 0);
    assert.equal(execFileSync('git', ['status', '--porcelain'], { cwd: compared.root, encoding: 'utf8' }), '');
    assert.match(
      (await compared.speckit('route', 'explain', 'audit')).stdout,
      /-> strong .*no cheap +demotion-unproven: .* an agreement of 66\.6 % over 3 specs/s,
    );
  });

  it('counts a judge without a usable answer against it', async () => {
    await using compared = await project('audit', 1, {
      answer: judging((model) => (model === 'gpt-6-luna' ? undefined : 'unlock')),
    });
    const card = await cardOf(AUDIT, compared);
    assert.deepEqual([card.outcomes.worse, card.failures], [1, { a: 0, b: 1 }]);
  });

  it('is not held with a local worker, nor does one ever take it', async () => {
    await using compared = await project('audit', 1, {});
    const local = await compared.speckit('eval', 'ab', '--stage', 'audit', '--a', 'strong', '--b', 'home');
    assert.equal(local.exit, 4);
    assert.match(local.stderr, /home is local: a local model never judges/);
    const file = path.join(compared.root, 'speckit.toml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('to = "cheap"', 'to = "home"'));
    const refused = await compared.speckit('config', 'check');
    assert.equal(refused.exit, 4);
    assert.match(refused.stderr + refused.stdout, /demotions\.audit\.to names "home", which is local/);
    assert.equal(compared.calls.length, 0);
  });
});
