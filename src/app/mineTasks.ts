import path from 'node:path';
import { z } from 'zod';
import { counted } from '../base/counted.ts';
import { firstLine } from '../base/firstLine.ts';
import { err, ok, type Result } from '../base/result.ts';
import { defaultTestFile as isTestFile } from '../core/patch/testFile.ts';
import { finishedTask, standingOf, tasksOfRun } from '../core/pipeline/finishedTasks.ts';
import type { Task } from '../core/pipeline/outputs.ts';
import { riskOf } from '../core/pipeline/size.ts';
import { hotfixTask } from '../core/pipeline/tasks.ts';
import { changedLines } from '../core/pipeline/validate.ts';
import { configurationSchema, type Configuration } from '../core/settings.ts';
import { parseSpec } from '../core/spec/parse.ts';
import { GitError } from '../node/git.ts';
import type { GitTrees } from '../node/gitTrees.ts';
import { runOwner } from '../node/lock.ts';
import { createBlobStore } from '../node/log/blobStore.ts';
import { readRef, runRefs } from '../node/runRefs.ts';
import { listRunIds, runsFolder, type LoadedRun } from '../node/runStore.ts';
import { minedTaskSchema, MOST_TESTS, treesOf, type MinedTask } from './minedTask.ts';
import { openRedaction } from './openRedaction.ts';
import { openRun } from './openRun.ts';
import { readPolicySnapshot } from './policySnapshots.ts';
import { CommandProblem } from './problem.ts';
import type { Project, Services } from './services.ts';
import { verifyLog } from './verifyLog.ts';

/** Runs that are looked into, the newest; tasks that are done again, and those that are tried for it. */
const MOST_RUNS = 200;
export const MOST_MINED = 40;
const MOST_TRIED = 120;
/** Lines about what cannot be mined. */
const LINES = 150;

/** What the finished runs of a repository give to a bake-off. `skipped` says why the others are not among them, a line each. */
export interface MinedTasks {
  readonly tasks: readonly MinedTask[];
  readonly skipped: readonly string[];
}

/** Whether a task can be measured here and now; an error says why it cannot. See `proveTask`. */
export type Prove = (mined: MinedTask) => Promise<Result<null, string>>;

/** A finished run, as far as its log alone tells. */
interface FinishedRun {
  readonly runId: string;
  readonly loaded: LoadedRun;
  readonly standing: 'applied' | 'proposed';
  /** Two runs of the same text of the same spec do the same work. */
  readonly work: string;
}

/**
 * The tasks of the person's own finished runs that can be done again and measured: those of applied runs before those that wait for approval, the newest first.
 * A run gives tasks where its log is whole, it came to a proposal that nobody rejected, and its checkpoints are still in the repository; a task where
 * its gate opened by itself on checks that all passed, one of them of kind test, where it is not of high risk (reflex would not be asked), and where `prove` finds that the checks fail on its
 * beginning with the tests of its end, and pass on its end.
 */
export async function mineTasks(services: Services, project: Project, prove: Prove): Promise<MinedTasks> {
  const skipped: string[] = [];
  const runs = await finishedRuns(project, skipped);
  const trees = treesOf(services, project.repository);
  const tasks: MinedTask[] = [];
  let nTried = 0;
  let nLeft = 0;
  for (const run of runs) {
    const found = await tasksIn(services, project, run, trees);
    for (const { name, mined } of found) {
      if (mined.kind === 'error') skipped.push(`${name}: ${mined.error}`);
      else if (tasks.length === MOST_MINED || nTried === MOST_TRIED) nLeft += 1;
      else {
        nTried += 1;
        const proof = await prove(mined.value);
        if (proof.kind === 'ok') tasks.push(mined.value);
        else skipped.push(`${name}: ${proof.error}`);
      }
    }
  }
  if (nLeft > 0) skipped.push(`${counted(nLeft, 'older task')}: at most ${MOST_MINED} are done, the newest`);
  const shown = skipped.slice(0, LINES).map((line) => line.replaceAll(/\s+/g, ' ').slice(0, 400));
  return {
    tasks,
    skipped: skipped.length > LINES ? [...shown, `and ${skipped.length - LINES} more that cannot be mined`] : shown,
  };
}

