import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { userGit } from '../support/gitRepository.ts';
import { GOOD_CODE, GOOD_TEST, scriptedProject } from '../support/scriptedProject.ts';

describe('the whole road', () => {
  it('leads from a spec to a proposal, and through approval into the files', async () => {
    await using project = await scriptedProject();
    const before = await userGit(project.root, 'status', '--porcelain');
    const auto = await project.speckit('--json', 'auto', 'SPEC-001', '--run-id', 'run-1');
    assert.equal(auto.exit, 11, auto.stderr);
    const result = JSON.parse(auto.stdout) as Record<string, unknown>;
    assert.deepEqual(
      { runId: result['runId'], outcome: result['outcome'], stage: result['stage'], files: result['files'] },
      {
        runId: 'run-1',
        outcome: 'proposed',
        stage: 'unlock',
        files: [
          { path: 'src/greet.js', change: 'modified' },
          { path: 'test/greet.test.js', change: 'added' },
        ],
      },
    );
    assert.deepEqual(project.calls, [
      'brief',
      'plan',
      'critic-plan',
      'tasks',
      'implement',
      'implement',
      'implement',
      'critic-patch',
      'audit',
    ]);
    const dirty = await userGit(project.root, 'status', '--porcelain', '--', '.', ':!specs');
    assert.equal(dirty, before, 'nothing but the spec folder changed before approval');

    const approved = await project.speckit('approve', 'run-1');
    assert.equal(approved.exit, 0, approved.stderr);
    assert.equal(readFileSync(path.join(project.root, 'src/greet.js'), 'utf8'), GOOD_CODE);
    assert.equal(readFileSync(path.join(project.root, 'test/greet.test.js'), 'utf8'), GOOD_TEST);

    const undone = await project.speckit('undo', 'run-1');
    assert.equal(undone.exit, 0, undone.stderr);
    assert.equal(await userGit(project.root, 'status', '--porcelain', '--', '.', ':!specs'), before);
  });
});
