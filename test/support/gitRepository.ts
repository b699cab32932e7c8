import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** A file's content: text, bytes, or text with the executable bit. */
export type FileSeed = string | Uint8Array | { readonly text: string; readonly executable: true };

/** Runs the real git as a user would, in English, with an identity and nothing of this machine's configuration. Returns stdout. */
export async function userGit(cwd: string, ...commandArguments: readonly string[]): Promise<string> {
  const environment = {
    PATH: process.env['PATH'],
    HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'User',
    GIT_AUTHOR_EMAIL: 'user@example.com',
    GIT_COMMITTER_NAME: 'User',
    GIT_COMMITTER_EMAIL: 'user@example.com',
  };
  const options = { cwd, env: environment, maxBuffer: 64 * 1024 * 1024 };
  return (await promisify(execFile)('git', ['-c', 'protocol.file.allow=always', ...commandArguments], options)).stdout;
}

/** Writes files below a folder, making folders as needed. */
export async function writeFiles(folder: string, files: Readonly<Record<string, FileSeed>>): Promise<void> {
  for (const [path, seed] of Object.entries(files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    const plain = typeof seed === 'string' || seed instanceof Uint8Array;
    await writeFile(file, plain ? seed : seed.text);
    if (!plain) await chmod(file, 0o755);
  }
}

/** A repository with one commit of these files on the branch `main`. The folder is made. */
export async function makeRepository(root: string, files: Readonly<Record<string, FileSeed>>): Promise<void> {
  await mkdir(root, { recursive: true });
  await userGit(root, 'init', '--quiet', '--initial-branch=main');
  await writeFiles(root, files);
  await commitAll(root, 'first');
}

export async function commitAll(root: string, message: string): Promise<void> {
  await userGit(root, 'add', '--all', '--force');
  await userGit(root, 'commit', '--quiet', '--allow-empty', '--message', message);
}