async function finishedRuns({ repository }: Project, skipped: string[]): Promise<readonly FinishedRun[]> {
  const ids = (await listRunIds(repository.commonDir)).toReversed();
  if (ids.length > MOST_RUNS)
    skipped.push(`${counted(ids.length - MOST_RUNS, 'older run')}: the newest ${MOST_RUNS} are looked into`);
  const found: FinishedRun[] = [];
  for (const runId of ids.slice(0, MOST_RUNS)) {
    const run = await finishedRun(repository, runId);
    if (run.kind === 'error') skipped.push(`run ${runId}: ${run.error}`);
    else found.push(run.value);
  }
  // The order of the ids, which is that of time, within each.
  const ordered = [
    ...found.filter(({ standing }) => standing === 'applied'),
    ...found.filter(({ standing }) => standing === 'proposed'),
  ];
  const first = new Map<string, string>();
  return ordered.filter(({ work, runId }) => {
    const other = first.get(work);
    first.set(work, other ?? runId);
    if (other !== undefined) skipped.push(`run ${runId}: it did the same work as run ${other}`);
    return other === undefined;
  });
}

async function finishedRun(repository: Project['repository'], runId: string): Promise<Result<FinishedRun, string>> {
  const folder = path.join(runsFolder(repository.commonDir), runId);
  if ((await runOwner(folder)) !== undefined) return err('a process is at work on it');
  try {
    const loaded = await openRun(repository.commonDir, runId);
    const standing = standingOf(loaded.events);
    if (standing.kind === 'error') return standing;
    await verifyLog(repository, runId);
    const spec = loaded.view.inputs.find(({ path: file }) => file === `${loaded.view.specFolder}/spec.md`);
    const work = `${loaded.view.specFolder} ${spec?.sha256 ?? runId}`;
    return ok({ runId, loaded, standing: standing.value, work });
  } catch (error) {
    if (error instanceof CommandProblem) return err(lowered(error.message.replaceAll('\n', ' ')));
    throw error;
  }
}

interface Named {
  readonly name: string;
  readonly mined: Result<MinedTask, string>;
}

/** The tasks of one run, or the run itself with why it has none. */
async function tasksIn(
  services: Services,
  { repository }: Project,
  { runId, loaded }: FinishedRun,
  trees: GitTrees,
): Promise<readonly Named[]> {
  const { events, view, folder } = loaded;
  const none = (why: string): readonly Named[] => [{ name: `run ${runId}`, mined: err(why) }];
  const { signal } = services.host;
  const refs = runRefs(runId);
  const commits = await Promise.all([refs.base, refs.checkpoint].map((name) => readRef(repository, name, signal)));
  if (commits.includes(undefined)) return none(COMMITS_GONE);
  const blobs = createBlobStore(path.join(folder, 'blobs'));
  const policy = events.find((event) => event.kind === 'PolicySnapshotRef');
  if (policy?.kind !== 'PolicySnapshotRef') return none('its policy is not in its log');
  const { configuration } = readPolicySnapshot(await blobs.get(policy.payload.blob));
  if (!Object.values(configuration.checks).some(({ kind }) => kind === 'test'))
    return none('it had no check of kind test');
  try {
    const tasks =
      view.size === 'hotfix'
        ? await hotfixTasks(services, { repository, loaded, trees })
        : await tasksOfRun(events, blobs);
    if (tasks.kind === 'error') return none(tasks.error);
    const about: About = { runId, loaded, configuration, all: tasks.value, trees };
    const named: Named[] = [];
    for (const task of tasks.value) named.push({ name: `${runId}/${task.id}`, mined: await minedOf(about, task) });
    return named;
  } catch (error) {
    if (error instanceof GitError) return none(COMMITS_GONE);
    throw error;
  }
}

const COMMITS_GONE = 'its checkpoints are not in this repository any more';

