import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { hashOf } from '../base/hash.ts';
import {
  bakeoffReportSchema,
  countedVerdict,
  MOST_TRIALS,
  reflexIdentity,
  type BakeoffReport,
  type BakeoffTrial,
  type ReflexIdentity,
} from '../core/reflex/bakeoffReport.ts';
import { regressionsOf, SIDES, statisticsOf, type BakeoffEnd, type Side } from '../core/reflex/bakeoffStatistics.ts';
import { dollars } from '../core/ledger/money.ts';
import { forbiddenCall } from '../core/policy/forbiddenCall.ts';
import { workerIdentity } from '../core/router/scorecard.ts';
import { REFLEX, reflexWorker } from '../core/reflex/worker.ts';
import type { Configuration, WorkerSettings } from '../core/settings.ts';
import { writeFileAtomically } from '../node/atomicFile.ts';
import { acquireRunLock } from '../node/lock.ts';
import { loadPrompts } from '../node/prompts.ts';
import { readHealth } from '../node/reflex/health.ts';
import { readServerVersion } from '../node/reflex/serverVersion.ts';
import { beginJournal, minedInJournal, openJournal, type Journal } from './bakeoffJournal.ts';
import { bakeoffPlace } from './bakeoffPlace.ts';
import { BAKEOFF_REPORT, readBakeoffReports } from './bakeoffReports.ts';
import { bakeoffText } from './bakeoffText.ts';
import { historyTasks, suiteTasks, type ChosenTasks, type TaskSource } from './bakeoffTasks.ts';
import { runTrial } from './bakeoffTrial.ts';
import { openRedaction } from './openRedaction.ts';
import { CommandProblem } from './problem.ts';
import { localWorkers } from './reflex.ts';
import { refuseInsideRun } from './insideRun.ts';
import { thresholdsOf } from './reflexPromotion.ts';
import { resumeAtMore, resumeCommand } from './resumeBakeoff.ts';
import { EVAL_FOLDER } from './scorecards.ts';
import { openProject, type Project, type Services } from './services.ts';

/** A bake-off as a person asks for it. */
export interface BakeoffRequest {
  readonly tasks: TaskSource;
  /** The local worker; that of [reflex] where it is enabled, or else the first one that is local, or else that of [reflex], when left out. */
  readonly worker?: string;
  /** The cloud worker; the first one of routing.implementer that is not local when left out. */
  readonly against?: string;
  /** How often each task is done by each side. */
  readonly repetitions: number;
  /** Most it may spend over all, in microdollars. */
  readonly budget: number;
  readonly start: 'new' | 'resume';
}

/** A trial that was just made, and where the bake-off stands. */
export interface BakeoffProgress {
  readonly trial: BakeoffTrial;
  readonly done: number;
  readonly of: number;
  readonly spent: number;
}

/** A finished or stopped bake-off; `file` is its report from the root of the repository, which is absolute. */
export interface BakeoffOutcome {
  readonly root: string;
  readonly file: string;
  readonly report: BakeoffReport;
  /** How it goes on where it was stopped, as a clause. */
  readonly resume: string;
}

interface Bakeoff {
  readonly project: Project;
  readonly chosen: ChosenTasks;
  readonly identity: ReflexIdentity;
  readonly workers: Readonly<Record<Side, { readonly name: string; readonly settings: WorkerSettings }>>;
  readonly prompts: string;
  readonly request: BakeoffRequest;
}

/**
 * Lets the local worker and a cloud worker do the same tasks and writes the report that a promotion is proven by. `onTrial` hears of each trial as it is
 * made, `say` of what comes before the first. What was made is kept trial by trial: a bake-off that was stopped goes on with `start: 'resume'`. Throws a
 * CommandProblem where it cannot begin or go on now; one that reaches its budget ends with a report that does not pass.
 */
