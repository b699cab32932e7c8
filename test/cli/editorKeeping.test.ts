import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { EngineNews } from '../../src/extension/engine/api.ts';
import { createFolderEngine } from '../../src/extension/engine/folderEngine.ts';
import { runFolderOf } from '../support/killedRun.ts';
import { auto } from '../support/pipelineScript.ts';
import { installation, scriptedProject, type ScriptedProject } from '../support/scriptedProject.ts';

/** The engine of the editor on a project, in this process, with what it tells the host. */
function engineOn(project: ScriptedProject) {
  const news: EngineNews[] = [];
  const wires = {
    host: () => {
      throw new Error('the host is asked for nothing here');
    },
    news: (told: EngineNews) => void news.push(told),
  };
  return { news, engine: createFolderEngine(project.root, { installation, program: 'test 1', person: 'Ada' }, wires) };
}

const retain = (project: ScriptedProject, text: string): void =>
  appendFileSync(path.join(project.root, 'speckit.toml'), `\n[retention]\n${text}\n`);

describe('keeping house from the editor', () => {
  it('tells what the limits would remove, removes it when it is told to, and says so to the explorer', async () => {
    await using project = await scriptedProject({});
    assert.equal((await auto(project)).exit, 11);
    assert.equal((await project.speckit('approve', 'run-1')).exit, 0);
    retain(project, 'run_days = 0');
    const { engine, news } = engineOn(project);
    const runs = path.join(project.root, '.git/speckit/runs');
    const told = await engine.collect('tell');
    assert.match(told.text, /^Would remove [\d.]+ .B:\n {2}run run-1 {3}[\d.]+ .B {3}older than 0 days/);
    assert.deepEqual([told.count, readdirSync(runs)], [1, ['run-1']]);
    const removed = await engine.collect('remove');
    assert.deepEqual([removed.text.startsWith('Removed '), readdirSync(runs)], [true, []]);
    assert.deepEqual(news, [{ kind: 'changed', folder: project.root }]);
    assert.deepEqual(await engine.collect('tell'), { text: 'Nothing to remove.', count: 0 });
  });

  it("verifies a run's log, and names the line where it was changed", async () => {
    await using project = await scriptedProject({});
    await auto(project, '--pause', 'plan');
    const { engine } = engineOn(project);
    assert.match(
      await engine.verifyLog('run-1'),
      /^The log of run run-1 is sound: \d+ events in format \d+, \d+ texts/,
    );
    const file = path.join(runFolderOf(project), 'events.jsonl');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"kind":"PolicySnapshotRef"', '"kind":"Signal"'));
    await assert.rejects(engine.verifyLog('run-1'), /line 2/);
    assert.deepEqual(
      (await engine.app.overview()).broken.map(({ runId }) => runId),
      ['run-1'],
      'where it can still be chosen',
    );
  });

  it('tells of a spec whose evidence comes near its limit, and of no other', async () => {
    await using project = await scriptedProject({});
    await auto(project, '--pause', 'plan');
    const { engine } = engineOn(project);
    assert.equal((await engine.app.overview()).specs[0]?.evidenceWarning, undefined);
    retain(project, 'evidence_megabytes = 0.001');
    const [spec] = (await engine.app.overview()).specs;
    assert.match(spec?.evidenceWarning ?? '', /^specs\/\S+ keeps [\d.]+ .B of evidence; the limit is 1\.0 kB/);
  });
});
