import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CostReport } from '../../src/app/cost.ts';
import { configuration, scriptedProject } from '../support/scriptedProject.ts';

describe('speckit cost', () => {
  it('tells what a spec, a day and a month came to, keeps it beside the runs, and holds it against an export', async () => {
    await using project = await scriptedProject({ answersBy: 'turn' });
    const none = JSON.parse((await project.speckit('cost', 'SPEC-001', '--json')).stdout) as CostReport;
    assert.deepEqual([none.call_count, none.spent, none.budget], [0, 0, 2]);
    const run = await project.speckit('auto', 'SPEC-001', '--run-id', 'run-1', '--json');
    const { spend } = JSON.parse(run.stdout) as { spend: { settledMicrodollars: number; calls: number } };
    const { exitCode, ...report } = JSON.parse((await project.speckit('cost', 'SPEC-001', '--json')).stdout);
    assert.deepEqual(
      [exitCode, report.spec_id, Math.round(report.spent * 1_000_000), report.call_count],
      [0, 'SPEC-001', spend.settledMicrodollars, spend.calls],
    );
    assert.deepEqual(Object.keys(report.per_role).sort(), ['architect', 'critic', 'implementer', 'judge']);
    assert.deepEqual(Object.keys(report.per_stage).sort(), ['audit', 'implement', 'plan', 'specify', 'tasks']);
    const kept = path.join(project.root, '.git/speckit/cost/SPEC-001-greeting/cost_summary.json');
    assert.deepEqual(JSON.parse(readFileSync(kept, 'utf8')), report);
    const day = await project.speckit('cost', '--day');
    assert.match(day.stdout, /^All specs, \d{4}-\d\d-\d\d: \$0\.\d+ spent; limit of the period is \$20\.00 \(0 %\)$/m);
    assert.match(day.stdout, /^ {2}gpt-6\.1-sol +\$0\.\d+ +1 call /m);
    const month = JSON.parse((await project.speckit('cost', '--json')).stdout) as CostReport;
    assert.deepEqual([month.spent, month.budget, Object.keys(month.per_spec)], [report.spent, 50, ['SPEC-001']]);

    const today = new Date().toISOString();
    const lines = Object.entries(report.per_model as CostReport['per_model']).map(
      ([model, { spent }]) => `gen,${today},${spent},${model}`,
    );
    const file = project.folder.join('activity.csv');
    const write = (rows: readonly string[]) =>
      writeFileSync(file, ['generation_id,created_at,cost_total,model_permaslug', ...rows].join('\n'));
    write(lines);
    const same = await project.speckit('cost', 'reconcile', file);
    assert.equal(same.exit, 0, same.stdout + same.stderr);
    write([...lines, `gen,${today},1,gpt-6.1-sol`]);
    const off = await project.speckit('cost', 'reconcile', file);
    assert.equal(off.exit, 1);
    assert.match(off.stdout, /^ {2}gpt-6\.1-sol +\$0\.\d+ +\$1\.\d+ +-99\.\d %$/m);

    writeFileSync(
      file,
      [
        'start_time_iso,amount_value,line_item',
        ...Object.entries(report.per_model as CostReport['per_model']).map(
          ([model, { spent }]) => `${today},${spent},"${model}, input"`,
        ),
        `${today},1,"gpt-6.1-sol batch, output"`,
      ].join('\n'),
    );
    const untold = await project.speckit('cost', 'reconcile', file);
    assert.equal(untold.exit, 0, untold.stdout);
    assert.match(
      untold.stdout,
      /^ {4}and \$1\.00 for batches, not compared, since SpecKit makes none; no batch price of it/m,
    );
    mkdirSync(project.folder.join('home/config'), { recursive: true });
    writeFileSync(
      project.folder.join('home/config/config.toml'),
      '[prices."gpt-6.1-sol"]\ninput_dollars = 2\noutput_dollars = 10\nbatch = { input_dollars = 1, output_dollars = 5 }\n',
    );
    const told = await project.speckit('cost', 'reconcile', file);
    assert.match(told.stdout, /^ {4}and \$1\.00 for batches, .*; \$2\.00 at the standard price$/m);
  });

  it('closes a run with one line: tokens and dollars of the cloud, local tokens, time, outcome, retries, escalations', async () => {
    await using project = await scriptedProject({
      answersBy: 'turn',
      toml: (url) => configuration(url).replace('model = "gpt-6-luna"', 'model = "gpt-6-luna"\nlocal = true'),
    });
    const { stdout, exit } = await project.speckit('auto', 'SPEC-001');
    assert.equal(exit, 11, stdout);
    assert.match(
      stdout,
      /\nSPEC-001, cloud [\d.k]+ tokens for \$0\.\d+, local \d+\.\dk tokens, [\d.]+ s, proposed, 0 retries, 0 escalations\n$/,
    );
  });
});
