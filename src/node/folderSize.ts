import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from './repositoryPath.ts';

/** Bytes of all files below a folder, or of a file; links are counted and not followed. What does not exist, or goes meanwhile, counts nothing. */
export async function folderSize(path: string): Promise<number> {
  try {
    const status = await lstat(path);
    if (!status.isDirectory()) return status.size;
    let bytes = 0;
    for (const name of await readdir(path)) bytes += await folderSize(join(path, name));
    return bytes;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}
