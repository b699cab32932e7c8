import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { commandLine } from '../support/commandLine.ts';
import {
  assertNothingLeft,
  assertUserTreeUntouched,
  eventsOf,
  ledgerRows,
  processesIn,
  processesLeft,
  RUN,
  treesOf,
} from '../support/killedRun.ts';
import {
  configuration,
  finished,
  GOOD,
  scriptedProject,
  SPEC,
  type ScriptedProject,
} from '../support/scriptedProject.ts';
import { until } from '../support/until.ts';

/** Longest time, start of its process included, that `speckit stop` may take until the owner is gone. The owner itself has 500 ms. */
const STOP_MS = 1_500;

/** One moment in which a run is stopped: what makes it last, and how it is known that it has come. */
interface Moment {
  readonly name: string;
  readonly project: () => Promise<ScriptedProject>;
  readonly reached: (project: ScriptedProject) => boolean;
}

/** A check that lasts until a file is there, so that the resumed run ends quickly. The file lies in a folder that commands may read: see `slowProject`. */
const SLOW_CHECK = `node -e "require('fs').existsSync(process.env.HOME + '/flags/go') || setTimeout(() => {}, 30000)" && node --test`;
const withCheck = (command: string) => (url: string) =>
  configuration(url).replace('command = "node --test"', `command = '''${command}'''`);

/** A project whose check does not end by itself, and whose person trusts commands with the folder that ends it. */
async function slowProject(command: string): Promise<ScriptedProject> {
  const project = await scriptedProject({ toml: withCheck(command) });
  mkdirSync(project.folder.join('flags'));
  mkdirSync(project.folder.join('home', 'config'), { recursive: true });
  writeFileSync(project.folder.join('home', 'config', 'config.toml'), '[trusted]\nfolders = ["~/flags"]\n');
  return project;
}

const MOMENTS: readonly Moment[] = [
  {
    name: 'a model call that streams slowly',
    project: () =>
      scriptedProject({
        answers: { plan: [{ ...GOOD.plan[0], chunkDelayMs: 400, chunkSize: 4 }, ...GOOD.plan] },
      }),
    reached: (project) => project.calls.includes('plan'),
  },
  {
    name: 'a running check',
    project: () => slowProject(SLOW_CHECK),
    reached: (project) => processesIn(project.folder.path).some((line) => line.includes('setTimeout')),
  },
  {
    name: 'the wait before a retry',
    project: () =>
      scriptedProject({
        answers: { tasks: [{ fault: { kind: 'status', status: 429, retryAfter: '30' } }, ...GOOD.tasks] },
      }),
    reached: (project) => project.calls.includes('tasks') && project.server.count() === project.calls.length,
  },
];

describe('a run that is stopped', () => {
  for (const moment of MOMENTS) {
    it(`by \`speckit stop\` during ${moment.name} is gone at once, and goes on later`, async () => {
      await using project = await moment.project();
      const run = finished(project.spawn(['--json', 'auto', 'SPEC-001', '--run-id', RUN]));
      await until(moment.name, () => moment.reached(project));
      await wait(100);
      const startedAt = performance.now();
      const stop = await project.speckit('stop', RUN);
      const took = performance.now() - startedAt;
      process.stdout.write(`      stop took ${Math.round(took)} ms during ${moment.name}\n`);
      assert.equal(stop.exit, 0, stop.stderr);
      assert.ok(took < STOP_MS, `stop took ${took} ms`);
      await checkStopped(project, await run);
    });
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`by ${signal} during a check is gone at once, and goes on later`, async () => {
      const [, moment] = MOMENTS;
      assert.ok(moment !== undefined);
      await using project = await moment.project();
      const child = project.spawn(['--json', 'auto', 'SPEC-001', '--run-id', RUN]);
      const run = finished(child);
      await until(moment.name, () => moment.reached(project));
      const startedAt = performance.now();
      child.kill(signal);
      const result = await run;
      assert.ok(performance.now() - startedAt < STOP_MS, `${signal} took ${performance.now() - startedAt} ms`);
      await checkStopped(project, result);
    });
  }

  it('before it has done anything says so and starts no model call', async () => {
    await using project = await scriptedProject();
    const child = project.spawn(['--json', 'auto', 'SPEC-001', '--run-id', RUN]);
    const run = finished(child);
    await until('the run folder', () => existsSync(path.join(project.root, '.git/speckit/runs', RUN, 'events.jsonl')));
    child.kill('SIGINT');
    const result = await run;
    assert.deepEqual([result.exit, result.signal], [130, null], result.stderr);
    assert.doesNotMatch(result.stderr, /should not have happened/);
    assert.deepEqual(project.calls, []);
  });

  it('is told by a command that nothing is at work when nothing is', async () => {
    await using project = await scriptedProject();
    await project.speckit('plan', 'SPEC-001', '--run-id', RUN);
    const stop = await project.speckit('--json', 'stop', RUN);
    assert.deepEqual([stop.exit, JSON.parse(stop.stdout)], [0, { runId: RUN, outcome: 'notRunning', exitCode: 0 }]);
    const resumed = await project.speckit('resume', RUN);
    assert.equal(resumed.exit, 11, 'a stop that nobody heard does not stop the next process');
  });
});

