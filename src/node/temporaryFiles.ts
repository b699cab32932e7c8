import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isAlive } from './processStart.ts';
import { isMissing } from './repositoryPath.ts';

/*
 * Files that are written beside the one they become, and renamed over it. Their names tell whose they are, so that those of a process that was killed
 * in between can be told from those of one at work: `.speckit-<pid>-<chance>-<the name it becomes>.tmp`.
 */

const NAME = /^\.speckit-(\d+)-[a-z0-9]+-.*\.tmp$/;
/** Characters kept of the name a file becomes: a folder's names are at most 255 bytes long. */
const NAME_CHARACTERS = 60;

/** A name beside `path` that no other file has. Absolute when `path` is. */
export function temporaryBeside(path: string): string {
  const chance = Math.random().toString(36).slice(2) || '0';
  return join(dirname(path), `.speckit-${process.pid}-${chance}-${basename(path).slice(0, NAME_CHARACTERS)}.tmp`);
}

/** Removes the temporary files in these folders (not below them) whose process is gone. A folder that does not exist has none. */
export async function clearTemporaries(...folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const names = await readdir(folder).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    for (const name of names) {
      const pid = Number(NAME.exec(name)?.[1] ?? Number.NaN);
      if (Number.isInteger(pid) && !isAlive(pid)) await rm(join(folder, name), { force: true });
    }
  }
}