export async function runBakeoff(
  services: Services,
  request: BakeoffRequest,
  onTrial: (progress: BakeoffProgress) => void,
  say: (text: string) => void = () => undefined,
): Promise<BakeoffOutcome> {
  refuseInsideRun(services);
  const project = await openProject(services);
  const { root } = project.repository;
  const place = bakeoffPlace(services, project.repository);
  const lock = await acquireRunLock(place);
  if (lock.kind === 'error')
    throw new CommandProblem(
      'usage',
      'A bake-off of this repository is at work in another process: wait for it, or stop it there.',
    );
  await using _held = lock.value;
  const bakeoff = await prepare(services, project, request, { place, say });
  const journal = await journalOf(services, bakeoff, place);
  const work = path.join(place, journal.stamp);
  const end = await allTrials(services, bakeoff, { journal, work }, onTrial);
  const file = `${EVAL_FOLDER}/${BAKEOFF_REPORT}${journal.stamp}`;
  const redaction = await openRedaction(services.host, root, project.loaded.configuration);
  const found = await reportOf(services, bakeoff, { journal, end, file: `${file}.json` });
  const report = bakeoffReportSchema.parse(redaction.json(found));
  const resume = redaction.text(resumeAtMore(request));
  await writeFileAtomically(path.join(root, `${file}.md`), Buffer.from(bakeoffText(report, resume)));
  await writeFileAtomically(path.join(root, `${file}.json`), Buffer.from(`${JSON.stringify(report, undefined, 2)}\n`));
  await rm(work, { recursive: true, force: true, maxRetries: 3 });
  if (end.kind === 'complete') await journal.remove();
  return { root, file: `${file}.json`, report, resume };
}

async function prepare(
  services: Services,
  project: Project,
  request: BakeoffRequest,
  { place, say }: { readonly place: string; readonly say: (text: string) => void },
): Promise<Bakeoff> {
  const { host } = services;
  const workers = workersOf(project.loaded.configuration, request);
  const suite = request.tasks.kind === 'suite' ? await suiteTasks(services, request.tasks.name) : undefined;
  // Before the tasks are mined, which may take minutes.
  const server = await serverOf(services, workers.reflex.settings);
  const known = request.start === 'resume' ? await minedInJournal(project.repository.root) : undefined;
  const chosen = suite ?? (await historyTasks(services, project, { place, known }, say));
  if (chosen.tasks.length * request.repetitions * 2 > MOST_TRIALS)
    throw new CommandProblem('usage', `That is more than ${MOST_TRIALS} trials: ask for fewer with --trials.`);
  const prompts = await loadPrompts(path.join(host.installation, 'prompts'));
  const identity = reflexIdentity(workers.reflex.settings, {
    prompts: prompts.templates,
    server,
    thresholds: thresholdsOf(project.loaded.configuration),
  });
  return { project, chosen, identity, workers, prompts: prompts.sha256, request };
}

function workersOf(configuration: Configuration, { worker, against }: BakeoffRequest): Bakeoff['workers'] {
  const { routing } = configuration;
  // The server of [reflex] is measured before it is enabled: nothing goes to it until it has passed.
  const workers: Configuration['workers'] = { ...configuration.workers, [REFLEX]: reflexWorker(configuration.reflex) };
  const named = (name: string): { readonly name: string; readonly settings: WorkerSettings } => {
    const settings = Object.hasOwn(workers, name) ? workers[name] : undefined;
    if (settings !== undefined) return { name, settings };
    const known = Object.keys(workers).slice(0, 20).join(', ') || 'none';
    throw new CommandProblem('usage', `There is no [workers.${name}]. Workers: ${known}.`);
  };
  const locals = localWorkers(configuration);
  const local = worker ?? locals[0] ?? REFLEX;
  const reflex = named(local);
  if (local !== REFLEX && !locals.includes(local))
    throw new CommandProblem(
      'usage',
      `${local} is no local worker with a server of its own. Local workers: ${locals.join(', ') || 'none'}.`,
    );
  const other = against ?? routing.implementer.find((name) => workers[name]?.local === false);
  if (other === undefined)
    throw new CommandProblem(
      'configuration',
      'There is nobody to compare with: routing.implementer names no worker of the cloud. Name one with --against.',
    );
  const cloud = named(other);
  if (workerIdentity(cloud.settings) === workerIdentity(reflex.settings))
    throw new CommandProblem(
      'usage',
      `${local} and ${other} are the same model at the same server: there is nothing to compare.`,
    );
  if (cloud.settings.local)
    throw new CommandProblem('usage', `${other} is a local worker: a bake-off compares with one of the cloud.`);
  for (const { name, settings } of [reflex, cloud]) {
    const forbidden = forbiddenCall(name, settings, configuration);
    if (forbidden !== undefined)
      throw new CommandProblem('blocked', `${forbidden.text} A bake-off needs both sides. Nothing was spent.`);
  }
  return { reflex, cloud };
}

