import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { firstLine } from '../base/firstLine.ts';
import { parsedJson } from '../base/parsedJson.ts';
import type { RunContext } from '../core/pipeline/context.ts';
import { patchSchema } from '../core/pipeline/outputs.ts';
import { runPipeline, type PipelineEnd } from '../core/pipeline/runPipeline.ts';
import { runTaskAlone } from '../core/pipeline/taskAlone.ts';
import type { ModelError } from '../core/ports.ts';
import type { BakeoffTrial } from '../core/reflex/bakeoffReport.ts';
import type { Side } from '../core/reflex/bakeoffStatistics.ts';
import type { Payload, RunEvent } from '../core/run/event.ts';
import { REFLEX, reflexWorker } from '../core/reflex/worker.ts';
import { configurationSchema, type Configuration } from '../core/settings.ts';
import type { SuiteTask } from '../node/reflex/bakeoffSuite.ts';
import { GitError } from '../node/git.ts';
import { findRepository, type Repository } from '../node/repository.ts';
import { apartIn, servicesIn, withMined } from './minedRun.ts';
import type { MinedTask } from './minedTask.ts';
import { CommandProblem } from './problem.ts';
import { takeOver } from './runs.ts';
import { makeRepository } from './sampleRepository.ts';
import { EVAL_FOLDER } from './scorecards.ts';
import { gitProblemText, type Project, type Services } from './services.ts';
import { loadSpec } from './specs.ts';
import { withRun } from './withRun.ts';

/** A task of a suite, or one that a run of the repository has done before. */
export type BakeoffTask = SuiteTask | MinedTask;

/** One task to be done by one worker, once. `folder` (absolute) is the trial's alone: where it exists, the trial goes on that was begun there. */
export interface TrialRequest {
  readonly task: BakeoffTask;
  readonly trial: number;
  readonly side: Side;
  readonly worker: string;
  readonly folder: string;
  /** Most it may spend, in microdollars. */
  readonly budget: number;
  /** The command that goes on with its bake-off. */
  readonly resume: string;
}

/** How a trial ended: made, or not made because what it might cost does not fit into what is left. */
export type TrialEnd =
  | { readonly kind: 'made'; readonly trial: BakeoffTrial }
  | { readonly kind: 'overBudget'; readonly microdollars: number; readonly why: string };

const SPEC_FOLDER = 'specs/SPEC-001-task';
const RUN_ID = 'trial';
const CHECK_SECONDS = 60;

/**
 * Does one task as a real run up to the end of implement: its own repository, log and tree, the real sandbox, the person's ledger. Everything of it lies in
 * its folder, which the caller removes once the result is kept. Throws a CommandProblem for every end that says nothing about the worker (a server that is
 * not there, a question for a person, a stop); the same request goes on with it then.
 */
export async function runTrial(services: Services, project: Project, request: TrialRequest): Promise<TrialEnd> {
  const { task } = request;
  if (task.kind !== 'mined') return suiteTrial(services, project, { ...request, task });
  const configuration = trialConfiguration(project.loaded.configuration, request);
  const own = { ...project, loaded: { ...project.loaded, configuration } };
  try {
    return await withMined(services, own, { mined: task, folder: request.folder }, async (context) => {
      const tests = task.tests.map(({ path: file }) => file);
      takeOver(services, context);
      return ended(context, request, await runTaskAlone(context, { task: task.task, tests }));
    });
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    // Cleaned up since it was mined, or a fault of this computer: it says nothing of the worker.
    throw new CommandProblem(
      'infrastructure',
      [
        `${task.name}, ${request.side}: git failed: ${firstLine(error.message)}`,
        `The trials made so far stay in ${EVAL_FOLDER}. Where the files that this task began with are no longer in the repository, this bake-off cannot go on: \`speckit reflex bakeoff --from-history\` begins another, which chooses its tasks anew. Otherwise \`${request.resume}\` goes on.`,
      ].join('\n'),
    );
  }
}

/** Ends the run's log, and says what the trial came to. */
async function ended(context: RunContext, request: TrialRequest, reached: PipelineEnd): Promise<TrialEnd> {
  context.log.append('RunEnd', { outcome: reached.outcome, stage: reached.stage, text: reached.text, tree: null });
  await context.log.flush();
  return trialEnd(context, request, reached);
}

interface SuiteTrial extends TrialRequest {
  readonly task: SuiteTask;
}

