import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CostReport } from '../../src/app/cost.ts';
import type { CostChoice } from '../../src/core/ledger/costChoice.ts';
import type { CostView } from '../../src/core/ledger/costView.ts';
import type { LedgerEntry } from '../../src/core/ledger/entry.ts';
import type { Ledger } from '../../src/core/ledger/ledger.ts';
import { openCostFeed } from '../../src/extension/engine/costFeed.ts';
import type { FeedMessage } from '../../src/protocol/feed.ts';
import { openLedger } from '../../src/node/ledger.ts';
import { userFolders } from '../../src/node/userFolders.ts';
import { goodCode, goodTest, OLD_CODE, patchCall, said, WRONG_CODE } from '../support/pipelineScript.ts';
import { appOf } from '../support/projectApp.ts';
import { scriptedProject, type ScriptedProject } from '../support/scriptedProject.ts';
import { until } from '../support/until.ts';

const WRONG_TWICE = [
  patchCall('src/greet.js', OLD_CODE, WRONG_CODE),
  goodTest(),
  said('Done.'),
  said('It is right as it is.'),
];

/** What a panel is told of a choice, until it is disposed of. */
function followed(project: ScriptedProject, choice: CostChoice) {
  const abort = new AbortController();
  const views: CostView[] = [];
  const problems: string[] = [];
  const ended = appOf(project).followCosts(
    choice,
    { onView: (view) => void views.push(view), onProblem: (text) => void problems.push(text) },
    abort.signal,
  );
  return {
    views,
    problems,
    [Symbol.asyncDispose]: async () => {
      abort.abort('closed');
      await ended;
    },
  };
}

function ledgerOf(project: ScriptedProject): Ledger {
  const { data } = userFolders({ environment: project.environment, platform: process.platform, home: '' });
  const opened = openLedger(path.join(data, 'ledger.sqlite'));
  if (opened.kind === 'error') throw new Error(opened.error.message);
  return opened.value;
}

const rowOf = (time: number): LedgerEntry => ({
  run: 'other/run-1',
  step: `step-${time}`,
  attempt: 1,
  time,
  worker: 'cheap',
  model: 'gpt-6-luna',
  state: 'settled',
  reservedMicrodollars: 1_000,
  settledMicrodollars: 1_000,
  inputTokens: 10,
  outputTokens: 1,
  cachedTokens: 0,
  basis: 'usage',
  priceVersion: 'test',
  spec: 'SPEC-007',
  stage: 'plan',
  role: 'architect',
  endedAt: time,
});

const SPEC: CostChoice = { whose: 'spec', spec: 'SPEC-001', period: 'all' };

