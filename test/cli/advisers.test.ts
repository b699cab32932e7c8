import assert from 'node:assert/strict';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  answer,
  auto,
  changed,
  goodCode,
  goodTest,
  OLD_CODE,
  patchCall,
  payloads,
  ran,
  requestText,
  resume,
  said,
  withFiles,
  WRONG_CODE,
  type Facts,
} from '../support/pipelineScript.ts';
import { configuration, finished, GOOD_CODE, installation, scriptedProject } from '../support/scriptedProject.ts';
import type { Step } from '../support/scriptedStep.ts';

const PROPOSED: Facts = { exit: 11, outcome: 'proposed', stage: 'unlock', verdict: 'proceed', rule: undefined };
const asked = (rule: string): Facts => ({ exit: 10, outcome: 'needsInput', stage: 'audit', verdict: 'ask', rule });
/** Makes every change of src/greet.js one of high risk. */
const RISKY = { 'memory/constitution.md': '# Rules\n\n- `src/greet.js` is what our customers see.\n' };
const HOT = '\n[advisers]\nhot_paths = ["src/"]\n';

const finding = (severity: 'blocking' | 'advisory', message: string): Step =>
  changed('security', {
    findings: [{ severity, message, reference: 'src/greet.js:2', attack: 'A guest names themselves <script>.' }],
  });
const slow = (step: Step): Step => ({ ...step, delayMs: 1_000 });

