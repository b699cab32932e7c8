import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { runAndKill } from '../support/killedRun.ts';
import { answer, auto, payloads, ran, resume } from '../support/pipelineScript.ts';
import { configuration, scriptedProject, type ScriptedProject } from '../support/scriptedProject.ts';
import { userGit } from '../support/gitRepository.ts';

const ASKING_RULE = `
[[commands.rules]]
id = "look-first"
pattern = ["node"]
decision = "ask"
justification = "it may take the lab's machine"
match = ["node --test"]
`;

const asking = (command: string) => ({
  answersBy: 'turn' as const,
  toml: (url: string): string => configuration(url).replace('"node --test"', JSON.stringify(command)) + ASKING_RULE,
});

const decisions = (project: ScriptedProject): readonly string[] =>
  payloads(project, 'CommandDecision').map(({ decision, rule }) => `${decision} ${rule.replace(/[0-9a-f]{12}$/, '…')}`);

const ownFile = (project: ScriptedProject): string => project.folder.join('home', 'config', 'config.toml');

describe('a command that a rule asks about', () => {
  it('is asked about before anything is paid, in the words that stand in the rule, and not run until then', async () => {
    await using project = await scriptedProject(asking('node --test'));
    const run = await auto(project);
    assert.deepEqual([run.exit, run.result.outcome, project.calls], [10, 'needsInput', []]);
    assert.deepEqual(
      run.result.questions.map(({ id, text, options }) => [id, text, options]),
      [
        [
          'Q1',
          "May the command of test run, `node --test`? The rule commands.rules.look-first asks: it may take the lab's machine.",
          ['Allow for this run', 'Always allow', 'Do not run'],
        ],
      ],
    );
    assert.deepEqual(decisions(project), ['ask commands.rules.look-first']);
    assert.equal((await resume(project)).exit, 10);
    const shown = await project.speckit('clarify', 'run-1');
    assert.match(shown.stdout, /--answer Q1="Allow for this run"/);
  });

  it('runs for the rest of this run alone, also after a kill, and again in a replay', async () => {
    await using project = await scriptedProject(asking('node --test'));
    await auto(project);
    await answer(project, 'Q1', 'Allow for this run');
    const killed = await runAndKill(project, ['--events', 'resume', 'run-1'], { kind: 'request', number: 3 });
    assert.equal(killed.signal, 'SIGKILL');
    const done = await resume(project);
    assert.equal(done.exit, 11, done.stderr);
    assert.equal(payloads(project, 'QuestionAsk').length, 1);
    assert.deepEqual(decisions(project), ['ask commands.rules.look-first', 'allow answers.allow-…']);
    const [, allowed] = payloads(project, 'CommandDecision');
    assert.equal(allowed?.reason, 'Ada answered so for this run (Q1, in the words "Allow for this run")');
    assert.equal(existsSync(ownFile(project)), false);
    const replayed = await project.speckit('--json', 'replay', 'run-1');
    assert.equal(replayed.exit, 0, replayed.stdout);
    const other = await ran(project, 'auto', 'SPEC-001', '--new', '--run-id', 'run-2');
    assert.equal(other.exit, 10, 'another run asks for itself');
  });

  it('is never asked about again after "Always allow", which is a rule of the own file of the person', async () => {
    await using project = await scriptedProject(asking('node --test'));
    mkdirSync(project.folder.join('home', 'config'), { recursive: true });
    writeFileSync(ownFile(project), `[budget]\nrun_dollars = 3\n${ASKING_RULE}`);
    await auto(project);
    await answer(project, 'Q1', 'Always allow');
    assert.match(
      readFileSync(ownFile(project), 'utf8'),
      /^id = "allow-[0-9a-f]{12}"\npattern = \["node", "--test"\]$/m,
    );
    assert.equal(await userGit(project.root, 'status', '--porcelain', '--', '.', ':!specs'), '');
    assert.equal((await resume(project)).exit, 11);
    const other = await ran(project, 'auto', 'SPEC-001', '--new', '--run-id', 'run-2');
    assert.deepEqual([other.exit, other.result.questions], [11, []]);
  });

  it('never runs after "Do not run"', async () => {
    await using project = await scriptedProject(asking('node --test'));
    await auto(project);
    await answer(project, 'Q1', 'Do not run');
    const run = await resume(project);
    assert.deepEqual([run.exit, run.result.outcome, project.calls], [12, 'blocked', []]);
    assert.match(
      run.result.text,
      /^The command of test, `node --test`, was not run: Ada answered so for this run \(Q1/,
    );
    assert.deepEqual(payloads(project, 'EvidenceRecord'), []);
  });

  it('shows the part that asks, and offers no rule for good where the line is more than one command', async () => {
    await using project = await scriptedProject(asking('true && node --test'));
    const run = await auto(project);
    const [question] = run.result.questions;
    assert.match(
      question?.text ?? '',
      /`true && node --test`\? The rule \S+ asks about its part `node --test`: it may take/,
    );
    assert.deepEqual(question?.options, ['Allow for this run', 'Do not run']);
    assert.notEqual((await project.speckit('clarify', 'run-1', '--answer', 'Q1=Always allow')).exit, 0);
    await answer(project, 'Q1', 'Allow for this run');
    assert.equal((await resume(project)).exit, 11);
  });
});
