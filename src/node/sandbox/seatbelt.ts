import { access, constants } from 'node:fs/promises';
import os from 'node:os';
import { readableTools } from '../readableTools.ts';
import type { KeptCommand, KeptStart, Sandbox } from '../sandbox.ts';

const PROGRAM = '/usr/bin/sandbox-exec';

/**
 * The sandbox of macOS. NEVER TRIED on a Mac: the profile follows Apple's sandbox-exec(1) and the profiles that ship with the system. It cannot show
 * a folder at another place, so the tree is seen where it lies and its dependencies are copied into it.
 */
export async function findSeatbelt(): Promise<Sandbox | undefined> {
  const isThere = await access(PROGRAM, constants.X_OK).then(
    () => true,
    () => false,
  );
  return isThere ? { kind: 'seatbelt', mounts: false, start } : undefined;
}

async function start(command: KeptCommand): Promise<KeptStart> {
  const profile = await profileOf(command);
  return {
    argv: [PROGRAM, '-p', profile, '--', ...command.argv],
    cwd: command.cwd,
    environment: command.environment,
    status: 'none',
  };
}

const SYSTEM = [
  '/System',
  '/Library/Developer',
  '/Library/Frameworks',
  '/Library/Java',
  '/usr',
  '/bin',
  '/sbin',
  '/private/etc/ssl',
  '/private/etc/hosts',
  '/private/etc/passwd',
  '/private/etc/group',
  '/private/var/db/timezone',
  '/private/var/db/dyld',
  '/dev',
  '/opt/homebrew',
];

async function profileOf({ confinement, environment }: KeptCommand): Promise<string> {
  const { tree, readable, network } = confinement;
  const tools = (await readableTools(environment, tree)).map(({ source }) => source);
  const folders = [...SYSTEM, ...tools, ...readable.map(({ source }) => source), tree];
  const temporary = environment['TMPDIR'] ?? os.tmpdir();
  const subpaths = (paths: readonly string[]): string => paths.map((folder) => `(subpath ${quoted(folder)})`).join(' ');
  return [
    '(version 1)',
    '(deny default)',
    '(allow process-fork process-exec signal sysctl-read mach-lookup ipc-posix-shm)',
    '(allow file-read-metadata)',
    `(allow file-read* (literal "/") ${subpaths([...folders, temporary])})`,
    `(allow file-write* (literal "/dev/null") (literal "/dev/tty") ${subpaths([tree, temporary])})`,
    `(deny file-write* (literal ${quoted(`${tree}/.git`)}))`,
    ...(network === 'granted' ? ['(allow network*)'] : ['(deny network*)']),
  ].join('\n');
}

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