describe('the advisers of the audit', () => {
  it('are those of a small change: the critic alone', async () => {
    await using project = await scriptedProject();
    assert.deepEqual((await auto(project)).facts, PROPOSED);
    assert.ok(!project.calls.includes('security') && !project.calls.includes('performance'));
  });

  it('are those of a change of high risk where it has more files than the policy says', async () => {
    await using project = await scriptedProject({ more: '\n[gates]\ncomplex_task_files_threshold = 1\n' });
    assert.deepEqual((await auto(project)).facts, PROPOSED);
    assert.ok(project.calls.includes('security'), 'it changes two files');
    const risks = payloads(project, 'Signal').flatMap(({ signal }) => (signal['kind'] === 'risk' ? [signal] : []));
    assert.deepEqual(risks, [
      { kind: 'risk', level: 'high', reasons: [{ rule: 'many-files', text: 'It changes 2 files.' }] },
    ]);
    const shown = await project.speckit('policy', 'show', 'run-1');
    assert.match(shown.stdout, /^gates\.complex_task_files_threshold = 1$/m, shown.stdout);
  });

  it('read a change of high risk in a hot path at the same time, and the judge reads what they say', async () => {
    const slowPerformance = slow(
      changed('performance', {
        findings: [{ severity: 'advisory', message: 'Names are joined.', reference: 'src/greet.js:2', cost: 'Once.' }],
      }),
    );
    await using project = await scriptedProject({
      files: RISKY,
      more: HOT,
      answers: {
        'critic-patch': [slow(changed('critic-patch', {}))],
        security: [slow(finding('advisory', 'Names are not escaped.'))],
        performance: [slowPerformance],
      },
    });
    const run = await auto(project);
    assert.deepEqual(run.facts, PROPOSED, 'advice holds nothing back');
    const three = ['critic-patch', 'security', 'performance'] as const;
    const requests = three.map((name) => project.server.requests[project.calls.indexOf(name)]);
    const lastBegun = Math.max(...requests.map((request) => request?.receivedAt ?? Number.NaN));
    const firstEnded = Math.min(...requests.map((request) => request?.settledAt ?? Number.NaN));
    assert.ok(lastBegun < firstEnded, `all three are under way at once: ${lastBegun} < ${firstEnded}`);
    const judged = requestText(project, 'audit', 1);
    assert.match(
      judged,
      /- security reviewer, advisory: Names are not escaped\. A guest names .* \(src\/greet\.js:2\)/,
    );
    assert.match(judged, /- performance reviewer, advisory: Names are joined\. Once\./);
    const shown = requestText(project, 'security', 1);
    assert.match(shown, /\+ {2}return name === "" \? "Hello, stranger!"/, 'the reviewer has the change itself');
    assert.match(requestText(project, 'performance', 1), /Time matters in src\/greet\.js\./);

    const replayed = await project.speckit('replay', 'run-1');
    assert.equal(replayed.exit, 0, replayed.stdout + replayed.stderr);
  });

  it('stop the run by a blocking finding until a person accepts it; nobody is asked twice', async () => {
    await using project = await scriptedProject({
      files: RISKY,
      answers: { security: [finding('blocking', 'Names are not escaped.')] },
    });
    const run = await auto(project);
    assert.deepEqual(run.facts, asked('blocking-counter-signal'));
    assert.match(run.result.questions[0]?.text ?? '', /^security reviewer: Names are not escaped\./);
    const nCalls = project.calls.length;
    await answer(project, 'Q1', 'accept');
    assert.deepEqual((await resume(project)).facts, PROPOSED);
    assert.equal(project.calls.length, nCalls);
    assert.equal(payloads(project, 'ProposalCreate').length, 1);
  });

  const gone = (url: string): string => `${configuration(url)}security_reviewer = ["gone"]

[workers.gone]
provider = "openai-chat"
model = "gpt-6-luna"
base_url = "http://127.0.0.1:9/v1"
`;
  const silences = [
    { name: 'does not answer usably', toml: configuration, answers: { security: [said('no')] } },
    { name: 'cannot be reached', toml: gone, answers: {} },
  ];
  for (const { name, ...options } of silences)
    it(`leave a change of high risk to a person when the security reviewer ${name}`, async () => {
      await using project = await scriptedProject({ ...options, files: RISKY });
      const run = await auto(project);
      assert.deepEqual(run.facts, asked('adviser-silent'));
      assert.match(
        run.result.questions[0]?.text ?? '',
        /The security reviewer was asked about audit and did not answer\. Nobody has read the change for security/,
      );
      await answer(project, 'Q1', 'accept');
      assert.deepEqual((await resume(project)).facts, PROPOSED);
    });

  it('are shown all of a large change, in parts, where the judge is shown its beginning and its end', async () => {
    const words = Array.from({ length: 2_600 }, (_, index) => `export const word${index} = "a word of a language";`);
    await using project = await scriptedProject({
      answers: {
        ...withFiles('src/words.js'),
        implement: [
          goodCode(),
          goodTest(),
          patchCall('src/words.js', undefined, `${words.join('\n')}\n`),
          said('Done.'),
        ],
      },
    });
    assert.deepEqual((await auto(project)).facts, PROPOSED);
    for (const name of ['security', 'performance'] as const) {
      const parts = project.calls.flatMap((call, index) => (call === name ? [index] : []));
      assert.equal(parts.length, 4, name);
      const shown = parts.map((_, index) => requestText(project, name, index + 1));
      assert.match(shown[1] ?? '', /Part 2 of 4\./);
      assert.ok(
        words.every((word) => shown.some((text) => text.includes(`+${word}\n`))),
        'no line is left out',
      );
    }
    const judged = requestText(project, 'audit', 1);
    assert.ok(!words.every((word) => judged.includes(word)));
  });

  it('that had answered before the process was killed are not asked again', async () => {
    await using project = await scriptedProject({
      files: RISKY,
      answers: { security: [{ ...changed('security', {}), delayMs: 60_000 }, changed('security', {})] },
    });
    const run = project.spawn(['auto', 'SPEC-001', '--run-id', 'run-1']);
    const ended = finished(run);
    const isCritiqueKept = (): boolean =>
      project.calls.includes('security') &&
      payloads(project, 'StepEnd').some(({ key }) => key.startsWith('audit/1/critic/'));
    while (!isCritiqueKept()) await wait(50);
    run.kill('SIGKILL');
    assert.equal((await ended).signal, 'SIGKILL');
    assert.deepEqual((await resume(project)).facts, PROPOSED);
    const nOf = (name: string): number => project.calls.filter((call) => call === name).length;
    assert.deepEqual([nOf('critic-patch'), nOf('security'), nOf('audit')], [1, 2, 1]);
  });

  it('end together: where a key is refused for one, the other is heard to its end before the run stops', async () => {
    const refused: Step = { fault: { kind: 'status', status: 401 } };
    await using project = await scriptedProject({
      files: RISKY,
      answers: { security: [refused, changed('security', {})], 'critic-patch': [slow(changed('critic-patch', {}))] },
    });
    const run = await auto(project);
    assert.deepEqual([run.exit, run.result.outcome, run.result.stage], [4, 'configuration', 'audit']);
    const settled = payloads(project, 'SpendSettle').filter(({ key }) => key.startsWith('audit/1/critic/'));
    assert.deepEqual(
      settled.map(({ state }) => state),
      ['settled'],
    );
    assert.deepEqual((await resume(project)).facts, PROPOSED);
    assert.equal(project.calls.filter((call) => call === 'critic-patch').length, 1);
  });

  it('are told by route explain, and what is asked of whom', async () => {
    await using project = await scriptedProject({ more: HOT });
    const low = await project.speckit('route', 'explain', 'audit');
    assert.match(low.stdout, /security reviewer\n {2}-> not asked {8}not-high-risk: The change is of low risk\./);
    const high = await ran(project, 'route', 'explain', 'security_reviewer', '--risk', 'high');
    assert.equal(high.exit, 0);
    assert.match(high.stdout, /"setting": "routing\.critic"/);
    assert.match((await project.speckit('policy', 'show')).stdout, /^advisers\.hot_paths = \["src\/"\]$/m);
  });
});

