import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EXIT } from '../../src/cli/exitCode.ts';
import { commitAll } from '../support/gitRepository.ts';
import { eventsOf, runFolderOf } from '../support/killedRun.ts';
import { changed, OLD_CODE, ran } from '../support/pipelineScript.ts';
import {
  configuration,
  GOOD,
  GOOD_CODE,
  installation,
  scriptedProject,
  type ScriptedProject,
} from '../support/scriptedProject.ts';

/** The verbs that decide, and one that only looks, which shows that the program can be run in there at all. */
const TRIES: Readonly<Record<string, string>> = {
  approve: 'approve proposed',
  unchecked: 'approve proposed --unchecked because',
  reject: 'reject proposed --why because',
  unlock: 'unlock SPEC-001',
  clarify: 'clarify asking --answer Q1=Yes',
  resume: 'resume asking',
  undo: 'undo proposed',
  allow: "policy allow 'git push'",
  check: "policy check 'git status'",
};

/** As the run's command finds itself, and as one that takes every mark off and names what a person has: their folders, their name, their repository. */
const disguises = ({ root, environment }: Pick<ScriptedProject, 'root' | 'environment'>) => ({
  marked: '',
  disguised: `env -u SPECKIT_INSIDE_RUN SPECKIT_PERSON=Ada SPECKIT_HOME='${environment['SPECKIT_HOME']}' SPECKIT_AUTO_APPROVE=1 GIT_DIR='${root}/.git'`,
});

function scriptOf(project: Pick<ScriptedProject, 'root' | 'environment'>): string {
  const program = path.join(installation, 'dist/cli/main.js');
  const lines = Object.entries(disguises(project)).flatMap(([how, before]) =>
    Object.entries(TRIES).map(
      ([what, words]) =>
        `${before} node '${program}' -C '${project.root}' ${words} >/tmp/said 2>&1; echo "TRY ${how} ${what} $? $(head -c 150 /tmp/said | tr '\\n' ' ')"`,
    ),
  );
  // Only where the change stands: once is enough.
  return `grep -q stranger src/greet.js || exec node --test\n${lines.join('\n')}\nexec node --test\n`;
}

/** How each try ended, `<how> <what> <exit> <what it said>`, by the output of the run's last check. */
async function triesOf(project: ScriptedProject, runId: string): Promise<readonly string[]> {
  const evidence = (await eventsOf(project, runId)).flatMap((event) =>
    event.kind === 'EvidenceRecord' ? [event.payload] : [],
  );
  assert.equal(evidence[0]?.sandbox, 'bubblewrap');
  const output = readFileSync(
    path.join(runFolderOf(project, runId), 'blobs', evidence[0]?.output.sha256 ?? ''),
    'utf8',
  );
  return output.split('\n').flatMap((line) => (line.startsWith('TRY ') ? [line.slice(4)] : []));
}

const logOf = (project: ScriptedProject, runId: string): string =>
  readFileSync(path.join(runFolderOf(project, runId), 'events.jsonl'), 'utf8');

describe('a command of a run, in its sandbox', () => {
  it('approves, answers, unlocks and allows nothing, whatever it says that it is', async () => {
    const open_questions = [{ text: 'May a name hold spaces?', blocking: true }];
    await using project = await scriptedProject({
      toml: (url) => configuration(url).replace('"node --test"', '"sh tools/check.sh"'),
      files: { 'tools/check.sh': 'exec node --test\n' },
      answers: {
        brief: [changed('brief', { open_questions }), ...GOOD.brief],
        implement: [...GOOD.implement, ...GOOD.implement],
      },
    });
    const start = (runId: string) => ran(project, 'auto', 'SPEC-001', '--new', '--run-id', runId);
    const own = project.folder.join('home', 'config', 'config.toml');
    const trusted = `[trusted]\nfolders = [${JSON.stringify(path.join(installation, 'dist'))}]\n`;
    mkdirSync(path.dirname(own), { recursive: true });
    writeFileSync(own, trusted);
    assert.equal((await start('asking')).exit, 10);
    assert.equal((await start('proposed')).exit, 11);
    writeFileSync(path.join(project.root, 'tools/check.sh'), scriptOf(project));
    await commitAll(project.root, 'a check that decides');
    const before = ['asking', 'proposed'].map((runId) => logOf(project, runId));
    const run = await start('deciding');
    assert.equal(run.exit, 11, run.stderr);

    const tries = await triesOf(project, 'deciding');
    const exits = (how: string) =>
      Object.fromEntries(
        tries.flatMap((text) => {
          const [by, what = '', exit] = text.split(' ');
          return by === how ? [[what, Number(exit)]] : [];
        }),
      );
    const refused = Object.fromEntries(Object.keys(TRIES).map((what) => [what, EXIT.blocked]));
    assert.deepEqual(exits('marked'), { ...refused, check: EXIT.ok });
    // A rule for good lands in a file that the command alone sees and that goes with it.
    const { approve, unchecked, reject, undo, clarify, resume, unlock, ...rest } = exits('disguised');
    const unknown = [approve, unchecked, reject, undo, clarify, resume];
    assert.deepEqual(
      [unknown, unlock, rest],
      [unknown.map(() => EXIT.usage), EXIT.infrastructure, { allow: 0, check: 0 }],
    );
    assert.match(
      tries.join('\n'),
      /^disguised approve 4 speckit: There is no run proposed: this repository has none yet/m,
    );
    assert.deepEqual(
      ['asking', 'proposed'].map((runId) => logOf(project, runId)),
      before,
    );
    assert.equal(readFileSync(own, 'utf8'), trusted);
    assert.equal(readFileSync(path.join(project.root, 'src/greet.js'), 'utf8'), OLD_CODE);
    // The same words do decide where a person says them.
    assert.equal((await project.speckit('clarify', 'asking', '--answer', 'Q1=Yes')).exit, 0);
    assert.equal((await project.speckit('approve', 'proposed')).exit, 0);
    assert.equal(readFileSync(path.join(project.root, 'src/greet.js'), 'utf8'), GOOD_CODE);
  });
});
