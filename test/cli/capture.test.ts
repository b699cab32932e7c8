import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CaptureMode } from '../../src/core/settings.ts';
import { checkKilledRun, killBench, RUN, runAndKill, runFolderOf } from '../support/killedRun.ts';
import { auto, goodCode, goodTest, payloads, resume, said } from '../support/pipelineScript.ts';
import { scriptedProject, type ScriptedProject } from '../support/scriptedProject.ts';

/*
 * What a run keeps of its talk with models in each capture mode, and what it can still do with that: be killed and resumed, be shown, be replayed.
 */

/** What only an answer holds: no document, file or verdict is made of it. */
const SAID = 'Spoken by the implementer alone.';
/** What only requests hold. */
const ASKED = 'You work inside SpecKit';
/** What only the arguments of a tool call hold as they stand there. */
const CALLED = '*** Begin Patch';

const script = (mode: CaptureMode) => ({
  more: `[capture]\nmode = "${mode}"\n`,
  answers: { implement: [goodCode(), goodTest(), said(SAID)] },
});

/** Which of the three texts stand anywhere in the run's folder. */
function kept(project: ScriptedProject): readonly string[] {
  const folder = runFolderOf(project);
  const files = [
    path.join(folder, 'events.jsonl'),
    ...readdirSync(path.join(folder, 'blobs')).map((name) => path.join(folder, 'blobs', name)),
  ];
  const all = files.map((file) => readFileSync(file, 'utf8')).join('\n');
  return [SAID, ASKED, CALLED].filter((text) => all.includes(text));
}

interface Replayed {
  readonly same: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly unreached: number;
  readonly differences: readonly { readonly what: string }[];
  readonly notes: readonly string[];
}

async function replay(project: ScriptedProject): Promise<Replayed & { readonly exit: number | null }> {
  const { exit, stdout } = await project.speckit('--json', 'replay', RUN);
  return { ...(JSON.parse(stdout) as Replayed), exit };
}

/** What is kept once the run has ended; whether a replay of it is whole; what a person is told of it. */
const MODES: readonly (readonly [CaptureMode, readonly string[], 'whole' | 'part', RegExp])[] = [
  ['none', [], 'part', /Capture mode none: neither requests to models nor answers/],
  // The last request holds the call of the first turn as the model made it.
  ['prompts_only', [ASKED, CALLED], 'part', /Capture mode prompts_only: requests to models are in the log; answers,/],
  ['full_io', [SAID, ASKED, CALLED], 'whole', /Capture mode full_io: every request to a model and every answer/],
];

describe('capture mode', function () {
  this.timeout(120_000);

  for (const [mode, texts, extent, told] of MODES) {
    it(`${mode} keeps what it says once the run has ended, and replays what it can`, async () => {
      await using project = await scriptedProject(script(mode));
      assert.equal((await auto(project, '--run-id', RUN)).exit, 11);
      const before = await replay(project);
      assert.deepEqual([before.exit, before.same, before.unreached], [0, true, 0], 'a run that has not ended has all');
      assert.match(before.notes.join('\n'), told);

      assert.equal((await project.speckit('approve', RUN)).exit, 0);
      assert.deepEqual(kept(project), texts);
      for (const words of [['log', 'verify', RUN], ['show', RUN], ['explain', RUN], ['diff', RUN], ['status']])
        assert.equal((await project.speckit(...words)).exit, 0, words.join(' '));
      const out = project.folder.join('export');
      const everything = ['--include', 'prompts', '--include', 'answers'];
      assert.equal((await project.speckit('export', RUN, '--to', out, ...everything)).exit, 0);

      const after = await replay(project);
      assert.deepEqual([after.differences, after.exit], [[], extent === 'whole' ? 0 : 1]);
      assert.match(after.notes.join('\n'), told);
      if (extent === 'whole') return assert.deepEqual([after.unreached, after.counts], [0, before.counts]);
      const { policy, base, prompt, check, output, proposal } = after.counts;
      assert.deepEqual(
        { policy, base, prompt, check, output, proposal },
        { policy: 1, base: 1, prompt: 1, check: 1, output: 1, proposal: 1 },
      );
      assert.ok(after.unreached > 10, String(after.unreached));
      const { stdout } = await project.speckit('replay', RUN);
      assert.match(stdout, /could be replayed only in part\. What could be compared is the same\./);
      assert.match(stdout, /Not compared: \d+ facts that came of answers of models/);
    });

    it(`${mode} lets a killed run go on without asking again`, async () => {
      await using bench = await killBench(script(mode));
      const nAsked = bench.nRequests;
      const moments = ['LLMCall plan/1/plan/cheap', 'StepEnd tasks/1/tasks/cheap', 'LLMCall implement/T1/1/turn-2'];
      const killed = await checkKilledRun(
        bench,
        moments.map((mark) => ({ kind: 'line' as const, mark })),
      );
      assert.deepEqual(killed, { nKills: 3, nRequests: nAsked, nInFlight: 2, nInDoubt: 0 });
    });
  }

  it('is made up for by gc where the process was killed when the run had ended', async () => {
    await using project = await scriptedProject(script('none'));
    await auto(project, '--run-id', RUN);
    const killed = await runAndKill(project, ['approve', RUN], { kind: 'line', mark: 'RunEnd' });
    assert.equal(killed.signal, 'SIGKILL');
    assert.deepEqual(kept(project), [SAID, CALLED]);
    assert.equal((await project.speckit('gc')).exit, 0);
    assert.deepEqual(kept(project), []);
    assert.equal((await project.speckit('log', 'verify', RUN)).exit, 0);
  });

  it('says in a replay of a part what is not the same', async () => {
    await using project = await scriptedProject(script('none'));
    const file = path.join(project.root, 'speckit.toml');
    const luck = `"node --test && node -e 'console.log(String(Math.random()))'"`;
    writeFileSync(file, readFileSync(file, 'utf8').replace('"node --test"', luck));
    await auto(project, '--run-id', RUN);
    assert.equal((await project.speckit('approve', RUN)).exit, 0);
    const { exit, differences } = await replay(project);
    assert.deepEqual([exit, [...new Set(differences.map(({ what }) => what))]], [2, ['output']]);
  });

  it('asks again where a person took the change back and goes on with a run that keeps no answers', async () => {
    await using project = await scriptedProject({ ...script('none'), answersBy: 'turn' });
    await auto(project, '--run-id', RUN);
    assert.equal((await project.speckit('approve', RUN)).exit, 0);
    assert.equal((await project.speckit('undo', RUN)).exit, 0);
    const nAsked = project.calls.length;
    assert.equal((await resume(project)).exit, 11);
    assert.equal(project.calls.length, 2 * nAsked);
    const again = payloads(project, 'StepStart').filter(({ because }) => because === 'notKept');
    assert.equal(again.length, nAsked);
    assert.equal((await resume(project)).exit, 11);
    assert.equal(project.calls.length, 2 * nAsked, 'and not a third time');
    assert.equal((await project.speckit('approve', RUN)).exit, 0);
    assert.deepEqual(kept(project), []);
  });
});