/** Exit 130 and outcome `stopped`, no child left, the user's files untouched, nothing reserved; `resume` then leads to the proposal. */
async function checkStopped(project: ScriptedProject, run: Awaited<ReturnType<typeof finished>>): Promise<void> {
  assert.equal(run.exit, 130, run.stderr + run.stdout);
  assert.equal((JSON.parse(run.stdout) as { outcome?: string }).outcome, 'stopped');
  assert.deepEqual(await processesLeft(project), []);
  await assertUserTreeUntouched(project, 'stopped');
  const end = (await eventsOf(project)).findLast((event) => event.kind === 'RunEnd');
  assert.equal(end?.kind === 'RunEnd' && end.payload.outcome, 'stopped');
  assert.deepEqual(
    ledgerRows(project).filter(({ state }) => state === 'reserved'),
    [],
  );
  const nCalls = project.calls.length;
  mkdirSync(project.folder.join('flags'), { recursive: true });
  writeFileSync(project.folder.join('flags', 'go'), '');
  const resumed = await project.speckit('--json', 'resume', RUN);
  assert.equal(resumed.exit, 11, resumed.stderr);
  assert.ok(project.calls.length - nCalls <= 10, 'calls that had ended are not made again');
  await assertNothingLeft(project, 'resumed');
}

describe('a command whose run was killed', () => {
  it('is ended with it', async () => {
    await using project = await slowProject(SLOW_CHECK);
    const child = project.spawn(['--json', 'auto', 'SPEC-001', '--run-id', RUN]);
    const run = finished(child);
    await until('the check', () => processesIn(project.folder.path).some((line) => line.includes('setTimeout')));
    // The command is seen a moment before its owner has heard of its number.
    await wait(50);
    child.kill('SIGKILL');
    await run;
    assert.deepEqual(await processesLeft(project), []);
  });

  it('is ended with it even when it ignores SIGTERM', async () => {
    const stubborn = `node -e "process.on('SIGTERM', () => {}); setTimeout(() => {}, 30000)"`;
    await using project = await slowProject(stubborn);
    const child = project.spawn(['--json', 'auto', 'SPEC-001', '--run-id', RUN]);
    const run = finished(child);
    await until('the check', () => processesIn(project.folder.path).some((line) => line.includes('setTimeout')));
    await wait(300);
    child.kill('SIGKILL');
    await run;
    await wait(500);
    assert.deepEqual(await processesLeft(project), []);
  });
});

/**
 * A check with a process that ignores SIGTERM and one in a session of its own whose parent has ended. All three last half a minute; the file says that
 * the last one is there.
 */
const LINGERING = `node -e "process.on('SIGTERM', () => {}); setTimeout(() => {}, 30000)" & setsid sh -c '(trap "" TERM HUP; touch lingers; exec sleep 30) & exit' & sleep 30`;
const lingers = (project: ScriptedProject): boolean =>
  processesIn(project.folder.path).some((line) => line.includes('sleep 30')) &&
  existsSync(path.join(treesOf(project.root, project), RUN, 'lingers'));

describe('a git that hangs', () => {
  it('does not keep a run from stopping, and the run goes on with one that works', async () => {
    await using project = await scriptedProject({ answersBy: 'turn' });
    const folder = project.folder.join('bin');
    const hanging = project.folder.join('hanging');
    // In front of the real one: hangs in what looks at the run's tree, for as long as the file says so.
    const real = `PATH=\${PATH#*:} exec git "$@"`;
    const script = `#!/bin/sh\ncase " $* " in *" ls-files "*) [ -e "${hanging}.on" ] && { touch "${hanging}"; sleep 30; };; esac\n${real}\n`;
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'git'), script, { mode: 0o755 });
    writeFileSync(`${hanging}.on`, '');
    const place = {
      cwd: project.root,
      home: project.folder.path,
      environment: { ...project.environment, PATH: `${folder}:${project.environment['PATH'] ?? ''}` },
    };
    const run = commandLine(place, '--json', 'auto', 'SPEC-001', '--run-id', RUN);
    await until('git to hang', () => existsSync(hanging));
    const startedAt = performance.now();
    assert.equal((await project.speckit('stop', RUN)).exit, 0);
    const took = performance.now() - startedAt;
    assert.ok(took < STOP_MS, `stop took ${took} ms`);
    assert.equal((await run).exit, 130);
    rmSync(`${hanging}.on`);
    const resumed = await commandLine(place, 'resume', RUN);
    assert.equal(resumed.exit, 11, resumed.stderr);
  });
});