describe('the environment', () => {
  it('switches the critic off, which the frozen policy shows', async () => {
    await using project = await scriptedProject({ environment: { SPEC_KIT_SIDECAR_CRITIC: 'off' } });
    assert.deepEqual((await auto(project)).facts, PROPOSED);
    assert.ok(!project.calls.includes('critic-plan') && !project.calls.includes('critic-patch'));
    assert.match((await project.speckit('policy', 'show', 'run-1')).stdout, /^gates\.critic = false$/m);
  });

  it('is refused where it asks for a consensus of models', async () => {
    await using project = await scriptedProject({ environment: { SPEC_KIT_CONSENSUS: '1' } });
    const refused = await project.speckit('auto', 'SPEC-001');
    assert.deepEqual([refused.exit, project.server.requests.length], [4, 0]);
    assert.match(refused.stderr, /SPEC_KIT_CONSENSUS is set, and there is no vote of several models here/);
  });
});

describe('static analysers', () => {
  const CHECKS = (url: string): string => `[checks.lint]
command = "node tools/lint.js"
kind = "lint"

[checks.style]
command = "npm run style"

[[commands.rules]]
id = "own-semgrep"
pattern = ["semgrep", "scan"]
decision = "allow"
justification = "reads files"

${configuration(url)}`;
  const FILES = {
    ...RISKY,
    'tools/lint.js': 'console.log("src/greet.js:2 warning: text from outside ``` in a template");\n',
    'package.json':
      '{ "name": "greeter", "type": "module", "scripts": { "style": "node tools/lint.js eslint", "test": "node --test" } }\n',
    'eslint.config.js': 'export default [];\n',
    '.semgrep.yml': 'rules: []\n',
    'bandit.yaml': 'skips: []\n',
  };

  it('feed the security reviewer: what checks ran, what the policy lets run, and what was not run', async () => {
    await using project = await scriptedProject({ toml: CHECKS, files: FILES });
    const run = await auto(project);
    assert.deepEqual(run.facts, PROPOSED, run.stdout + run.stderr);
    const shown = requestText(project, 'security', 1);
    const part = shown.slice(shown.indexOf('## What static analysers'), shown.indexOf('## How much'));
    assert.match(
      part,
      /- lint: passed\n`{4,}\nsrc\/greet\.js:2 warning: text from outside/,
      'fenced, though it passed',
    );
    assert.match(part, /- style: passed/, 'a check whose script runs eslint');
    assert.doesNotMatch(part, /- eslint/, 'which is not run again');
    assert.match(part, /- semgrep: notFound, exit code 127/, 'allowed by a rule, and not installed here');
    assert.match(
      part,
      /- bandit: not run, although bandit\.yaml configures it \(/,
      'no rule allows it, and nobody is asked',
    );
    assert.doesNotMatch(requestText(project, 'critic-patch', 1), /static analysers/);
    const decisions = payloads(project, 'CommandDecision').map(({ name, decision }) => `${name} ${decision}`);
    assert.ok(decisions.includes('semgrep allow') && decisions.includes('bandit ask'), decisions.join(', '));
  });

  it('may be a real one: what oxlint finds in the change', async () => {
    const rule = `[[commands.rules]]
id = "own-oxlint"
pattern = ["npx", "--no-install", "oxlint"]
decision = "allow"
justification = "reads files"

`;
    const code = GOOD_CODE.replace('{\n', '{\n  debugger;\n');
    await using project = await scriptedProject({
      toml: (url) => rule + configuration(url),
      files: { ...RISKY, '.oxlintrc.json': '{}\n', '.gitignore': 'node_modules\n' },
      answers: { implement: [patchCall('src/greet.js', OLD_CODE, code), goodTest(), said('Done.')] },
    });
    for (const name of ['oxlint', '@oxlint'])
      cpSync(path.join(installation, 'node_modules', name), path.join(project.root, 'node_modules', name), {
        recursive: true,
      });
    mkdirSync(path.join(project.root, 'node_modules/.bin'));
    symlinkSync('../oxlint/bin/oxlint', path.join(project.root, 'node_modules/.bin/oxlint'));
    const run = await auto(project);
    assert.deepEqual(run.facts, PROPOSED, run.stdout + run.stderr);
    assert.match(
      requestText(project, 'security', 1),
      /- oxlint: (?:passed|failed), exit code \d\n```[^]*no-debugger[^]*src\/greet\.js:2/,
    );
  });
});

