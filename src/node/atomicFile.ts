import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { temporaryBeside } from './temporaryFiles.ts';

/** Writes and fsyncs a file that nobody looks at yet. `mode` is cut by the umask for a new file and set exactly otherwise. */
export async function writeSynced(path: string, bytes: Uint8Array, mode?: number): Promise<void> {
  const file = await open(path, 'w', 0o666);
  try {
    await file.writeFile(bytes);
    if (mode !== undefined) await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Replaces a file's bytes at once: whoever reads sees the old bytes or the new ones, also after a power cut. The folder must exist.
 * A symbolic link at `path` is replaced, not followed.
 */
export async function writeFileAtomically(path: string, bytes: Uint8Array, mode?: number): Promise<void> {
  const temporary = temporaryBeside(path);
  try {
    await writeSynced(temporary, bytes, mode);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes the names in a folder durable. Windows cannot open folders and needs no such call. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
