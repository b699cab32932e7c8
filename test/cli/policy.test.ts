import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { commandLine, environmentOf, program } from '../support/commandLine.ts';
import { commandCorpus } from '../support/commandCorpus.ts';
import { makeRepository } from '../support/gitRepository.ts';
import { auto, payloads } from '../support/pipelineScript.ts';
import { configuration, finished, scriptedProject } from '../support/scriptedProject.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporaryFolder.ts';

const TOML = `[checks.test]
command = "npm test"

[[commands.rules]]
id = "fetch"
pattern = ["git", "fetch"]
decision = "allow"
justification = "reads our own server"
match = ["git fetch origin"]
not_match = ["git push"]
`;

describe('speckit policy', () => {
  let folder: TemporaryFolder;
  let root: string;
  before(async () => {
    folder = temporaryFolder();
    root = folder.join('repository');
    await makeRepository(root, { 'speckit.toml': TOML, 'README.md': 'x\n' });
  });
  after(() => folder[Symbol.dispose]());
  const speckit = (...words: readonly string[]) => commandLine({ cwd: root, home: folder.path }, 'policy', ...words);

  const cases: readonly (readonly [words: readonly string[], exit: number, rule: string])[] = [
    [['git status'], 0, 'git-read'],
    [['npm test'], 0, 'declared-check'],
    [['npm run build'], 11, 'install-packages'],
    [['git fetch origin'], 0, 'commands.rules.fetch'],
    [['git', 'fetch', 'origin'], 0, 'commands.rules.fetch'],
    [['ls && rm -rf /'], 12, 'delete-outside'],
    [['rm', '-rf', '/'], 12, 'delete-outside'],
    [['git', 'log', '--all', '--json'], 11, 'git-read'],
  ];
  for (const [words, exit, rule] of cases) {
    it(`answers ${JSON.stringify(words)} with exit ${exit}`, async () => {
      const result = await speckit('check', '--json', '--', ...words);
      assert.equal(result.exit, exit, result.stderr);
      const answer = JSON.parse(result.stdout) as { rule: string; exitCode: number };
      assert.deepEqual([answer.rule, answer.exitCode], [rule, exit]);
    });
  }

  it('answers a batch line by line, in kind and in order, the whole corpus in one process', async () => {
    const corpus = commandCorpus().filter(({ area }) => area !== 'ordinary');
    const child = spawn(process.execPath, [program, 'policy', 'check', '--batch'], {
      cwd: folder.path,
      env: environmentOf({ cwd: root, home: folder.path }),
    });
    child.stdin.end(`${corpus.map(({ cmd }, id) => JSON.stringify({ id, cmd })).join('\n')}\n\nno json\n`);
    const result = await finished(child);
    const answers = result.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: number | null; decision?: string });
    assert.deepEqual(
      answers.map(({ id, decision }) => ({ id, decision })),
      [...corpus.map(({ decision }, id) => ({ id, decision })), { id: null, decision: undefined }],
    );
    assert.equal(result.exit, 4);
  });

  it('tests every rule, and names the line of an example that fails', async () => {
    const good = await speckit('test');
    assert.match(good.stdout, /^\d+ rules \(1 of your own\), \d+ examples: all as they should be\.\n$/);
    assert.equal(good.exit, 0);
    using other = temporaryFolder();
    writeFileSync(other.join('speckit.toml'), TOML.replace('"git push"', '"git fetch --all"'));
    const bad = await commandLine({ cwd: other.path, home: other.path }, 'policy', 'test');
    assert.equal(bad.exit, 4);
    assert.match(
      bad.stderr,
      /speckit\.toml:10:14 The rule fetch speaks about `git fetch --all`, which not_match says it must not/,
    );
  });

  it('records "always allow" in the own file of the person, for exactly this command, and not for what is hard', async () => {
    assert.equal((await speckit('check', '--', 'git commit -m x')).exit, 11);
    const before = readFileSync(`${root}/speckit.toml`, 'utf8');
    const allowed = await speckit('allow', '--json', '--', 'git commit -m x');
    assert.equal(allowed.exit, 0, allowed.stderr);
    assert.match(
      readFileSync((JSON.parse(allowed.stdout) as { file: string }).file, 'utf8'),
      /^\[\[commands\.rules\]\]\nid = "allow-/,
    );
    assert.equal((await speckit('check', '--', 'git commit -m x')).exit, 0);
    assert.equal((await speckit('check', '--', 'git commit -m x --amend')).exit, 12);
    assert.equal(readFileSync(`${root}/speckit.toml`, 'utf8'), before);
    const hard = await speckit('allow', '--', 'rm -rf /');
    assert.equal(hard.exit, 12);
    assert.match(hard.stderr, /No rule can allow this command: deletes outside the tree \(rule delete-outside\)/);
  });

  it('lets a command of a run look, and decide nothing', async () => {
    const place = { cwd: root, home: folder.path, environment: { SPECKIT_INSIDE_RUN: 'run-1' } };
    assert.equal((await commandLine(place, 'policy', 'check', 'ls')).exit, 0);
    for (const words of [
      ['approve', 'run-1'],
      ['unlock', 'SPEC-001'],
      ['undo', 'run-1'],
      ['policy', 'allow', 'git fetch'],
      ['init', '--force'],
    ]) {
      const result = await commandLine(place, ...words);
      assert.equal(result.exit, 12, words.join(' '));
      assert.match(result.stderr, /only a person decides, and not from inside a run/);
    }
  });
});

describe('a check of a run', () => {
  it('is judged before it runs, and the log says by which rule', async () => {
    await using project = await scriptedProject({});
    await auto(project);
    const { key: _key, ...decision } = payloads(project, 'CommandDecision')[0] ?? { key: '' };
    assert.deepEqual(decision, {
      name: 'test',
      command: 'node --test',
      decision: 'allow',
      rule: 'declared-check',
      reason: 'it is a command that the project declares, exactly as it stands there',
    });
    assert.equal(payloads(project, 'CommandDecision').length, 1);
  });

  it('never runs when it would delete outside the tree, although it is declared', async () => {
    await using project = await scriptedProject({
      toml: (url) => configuration(url).replace('"node --test"', `"touch ran.txt && rm -rf ../sibling"`),
    });
    mkdirSync(project.folder.join('sibling'));
    const run = await auto(project);
    assert.equal(run.exit, 12);
    assert.match(run.stderr + run.stdout, /was not run: deletes outside the tree \(rule delete-outside\)/);
    assert.deepEqual(
      payloads(project, 'CommandDecision').map(({ decision, rule }) => [decision, rule]),
      [['forbid', 'delete-outside']],
    );
    assert.deepEqual(payloads(project, 'EvidenceRecord'), []);
    assert.ok(existsSync(project.folder.join('sibling')));
  });
});
