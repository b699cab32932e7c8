import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  answer,
  auto,
  goodCode,
  goodTest,
  patchCall,
  payloads,
  resume,
  said,
  withFiles,
} from '../support/pipelineScript.ts';
import { pathWithoutSandbox } from '../support/pathWithoutSandbox.ts';
import { configuration, scriptedProject, type ScriptedProject } from '../support/scriptedProject.ts';
import { SECRET } from '../support/sandboxBench.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

function ownConfiguration(project: ScriptedProject, text: string): void {
  mkdirSync(project.folder.join('home', 'config'), { recursive: true });
  writeFileSync(project.folder.join('home', 'config', 'config.toml'), text);
}

const keptOf = (project: ScriptedProject): readonly string[] => [
  ...new Set(payloads(project, 'EvidenceRecord').map(({ sandbox, network }) => `${sandbox} ${network}`)),
];

describe('where there is no sandbox', () => {
  it('a run asks before it has done or paid anything, and runs commands only after a person said so', async () => {
    using tools = temporaryFolder('tools');
    await using project = await scriptedProject({ environment: { PATH: pathWithoutSandbox(tools.path) } });
    const doctor = await project.speckit('--json', 'doctor');
    assert.deepEqual((JSON.parse(doctor.stdout) as { sandbox: { kind: string } }).sandbox.kind, 'none');
    const run = await auto(project);
    assert.deepEqual([run.exit, run.result.outcome, project.calls], [10, 'needsInput', []]);
    assert.match(
      run.result.questions[0]?.text ?? '',
      /^There is no sandbox here: bubblewrap \(bwrap\) is not on the PATH\..*test: node --test$/,
    );
    assert.equal((await resume(project)).exit, 10, 'it does not go on by itself');
    assert.deepEqual(payloads(project, 'EvidenceRecord'), []);
    await answer(project, 'Q1', 'allow');
    const allowed = await resume(project);
    assert.equal(allowed.exit, 11, allowed.stderr);
    assert.deepEqual(keptOf(project), ['none granted']);
  });

  it('a person who says stop ends the run', async () => {
    using tools = temporaryFolder('tools');
    await using project = await scriptedProject({ environment: { PATH: pathWithoutSandbox(tools.path) } });
    await auto(project);
    await answer(project, 'Q1', 'stop');
    const stopped = await resume(project);
    assert.deepEqual([stopped.exit, project.calls], [2, []]);
  });

  it("a person's own configuration may say so for good, and a repository's may not", async () => {
    await using project = await scriptedProject({});
    ownConfiguration(project, 'sandbox = "none"\n');
    const run = await auto(project);
    assert.equal(run.exit, 11, run.stderr);
    assert.deepEqual(keptOf(project), ['none granted']);

    await using other = await scriptedProject({ toml: (url) => `sandbox = "none"\n\n${configuration(url)}` });
    const refused = await other.speckit('auto', 'SPEC-001');
    assert.equal(refused.exit, 4, refused.stderr);
    assert.match(refused.stderr, /speckit\.toml:1:1 .*own config\.toml/);
  });
});

describe('the network of a check', () => {
  const asking = (url: string): string => configuration(url).replace('kind = "test"', 'kind = "test"\nnetwork = true');

  it('is asked for by the repository and granted by a person, for this run', async () => {
    await using project = await scriptedProject({ toml: asking });
    const run = await auto(project);
    assert.deepEqual([run.exit, project.calls], [10, []]);
    assert.deepEqual(
      run.result.questions.map(({ text, options }) => [text, options]),
      [['test asks for the network: `node --test`. May it have it in this run?', ['allow', 'refuse']]],
    );
    await answer(project, 'Q1', 'refuse');
    assert.equal((await resume(project)).exit, 11);
    assert.deepEqual(keptOf(project), ['bubblewrap refused']);
  });

  it("is there without a question where a person's own configuration trusts the check by name", async () => {
    await using project = await scriptedProject({ toml: asking });
    ownConfiguration(project, '[trusted]\nnetwork = ["test"]\n');
    const run = await auto(project);
    assert.equal(run.exit, 11, run.stderr);
    assert.deepEqual(keptOf(project), ['bubblewrap granted']);
  });
});