describe('every process of a check', () => {
  it('is ended by a stop, also what ignores SIGTERM and what has a session of its own', async () => {
    await using project = await scriptedProject({ toml: withCheck(LINGERING) });
    const run = finished(project.spawn(['--json', 'auto', 'SPEC-001', '--run-id', RUN]));
    await until('the check', () => lingers(project));
    const startedAt = performance.now();
    assert.equal((await project.speckit('stop', RUN)).exit, 0);
    const took = performance.now() - startedAt;
    assert.deepEqual(
      processesIn(project.folder.path).filter((line) => line.includes('30')),
      [],
    );
    assert.ok(took < STOP_MS, `stop took ${took} ms`);
    assert.equal((await run).exit, 130);
    assert.deepEqual(await processesLeft(project), []);
  });

  it('is ended when the run is killed, a moment later', async () => {
    await using project = await scriptedProject({ toml: withCheck(LINGERING) });
    const child = project.spawn(['--json', 'auto', 'SPEC-001', '--run-id', RUN]);
    const run = finished(child);
    await until('the check', () => lingers(project));
    child.kill('SIGKILL');
    await run;
    await until('the end of all', () => processesIn(project.folder.path).length === 0);
  });

  it('is ended when the check has ended and left it behind', async () => {
    const leaving = LINGERING.replace(/& sleep 30$/, '; sleep 0.2; node --test');
    await using project = await scriptedProject({ toml: withCheck(leaving) });
    const run = await project.speckit('--json', 'auto', 'SPEC-001', '--run-id', RUN);
    assert.deepEqual([run.exit, processesIn(project.folder.path)], [11, []], run.stderr);
  });
});

describe('two processes', () => {
  it('do not work on one run: the second is told who does', async () => {
    await using project = await slowProject(SLOW_CHECK);
    const child = project.spawn(['--json', 'auto', 'SPEC-001', '--run-id', RUN]);
    const run = finished(child);
    await until('the check', () => processesIn(project.folder.path).some((line) => line.includes('setTimeout')));
    const nEvents = (await eventsOf(project)).length;
    for (const words of [
      ['resume', RUN],
      ['auto', 'SPEC-001'],
      ['approve', RUN],
      ['plan', 'SPEC-001'],
    ]) {
      const second = await project.speckit(...words);
      assert.equal(second.exit, 4, words.join(' '));
      assert.ok(second.stderr.includes(`process ${child.pid} on`), second.stderr);
    }
    assert.equal((await eventsOf(project)).length, nEvents, 'the refused processes wrote nothing');
    child.kill('SIGKILL');
    await run;
    writeFileSync(project.folder.join('flags', 'go'), '');
    const taken = await project.speckit('resume', RUN);
    assert.equal(taken.exit, 11, `the lock of a dead owner is taken over: ${taken.stderr}`);
  });

  it('run two specs at the same time without mixing them', async () => {
    const second = 'specs/SPEC-002-second/spec.md';
    const text = SPEC.replace('# Greeting', '# Second greeting');
    await using project = await scriptedProject({ answersBy: 'turn', files: { [second]: text } });
    const [one, two] = await Promise.all([
      project.speckit('auto', 'SPEC-001', '--run-id', 'run-a'),
      project.speckit('auto', 'SPEC-002', '--run-id', 'run-b'),
    ]);
    assert.deepEqual([one.exit, two.exit], [11, 11], one.stderr + two.stderr);
    const documents = (folder: string): readonly string[] =>
      readdirSync(path.join(project.root, 'specs', folder)).sort();
    assert.deepEqual(documents('SPEC-001-greeting'), documents('SPEC-002-second'));
    for (const [runId, id] of [
      ['run-a', 'SPEC-001'],
      ['run-b', 'SPEC-002'],
    ] as const) {
      const proposal = (await eventsOf(project, runId)).findLast((event) => event.kind === 'ProposalCreate');
      assert.deepEqual(
        proposal?.kind === 'ProposalCreate' && proposal.payload.files.map((file) => file.path),
        ['src/greet.js', 'test/greet.test.js'],
        "documents written by the other run are not taken for a person's",
      );
      assert.match(
        proposal?.kind === 'ProposalCreate' ? proposal.payload.commitMessage : '',
        new RegExp(`Spec: ${id}`),
      );
      assert.equal(ledgerRows(project, runId).length, 9);
    }
  });
});
