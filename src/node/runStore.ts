import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { readEventLog, type LogProblem } from './log/eventLog.ts';
import { foldRun, type RunView } from '../core/run/view.ts';
import type { RunEvent } from '../core/run/event.ts';
import { err, ok, type Result } from '../base/result.ts';

/** Where a repository keeps its runs: in its common git folder, which `git clean -fdx` does not reach. */
export function runsFolder(commonDir: string): string {
  return path.join(commonDir, 'speckit', 'runs');
}

/** A new run id: the time in UTC, then four random letters or digits. Sorting ids sorts by time. */
export function newRunId(now: number): string {
  const time = new Date(now).toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${time}-${randomBytes(2).toString('hex')}`;
}

/** A run id as a person may fix it for a test: letters, digits and dashes; it becomes a part of file names and of names of refs. */
export const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;

/** The ids of all runs, oldest first. */
export async function listRunIds(commonDir: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(runsFolder(commonDir), { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && RUN_ID.test(entry.name))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Where the runs of comparisons are, in a folder for each: they are no runs of the person's, and nothing of theirs goes on with one. */
export const evalsFolder = (commonDir: string): string => path.join(commonDir, 'speckit', 'eval');

/** The ids of the runs of all comparisons. */
export async function listEvalRunIds(commonDir: string): Promise<readonly string[]> {
  const entries = await readdir(evalsFolder(commonDir), { withFileTypes: true, recursive: true }).catch(
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    },
  );
  return entries.filter(({ name }) => name === 'events.jsonl').map(({ parentPath }) => path.basename(parentPath));
}

/** A run's events and their fold. */
export interface LoadedRun {
  readonly folder: string;
  readonly events: readonly RunEvent[];
  readonly view: RunView;
}

export async function loadRun(commonDir: string, runId: string): Promise<Result<LoadedRun, LogProblem>> {
  const folder = path.join(runsFolder(commonDir), runId);
  // An id that is a path would lead out of the folder of the runs.
  if (!RUN_ID.test(runId)) return err({ kind: 'missing', file: folder });
  const content = await readEventLog(path.join(folder, 'events.jsonl'));
  if (content.kind === 'error') return content;
  return ok({ folder, events: content.value.events, view: foldRun(content.value.events) });
}