describe('the log of a run', () => {
  it('says what kept a check in, that it was ended and why, and holds nothing it could not read', async () => {
    const command =
      'cat ~/.ssh/id_ed25519 ../sibling/.env /etc/shadow; i=0; while [ $i -lt 100 ]; do sleep 20 & i=$((i+1)); done; wait';
    await using project = await scriptedProject({
      toml: (url) =>
        `${configuration(url).replace('"node --test"', JSON.stringify(command))}\n[gates]\nattempts_per_worker = 1\n\n[limits]\ncommand_processes = 20\n`,
    });
    for (const file of ['.ssh/id_ed25519', 'sibling/.env']) {
      mkdirSync(path.dirname(project.folder.join(file)), { recursive: true });
      writeFileSync(project.folder.join(file), SECRET);
    }
    const run = await auto(project);
    assert.equal(run.exit, 10, `the check fails without the change as well, so a person is asked: ${run.stdout}`);
    const [evidence] = payloads(project, 'EvidenceRecord');
    assert.deepEqual(
      [evidence?.outcome, evidence?.exitCode, evidence?.sandbox, evidence?.network],
      ['failed', null, 'bubblewrap', 'refused'],
    );
    const sha256 = evidence?.output.sha256 ?? '';
    const blobs = path.join(project.root, '.git/speckit/runs/run-1/blobs');
    const found = readdirSync(blobs, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith(sha256));
    const output = readFileSync(path.join(blobs, found ?? ''), 'utf8');
    assert.match(output, /cat: .*id_ed25519.*: No such file or directory/);
    assert.match(output, /\[ended by SpecKit: it had more than 20 processes\]/);
    assert.ok(!output.includes(SECRET));
    const shown = await project.speckit('show', 'run-1');
    assert.match(shown.stdout, /check test failed on proposal [0-9a-f]{12}, in bubblewrap/);
  });
});

describe('a program that a check runs', () => {
  const script = 'set -e\nnode --test\n';
  it('is the one of the base tree, and a change of it is a question', async () => {
    const turns = [goodCode(), goodTest(), patchCall('tools/check.sh', script, 'exit 0\n'), said('All green.')];
    await using project = await scriptedProject({
      toml: (url) => configuration(url).replace('"node --test"', '"sh tools/check.sh"'),
      files: { 'tools/check.sh': script },
      answers: { ...withFiles('tools/check.sh'), implement: turns },
    });
    const run = await auto(project);
    assert.deepEqual(run.facts, {
      exit: 10,
      outcome: 'needsInput',
      stage: 'implement',
      verdict: 'ask',
      rule: 'tests-weakened',
    });
    assert.match(run.result.questions[0]?.text ?? '', /tools\/check\.sh check-definition-changed/);
    assert.match(JSON.stringify(payloads(project, 'EvidenceRecord')[0]), /"outcome":"passed"/);
  });

  it('is run as the change leaves it too, after a person allowed that, and has to pass so', async () => {
    for (const [more, facts] of [
      ['echo as changed\n', [11, 'proposed']],
      ['exit 1\n', [2, 'gateFailed']],
    ] as const) {
      const after = `${script}${more}`;
      const turns = [
        goodCode(),
        goodTest(),
        patchCall('tools/check.sh', script, after),
        said('Done.'),
        said('It has to be so.'),
      ];
      await using project = await scriptedProject({
        toml: (url) => configuration(url).replace('"node --test"', '"sh tools/check.sh"'),
        files: { 'tools/check.sh': script },
        answers: { ...withFiles('tools/check.sh'), implement: turns },
      });
      assert.equal((await auto(project)).exit, 10);
      await answer(project, 'Q1', 'allow');
      const run = await resume(project);
      assert.deepEqual([run.exit, run.result.outcome], facts, run.result.text);
      const changed = payloads(project, 'EvidenceRecord').filter(({ key }) => key.endsWith('/as-changed'));
      assert.deepEqual(
        changed.map(({ outcome, on }) => [outcome, on]),
        [[more.startsWith('echo') ? 'passed' : 'failed', 'proposal']],
      );
      assert.deepEqual(
        payloads(project, 'CommandDecision').map(({ rule }) => rule),
        ['declared-check', 'answers.changed-check'],
      );
    }
  });

  it('is pinned with what it imports, and what a Makefile includes', async () => {
    const good = 'export const isGood = true;\n';
    const files = {
      'tools/check.js': "import { isGood } from './rules.js';\nprocess.exitCode = isGood ? 0 : 1;\n",
      'tools/rules.js': 'export const isGood = false;\n',
    };
    const turns = [
      goodCode(),
      goodTest(),
      patchCall('tools/rules.js', files['tools/rules.js'], good),
      said('All green.'),
    ];
    await using project = await scriptedProject({
      toml: (url) =>
        `${configuration(url).replace('"node --test"', '"node tools/check.js"')}\n[gates]\nattempts_per_worker = 1\n`,
      files,
      answers: { ...withFiles('tools/rules.js'), implement: [...turns, ...turns] },
    });
    await auto(project);
    const [evidence] = payloads(project, 'EvidenceRecord');
    assert.deepEqual([evidence?.on, evidence?.outcome], ['proposal', 'failed'], 'it ran with the rules of the base');
    assert.match(JSON.stringify(payloads(project, 'Signal')), /check-definition-changed","path":"tools\/rules\.js"/);
  });
});
