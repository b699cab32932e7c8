import { gitOutput } from '../node/git.ts';

/** Makes a folder a git repository with one commit by nobody in particular, whatever the user's own git configuration says. */
export async function makeRepository(folder: string, signal: AbortSignal): Promise<void> {
  const who = ['-c', 'user.name=SpecKit sample', '-c', 'user.email=sample@localhost', '-c', 'commit.gpgsign=false'];
  await gitOutput(folder, ['init', '--quiet', '--initial-branch=main'], {}, signal);
  await gitOutput(folder, ['add', '--all'], {}, signal);
  await gitOutput(folder, [...who, 'commit', '--quiet', '--message', 'The sample as it begins'], {}, signal);
}
