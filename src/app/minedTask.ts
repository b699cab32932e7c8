import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { tasksSchema } from '../core/pipeline/outputs.ts';
import type { FileChange } from '../core/ports.ts';
import { GUIDANCE_FILE } from '../core/prompt/projectGuidance.ts';
import { checkSchema } from '../core/settings.ts';
import { gitOutput, repositoryGitOutput } from '../node/git.ts';
import { createGitTrees, type GitTrees } from '../node/gitTrees.ts';
import type { Repository } from '../node/repository.ts';
import { commitTree, moveRef, readRef } from '../node/runRefs.ts';
import { CommandProblem } from './problem.ts';
import { EVAL_FOLDER } from './scorecards.ts';
import type { Services } from './services.ts';

const treeId = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);
const text = z.string().max(4_000);

/** Tests of one task. */
export const MOST_TESTS = 40;

/**
 * A task of a finished run of the repository, to be done again: on the tree it began with, which gets the tests that the run ended it with. Files are named and
 * not held: their bytes are in the trees.
 */
export const minedTaskSchema = z.strictObject({
  kind: z.literal('mined'),
  /** The run and the task in it, e.g. `20261122-101500-ab12/T1`. */
  name: z.string().max(120),
  runId: z.string().max(64),
  specFolder: z.string().max(300),
  /** The commit that the run began on. */
  commit: treeId,
  before: treeId,
  after: treeId,
  /** What to do, with the files that may change, none of them a test. */
  task: tasksSchema.shape.tasks.element,
  /** Tests, by their paths: those that the task changed have the bytes that `after` holds; `gone` are not in it. */
  tests: z.array(z.strictObject({ path: z.string().max(300), gone: z.boolean() })).max(MOST_TESTS),
  /** The project's own commands as the run froze them. All of them passed on `after`, then and now, and not all on `before` with the tests. */
  checks: z.record(z.string().max(100), checkSchema),
  setup: z.strictObject({ command: text.optional(), timeout_seconds: z.number(), network: z.boolean() }),
});
export type MinedTask = z.infer<typeof minedTaskSchema>;

/** The trees of a repository, read by git wherever they are packed. */
export function treesOf(
  { host }: Pick<Services, 'host'>,
  repository: Pick<Repository, 'root' | 'gitDir' | 'objectsDir'>,
): GitTrees {
  return createGitTrees({
    git: (words, options = {}) => repositoryGitOutput(repository, words, options, host.signal),
    objectsDir: repository.objectsDir,
    readObject: async () => undefined,
  });
}

const START = 'refs/heads/start';

/**
 * A place to do a mined task in: `repository` reads and writes the objects of the person's own, and has its HEAD and its refs in `folder` (absolute), so that
 * nothing of them is in the person's repository; `root` holds what a run reads beside its tree (spec, constitution, guidance) as the task's beginning has it. One that
 * was made by an earlier process is opened again.
 */
export async function openMinedPlace(
  services: Services,
  user: Repository,
  { mined, folder }: { readonly mined: MinedTask; readonly folder: string },
): Promise<{ readonly repository: Repository; readonly root: string }> {
  const { signal } = services.host;
  const gitDir = path.join(folder, 'git');
  const root = path.join(folder, 'files');
  const own: Repository = { ...user, gitDir, commonDir: gitDir, head: mined.commit };
  const start = await readRef(own, START, signal).catch(() => undefined);
  if (start !== undefined) return { repository: { ...own, head: start }, root };
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  await borrow(user, gitDir, signal);
  const trees = treesOf(services, own);
  const tree = await trees.compose(mined.before, await testChanges(trees, mined));
  await writeInputs(trees, tree, { root, specFolder: mined.specFolder });
  const head = await commitTree(own, { tree, parent: mined.commit, label: `${mined.name} as it begins` }, signal);
  // Last: without it the place is made anew.
  await moveRef(own, { name: START, to: head }, signal);
  return { repository: { ...own, head }, root };
}

/** A git folder that borrows all objects of the person's: see gitrepository-layout, objects/info/alternates. */
async function borrow(user: Repository, gitDir: string, signal: AbortSignal): Promise<void> {
  await mkdir(gitDir, { recursive: true });
  const init = ['init', '--quiet', '--bare', '--template=', '--initial-branch=main'];
  await gitOutput(gitDir, [...init, `--object-format=${user.objectFormat}`, '.'], {}, signal);
  await mkdir(path.join(gitDir, 'info'), { recursive: true });
  await writeFile(path.join(gitDir, 'objects', 'info', 'alternates'), `${user.objectsDir}\n`);
  for (const name of ['shallow', path.join('info', 'exclude')])
    await copyFile(path.join(user.commonDir, name), path.join(gitDir, name)).catch(() => undefined);
}

/** What brings the tests into the tree that the task began with. */
async function testChanges(trees: GitTrees, { name, after, tests }: MinedTask): Promise<readonly FileChange[]> {
  const entries = await trees.entries(after);
  const changes: FileChange[] = [];
  for (const { path: file, gone } of tests) {
    if (gone) {
      changes.push({ kind: 'delete', path: file });
      continue;
    }
    const content = await trees.read(after, file);
    if (content?.kind !== 'text')
      throw new CommandProblem(
        'infrastructure',
        `${name}: the test ${file} is no longer in the repository as it was when the task was chosen, so this bake-off cannot go on. Begin another, which chooses its tasks anew: \`speckit reflex bakeoff --from-history\`. The trials made so far stay in ${EVAL_FOLDER}.`,
      );
    const executable = entries.get(file)?.mode === '100755';
    changes.push({ kind: 'write', path: file, content: content.text, executable });
  }
  return changes;
}

async function writeInputs(
  trees: GitTrees,
  tree: string,
  { root, specFolder }: { readonly root: string; readonly specFolder: string },
): Promise<void> {
  const wanted = [
    `${specFolder}/spec.md`,
    '.specify/memory/constitution.md',
    'memory/constitution.md',
    'speckit.toml',
    GUIDANCE_FILE,
  ];
  for (const file of wanted) {
    const content = await trees.read(tree, file);
    if (content?.kind !== 'text') continue;
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), content.text);
  }
}
