import path from 'node:path';
import { firstLine } from '../base/firstLine.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { RunContext } from '../core/pipeline/context.ts';
import type { Evidence } from '../core/pipeline/evidence.ts';
import { RunStopped } from '../core/pipeline/stopped.ts';
import { measureBoth } from '../core/pipeline/taskAlone.ts';
import { GitError } from '../node/git.ts';
import { openMinedPlace, type MinedTask } from './minedTask.ts';
import { NO_FILES } from './personFiles.ts';
import type { Project, Services } from './services.ts';
import { loadSpec } from './specs.ts';
import { withRun, type Running } from './withRun.ts';

/** A mined task in a folder (absolute) that is this run's alone. */
export interface MinedPlace {
  readonly mined: MinedTask;
  readonly folder: string;
}

const RUN_ID = 'trial';

/** Opens a run on the tree that a mined task began with, its tests put in, with the checks of the run it was mined from and everything else as the project's policy says. */
export async function withMined<Value>(
  services: Services,
  project: Project,
  { mined, folder }: MinedPlace,
  work: (context: RunContext) => Promise<Value>,
): Promise<Value> {
  const { repository, root } = await openMinedPlace(services, project.repository, { mined, folder });
  const { configuration } = project.loaded;
  const held = {
    ...configuration,
    checks: mined.checks,
    setup: { ...configuration.setup, ...mined.setup },
    spec: { ...configuration.spec, folder: path.posix.dirname(mined.specFolder) },
  };
  const spec = await loadSpec(root, held, path.posix.basename(mined.specFolder));
  const apart = { ...apartIn(folder, root), commandsIn: project.repository };
  const own = { repository, loaded: { ...project.loaded, configuration: held } };
  // As an answer of reflex is: one request, one patch.
  return withRun(servicesIn(services, folder), own, { runId: RUN_ID, spec: { ...spec, size: 'hotfix' }, apart }, work);
}

/**
 * Whether a mined task can be measured here and now: its checks fail on its beginning with the tests of its end, and pass on its end. Asks no model and no
 * person; the error is a clause that says why not.
 */
export async function proveTask(
  services: Services,
  project: Project,
  place: MinedPlace,
): Promise<Result<null, string>> {
  try {
    return await withMined(services, project, place, (context) => proven(context, place.mined));
  } catch (error) {
    if (error instanceof GitError) return err(`its trees cannot be read any more: ${firstLine(error.message)}`);
    throw error;
  }
}

async function proven(context: RunContext, mined: MinedTask): Promise<Result<null, string>> {
  const measured = await measureBoth(context, mined.after).catch((error: unknown) => {
    if (error instanceof RunStopped && !context.signal.aborted) return error;
    throw error;
  });
  if (measured instanceof RunStopped) return err(`its checks cannot be run: ${measured.message}`);
  const failed = measured.after.find((evidence) => !isGood(evidence));
  if (failed !== undefined)
    return err(`its check ${failed.check} does not pass any more on what it made: ${outcomeText(failed)}`);
  const last = measured.before.at(-1);
  if (last === undefined || isGood(last))
    return err('no check fails without it, so nothing would show that it was done');
  if (last.outcome === 'failed') return ok(null);
  return err(`its check ${last.check} has no result without it: ${outcomeText(last)}`);
}

const isGood = ({ outcome, changedTrackedFiles }: Evidence): boolean =>
  outcome === 'passed' && changedTrackedFiles.length === 0;

function outcomeText({ outcome, exitCode, changedTrackedFiles }: Evidence): string {
  if (outcome === 'passed') return `it changed ${changedTrackedFiles.slice(0, 5).join(', ')}`;
  return exitCode === null ? outcome : `exit code ${exitCode}`;
}

/** The person's services with the trees of runs below a folder. */
export const servicesIn = (services: Services, folder: string): Services => ({
  ...services,
  folders: { ...services.folders, state: path.join(folder, 'state') },
});

/** A run that is none of the person's: everything of it lies in a folder, and it reads beside its tree what lies in `root`. */
export const apartIn = (folder: string, root: string): NonNullable<Running['apart']> => ({
  folder: path.join(folder, 'run'),
  root,
  memory: path.join(folder, 'documents'),
  standings: [],
  personFiles: () => NO_FILES,
});
