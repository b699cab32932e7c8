import { cp, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { gitOutput } from '../node/git.ts';
import { CommandProblem } from './problem.ts';
import type { Services } from './services.ts';

/** Copies the bundled sample into an empty or new folder (absolute) and makes it a repository. Throws a CommandProblem when something is there already. */
export async function copySample({ host }: Services, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0)
    throw new CommandProblem('usage', `${folder} is not empty. Name another folder for the sample.`);
  await cp(path.join(host.installation, 'sample', 'project'), folder, { recursive: true });
  await makeRepository(folder, host.signal);
}

/** Makes a folder a git repository with one commit by nobody in particular, whatever the user's own git configuration says. */
export async function makeRepository(folder: string, signal: AbortSignal): Promise<void> {
  const who = ['-c', 'user.name=SpecKit sample', '-c', 'user.email=sample@localhost', '-c', 'commit.gpgsign=false'];
  await gitOutput(folder, ['init', '--quiet', '--initial-branch=main'], {}, signal);
  await gitOutput(folder, ['add', '--all'], {}, signal);
  await gitOutput(folder, [...who, 'commit', '--quiet', '--message', 'The sample as it begins'], {}, signal);
}