async function suiteTrial(services: Services, project: Project, request: SuiteTrial): Promise<TrialEnd> {
  const { folder, task } = request;
  const own = servicesIn(services, folder);
  const repository = await repositoryOf(services, request);
  const checks = { task: { command: task.check, kind: 'test', timeout_seconds: CHECK_SECONDS } };
  const configuration = { ...trialConfiguration(project.loaded.configuration, request), ...freshOf({ checks }) };
  const trying = { repository, loaded: { ...project.loaded, configuration } };
  const spec = await loadSpec(repository.root, configuration, 'SPEC-001');
  if (spec.size !== 'hotfix')
    throw new CommandProblem(
      'configuration',
      `The task ${request.task.name} is no hotfix: its spec has to say \`**Size**: hotfix\` and name one file of low risk.`,
    );
  const apart = apartIn(folder, repository.root);
  return withRun(own, trying, { runId: RUN_ID, spec, apart }, async (context) => {
    takeOver(own, context);
    return ended(context, request, await runPipeline(context, 'implement'));
  });
}

/** The task's project as a repository with one commit. One that was being made when its process was killed is made anew. */
async function repositoryOf({ host }: Services, { task, folder }: SuiteTrial): Promise<Repository> {
  const root = path.join(folder, 'project');
  const isMade = await access(path.join(folder, 'run')).then(
    () => true,
    () => false,
  );
  if (!isMade) {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    for (const file of [...task.files, { path: `${SPEC_FOLDER}/spec.md`, text: task.spec }]) {
      await mkdir(path.dirname(path.join(root, file.path)), { recursive: true });
      await writeFile(path.join(root, file.path), file.text);
    }
    await makeRepository(root, host.signal);
  }
  const found = await findRepository({ folder: root }, host.signal);
  if (found.kind === 'ok') return found.value;
  throw new CommandProblem('infrastructure', gitProblemText(found.error));
}

/** The settings that a task's own project has: its checks, and nothing of the person's repository. */
function freshOf(given: { readonly checks: object }): Pick<Configuration, 'checks' | 'spec' | 'setup'> {
  const { checks, spec, setup } = configurationSchema.parse(given);
  return { checks, spec, setup };
}

/** The person's policy with this worker alone for the implementer, and one attempt. */
function trialConfiguration(configuration: Configuration, { worker, budget }: TrialRequest): Configuration {
  const { gates, budget: limits } = configuration;
  const fresh = configurationSchema.parse({ routing: { implementer: [worker] }, demotions: { enabled: false } });
  const { routing, demotions, tiers } = fresh;
  return {
    ...configuration,
    // It is called as any worker is: nobody asks for the promotion that is being proven.
    reflex: { ...configuration.reflex, enabled: false },
    workers: { ...configuration.workers, [REFLEX]: reflexWorker(configuration.reflex) },
    routing,
    demotions,
    tiers,
    gates: { ...gates, attempts_per_worker: 1 },
    budget: { ...limits, run_dollars: Math.min(limits.run_dollars, budget / 1_000_000) },
  };
}

async function trialEnd(context: RunContext, request: TrialRequest, end: PipelineEnd): Promise<TrialEnd> {
  const { events } = context.log;
  const calls = events.flatMap((event) => (event.kind === 'LLMCall' ? [event.payload] : []));
  const made = async (outcome: BakeoffTrial['outcome'], why: string): Promise<TrialEnd> => ({
    kind: 'made',
    trial: await trialOf(context, request, { outcome, why, calls }),
  });
  const overBudget = (why: string): TrialEnd => ({ kind: 'overBudget', microdollars: spentOn(events), why });
  // An answer that the budget cut short says nothing of the worker.
  if (isCutByBudget(events, request.budget)) return overBudget('what is left of it cut an answer short.');
  switch (end.outcome) {
    case 'paused':
      if (end.stage === 'implement') return made('passed', '');
      break;
    case 'gateFailed':
      return made(calls.some(isAnswered) ? 'failed' : 'noAnswer', end.text);
    case 'needsInput':
      // A gate that asks has a patch that it does not let pass; any other question is about this computer.
      if (events.some((event) => event.kind === 'GateDecision' && event.payload.stage === 'implement'))
        return made('failed', end.text);
      throw stopped(
        'needsInput',
        request,
        `${end.text}\nA bake-off cannot ask. \`speckit doctor\` tells of the sandbox here.`,
      );
    case 'blocked':
      // The bake-off's own limit; a lower one of the person's is theirs to lift.
      if (end.rule === 'run-dollars' && context.configuration.budget.run_dollars === request.budget / 1_000_000)
        return overBudget(end.text);
      throw stopped('blocked', request, end.text);
    case 'infrastructure':
    case 'configuration':
      if (request.side === 'reflex' && failsByItself(calls.at(-1)?.outcome)) return made('noAnswer', end.text);
      throw stopped(end.outcome, request, end.text);
    case 'stopped':
    case 'proposed':
    case 'applied':
    case 'rejected':
      break;
  }
  throw stopped('infrastructure', request, 'Stopped.');
}