/** Which server answers there. Throws a CommandProblem where none does. */
async function serverOf({ host }: Services, settings: WorkerSettings): Promise<string | null> {
  const baseUrl = settings.base_url ?? '';
  const key = settings.key_env === undefined ? undefined : await host.secret(settings.key_env);
  const health = await readHealth({ baseUrl, depth: 'light', ...(key !== undefined && { key }) }, host.signal);
  if (health.kind === 'answers') return readServerVersion(health, { baseUrl, key }, host.signal);
  const why = health.kind === 'silent' ? `no answer within ${health.afterMs} ms` : health.why;
  throw new CommandProblem(
    'infrastructure',
    `The local server at ${baseUrl} cannot be measured: ${why}. Start it where it does not run (\`speckit reflex start\`, for the server of [reflex_server]), wait where it is not ready yet, or mend what is said here. Then give the same command again. No trial was made now.`,
  );
}

/** A new bake-off drops the files of those that nobody went on with; their trials stay in their journals. */
async function journalOf(services: Services, bakeoff: Bakeoff, place: string): Promise<Journal> {
  const { project, chosen, identity, workers, request } = bakeoff;
  const { root } = project.repository;
  const about = hashOf({
    suite: chosen.sha256,
    tasks: chosen.tasks.map(({ name }) => name),
    identity,
    cloud: workerIdentity(workers.cloud.settings),
    repetitions: request.repetitions,
  });
  if (request.start === 'resume') {
    const journal = await openJournal(root, about);
    if (journal !== undefined) return journal;
    throw new CommandProblem(
      'usage',
      `No unfinished bake-off in ${EVAL_FOLDER} is about exactly these workers, prompts, settings, tasks and --trials. Nothing was spent now, and unfinished ones are kept. To go on with one, give --suite or --from-history, --trials, --worker and --against as when it began; without --resume a new one begins.`,
    );
  }
  for (const entry of await readdir(place, { withFileTypes: true }))
    if (entry.isDirectory()) await rm(path.join(place, entry.name), { recursive: true, force: true, maxRetries: 3 });
  return beginJournal(root, { about, mined: chosen.mined, now: services.clock.now() });
}

