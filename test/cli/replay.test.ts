import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sha256 } from '../../src/base/hash.ts';
import { canonicalJson } from '../../src/base/json.ts';
import { FIRST_PREVIOUS, type RunEvent } from '../../src/core/run/event.ts';
import { RUN, runFolderOf } from '../support/killedRun.ts';
import {
  answer,
  auto,
  changed,
  goodCode,
  goodTest,
  payloads,
  resume,
  said,
  WRONG_CODE,
  OLD_CODE,
  patchCall,
} from '../support/pipelineScript.ts';
import { GOOD_CODE, scriptedProject, type ScriptedProject } from '../support/scriptedProject.ts';
import { userGit } from '../support/gitRepository.ts';

interface Replayed {
  readonly exit: number | null;
  readonly stderr: string;
  readonly same?: boolean;
  readonly end?: { readonly outcome: string };
  readonly counts?: Readonly<Record<string, number>>;
  readonly differences?: readonly { readonly what: string; readonly key: string }[];
  readonly outdated?: number;
}

async function replay(project: ScriptedProject): Promise<Replayed> {
  const { exit, stdout, stderr } = await project.speckit('--json', 'replay', RUN);
  return { exit, stderr, ...(JSON.parse(stdout) as object) };
}

const kindsOf = ({ differences = [] }: Replayed): readonly string[] => [
  ...new Set(differences.map(({ what }) => what)),
];

const recorded = (project: ScriptedProject): Promise<unknown> => auto(project, '--run-id', RUN);

/** Changes lines of the log and makes its chain of hashes anew. */
function forge(project: ScriptedProject, change: (line: string) => string): void {
  const file = path.join(runFolderOf(project), 'events.jsonl');
  let previous = FIRST_PREVIOUS;
  const lines = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((text) => {
      const { hash: _hash, ...line } = { ...(JSON.parse(change(text)) as RunEvent), previous };
      previous = sha256(canonicalJson(line));
      return JSON.stringify({ ...line, hash: previous });
    });
  writeFileSync(file, `${lines.join('\n')}\n`);
}

describe('replaying a run', () => {
  it('comes to the same, asks nobody, and leaves nothing behind', async () => {
    await using project = await scriptedProject({});
    await recorded(project);
    const nCalls = project.calls.length;
    const refs = await userGit(project.root, 'for-each-ref');
    const status = await userGit(project.root, 'status', '--porcelain', '--ignored');
    const log = readFileSync(path.join(runFolderOf(project), 'events.jsonl'), 'utf8');
    const replayed = await replay(project);
    assert.deepEqual(
      [replayed.exit, replayed.same, replayed.differences, replayed.end?.outcome],
      [0, true, [], 'proposed'],
    );
    assert.ok(
      (replayed.counts?.['prompt'] ?? 0) >= 9 && (replayed.counts?.['check'] ?? 0) > 0,
      JSON.stringify(replayed.counts),
    );
    assert.equal(project.calls.length, nCalls);
    assert.deepEqual(
      [
        await userGit(project.root, 'for-each-ref'),
        await userGit(project.root, 'status', '--porcelain', '--ignored'),
        readFileSync(path.join(runFolderOf(project), 'events.jsonl'), 'utf8'),
      ],
      [refs, status, log],
    );
  });

  it('goes with the answers a person gave, through failed attempts, after it was applied', async () => {
    const open_questions = [{ text: 'May a name hold spaces?', blocking: true }];
    const wrong = patchCall('src/greet.js', OLD_CODE, WRONG_CODE);
    const right = patchCall('src/greet.js', WRONG_CODE, GOOD_CODE);
    await using project = await scriptedProject({
      answers: {
        brief: [changed('brief', { open_questions })],
        implement: [wrong, goodTest(), said('Done.'), right, said('Mended.')],
      },
    });
    assert.equal(((await recorded(project)) as { exit: number }).exit, 10);
    await answer(project, 'Q1', 'Yes');
    assert.equal((await resume(project)).exit, 11);
    assert.equal((await project.speckit('approve', RUN)).exit, 0);
    const replayed = await replay(project);
    assert.deepEqual([replayed.exit, replayed.differences, replayed.end?.outcome], [0, [], 'proposed']);
  });

  it('goes with a rejection into the second round', async () => {
    await using project = await scriptedProject({
      answers: {
        implement: [
          goodCode(),
          goodTest(),
          said('Done.'),
          patchCall('src/greet.js', GOOD_CODE, `${GOOD_CODE}// kind\n`),
          said('Kinder.'),
        ],
      },
    });
    await recorded(project);
    await project.speckit('reject', RUN, '--why', 'Be kinder.');
    assert.equal((await resume(project)).exit, 11);
    assert.equal(payloads(project, 'ProposalCreate').length, 2);
    const replayed = await replay(project);
    assert.deepEqual([replayed.exit, replayed.differences], [0, []], JSON.stringify(replayed).slice(0, 3_000));
  });

  it('tells what a check prints otherwise now, with both sides', async () => {
    const luck = `"node --test && node -e 'console.log(String(Math.random()))'"`;
    await using project = await scriptedProject({});
    const file = path.join(project.root, 'speckit.toml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"node --test"', luck));
    await recorded(project);
    const replayed = await replay(project);
    assert.deepEqual([replayed.exit, kindsOf(replayed)], [2, ['output']]);
    const { stdout } = await project.speckit('replay', RUN);
    assert.match(stdout, /does not come to the same: \d+ differences?/);
    assert.match(stdout, /output check\/test\/\S+\n {4}recorded {2}"\S+ \(\d+ bytes\)"\n {4}replayed {2}"/);
  });

  it('does not believe a log that was forged with a chain of its own', async () => {
    await using project = await scriptedProject({});
    await recorded(project);
    forge(project, (line) => line.replace('"verdict":"proceed"', '"verdict":"retry"'));
    const replayed = await replay(project);
    assert.deepEqual([replayed.exit, kindsOf(replayed)], [2, ['verdict']]);
  });

  it('fails where the log was changed, lost an answer, is empty, or was never there', async () => {
    await using project = await scriptedProject({});
    await recorded(project);
    const file = path.join(runFolderOf(project), 'events.jsonl');
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, whole.replace('"outcome":"passed"', '"outcome":"failed"'));
    assert.match((await project.speckit('replay', RUN)).stderr, /line \d+/);
    writeFileSync(file, '');
    assert.notEqual((await project.speckit('replay', RUN)).exit, 0);
    writeFileSync(file, whole);
    for (const blob of readdirSync(path.join(runFolderOf(project), 'blobs')))
      rmSync(path.join(runFolderOf(project), 'blobs', blob));
    assert.notEqual((await project.speckit('replay', RUN)).exit, 0);
    assert.notEqual((await project.speckit('replay', 'none')).exit, 0);
  });
});
