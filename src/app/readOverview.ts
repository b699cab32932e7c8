import { stat } from 'node:fs/promises';
import path from 'node:path';
import { evidenceWarning } from '../core/run/retention.ts';
import { STAGES, type Stage } from '../core/run/stage.ts';
import type { RunView } from '../core/run/view.ts';
import type { Configuration } from '../core/settings.ts';
import { parseSpec } from '../core/spec/parse.ts';
import { needOf } from './needs.ts';
import type { DocumentOverview, Overview, RunSummary, SpecOverview, StageOverview, TaskOverview } from './overview.ts';
import { CommandProblem } from './problem.ts';
import type { RunDigest, RunDigests } from './runDigests.ts';
import { configurationOf, openRepository, type Services } from './services.ts';
import { listSpecFolders, SPEC_BYTES } from './specFolders.ts';
import { readRuns, type RunState } from './status.ts';
import { staleText } from './staleness.ts';
import { readTextFile } from './textFile.ts';

/** Runs of one spec that are listed, newest first. */
const RUNS_OF_SPEC = 20;

/** The document each stage leaves beside its spec, where it leaves one. */
const DOCUMENTS: Readonly<Partial<Record<Stage, string>>> = {
  specify: 'task_brief.md',
  plan: 'plan.md',
  tasks: 'tasks.md',
  validate: 'validation.md',
  audit: 'audit.md',
};

/** What the explorer shows. Never throws for what a person can mend: that is `problem`, and what can be read without it is shown all the same. */
export async function readOverview(services: Services, digests: RunDigests): Promise<Overview> {
  const empty: Overview = {
    root: services.host.folder,
    problem: undefined,
    specFolder: '',
    specs: [],
    runs: [],
    needs: [],
    broken: [],
    localWorkers: [],
  };
  const repository = await tried(() => openRepository(services));
  if (repository.kind === 'problem') return { ...empty, problem: repository.text };
  const { root, commonDir } = repository.value;
  const { runs, broken } = await readRuns(commonDir, digests);
  const known: Overview = {
    ...empty,
    root,
    runs: runs.map(({ digest, at }) => summaryOf(digest, at)),
    needs: runs.flatMap(({ digest, at }) => needOf(digest, at) ?? []),
    broken,
  };
  const read = await tried(async () => {
    const { configuration } = await configurationOf(services, repository.value);
    const names = await listSpecFolders(root, configuration.spec.folder);
    return { configuration, specs: await Promise.all(names.map((name) => specOf(root, configuration, name, runs))) };
  });
  if (read.kind === 'problem') return { ...known, problem: read.text };
  const { configuration, specs } = read.value;
  return { ...known, specFolder: configuration.spec.folder, specs, localWorkers: localWorkersOf(configuration) };
}

async function tried<Value>(
  work: () => Promise<Value>,
): Promise<{ readonly kind: 'ok'; readonly value: Value } | { readonly kind: 'problem'; readonly text: string }> {
  try {
    return { kind: 'ok', value: await work() };
  } catch (error) {
    if (error instanceof CommandProblem) return { kind: 'problem', text: error.message };
    throw error;
  }
}

type DigestedRun = { readonly digest: RunDigest; readonly at: RunState['at'] };

