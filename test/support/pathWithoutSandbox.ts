import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';

/** Fills a folder so that it can be the whole PATH: with everything that a run needs, and no sandbox. */
export function pathWithoutSandbox(folder: string, further: readonly string[] = []): string {
  mkdirSync(folder, { recursive: true });
  for (const name of ['git', 'node', ...further]) {
    const program = execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
    symlinkSync(program, path.join(folder, name));
  }
  return folder;
}
