import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { eventsOf, RUN } from '../support/killedRun.ts';
import { configuration, scriptedProject } from '../support/scriptedProject.ts';

const AUTO = ['auto', 'SPEC-001', '--run-id', RUN] as const;
/** A cloud model that no table knows, first of all chains. */
const unknown = (more = '') => ({
  answersBy: 'turn' as const,
  toml: (url: string) => configuration(url, more).replace('model = "gpt-6-luna"', 'model = "house-blend"'),
});

describe('a cloud model whose price nobody knows', () => {
  it('is called only after a person said so, who is recorded, and is in no sum of money', async () => {
    await using project = await scriptedProject(unknown());
    const { exit, stdout } = await project.speckit(...AUTO);
    assert.deepEqual([exit, project.calls.length], [10, 0], stdout);
    assert.match(stdout, /No price is known for the cloud model "house-blend"\. May it be called\?/);
    const answered = await project.speckit('clarify', RUN, '--answer', 'Q1=Call it in this run');
    assert.equal(answered.exit, 0, answered.stdout + answered.stderr);
    const resumed = await project.speckit('resume', RUN);
    assert.equal(resumed.exit, 11, resumed.stdout + resumed.stderr);
    assert.match(
      resumed.stdout,
      /^SPEC-001, cloud [^,]* tokens for \$0\.\d+ and \d+ calls of unknown price, local 0 tokens,/m,
    );
    const events = await eventsOf(project);
    const asked = events.filter(({ kind }) => kind === 'QuestionAsk');
    const said = events.flatMap((event) => (event.kind === 'QuestionAnswer' ? [event.payload] : []));
    assert.deepEqual([asked.length, said], [1, [{ id: 'Q1', answer: 'Call it in this run', by: 'Ada' }]]);
    const settled = events.flatMap((event) =>
      event.kind === 'SpendSettle' && event.payload.worker === 'cheap' ? [event.payload] : [],
    );
    assert.ok(settled.length > 3);
    for (const { basis, microdollars, inputTokens } of settled)
      assert.deepEqual([basis, microdollars, inputTokens > 0], ['unpriced', 0, true]);
    const cost = await project.speckit('cost', 'SPEC-001');
    assert.match(
      cost.stdout,
      new RegExp(`^Not in these sums, for no price is known: ${settled.length} calls of house-blend$`, 'm'),
    );
    const { unpriced, spent } = JSON.parse((await project.speckit('cost', 'SPEC-001', '--json')).stdout) as {
      readonly unpriced: unknown;
      readonly spent: number;
    };
    assert.deepEqual([unpriced, spent > 0], [{ call_count: settled.length, models: ['house-blend'] }, true]);
    const replayed = await project.speckit('replay', RUN);
    assert.equal(replayed.exit, 0, replayed.stdout + replayed.stderr);
  });

  it('is not called where they say no, and where the policy refuses it nobody is asked', async () => {
    await using asking = await scriptedProject(unknown());
    await asking.speckit(...AUTO);
    await asking.speckit('clarify', RUN, '--answer', 'Q1=Do not call it');
    const refused = await asking.speckit('resume', RUN);
    assert.deepEqual([refused.exit, asking.calls.length], [12, 0], refused.stdout);
    assert.match(refused.stdout, /\(unpriced-model\)/);

    await using refusing = await scriptedProject(unknown('\n[cost]\nunpriced = "refuse"\n'));
    const { exit, stdout } = await refusing.speckit(...AUTO);
    assert.deepEqual([exit, refusing.calls.length], [12, 0], stdout);
    assert.ok((await eventsOf(refusing)).every(({ kind }) => kind !== 'QuestionAsk'));
  });

  it('is refused by a person for all their repositories, whatever one of them says', async () => {
    await using project = await scriptedProject(unknown('\n[cost]\nunpriced = "ask"\n'));
    mkdirSync(project.folder.join('home', 'config'), { recursive: true });
    writeFileSync(project.folder.join('home', 'config', 'config.toml'), '[cost]\nunpriced = "refuse"\n');
    const { exit, stdout } = await project.speckit(...AUTO);
    assert.deepEqual([exit, project.calls.length], [12, 0], stdout);
  });
});
