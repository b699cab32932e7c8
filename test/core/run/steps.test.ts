import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AbortedError } from '../../../src/base/withAbort.ts';
import { createSteps } from '../../../src/core/run/steps.ts';
import { createBlobStore } from '../../../src/node/log/blobStore.ts';
import { openEventLog, readEventLog } from '../../../src/node/log/eventLog.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const program = fileURLToPath(new URL('../../support/scriptedStage.ts', import.meta.url));
const run = (folder: string, killAt: string) =>
  spawnSync(process.execPath, [program, folder, killAt], { encoding: 'utf8' });
const effects = (folder: string): string[] => readFileSync(`${folder}/effects.txt`, 'utf8').trim().split('\n');
const ten = Array.from({ length: 10 }, (_, index) => String(index + 1));
const signal = new AbortController().signal;

async function openSteps(folder: string) {
  const blobs = createBlobStore(`${folder}/blobs`);
  const opened = await openEventLog(`${folder}/events.jsonl`, { now: () => 0 }, () => undefined, blobs.settle);
  assert.equal(opened.kind, 'ok');
  if (opened.kind !== 'ok') throw new Error('unreachable');
  return { log: opened.value, steps: createSteps(opened.value, blobs) };
}

describe('durable steps', () => {
  for (const [killAt, repeated] of [
    ['start:1', []],
    ['start:7', []],
    ['effect:7', ['7']],
    ['effect:10', ['10']],
  ] as const) {
    it(`go on after a kill at ${killAt}, repeating at most the step that was in flight`, () => {
      using folder = temporaryFolder();
      assert.equal(run(folder.path, killAt).signal, 'SIGKILL');
      assert.equal(run(folder.path, 'never').stdout, '55\n');
      assert.deepEqual(effects(folder.path).sort(), [...ten, ...repeated].sort());
      assert.equal(run(folder.path, 'never').stdout, '55\n');
      assert.equal(effects(folder.path).length, 10 + repeated.length, 'a finished run repeats no effect');
    });
  }

  for (const effect of ['model', 'command', 'patch', 'tree', 'document', 'proposal', 'retrieval'] as const) {
    it(`are on disk, a ${effect} ${effect === 'retrieval' ? 'before the next effect' : 'from before its effect on'}`, async () => {
      using folder = temporaryFolder();
      const { log, steps } = await openSteps(folder.path);
      const kinds = (): readonly string[] =>
        readFileSync(`${folder.path}/events.jsonl`, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => (JSON.parse(line) as { readonly kind: string }).kind);
      let during: readonly string[] = [];
      const look = async () => {
        during = kinds();
        return { outcome: 'done' as const, output: 'x'.repeat(1_000) };
      };
      await steps.step({ key: 'one', effect }, {}, look, signal);
      assert.deepEqual(during, effect === 'retrieval' ? [] : ['StepStart']);
      assert.deepEqual(kinds(), effect === 'retrieval' ? [] : ['StepStart', 'StepEnd']);
      await steps.step({ key: 'two', effect: 'command' }, {}, look, signal);
      assert.deepEqual(during, ['StepStart', 'StepEnd', 'StepStart']);
      await log.close();
    });
  }

  it('name the step that was in doubt and why it ran again', async () => {
    using folder = temporaryFolder();
    run(folder.path, 'effect:3');
    run(folder.path, 'never');
    const content = await readEventLog(folder.join('events.jsonl'));
    assert.equal(content.kind, 'ok');
    const starts =
      content.kind === 'ok'
        ? content.value.events.flatMap((event) => (event.kind === 'StepStart' ? [event.payload] : []))
        : [];
    assert.deepEqual(
      starts
        .filter((start) => start.because !== 'first')
        .map(({ key, attempt, because }) => ({ key, attempt, because })),
      [{ key: 'stage/3', attempt: 2, because: 'inDoubt' }],
    );
    const notes =
      content.kind === 'ok' ? content.value.events.filter((event) => event.kind === 'Checkpoint').length : 0;
    assert.equal(notes, 10, 'a note is written once');
  });

  it('do a step again when an input changed, and say which', async () => {
    using folder = temporaryFolder();
    const first = await openSteps(folder.path);
    const effect = async () => ({ outcome: 'done' as const, output: 'answer' });
    await first.steps.step({ key: 'plan', effect: 'model' }, { spec: 'a', brief: 'b' }, effect, signal);
    await first.log.close();
    const second = await openSteps(folder.path);
    let nEffects = 0;
    const counted = async () => ({ outcome: 'done' as const, output: `answer ${(nEffects += 1)}` });
    await second.steps.step({ key: 'plan', effect: 'model' }, { brief: 'b', spec: 'a' }, counted, signal);
    assert.equal(nEffects, 0);
    assert.deepEqual(
      await second.steps.step({ key: 'plan', effect: 'model' }, { spec: 'changed', brief: 'b' }, counted, signal),
      { outcome: 'done', output: 'answer 1' },
    );
    const start = second.log.events.findLast((event) => event.kind === 'StepStart');
    assert.deepEqual(start?.kind === 'StepStart' && [start.payload.because, start.payload.changed], [
      'inputsChanged',
      ['spec'],
    ]);
    await second.log.close();
  });

  it('try a failed step again and record a stopped one as stopped', async () => {
    using folder = temporaryFolder();
    const { log, steps } = await openSteps(folder.path);
    const address = { key: 'call', effect: 'model' } as const;
    await steps.step(address, {}, async () => ({ outcome: 'failed', output: 'server down' }), signal);
    assert.deepEqual(await steps.step(address, {}, async () => ({ outcome: 'done', output: 'up' }), signal), {
      outcome: 'done',
      output: 'up',
    });
    await assert.rejects(
      steps.step(
        { key: 'other', effect: 'model' },
        {},
        async () => Promise.reject(new AbortedError('stopped')),
        signal,
      ),
      AbortedError,
    );
    const end = log.events.findLast((event) => event.kind === 'StepEnd');
    assert.equal(end?.kind === 'StepEnd' && end.payload.outcome, 'stopped');
    await log.close();
  });
});

