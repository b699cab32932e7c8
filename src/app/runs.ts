import os from 'node:os';
import path from 'node:path';
import type { RunContext } from '../core/pipeline/context.ts';
import { runPipeline, type PipelineEnd } from '../core/pipeline/runPipeline.ts';
import { LOG_VERSION, type Payload, type RunEvent } from '../core/run/event.ts';
import type { Stage } from '../core/run/stage.ts';
import { ladderOf } from '../core/router/rungs.ts';
import { foldRun, type RunView } from '../core/run/view.ts';
import type { Configuration } from '../core/settings.ts';
import { listRunIds, loadRun, newRunId, RUN_ID } from '../node/runStore.ts';
import { openRun } from './openRun.ts';
import { CommandProblem } from './problem.ts';
import type { Project, Services } from './services.ts';
import { loadSpec } from './specs.ts';
import { withRun, type Running } from './withRun.ts';

/** How a run ended for now, and what it looks like. */
export interface RunReport {
  readonly end: PipelineEnd;
  readonly view: RunView;
  readonly events: readonly RunEvent[];
  /** What a person reads first about the proposal, where there is one. */
  readonly brief: string | undefined;
}

/** A new run of a spec, up to and including `until`. */
export interface StartRequest {
  readonly specId: string;
  readonly until: Stage;
  readonly runId?: string;
  /** A new run although an unfinished one could go on: with the policy as it is now, not as that one froze it. */
  readonly start?: 'new';
}

/** Starts a run. Throws a CommandProblem when it cannot begin; how it ends is in the report. */
export async function startRun(services: Services, project: Project, request: StartRequest): Promise<RunReport> {
  const configuration = project.loaded.configuration;
  const spec = await loadSpec(project.repository.root, configuration, request.specId);
  const runId = request.runId ?? newRunId(services.clock.now());
  if (!RUN_ID.test(runId))
    throw new CommandProblem('usage', `${runId} cannot be a run id: letters, digits and dashes, at most 64.`);
  if (await isTaken(project, runId))
    throw new CommandProblem('usage', `There is a run ${runId} already. \`speckit resume ${runId}\` goes on with it.`);
  requireWorkers(configuration, spec.size);
  return withRun(services, project, { runId, spec, canPause: true }, (context) =>
    goOn(services, context, request.until),
  );
}

/** A run that was killed before its first event was written is none: its id is still free. */
async function isTaken(project: Project, runId: string): Promise<boolean> {
  const loaded = await loadRun(project.repository.commonDir, runId);
  return loaded.kind === 'ok' || loaded.error.kind === 'damaged' || loaded.error.kind === 'newer';
}

/** How a run goes on. `budgetLifted`: the act by which a person lets it pass its limits in dollars. */
export interface ResumeRequest {
  readonly until: Stage;
  readonly budgetLifted?: string;
}

/** Goes on with a run from its first incomplete step. */
export async function resumeRun(
  services: Services,
  project: Project,
  runId: string,
  { until, ...lifted }: ResumeRequest,
): Promise<RunReport> {
  const running = await findRunning(project, runId);
  return withRun(services, project, { ...running, canPause: true, ...lifted }, (context) =>
    goOn(services, context, until),
  );
}

/** A run of this repository with its spec as it stands now. Throws a CommandProblem when there is no such run. */
export async function findRunning(project: Project, runId: string): Promise<Running> {
  const { view } = await openRun(project.repository.commonDir, runId);
  // By its folder: two specs may have got one id since.
  const spec = await loadSpec(
    project.repository.root,
    project.loaded.configuration,
    path.posix.basename(view.specFolder),
  );
  return { runId, spec };
}

/** The newest run of a spec that is neither applied nor rejected, if there is one. */
export async function unfinishedRun(project: Project, specFolder: string): Promise<string | undefined> {
  const ids = await listRunIds(project.repository.commonDir);
  for (const runId of ids.toReversed()) {
    const loaded = await loadRun(project.repository.commonDir, runId);
    if (loaded.kind === 'error' || loaded.value.view.specFolder !== specFolder) continue;
    return loaded.value.view.applied === undefined ? runId : undefined;
  }
  return undefined;
}

function requireWorkers(configuration: Configuration, size: 'hotfix' | 'standard'): void {
  const implementer = ['implementer', 'implement'] as const;
  const needed = size === 'hotfix' ? [implementer] : [['architect', 'specify'] as const, implementer];
  const missing = needed.flatMap(([role, stage]) =>
    ladderOf(role, stage, configuration).rungs.length === 0 ? [role] : [],
  );
  if (missing.length === 0) return;
  throw new CommandProblem(
    'configuration',
    `No model is configured for: ${missing.join(', ')}. \`speckit doctor\` shows what was found here, \`speckit init\` writes it into speckit.toml. To look around first without any model: \`speckit sample\`.`,
  );
}

/** What a process that goes on with a run has read of the person's files, as its OwnerChange tells. */
export const inputsOf = ({ spec }: Pick<RunContext, 'spec'>): Payload<'OwnerChange'>['inputs'] => [
  { path: spec.path, sha256: spec.sha256 },
];

/** Says in the run's log that this process has it from here on. */
export function takeOver({ host }: Services, context: RunContext): void {
  const isFirst = !context.log.events.some((event) => event.kind === 'OwnerChange');
  context.log.append('OwnerChange', {
    pid: process.pid,
    host: os.hostname(),
    why: isFirst ? 'start' : 'resume',
    program: host.program,
    version: LOG_VERSION,
    inputs: inputsOf(context),
  });
}

async function goOn(services: Services, context: RunContext, until: Stage): Promise<RunReport> {
  takeOver(services, context);
  const end = await runPipeline(context, until);
  context.log.append('RunEnd', {
    outcome: end.outcome,
    stage: end.stage,
    text: end.text,
    tree: context.workspace.current.tree,
    ...(end.rule === undefined ? {} : { rule: end.rule }),
  });
  await context.log.flush();
  const view = foldRun(context.log.events);
  const brief = view.proposal === undefined ? undefined : await context.blobs.get(view.proposal.brief);
  return { end, view, events: context.log.events, brief };
}