describe('the tutor', () => {
  const local = (url: string): string =>
    configuration(url).replace('[workers.cheap]\n', '[workers.cheap]\nlocal = true\n');
  const implement = [
    patchCall('src/greet.js', OLD_CODE, WRONG_CODE),
    goodTest(),
    said('Done.'),
    said('It is right as it is.'),
    goodCode(),
    goodTest(),
    said('Done.'),
  ];

  it('explains the failing output to the next worker, once, and asks nobody in the cloud', async () => {
    await using project = await scriptedProject({ toml: local, answers: { implement } });
    assert.deepEqual((await auto(project)).facts, PROPOSED);
    assert.deepEqual(
      project.calls.filter((call) => call === 'tutor' || call === 'implement'),
      [...implement.slice(0, 4).map(() => 'implement'), 'tutor', ...implement.slice(4).map(() => 'implement')],
    );
    const shown = requestText(project, 'tutor', 1);
    assert.match(shown, /FR-002 greets a stranger/, 'the failing output');
    assert.match(shown, /\+ {2}return `Hello, \$\{name\}!`;/, 'and the change that failed');
    const next = requestText(project, 'implement', 5);
    assert.match(
      next,
      /A tutor has read why[\s\S]*Cause: greet forgets a stranger\.[\s\S]*Next: Look at the empty name\./,
    );
    assert.equal(payloads(project, 'LLMCall').find(({ role }) => role === 'tutor')?.local, true);
    const replayed = await project.speckit('replay', 'run-1');
    assert.equal(replayed.exit, 0, replayed.stdout + replayed.stderr);
  });

  const without = [
    { name: 'nobody local implements', toml: configuration },
    { name: 'the policy has none', toml: (url: string) => `${local(url)}\n[advisers]\ntutor = false\n` },
  ];
  for (const { name, toml } of without)
    it(`is not asked where ${name}`, async () => {
      await using project = await scriptedProject({ toml, answers: { implement } });
      assert.deepEqual((await auto(project)).facts, PROPOSED);
      assert.ok(!project.calls.includes('tutor'));
    });

  it('that says nothing usable is done without', async () => {
    await using project = await scriptedProject({ toml: local, answers: { implement, tutor: [said('Hm.')] } });
    assert.deepEqual((await auto(project)).facts, PROPOSED);
    assert.doesNotMatch(requestText(project, 'implement', 5), /A tutor has read/);
  });
});
