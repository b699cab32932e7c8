import { existsSync } from 'node:fs';
import path from 'node:path';
import { counted } from '../base/counted.ts';
import { AbortedError } from '../base/withAbort.ts';
import type { RunContext, SpecInput } from '../core/pipeline/context.ts';
import type { Payload, RunEvent } from '../core/run/event.ts';
import { acquireRunLock, type RunLock } from '../node/lock.ts';
import { createBlobStore } from '../node/log/blobStore.ts';
import { openEventLog } from '../node/log/eventLog.ts';
import { notesFolder } from '../node/noteFiles.ts';
import { runsFolder } from '../node/runStore.ts';
import { watchRequests } from '../node/runRequests.ts';
import { clearTemporaries } from '../node/temporaryFiles.ts';
import { documentsMemory } from './documents.ts';
import { logProblem } from './logProblem.ts';
import { CommandProblem } from './problem.ts';
import { openRedaction } from './openRedaction.ts';
import { dropPassingTexts } from './passingTexts.ts';
import { redactedBlobs, redactedLog } from './redactedWriting.ts';
import { openContext, type Place } from './runContext.ts';
import type { Project, Services } from './services.ts';

/** A run and its spec as it stands now. */
export interface Running {
  readonly runId: string;
  readonly spec: SpecInput & { readonly size: 'hotfix' | 'standard' };
  /** Whether a pause is heard: what applies a change is short and goes on to its end. */
  readonly canPause?: true;
  /** The act by which a person lets it pass its limits in dollars, as its log tells it. */
  readonly budgetLifted?: string;
  /** For what is no run of the person's: where its log lies, and what is read and written in place of their files. */
  readonly apart?: Place & { readonly folder: string };
}

/** Where a run's log and texts are. */
const folderOf = ({ repository }: Project, { runId, apart }: Running): string =>
  apart?.folder ?? path.join(runsFolder(repository.commonDir), runId);

/** Does `work` as the one owner of a run, with everything of it open. */
export async function withRun<Value>(
  services: Services,
  project: Project,
  running: Running,
  work: (context: RunContext) => Promise<Value>,
): Promise<Value> {
  const folder = folderOf(project, running);
  const lock = await acquireRunLock(folder).catch((error: unknown) => {
    throw diskProblem(error, folder);
  });
  if (lock.kind === 'error') {
    const { owner } = lock.error;
    const where = owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.host}`;
    throw new CommandProblem(
      'usage',
      `Run ${running.runId} is at work in ${where}. Follow it with \`speckit watch ${running.runId}\`, end it with \`speckit stop ${running.runId}\`.`,
    );
  }
  try {
    return await withLock(services, project, running, work);
  } finally {
    await release(lock.value);
  }
}

/** What a disk says when a run's folder cannot be written: a person can mend that. Anything else is a fault and stays one. */
function diskProblem(error: unknown, folder: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  // Node says ENOENT of a folder that it could not make with its parents, whatever the disk said.
  if (!['ENOENT', 'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EEXIST'].includes(code)) return error;
  const text = `The run cannot be recorded, so it does not go on: ${folder} cannot be written (${code}). Nothing of yours was changed.`;
  return new CommandProblem('infrastructure', text);
}

/**
 * What any part of a run meets when its files were deleted under it (git says that it cannot be started, a file cannot be renamed): one fact, told
 * as that. Anything else stays what it is.
 */
function treeProblem(error: unknown, runId: string, folder: string): unknown {
  if (isExpected(error)) return error;
  // The folders of one run lie side by side and begin with the same name: see node/runFolders.ts.
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT' && 'path' in error;
  const isBeingDeleted = isMissing && String(error.path).startsWith(folder);
  if (!isBeingDeleted && existsSync(folder)) return error;
  const text = `The files of run ${runId} were deleted while it worked: ${folder}. What it recorded is kept, and nothing of yours was changed. Go on: \`speckit resume ${runId}\` makes them anew.`;
  return new CommandProblem('infrastructure', text);
}

const isExpected = (error: unknown): boolean => error instanceof CommandProblem || error instanceof AbortedError;

const release = (lock: RunLock): Promise<void> => lock.release();

async function withLock<Value>(
  services: Services,
  project: Project,
  running: Running,
  work: (context: RunContext) => Promise<Value>,
): Promise<Value> {
  const folder = folderOf(project, running);
  const { host } = services;
  const store = createBlobStore(path.join(folder, 'blobs'));
  const onAppend = (event: RunEvent): void => host.onEvent(running.runId, event);
  const [opened, redaction] = await Promise.all([
    openEventLog(path.join(folder, 'events.jsonl'), services.clock, onAppend, store.settle),
    openRedaction(host, project.repository.root, project.loaded.configuration),
  ]);
  if (opened.kind === 'error') throw logProblem(opened.error, running.runId);
  const log = redactedLog(opened.value, redaction);
  const { root, commonDir } = project.repository;
  await clearTemporaries(
    folder,
    path.join(folder, 'blobs'),
    notesFolder(folder),
    documentsMemory(commonDir),
    path.join(running.apart?.root ?? root, running.spec.folder),
  );
  const stop = new AbortController();
  const pause = new AbortController();
  const signal = AbortSignal.any([host.signal, stop.signal]);
  using _watch = await watchRequests(folder, (request) => {
    if (request === 'stop') stop.abort('stopped');
    else if (running.canPause === true) pause.abort('paused');
  });
  try {
    if (log.tornBytes > 0 && log.events.length > 0) log.append('ErrorEvent', tornLine(log.tornBytes));
    await using opened = await openContext(services, project, running, {
      folder,
      log,
      blobs: redactedBlobs(store, redaction),
      redaction,
      signal,
      pause: pause.signal,
      ...(running.apart === undefined ? {} : { place: running.apart }),
    });
    const { tree } = opened.context;
    const value = await work(opened.context).catch((error: unknown) => {
      throw treeProblem(error, running.runId, tree.root);
    });
    await dropPassingTexts(log, folder, opened.context.configuration.capture.mode);
    return value;
  } catch (error) {
    // An unexpected fault is kept in the run's own record before it goes on to the host.
    if (log.events.length > 0 && !isExpected(error))
      log.append('ErrorEvent', {
        key: 'run',
        error: error instanceof Error ? error.name : 'Error',
        text: String(error instanceof Error ? error.message : error).slice(0, 2_000),
      });
    throw error;
  } finally {
    await log.close();
  }
}

/** What a crash left of a line that was being written: it never counted, and whoever looks at the run is told. */
function tornLine(bytes: number): Payload<'ErrorEvent'> {
  const text = `The last line of the log had been cut off by a crash; its ${counted(bytes, 'byte')} never counted and were removed.`;
  return { key: 'log', error: 'TornLine', text };
}