describe('costs that are followed', () => {
  it('grow while another process runs, end as `speckit cost` tells them, and name what climbed', async () => {
    await using project = await scriptedProject({
      answers: { implement: [...WRONG_TWICE, goodCode(), goodTest(), said('Done.')] },
    });
    await using spec = followed(project, SPEC);
    await using everything = followed(project, { whose: 'everything', spec: '', period: 'all' });
    await until('the first view', () => spec.views.length > 0 && everything.views.length > 0);
    assert.deepEqual([spec.views[0]?.total.calls, spec.views[0]?.total.specs], [0, ['SPEC-001']]);
    const { exit, stderr } = await project.speckit('auto', 'SPEC-001', '--json');
    assert.equal(exit, 11, stderr);
    const report = JSON.parse((await project.speckit('cost', 'SPEC-001', '--json')).stdout) as CostReport;
    const isWhole = (view: CostView | undefined): boolean =>
      view?.total.calls === report.call_count && view.total.callsInFlight === 0 && view.climbs.total > 0;
    await until('the whole run', () => isWhole(spec.views.at(-1)) && isWhole(everything.views.at(-1)));
    const last = spec.views.at(-1);
    if (last === undefined) throw new Error('there is one');
    assert.equal(last.total.spent, Math.round(report.spent * 1_000_000));
    for (const [groups, told] of [
      [last.perStage, report.per_stage],
      [last.perModel, report.per_model],
      [last.perRole, report.per_role],
    ] as const)
      assert.deepEqual(
        groups.rows.map(({ name, spent, calls }) => [name, spent, calls]),
        Object.entries(told).map(([name, group]) => [name, Math.round(group.spent * 1_000_000), group.call_count]),
      );
    assert.deepEqual(
      last.budgets.rows.map(({ scope, name, limit, spent }) => [scope, name.length, limit, spent]),
      [
        ['day', 10, 20_000_000, last.total.spent],
        ['month', 7, 50_000_000, last.total.spent],
        ['spec', 8, 2_000_000, last.total.spent],
      ],
    );
    assert.deepEqual(
      last.climbs.rows.map(({ kind, spec: named, stage, from, to }) => [kind, named, stage, from, to]),
      [['escalation', 'SPEC-001', 'implement', 'cheap', 'the next worker']],
    );
    assert.deepEqual([last.climbs.runs, last.climbs.runsLeft], [1, 0]);
    assert.deepEqual(everything.views.at(-1)?.perStage, last.perStage);
    process.stdout.write(`      ${spec.views.length} views of ${report.call_count} calls\n`);
    assert.ok(spec.views.length >= 2 && spec.views.length < 3 * report.call_count, `${spec.views.length}`);
  });

  it('say another limit as soon as it is written, and a mistake in words', async () => {
    await using project = await scriptedProject();
    await using spec = followed(project, SPEC);
    const limit = (): number | null | undefined => spec.views.at(-1)?.budgets.rows.at(-1)?.limit;
    await until('the first view', () => limit() === 2_000_000);
    const file = path.join(project.root, 'speckit.toml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, `${text}\n[cost]\nper_spec_limit_usd = "much"\n`);
    await until('the mistake', () => spec.problems.length > 0);
    assert.match(spec.problems.join('\n'), /speckit\.toml:\d+:\d+ /);
    writeFileSync(file, `${text}\n[cost]\nper_spec_limit_usd = 3.5\n`);
    await until('the limit', () => limit() === 3_500_000);
  });

  it('of all repositories are each day of the last 366 once, and no other', async () => {
    await using project = await scriptedProject();
    using ledger = ledgerOf(project);
    const midnight = Date.parse(new Date().toISOString().slice(0, 10));
    const rows = Array.from({ length: 400 }, (_, days) => rowOf(midnight - days * 24 * 60 * 60 * 1000));
    ledger.rebuild(rows);
    await using followedAll = followed(project, { whose: 'everything', spec: '', period: 'all' });
    await until('the first view', () => followedAll.views.length > 0);
    const view = followedAll.views[0];
    assert.deepEqual([view?.total.calls, view?.total.spent], [366, 366_000]);
    assert.equal(view?.perSpec.rows[0]?.name, 'SPEC-007 of another repository (other)');
    assert.deepEqual([view?.climbs.runs, view?.climbs.runsLeft], [0, 1]);
  });

  it('leave for the panel without secrets, and say there what cannot be read', async () => {
    const secret = 'gA7-not-for-any-page-31337';
    await using project = await scriptedProject({ environment: { HOUSE_TOKEN: secret } });
    using ledger = ledgerOf(project);
    ledger.rebuild([{ ...rowOf(Date.now()), model: `house-${secret}` }]);
    const sent: FeedMessage[] = [];
    const everything: CostChoice = { whose: 'everything', spec: '', period: 'day' };
    using feed = openCostFeed(appOf(project), everything, (message) => {
      sent.push(message);
      feed.acknowledge(message.seq);
    });
    const text = (): string => JSON.stringify(sent);
    await until('the first cells', () => text().includes('costGroups/model'));
    assert.match(text(), /house-\[redacted:HOUSE_TOKEN\]/);
    writeFileSync(path.join(project.root, 'speckit.toml'), `${secret} = [`);
    await until('the mistake', () => text().includes('speckit.toml:1:'));
    assert.equal(text().includes(secret), false);
  });

  it('cannot be told where there is no repository', async () => {
    await using project = await scriptedProject();
    const app = appOf(project, { folder: project.folder.path });
    const never = (): void => assert.fail('nothing can be told');
    const listener = { onView: never, onProblem: never };
    await assert.rejects(app.followCosts(SPEC, listener, new AbortController().signal), /is not in a git repository/);
  });
});
