import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { commitAll, userGit } from '../support/gitRepository.ts';
import { assertNothingLeft, RUN, treesOf } from '../support/killedRun.ts';
import {
  configuration,
  finished,
  GOOD_CODE,
  scriptedProject,
  type CommandResult,
  type ScriptedProject,
} from '../support/scriptedProject.ts';
import { until } from '../support/until.ts';

/** What happens to a repository while a run of it waits after its plan, and what the run says then, if it does not go on. */
interface Happening {
  readonly name: string;
  readonly happens: (root: string, project: ScriptedProject) => void | Promise<void>;
  /** The words it is refused with (exit code 4), until `mend` has put it right. */
  readonly refused?: RegExp;
  readonly mend?: (root: string) => void | Promise<void>;
}

const HAPPENINGS: readonly Happening[] = [
  {
    name: 'its tree was half deleted',
    happens: (root, project) => {
      rmSync(path.join(treesOf(root, project), RUN, 'src'), { recursive: true });
      rmSync(path.join(treesOf(root, project), `${RUN}.git`), { recursive: true });
    },
  },
  {
    name: 'its branch has moved on',
    happens: async (root) => {
      writeFileSync(path.join(root, 'notes.txt'), 'mine\n');
      await commitAll(root, 'meanwhile');
    },
  },
  {
    name: 'another branch is checked out, and the first one is gone',
    happens: async (root) => {
      await userGit(root, 'checkout', '--quiet', '--orphan', 'other');
      await commitAll(root, 'another beginning');
      await userGit(root, 'branch', '--quiet', '-D', 'main');
    },
  },
  {
    name: 'its HEAD is detached and everything was collected',
    happens: async (root) => {
      await userGit(root, 'checkout', '--quiet', '--detach');
      await userGit(root, 'gc', '--quiet', '--prune=now');
    },
  },
  {
    name: 'a rebase is in progress',
    happens: (root) => mkdirSync(path.join(root, '.git/rebase-merge')),
    refused: /A rebase is in progress in .* Finish or abort it first; nothing was changed\./,
    mend: (root) => rmdirSync(path.join(root, '.git/rebase-merge')),
  },
  {
    name: 'its refs are gone',
    happens: async (root) => {
      const names = await userGit(root, 'for-each-ref', '--format=%(refname)', 'refs/speckit');
      for (const name of names.trim().split('\n')) {
        const id = await userGit(root, 'rev-parse', name);
        writeFileSync(path.join(root, '.git', name.replaceAll('/', '-')), id);
        await userGit(root, 'update-ref', '-d', name);
      }
    },
    refused: /refs\/speckit\/run-1 is gone from this repository.* Your files were not touched\./,
    mend: async (root) => {
      const id = readFileSync(path.join(root, `.git/refs-speckit-${RUN}-base`), 'utf8').trim();
      await userGit(root, 'update-ref', `refs/speckit/${RUN}/base`, id);
    },
  },
];

describe('a run whose repository changed while it waited', function () {
  this.timeout(60_000);
  for (const { name, happens, refused, mend } of HAPPENINGS)
    it(`goes on to its proposal${refused === undefined ? '' : ', once it is put right'}: ${name}`, async () => {
      await using project = await scriptedProject({ answersBy: 'turn' });
      const { root } = project;
      assert.equal((await project.speckit('auto', 'SPEC-001', '--run-id', RUN, '--pause', 'plan')).exit, 0);
      await happens(root, project);
      const nCalls = project.calls.length;
      if (refused !== undefined) {
        const result = await project.speckit('resume', RUN);
        assert.ok(result.exit === 3 || result.exit === 4, `${result.exit} ${result.stderr}`);
        assert.match(result.stderr, refused);
        assert.equal(project.calls.length, nCalls, 'nobody was asked');
        await mend?.(root);
      }
      await checkGoesOn(project);
    });

  it('goes on when its tree was deleted under its feet', async () => {
    const check = 'sleep 3 && node --test';
    await using project = await scriptedProject({
      answersBy: 'turn',
      toml: (url) => configuration(url).replace('command = "node --test"', `command = '''${check}'''`),
    });
    const run = finished(project.spawn(['auto', 'SPEC-001', '--run-id', RUN]));
    await until('the check', () => project.calls.includes('implement') && project.server.count() === 7);
    rmSync(treesOf(project.root, project), { recursive: true, force: true });
    assert.equal((await project.speckit('stop', RUN)).exit, 0);
    const { exit, stderr } = await run;
    assert.ok(exit !== 11 && exit !== 0, `${exit}`);
    assert.doesNotMatch(stderr, /\n {4}at /, stderr);
    await checkGoesOn(project);
  });

  for (const name of ['plan', 'implement'] as const)
    it(`says so, and goes on, when its tree was deleted while an answer to ${name} was on its way`, async () => {
      let isDeleted = false;
      await using project: ScriptedProject = await scriptedProject({
        answersBy: 'turn',
        answer: (_, call) => {
          if (call === name && !isDeleted) rmSync(treesOf(project.root, project), { recursive: true, force: true });
          isDeleted ||= call === name;
          return undefined;
        },
      });
      const { exit, stderr } = await project.speckit('auto', 'SPEC-001', '--run-id', RUN);
      assert.equal(exit, 3, `${exit} ${stderr}`);
      assert.match(stderr, /The files of run run-1 were deleted while it worked: .*speckit resume run-1/s);
      assert.doesNotMatch(stderr, /\n {4}at /, stderr);
      await checkGoesOn(project);
    });
});

/** The run leads to its proposal, which is applied to the files as they are now. */
async function checkGoesOn(project: ScriptedProject): Promise<void> {
  const resumed: CommandResult = await project.speckit('resume', RUN);
  assert.equal(resumed.exit, 11, resumed.stderr);
  await assertNothingLeft(project, 'resumed');
  const approved = await project.speckit('approve', RUN);
  assert.equal(approved.exit, 0, approved.stderr);
  assert.equal(readFileSync(path.join(project.root, 'src/greet.js'), 'utf8'), GOOD_CODE);
}