/** The one task of a hotfix is not in its log: it follows from the spec as the run took it in, which stands in its trees. */
async function hotfixTasks(
  { host }: Services,
  { repository, loaded, trees }: Pick<Project, 'repository'> & { readonly loaded: LoadedRun; readonly trees: GitTrees },
): Promise<Result<readonly Task[], string>> {
  const { events, view } = loaded;
  const first = events.find((event) => event.kind === 'PatchApply' && event.payload.outcome === 'applied');
  if (first?.kind !== 'PatchApply') return err('no patch of it was applied');
  const file = `${view.specFolder}/spec.md`;
  const content = await trees.read(first.payload.before, file);
  if (content?.kind !== 'text') return err(`its trees do not hold ${file}`);
  const text = (await openRedaction(host, repository.root, configurationSchema.parse({}))).text(content.text);
  return ok([hotfixTask({ spec: parseSpec({ path: file, text }).spec, title: view.title, text })]);
}

interface About {
  readonly runId: string;
  readonly loaded: LoadedRun;
  readonly configuration: Configuration;
  /** All tasks of the run. */
  readonly all: readonly Task[];
  readonly trees: GitTrees;
}

/** One task of a finished run as a bake-off does it, or why it does not. Throws a GitError where a tree of it is gone. */
async function minedOf(
  { runId, loaded, configuration, all, trees }: About,
  task: Task,
): Promise<Result<MinedTask, string>> {
  const { events, view } = loaded;
  const done = finishedTask(events, task);
  if (done.kind === 'error') return done;
  const { before, after, files, checks } = done.value;
  const unweighed = Object.keys(configuration.checks).filter((name) => !checks.includes(name));
  if (unweighed.length > 0) return err(`nothing says that ${unweighed.join(', ')} passed`);
  const differences = await trees.differences(before, after);
  const constitution = await constitutionIn(trees, before);
  const planned = [...new Set([...all.flatMap((each) => each.files), ...files])];
  const filesThreshold = configuration.gates.complex_task_files_threshold;
  const risk = riskOf({ files: planned, changedLines: changedLines(differences), filesThreshold, constitution });
  if (risk.level === 'high')
    return err(`it is of high risk, for which reflex is never asked: ${risk.reasons[0]?.text ?? ''}`);
  const tests = differences.filter(({ path: file }) => isTestFile(file));
  if (tests.some(({ binary }) => binary)) return err('a test that it changed is no text');
  if (differences.length === tests.length) return err('it changed nothing but tests');
  const code = files.filter((file) => !isTestFile(file));
  const named = new Map(tests.map(({ path: file, change }) => [file, change === 'deleted']));
  for (const file of files) if (isTestFile(file)) named.set(file, named.get(file) ?? false);
  if (named.size > MOST_TESTS) return err(`it has ${named.size} tests: at most ${MOST_TESTS} are put into a trial`);
  const { command, timeout_seconds, network } = configuration.setup;
  const parsed = minedTaskSchema.safeParse({
    kind: 'mined',
    name: `${runId}/${task.id}`,
    runId,
    specFolder: view.specFolder,
    commit: view.baseCommit,
    before,
    after,
    task: { ...task, files: code },
    tests: [...named].map(([file, gone]) => ({ path: file, gone })),
    checks: configuration.checks,
    setup: { ...(command !== undefined && { command }), timeout_seconds, network },
  });
  return parsed.success
    ? ok(parsed.data)
    : err(`it is too large to be done again: ${firstLine(z.prettifyError(parsed.error))}`);
}

async function constitutionIn(trees: GitTrees, tree: string): Promise<string> {
  for (const file of ['.specify/memory/constitution.md', 'memory/constitution.md']) {
    const content = await trees.read(tree, file);
    if (content?.kind === 'text') return content.text;
  }
  return '';
}

/** A sentence as it stands behind a colon. */
const lowered = (sentence: string): string =>
  `${sentence.slice(0, 1).toLowerCase()}${sentence.slice(1).replace(/\.$/, '')}`;
