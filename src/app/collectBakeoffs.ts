import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { counted } from '../base/counted.ts';
import { folderSize } from '../node/folderSize.ts';
import { acquireRunLock, runOwner } from '../node/lock.ts';
import { isMissing } from '../node/repositoryPath.ts';
import { bakeoffPlace } from './bakeoffPlace.ts';
import { unfinishedStamps } from './bakeoffJournal.ts';
import type { Project, Services } from './services.ts';

/** Files of a bake-off that nobody needs any more, and why. `stamp` names it, as its report's files are named. */
export interface BakeoffFiles {
  readonly stamp: string;
  readonly bytes: number;
  readonly why: string;
}

const DAY_MS = 86_400_000;

/**
 * Removes, or only tells, what killed bake-offs of a repository left of the trial they were in: at once where its journal is gone, so that nobody can go on
 * with it, and else once nobody has for `retention.tree_days`. Its journal stays: `--resume` still goes on, and does that one trial anew. Nothing is touched while one is at work.
 */
export async function collectBakeoffs(
  services: Services,
  { repository, loaded }: Project,
  mode: 'remove' | 'tell',
): Promise<readonly BakeoffFiles[]> {
  const place = bakeoffPlace(services, repository);
  const days = loaded.configuration.retention.tree_days;
  const abandoned = async (): Promise<readonly BakeoffFiles[]> =>
    abandonedIn(place, { days, now: services.clock.now(), unfinished: await unfinishedStamps(repository.root) });
  if ((await runOwner(place)) !== undefined) return [];
  const found = await abandoned();
  if (mode === 'tell' || found.length === 0) return found;
  const lock = await acquireRunLock(place);
  if (lock.kind === 'error') return [];
  await using _lock = lock.value;
  // Looked at again: somebody may have gone on with it before the lock was ours.
  const files = await abandoned();
  for (const { stamp } of files) await rm(path.join(place, stamp), { recursive: true, force: true, maxRetries: 3 });
  return files;
}

async function abandonedIn(
  place: string,
  { days, now, unfinished }: { readonly days: number; readonly now: number; readonly unfinished: readonly string[] },
): Promise<readonly BakeoffFiles[]> {
  const entries = await readdir(place, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const found: BakeoffFiles[] = [];
  for (const { name: stamp } of entries.filter((entry) => entry.isDirectory()).sort(byName)) {
    const folder = path.join(place, stamp);
    const why = unfinished.includes(stamp)
      ? idleText((now - (await lastChange(folder))) / DAY_MS, days)
      : 'it was killed, and cannot be gone on with';
    if (why !== undefined) found.push({ stamp, bytes: await folderSize(folder), why });
  }
  return found;
}

const byName = (left: { readonly name: string }, right: { readonly name: string }): number =>
  left.name < right.name ? -1 : 1;

const idleText = (idleDays: number, days: number): string | undefined =>
  idleDays > days ? `nobody has gone on with it for ${counted(Math.floor(idleDays), 'day')}` : undefined;

/** When a trial of it was last begun or ended, in milliseconds since 1970. */
async function lastChange(folder: string): Promise<number> {
  const names = await readdir(folder);
  const times = await Promise.all(
    [folder, ...names.map((name) => path.join(folder, name))].map(async (file) => (await stat(file)).mtimeMs),
  );
  return Math.max(...times);
}