describe('the event log', () => {
  const written = (folder: string): string[] => readFileSync(`${folder}/events.jsonl`, 'utf8').trimEnd().split('\n');
  const rewrite = (folder: string, lines: readonly string[]): void =>
    writeFileSync(`${folder}/events.jsonl`, `${lines.join('\n')}\n`);
  const problemOf = async (folder: string): Promise<unknown> => {
    const content = await readEventLog(`${folder}/events.jsonl`);
    return content.kind === 'error' ? { ...content.error, file: undefined } : 'sound';
  };

  it('cuts a torn last line off and goes on', async () => {
    using folder = temporaryFolder();
    run(folder.path, 'never');
    const sound = written(folder.path).length;
    appendFileSync(folder.join('events.jsonl'), '{"seq":31,"ti');
    assert.equal(run(folder.path, 'never').stdout, '55\n');
    assert.equal(written(folder.path).length, sound);
  });

  for (const [name, damage, line, text] of [
    ['a changed payload', (lines: string[]) => lines.with(4, (lines[4] ?? '').replace('0', '1')), 5, undefined],
    ['a missing line', (lines: string[]) => lines.toSpliced(2, 1), 3, 'has number 4 where 3 belongs'],
    [
      'lines that changed places',
      (lines: string[]) => lines.with(5, lines[6] ?? '').with(6, lines[5] ?? ''),
      6,
      'has number 7 where 6 belongs',
    ],
    ['a line that is no JSON', (lines: string[]) => lines.with(1, 'oops'), 2, undefined],
  ] as const) {
    it(`finds ${name} by its line`, async () => {
      using folder = temporaryFolder();
      run(folder.path, 'never');
      rewrite(folder.path, damage(written(folder.path)));
      const problem = (await problemOf(folder.path)) as { kind: string; line: number; text: string };
      assert.deepEqual([problem.kind, problem.line], ['damaged', line]);
      if (text !== undefined) assert.equal(problem.text, text);
    });
  }

  it('refuses the log of a newer version', async () => {
    using folder = temporaryFolder();
    rewrite(folder.path, [JSON.stringify({ seq: 1, kind: 'RunStart', payload: { version: 99 } })]);
    assert.deepEqual(await problemOf(folder.path), { kind: 'newer', line: 1, version: 99, file: undefined });
  });
});
