import assert from 'node:assert/strict';
import { cpSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { commandLine } from '../support/commandLine.ts';
import { RUN, treesOf } from '../support/killedRun.ts';
import { scriptedProject } from '../support/scriptedProject.ts';

describe('a repository that was copied with its runs', () => {
  it('goes on with a run of the same id, at the same time, without meeting the other one', async () => {
    await using project = await scriptedProject({ answersBy: 'turn' });
    assert.equal((await project.speckit('auto', 'SPEC-001', '--run-id', RUN, '--pause', 'plan')).exit, 0);
    const copy = project.folder.join('copy');
    cpSync(project.root, copy, { recursive: true });
    const place = { cwd: copy, home: project.folder.path, environment: project.environment };
    const [first, second] = await Promise.all([project.speckit('resume', RUN), commandLine(place, 'resume', RUN)]);
    assert.deepEqual([first.exit, second.exit], [11, 11], first.stderr + second.stderr);
    const trees = [project.root, copy].map((root) => treesOf(root, project));
    assert.deepEqual(readdirSync(path.dirname(trees[0] ?? '')).sort(), trees.map((tree) => path.basename(tree)).sort());
    for (const tree of trees) assert.ok(readdirSync(tree).includes(RUN), tree);
  });
});
