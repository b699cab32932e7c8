import { listRunIds, loadRun, RUN_ID, type LoadedRun } from '../node/runStore.ts';
import { logProblem } from './logProblem.ts';
import { CommandProblem } from './problem.ts';

/** Runs named in a message, and how many are looked into for those of a spec. */
const IDS_SHOWN = 3;
const RUNS_SEARCHED = 50;

/** A run by its id. Throws a CommandProblem that names the runs there are, or says what is wrong with the run's log. */
export async function openRun(commonDir: string, runId: string): Promise<LoadedRun> {
  const loaded = await loadRun(commonDir, runId);
  if (loaded.kind === 'ok') return loaded.value;
  if (loaded.error.kind !== 'missing') throw logProblem(loaded.error, runId);
  throw new CommandProblem('usage', await missingText(commonDir, runId));
}

async function missingText(commonDir: string, runId: string): Promise<string> {
  const newest = (await listRunIds(commonDir)).toReversed();
  const named = RUN_ID.test(runId) ? runId : JSON.stringify(runId);
  if (newest.length === 0)
    return `There is no run ${named}: this repository has none yet. Start one: \`speckit auto SPEC\`.`;
  const ofSpec = await newestOfSpec(commonDir, newest.slice(0, RUNS_SEARCHED), runId);
  if (ofSpec !== undefined) return `${named} is a spec, and a run is needed here. Its newest run is ${ofSpec}.`;
  return `There is no run ${named}. The newest: ${newest.slice(0, IDS_SHOWN).join(', ')}. \`speckit status\` lists all.`;
}

async function newestOfSpec(commonDir: string, runIds: readonly string[], specId: string): Promise<string | undefined> {
  for (const runId of runIds) {
    const loaded = await loadRun(commonDir, runId);
    if (
      loaded.kind === 'ok' &&
      (loaded.value.view.specId === specId || loaded.value.view.specFolder.endsWith(`/${specId}`))
    )
      return runId;
  }
  return undefined;
}
