import os from 'node:os';
import type { Payload } from '../core/run/event.ts';
import { runGit } from '../node/git.ts';
import type { Services } from './services.ts';

/** The person at the keyboard by name, as everything shows them: SPECKIT_PERSON, or the account's name. */
export function personOf(environment: Readonly<Record<string, string | undefined>>): string {
  const named = environment['SPECKIT_PERSON'];
  return named === undefined || named === '' ? accountName() : named;
}

/** Who signs a decision: the name, and what git and the operating system call the person. Neither can be set by a variable. */
export type Signature = Required<Pick<Payload<'ApprovalDecision'>, 'by' | 'identity'>>;

/** Asks git and the system at the moment of the decision. `git` is null where no name and no address is configured for the repository. */
export async function signatureOf({ host }: Services, root: string): Promise<Signature> {
  const words = ['config', '--null', '--get-regexp', String.raw`^user\.(name|email)$`];
  const asked = await runGit(root, words, {}, host.signal);
  const settings = asked.kind === 'exited' && asked.exitCode === 0 ? asked.stdout.toString('utf8').split('\0') : [];
  // Where a setting stands several times the last one counts, as for git.
  const value = (name: string): string =>
    settings.findLast((setting) => setting.startsWith(`user.${name}\n`))?.slice(name.length + 6) ?? '';
  const [name, email] = [value('name'), value('email')];
  const git = [name, ...(email === '' ? [] : [`<${email}>`])].filter((part) => part !== '').join(' ');
  return { by: host.person, identity: { git: git === '' ? null : git.slice(0, 300), account: accountName() } };
}

/** A user id without an account, as containers have them, is unknown. */
function accountName(): string {
  try {
    return os.userInfo().username;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return 'unknown';
    throw error;
  }
}