async function specOf(
  root: string,
  { spec: { folder: specs }, retention }: Configuration,
  name: string,
  runs: readonly DigestedRun[],
): Promise<SpecOverview> {
  const folder = `${specs}/${name}`;
  const file = `${folder}/spec.md`;
  const read = await readTextFile(path.join(root, file), SPEC_BYTES);
  const text = read.kind === 'ok' ? read.value : undefined;
  const { spec } = parseSpec({ path: file, text: text ?? '' });
  const own = runs.filter(({ digest }) => digest.view.specFolder === folder);
  const newest = own[0];
  const stale = newest === undefined ? undefined : staleText(newest.digest.view, file, text);
  const bytes = own.reduce((sum, { digest }) => sum + digest.textBytes, 0);
  const warning = evidenceWarning(folder, bytes, retention.evidence_megabytes);
  const stages = STAGES.map((stage) => stageOf({ root, folder, stage }, newest?.digest.view, stale));
  return {
    id: spec.id ?? name,
    folder,
    path: file,
    title: spec.title ?? name,
    stages: await Promise.all(stages),
    tasks: newest === undefined ? [] : tasksOf(newest),
    // Measured for another spec: what it shows of the tree holds, what it shows of the spec does not.
    evidence: (newest?.digest.evidence ?? []).map((row) => (stale === undefined ? row : { ...row, isFresh: false })),
    ...(warning !== undefined && { evidenceWarning: warning }),
    runs: own.slice(0, RUNS_OF_SPEC).map(({ digest, at }) => summaryOf(digest, at)),
  };
}

async function stageOf(
  { root, folder, stage }: { readonly root: string; readonly folder: string; readonly stage: Stage },
  view: RunView | undefined,
  stale: string | undefined,
): Promise<StageOverview> {
  const name = DOCUMENTS[stage];
  const document = name === undefined ? undefined : await documentOf(root, `${folder}/${name}`, stale);
  const known = view?.stages.find((candidate) => candidate.stage === stage);
  if (known === undefined) return { stage, state: 'waiting', text: '', document };
  const isStale = stale !== undefined && (known.state === 'done' || known.state === 'person');
  return { stage, state: isStale ? 'stale' : known.state, text: isStale ? stale : known.text, document };
}

async function documentOf(root: string, file: string, stale: string | undefined): Promise<DocumentOverview> {
  const name = path.posix.basename(file);
  const isThere = await stat(path.join(root, file)).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isThere) return { name, path: file, state: 'missing', why: 'it has not been written yet' };
  return { name, path: file, state: stale === undefined ? 'written' : 'stale', why: stale ?? '' };
}

/** The tasks of the plan in their order, then those a review added, each as the run left it. */
function tasksOf({ digest, at }: DigestedRun): readonly TaskOverview[] {
  const titles = new Map(digest.view.tasks.map(({ id, title }) => [id, title]));
  const known = new Map(digest.tasks.map((task) => [task.id, task]));
  return [...new Set([...titles.keys(), ...known.keys()])].map((id) => {
    const task = known.get(id);
    const title = titles.get(id) ?? 'Mend what the review found';
    return { id, title, state: stateOfTask(task?.state, digest.view, at), attempt: task?.attempt ?? 0 };
  });
}

function stateOfTask(
  state: RunDigest['tasks'][number]['state'] | undefined,
  view: RunView,
  at: RunState['at'],
): TaskOverview['state'] {
  if (state !== 'running') return state ?? 'waiting';
  if (at === 'working') return 'running';
  return view.end?.outcome === 'gateFailed' ? 'failed' : 'waiting';
}

function summaryOf({ view, tasks }: RunDigest, at: RunState['at']): RunSummary {
  const { runId, specId, specFolder, title, stage, startedAt, lastAt, owner } = view;
  return {
    runId,
    specId,
    specFolder,
    title,
    at,
    outcome: view.end?.outcome,
    text: view.end?.text ?? '',
    stage,
    task: view.task,
    tasks: {
      done: tasks.filter((task) => task.state === 'done').length,
      total: Math.max(tasks.length, view.tasks.length),
    },
    openQuestions: view.questions.filter((question) => question.answer === undefined).length,
    proposedFiles: view.proposal?.files.length ?? 0,
    microdollars: view.spend.settled,
    startedAt,
    lastAt,
    owner: owner === undefined ? undefined : { pid: owner.pid, host: owner.host, program: owner.program ?? '' },
  };
}

function localWorkersOf({ workers }: Configuration): Overview['localWorkers'] {
  return Object.entries(workers).flatMap(([name, { local, model, base_url: baseUrl = '' }]) =>
    local ? [{ name, model, baseUrl }] : [],
  );
}
