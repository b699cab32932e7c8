import { readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { citedBlobs, removalsFor, type KeptRun, type Removals } from '../core/run/retention.ts';
import type { RunEvent } from '../core/run/event.ts';
import { folderSize } from '../node/folderSize.ts';
import { acquireRunLock, runOwner } from '../node/lock.ts';
import type { CaptureMode } from '../core/settings.ts';
import { createBlobStore } from '../node/log/blobStore.ts';
import { openEventLog } from '../node/log/eventLog.ts';
import { isMissing } from '../node/repositoryPath.ts';
import type { Repository } from '../node/repository.ts';
import { runsWithRefs } from '../node/runRefs.ts';
import { listEvalRunIds, listRunIds, loadRun, RUN_ID, runsFolder } from '../node/runStore.ts';
import { removeRunTree } from '../node/runTree.ts';
import { collectBakeoffs, type BakeoffFiles } from './collectBakeoffs.ts';
import { dropPassingTexts } from './passingTexts.ts';
import { openProject, type Services } from './services.ts';
import { treesFolder } from './trees.ts';

export interface CollectRequest {
  readonly mode: 'remove' | 'tell';
  readonly includes: 'finished' | 'unfinished';
}

/** What was removed, or would be. `orphans` are trees, refs and folders that belong to no run; `kept` are runs that could not be touched, with why. */
export interface Collected extends Removals {
  readonly orphans: readonly string[];
  readonly kept: readonly { readonly runId: string; readonly why: string }[];
  /** What killed bake-offs left. */
  readonly bakeoffs: readonly BakeoffFiles[];
  readonly bytes: number;
}

/**
 * Removes what the limits of `[retention]` in speckit.toml say, and what killed processes left behind. Each run is removed by its owner and no other: one
 * at work is left alone. A kill in the middle leaves nothing half-removed that the next call would not find.
 */
export async function collect(services: Services, request: CollectRequest): Promise<Collected> {
  const project = await openProject(services);
  const { repository, loaded } = project;
  const place: Place = { services, repository };
  const { runs, kept } = await readRuns(place);
  const removals = removalsFor(runs, loaded.configuration.retention, services.clock.now(), request.includes);
  const busy: { runId: string; why: string }[] = [];
  if (request.mode === 'remove') {
    for (const { runId } of removals.runs) await owned(place, runId, busy, () => removeRun(place, runId));
    for (const { runId } of removals.trees) await owned(place, runId, busy, () => removeTree(place, runId, 'keep'));
    for (const removal of removals.blobs) await owned(place, removal.runId, busy, () => dropBlobs(place, removal));
    const going = new Set(removals.runs.map(({ runId }) => runId));
    for (const { runId, state } of runs)
      if (state === 'finished' && !going.has(runId)) await owned(place, runId, busy, () => endTalk(place, runId));
  }
  const orphans = await orphansOf(place, new Set(removals.runs.map(({ runId }) => runId)));
  if (request.mode === 'remove') for (const orphan of orphans) await orphan.remove();
  const bakeoffs = await collectBakeoffs(services, project, request.mode);
  const bytes = [...removals.runs, ...removals.trees, ...removals.blobs, ...bakeoffs].reduce(
    (sum, removal) => sum + removal.bytes,
    0,
  );
  return { ...removals, orphans: orphans.map(({ text }) => text), kept: [...kept, ...busy], bakeoffs, bytes };
}

interface Place {
  readonly services: Services;
  readonly repository: Repository;
}

const folderOf = ({ repository }: Place, runId: string): string => path.join(runsFolder(repository.commonDir), runId);

async function readRuns(place: Place): Promise<{ runs: readonly KeptRun[]; kept: Collected['kept'] }> {
  const { commonDir } = place.repository;
  const runs: KeptRun[] = [];
  const kept: { runId: string; why: string }[] = [];
  for (const runId of await listRunIds(commonDir)) {
    const loaded = await loadRun(commonDir, runId);
    if (loaded.kind === 'ok') runs.push(await keptRun(place, runId, loaded.value));
    else if (loaded.error.kind === 'damaged' || loaded.error.kind === 'newer')
      kept.push({ runId, why: 'its log cannot be read: it is for a person to remove' });
  }
  return { runs, kept };
}

async function keptRun(
  place: Place,
  runId: string,
  {
    folder,
    events,
    view,
  }: { folder: string; events: readonly RunEvent[]; view: { specFolder: string; lastAt: string; applied: unknown } },
): Promise<KeptRun> {
  const isWorking = (await runOwner(folder)) !== undefined;
  const cited = citedBlobs(events);
  const blobs = await Promise.all(
    (await namesIn(path.join(folder, 'blobs')))
      .filter((name) => /^[0-9a-f]{64}$/.test(name))
      .map(async (sha256) => ({
        sha256,
        bytes: await folderSize(path.join(folder, 'blobs', sha256)),
        isCited: cited.has(sha256),
      })),
  );
  const trees = treesFolder(place.services, place.repository);
  const parts = await Promise.all(PARTS.map((part) => folderSize(path.join(trees, `${runId}${part}`))));
  return {
    runId,
    specFolder: view.specFolder,
    state: isWorking ? 'working' : view.applied === undefined ? 'unfinished' : 'finished',
    lastAt: Date.parse(view.lastAt),
    bytes: await folderSize(folder),
    treeBytes: parts.reduce((sum, bytes) => sum + bytes, 0),
    blobs,
  };
}

/** The folders a run's tree consists of: see node/runFolders.ts. */
const PARTS = ['', '.git', '.trees'] as const;

/** Does `work` as the run's owner; a run that somebody has taken meanwhile is left alone. */
async function owned(
  place: Place,
  runId: string,
  busy: { runId: string; why: string }[],
  work: () => Promise<void>,
): Promise<void> {
  const lock = await acquireRunLock(folderOf(place, runId));
  if (lock.kind === 'error') {
    busy.push({ runId, why: 'a process is at work on it' });
    return;
  }
  await using _lock = lock.value;
  await work();
}

/** In this order: once its folder has another name there is no such run, and what is left of it belongs to none. */
async function removeRun(place: Place, runId: string): Promise<void> {
  const gone = path.join(runsFolder(place.repository.commonDir), `${REMOVED}${runId}`);
  await rename(folderOf(place, runId), gone);
  await removeTree(place, runId, 'delete');
  await rm(gone, { recursive: true, force: true });
}

/** What the folder of a run is called while it is removed. No run id begins so. */
const REMOVED = '.removed-';

async function removeTree({ services, repository }: Place, runId: string, refs: 'keep' | 'delete'): Promise<void> {
  const worktreesFolder = treesFolder(services, repository);
  await removeRunTree({ repository, runId, worktreesFolder, refs }, services.host.signal);
}

/** The log says what goes before it goes. */
async function dropBlobs(place: Place, { runId, sha256, bytes, why }: Removals['blobs'][number]): Promise<void> {
  const folder = folderOf(place, runId);
  const log = await openEventLog(path.join(folder, 'events.jsonl'), place.services.clock, () => undefined);
  if (log.kind === 'error') return;
  log.value.append('BlobsDropped', { sha256: [...sha256], bytes, why });
  await log.value.close();
  for (const name of sha256) await rm(path.join(folder, 'blobs', name), { force: true });
}

/** A process that was killed when its run had ended may not have come to removing what the run does not keep. */
async function endTalk(place: Place, runId: string): Promise<void> {
  const folder = folderOf(place, runId);
  const log = await openEventLog(path.join(folder, 'events.jsonl'), place.services.clock, () => undefined);
  if (log.kind === 'error') return;
  const policy = log.value.events.find(({ kind }) => kind === 'PolicySnapshotRef');
  if (policy?.kind === 'PolicySnapshotRef') {
    const snapshot = JSON.parse(await createBlobStore(path.join(folder, 'blobs')).get(policy.payload.blob)) as {
      readonly configuration: { readonly capture?: { readonly mode: CaptureMode } };
    };
    await dropPassingTexts(log.value, folder, snapshot.configuration.capture?.mode ?? 'full_io');
  }
  await log.value.close();
}

interface Orphan {
  readonly text: string;
  readonly remove: () => Promise<void>;
}

/** What no run owns: trees and refs of runs that are gone, and folders of runs that were killed before their first event or while they were removed. */
async function orphansOf(place: Place, going: ReadonlySet<string>): Promise<readonly Orphan[]> {
  const { services, repository } = place;
  const runs = runsFolder(repository.commonDir);
  const orphans: Orphan[] = [];
  for (const name of await namesIn(runs)) {
    const folder = path.join(runs, name);
    const isLeft = name.startsWith(REMOVED);
    if (isLeft || (await wasNeverBegun(repository, name, folder)))
      orphans.push({
        text: isLeft
          ? `what is left of run ${name.slice(REMOVED.length)}`
          : `run ${name}, which was killed before its first event`,
        remove: () => rm(folder, { recursive: true, force: true }),
      });
  }
  const { commonDir } = repository;
  const known = new Set([...(await listRunIds(commonDir)), ...(await listEvalRunIds(commonDir)), ...going]);
  const trees = await namesIn(treesFolder(services, repository));
  const ofTrees = trees.map((name) => name.replace(/\.(git|trees)$/, ''));
  const unknown = new Set(
    [...ofTrees, ...(await runsWithRefs(repository, services.host.signal))].filter(
      (id) => RUN_ID.test(id) && !known.has(id),
    ),
  );
  for (const runId of unknown)
    orphans.push({
      text: `tree and refs of run ${runId}, which is gone`,
      remove: () => removeTree(place, runId, 'delete'),
    });
  return orphans;
}

async function wasNeverBegun({ commonDir }: Repository, runId: string, folder: string): Promise<boolean> {
  const loaded = await loadRun(commonDir, runId);
  if (loaded.kind === 'ok' || (loaded.error.kind !== 'missing' && loaded.error.kind !== 'empty')) return false;
  return (await listRunIds(commonDir)).includes(runId) && (await runOwner(folder)) === undefined;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
}
