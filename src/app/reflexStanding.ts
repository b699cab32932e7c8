import { stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { reflexStanding, type ReflexStanding } from '../core/reflex/standing.ts';
import type { Repository } from '../node/repository.ts';
import { bakeoffReportNames, readBakeoffReports } from './bakeoffReports.ts';
import { CommandProblem } from './problem.ts';
import { thresholdsOf } from './reflexPromotion.ts';
import { EVAL_FOLDER } from './scorecards.ts';
import { configurationOf, openRepository, userConfigurationFile, type Services } from './services.ts';

/** Who is told. A problem is one that a person can mend, in words; the standing comes again once it is mended. */
export interface StandingListener {
  onStanding(standing: ReflexStanding): void;
  onProblem(text: string): void;
}

/** How often it is looked whether anything has changed. Milliseconds. */
const POLL_MS = 2_000;
/** Reports are megabytes: a look that takes long is followed by a rest so many times as long. */
const RESTS = 10;

/** Hands on how [reflex] stands, now and whenever the configuration or the reports have changed. Throws a CommandProblem where there is no repository. */
export async function followStanding(
  services: Services,
  listener: StandingListener,
  signal: AbortSignal,
): Promise<void> {
  const repository = await openRepository(services);
  let known: string | undefined;
  while (!signal.aborted) {
    const begun = performance.now();
    const mark = await markOf(services, repository);
    if (mark !== known) await tell(services, repository, listener);
    known = mark;
    const rest = Math.max(POLL_MS, (performance.now() - begun) * RESTS);
    await wait(rest, undefined, { signal }).catch(() => undefined);
  }
}

/** What changes when what is shown may change: files, and with the hour what has expired. */
async function markOf(services: Services, { root }: Repository): Promise<string> {
  const reports = (await bakeoffReportNames(root)).map((name) => path.join(root, EVAL_FOLDER, name));
  const files = [path.join(root, 'speckit.toml'), userConfigurationFile(services), ...reports];
  const stats = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
  const hour = new Date(services.clock.now()).toISOString().slice(0, 13);
  return [hour, ...stats.map((found, index) => `${files[index]} ${found?.mtimeMs} ${found?.size}`)].join('\n');
}

async function tell(services: Services, repository: Repository, listener: StandingListener): Promise<void> {
  try {
    const { configuration } = await configurationOf(services, repository);
    const reports = await readBakeoffReports(repository.root);
    const thresholds = thresholdsOf(configuration);
    listener.onStanding(reflexStanding({ ...configuration.reflex, thresholds }, reports, services.clock.now()));
  } catch (error) {
    if (!(error instanceof CommandProblem)) throw error;
    listener.onProblem(error.message);
  }
}
