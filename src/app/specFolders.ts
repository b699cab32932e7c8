import { readdirSync } from 'node:fs';
import path from 'node:path';
import { CommandProblem } from './problem.ts';

/** Largest spec that is taken in. Bytes. */
export const SPEC_BYTES = 1_000_000;

/** Names of the folders in the specs folder (repository-relative), sorted; none when there is no specs folder yet. */
export async function listSpecFolders(root: string, folder: string): Promise<readonly string[]> {
  try {
    const entries = readdirSync(path.join(root, folder), { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    if (code === 'ENOTDIR')
      throw new CommandProblem(
        'configuration',
        `${folder} is a file, and the folder of the specs belongs there. Move it away, or name another folder: [spec] folder in speckit.toml.`,
      );
    throw error;
  }
}
