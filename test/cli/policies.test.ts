import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { auto, payloads } from '../support/pipelineScript.ts';
import { scriptedProject } from '../support/scriptedProject.ts';

describe('the policy of a repository and of its runs', () => {
  it('is shown as a run would freeze it, compared with what a run froze, and checked', async () => {
    await using project = await scriptedProject();
    const shown = JSON.parse((await project.speckit('--json', 'policy', 'show')).stdout) as {
      sha256: string;
      settings: object[];
    };
    await auto(project, '--pause', 'specify');
    assert.equal(payloads(project, 'PolicySnapshotRef')[0]?.sha256, shown.sha256, 'a run freezes what was shown');
    const same = await project.speckit('policy', 'diff');
    assert.deepEqual([same.exit, same.stdout], [0, 'The policy is the one that run run-1 froze.\n']);

    const file = path.join(project.root, 'speckit.toml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, `${text}\n[gates]\nattempts_per_worker = 3\n`);
    const differs = await project.speckit('policy', 'diff', 'run-1');
    assert.equal(differs.exit, 1);
    assert.equal(
      differs.stdout,
      'gates.attempts_per_worker: 2 -> 3\n1 difference since run run-1, which keeps its own; a new run takes what holds now.\n',
    );
    const frozen = await project.speckit('policy', 'show', 'run-1');
    assert.match(frozen.stdout, /^gates\.attempts_per_worker = 2 {3}\(default\)$/m);
    assert.match(frozen.stdout, /^workers\.cheap\.model = "gpt-6-luna"$/m);
    assert.match(frozen.stdout, new RegExp(`^policy {3}${shown.sha256}$`, 'm'));

    const valid = await project.speckit('policy', 'validate');
    assert.deepEqual(
      [valid.exit, valid.stdout],
      [0, '../repository/speckit.toml can be used.\n'.replace('../repository/', '')],
    );
    writeFileSync(
      file,
      text.replace('[workers.cheap]', '[workers.cheap]\nkey_env = "OPENAI_API_KEY"').replace(/base_url = .*\n/, ''),
    );
    const keyless = await project.speckit('policy', 'validate');
    assert.deepEqual(keyless.exit, 1, keyless.stderr);
    assert.match(keyless.stdout, /workers\.cheap: the key OPENAI_API_KEY is not set/);
    writeFileSync(file, `${text}\n[gate]\n`);
    const wrong = await project.speckit('policy', 'validate');
    assert.equal(wrong.exit, 4);
    assert.match(wrong.stderr, /speckit\.toml:\d+:\d+ .*gates/);
  });
});