/** Both sides of a task one after the other, so that what passes with the hour meets both. */
async function allTrials(
  services: Services,
  { project, chosen, workers, request }: Bakeoff,
  { journal, work }: { readonly journal: Journal; readonly work: string },
  onTrial: (progress: BakeoffProgress) => void,
): Promise<BakeoffEnd> {
  const { tasks } = chosen;
  const resume = resumeCommand(request);
  const of = tasks.length * request.repetitions * SIDES.length;
  const keyOf = (trial: { task: string; trial: number; side: Side }): string =>
    `${trial.trial}/${trial.side}/${trial.task}`;
  const done = new Set(journal.trials.map(keyOf));
  for (let trial = 1; trial <= request.repetitions; trial += 1)
    for (const task of tasks)
      for (const side of SIDES) {
        if (done.has(keyOf({ task: task.name, trial, side }))) continue;
        const left = request.budget - journal.spent;
        const folder = await folderOf(services, work, hashOf([task.name, trial, side]).slice(0, 16));
        const about = { task, trial, side, worker: workers[side].name, folder, budget: left, resume };
        const end = side === 'cloud' && left <= 0 ? NOTHING_LEFT : await runTrial(services, project, about);
        const spent = end.kind === 'made' ? end.trial.microdollars : end.microdollars;
        // First kept, then removed: what a kill leaves in between is passed over.
        if (end.kind === 'made') await journal.add({ kind: 'trial', trial: end.trial });
        else if (spent > 0) await journal.add({ kind: 'spent', microdollars: spent });
        await rm(folder, { recursive: true, force: true, maxRetries: 3 });
        if (end.kind === 'overBudget') {
          const why = `its budget of ${dollars(request.budget)} has no room for ${task.name}: ${end.why}`;
          return { kind: 'stopped', why: why.slice(0, 500) };
        }
        done.add(keyOf(end.trial));
        onTrial({ trial: end.trial, done: done.size, of, spent: journal.spent });
      }
  return { kind: 'complete' };
}

/** Where a trial was begun, or a new place: the ledger knows runs by where their repositories lie, so that no trial may lie where another one did. */
async function folderOf({ clock }: Services, work: string, name: string): Promise<string> {
  await mkdir(work, { recursive: true });
  const begun = (await readdir(work)).find((entry) => entry.startsWith(`${name}-`));
  return path.join(work, begun ?? `${name}-${clock.now().toString(36)}`);
}

const NOTHING_LEFT = { kind: 'overBudget', microdollars: 0, why: 'nothing of it is left.' } as const;

async function reportOf(
  services: Services,
  { project, chosen, identity, workers, prompts, request }: Bakeoff,
  { journal, end, file }: { readonly journal: Journal; readonly end: BakeoffEnd; readonly file: string },
): Promise<BakeoffReport> {
  const { host } = services;
  const { trials } = journal;
  const statistics = statisticsOf(trials);
  const thresholds = thresholdsOf(project.loaded.configuration);
  const suite: BakeoffReport['suite'] = {
    name: chosen.name,
    sha256: chosen.sha256,
    tasks: chosen.tasks.length,
    skipped: [...chosen.skipped],
    origin: chosen.mined === undefined ? 'folder' : 'history',
  };
  const verdict = countedVerdict({ suite, trials: [...trials], thresholds, end: { ...end } });
  const { reflex, cloud } = workers;
  const earlier = (await readBakeoffReports(project.repository.root)).filter(
    (found) =>
      found.file !== file && found.report.suite.sha256 === suite.sha256 && found.report.end.kind === 'complete',
  );
  const last = earlier.at(-1);
  const sandbox = await services.sandbox();
  return {
    schema_version: 1,
    at: new Date(services.clock.now()).toISOString(),
    suite,
    repetitions: request.repetitions,
    identity,
    reflex: { worker: reflex.name, model: reflex.settings.model },
    cloud: { worker: cloud.name, model: cloud.settings.model, provider: cloud.settings.provider },
    environment: {
      platform: process.platform,
      architecture: process.arch,
      sandbox: sandbox.kind === 'none' ? 'none' : sandbox.sandbox.kind,
      tools: { ...chosen.tools },
    },
    versions: { program: host.program, prompts, prices: project.loaded.priceVersion },
    thresholds: { ...thresholds },
    budget_microdollars: request.budget,
    end: { ...end },
    trials: [...trials],
    statistics,
    verdict: { passed: verdict.passed, reasons: [...verdict.reasons] },
    regression: {
      since: last?.file ?? null,
      reasons: last === undefined ? [] : [...regressionsOf(last.report, { statistics, verdict })],
    },
  };
}
