import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RunEvent } from '../../src/core/run/event.ts';
import { eventsOf, RUN, runFolderOf } from '../support/killedRun.ts';
import { appOf } from '../support/projectApp.ts';
import { finished, GOOD, scriptedProject } from '../support/scriptedProject.ts';
import { until } from '../support/until.ts';

describe('a run of another process', () => {
  it('is followed event by event while it works, each once, until nobody wants to any more', async () => {
    await using project = await scriptedProject({
      answers: { plan: [{ ...GOOD.plan[0], chunkDelayMs: 40, chunkSize: 30 }] },
    });
    const run = finished(project.spawn(['--json', 'auto', 'SPEC-001', '--run-id', RUN]));
    await until('the plan', () => project.calls.includes('plan'));
    const app = appOf(project);
    const seen: RunEvent[] = [];
    const enough = new AbortController();
    const following = app.follow(RUN, (events) => seen.push(...events), enough.signal);
    await until('the first events', () => seen.length > 5);
    assert.equal(await app.isAtWork(RUN), true, 'it was seen while it worked');
    assert.equal((await run).exit, 11);
    await until('the end', () => seen.at(-1)?.kind === 'RunEnd');
    enough.abort();
    await following;
    assert.deepEqual(seen, await eventsOf(project));
    assert.equal(await app.isAtWork(RUN), false);
  });

  it('is shown by `speckit watch` whole, with its exit code', async () => {
    await using project = await scriptedProject({
      answers: { plan: [{ ...GOOD.plan[0], chunkDelayMs: 40, chunkSize: 30 }] },
    });
    const run = finished(project.spawn(['--json', 'auto', 'SPEC-001', '--run-id', RUN]));
    await until('the plan', () => project.calls.includes('plan'));
    const watched = await project.speckit('--events', 'watch', RUN);
    await run;
    assert.equal(watched.exit, 11, watched.stderr);
    const lines = watched.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; seq?: number });
    assert.deepEqual(
      lines.slice(0, -1).map(({ seq }) => seq),
      (await eventsOf(project)).map(({ seq }) => seq),
    );
    assert.equal(lines.at(-1)?.kind, 'result');
  });

  it('is not followed past damage, and not where there is none', async () => {
    await using project = await scriptedProject();
    await project.speckit('specify', 'SPEC-001', '--run-id', RUN);
    const events = await eventsOf(project);
    const text = events.map((event) => JSON.stringify(event)).join('\n');
    writeFileSync(path.join(runFolderOf(project), 'events.jsonl'), `${text.replace('"Greeting"', '"Meeting!"')}\n`);
    const { signal } = new AbortController();
    await assert.rejects(
      appOf(project).follow(RUN, () => undefined, signal),
      /damaged in line 1/,
    );
    await assert.rejects(
      appOf(project).follow('nothing', () => undefined, signal),
      /no run nothing/,
    );
    assert.equal((await project.speckit('watch', 'nothing')).exit, 4);
    assert.equal((await project.speckit('watch', RUN)).exit, 3);
  });
});