/** What its calls were settled with, in microdollars. */
const spentOn = (events: readonly RunEvent[]): number =>
  events.reduce((sum, event) => sum + (event.kind === 'SpendSettle' ? event.payload.microdollars : 0), 0);

/** Whether an answer ended at its length, and its call had been let reserve only what was left: the output is lowered to that. */
function isCutByBudget(events: readonly RunEvent[], budget: number): boolean {
  const isCut = events.some((event) => event.kind === 'LLMCall' && event.payload.outcome === 'length');
  return (
    isCut &&
    events.some((event) => event.kind === 'SpendReserve' && event.payload.microdollars >= 0.95 * budget && budget > 0)
  );
}

function stopped(kind: CommandProblem['kind'], { task, side, resume }: TrialRequest, text: string): CommandProblem {
  return new CommandProblem(kind, `${task.name}, ${side}: ${text}\nWhat was done is kept: \`${resume}\` goes on.`);
}

/** Kinds of failures that a working local server brings about by itself: they are its own and count against it. */
const ITS_OWN: readonly string[] = [
  'rateLimited',
  'overloaded',
  'serverError',
  'contextOverflow',
  'timeout',
  'cut',
  'malformed',
  'tooLarge',
] satisfies readonly ModelError['kind'][];
const failsByItself = (outcome: string | undefined): boolean => outcome !== undefined && ITS_OWN.includes(outcome);

const isAnswered = ({ answer }: Payload<'LLMCall'>): boolean => answer !== null;

async function trialOf(
  context: RunContext,
  { task, trial, side }: TrialRequest,
  {
    outcome,
    why,
    calls,
  }: { readonly outcome: BakeoffTrial['outcome']; readonly why: string; readonly calls: readonly Payload<'LLMCall'>[] },
): Promise<BakeoffTrial> {
  const { events } = context.log;
  const settled = events.flatMap((event) => (event.kind === 'SpendSettle' ? [event.payload] : []));
  const sum = <Item>(items: readonly Item[], value: (item: Item) => number): number =>
    items.reduce((total, item) => total + value(item), 0);
  const first = calls.find(({ firstTokenMs }) => firstTokenMs !== null);
  const before = first === undefined ? [] : calls.slice(0, calls.indexOf(first));
  return {
    task: task.name,
    trial,
    side,
    outcome,
    why: context.redaction.text(why).slice(0, 500),
    json: await isValidAsItCame(context, calls.find(isAnswered)),
    first_token_ms:
      first?.firstTokenMs == null ? null : sum(before, ({ durationMs }) => durationMs) + first.firstTokenMs,
    completion_ms: calls.some(isAnswered) ? sum(calls, ({ durationMs }) => durationMs) : null,
    check_ms: checkTime(events),
    calls: calls.length,
    input_tokens: sum(settled, ({ inputTokens }) => inputTokens),
    output_tokens: sum(settled, ({ outputTokens }) => outputTokens),
    cached_tokens: sum(settled, ({ cachedTokens }) => cachedTokens),
    microdollars: spentOn(events),
  };
}

/** Whether an answer is JSON of the patch's schema and nothing beside it. */
async function isValidAsItCame({ blobs }: RunContext, call: Payload<'LLMCall'> | undefined): Promise<boolean> {
  if (call?.answer === null || call === undefined) return false;
  const { text } = JSON.parse(await blobs.get(call.answer)) as { readonly text: string };
  return patchSchema.safeParse(parsedJson(text)).success;
}

/** Milliseconds between the beginnings and the ends of the checks. */
function checkTime(events: readonly RunEvent[]): number {
  const begun = new Map<string, number>();
  let total = 0;
  for (const event of events) {
    if (event.kind !== 'StepStart' && event.kind !== 'StepEnd') continue;
    const { key } = event.payload;
    if (!key.startsWith('check/')) continue;
    const time = Date.parse(event.time);
    if (event.kind === 'StepStart') begun.set(key, time);
    else total += Math.max(0, time - (begun.get(key) ?? time));
  }
  return total;
}
