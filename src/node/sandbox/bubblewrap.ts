import { execFile } from 'node:child_process';
import { lstat, mkdir, readdir, readlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { err, ok, type Result } from '../../base/result.ts';
import { packageCaches, readableTools } from '../readableTools.ts';
import type { KeptCommand, KeptStart, Sandbox } from '../sandbox.ts';

/** Options that older versions lack. Without the sizes a full disk is memory; without the other a command could make namespaces of its own. */
interface Features {
  readonly sizes: boolean;
  readonly disableNamespaces: boolean;
}

/** What of /etc programs need to start and to find each other. Nothing here is secret. Each costs a mount, so nothing stands here to be safe. */
const SYSTEM_FILES = [
  'ld.so.cache',
  'passwd',
  'group',
  'nsswitch.conf',
  'hosts',
  'services',
  'alternatives',
  'ssl/certs',
  'ssl/openssl.cnf',
  'pki/tls/certs',
  'pki/tls/openssl.cnf',
  'pki/ca-trust/extracted',
  'crypto-policies',
  'localtime',
  'os-release',
  'mime.types',
  'fonts',
  'java-17-openjdk',
  'java-21-openjdk',
  'java-25-openjdk',
  'maven',
].map((name) => `/etc/${name}`);

/** And what they need beside that to find a server by its name. */
const RESOLVER_FILES = ['/etc/resolv.conf', '/etc/host.conf', '/etc/gai.conf', '/etc/protocols'];

/** Folders of the system itself; those that are links on a merged /usr are links inside as well. */
const SYSTEM_FOLDERS = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/nix/store', '/gnu/store'];

/** Tries bubblewrap once, with all that keeps a command in. An error says in its own words why it does not work here. */
export async function findBubblewrap(program: string): Promise<Result<Sandbox, string>> {
  const help = await output(program, ['--help']);
  const features = { sizes: help.includes('--size'), disableNamespaces: help.includes('--disable-userns') };
  const words = [...namespaces(features, 'refused'), '--ro-bind', '/', '/', '--', '/bin/sh', '-c', ':'];
  const problem = await output(program, words);
  if (problem !== '') return err(`bubblewrap does not work here: ${problem.trim().slice(0, 300)}.`);
  return ok({ kind: 'bubblewrap', mounts: true, start: (command) => start(program, features, command) });
}

/** Stdout and stderr; of a program that fails silently, that it failed. */
async function output(program: string, words: readonly string[]): Promise<string> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, [...words], { timeout: 10_000, env: {} });
    return stdout + stderr;
  } catch (error) {
    const { stdout, stderr, message } = error as { stdout?: string; stderr?: string; message: string };
    return `${stdout ?? ''}${stderr ?? ''}` || message;
  }
}

/**
 * As root, without --unshare-user and --cap-drop, a command could remount / for writing and change the whole computer: both stand here always.
 * Dying with its parent is what ends everything inside when bubblewrap is killed: the namespace of processes goes with its first one.
 */
function namespaces(features: Features, network: 'refused' | 'granted'): readonly string[] {
  return [
    '--unshare-user',
    '--unshare-pid',
    '--unshare-ipc',
    '--unshare-uts',
    '--unshare-cgroup-try',
    ...(network === 'refused' ? ['--unshare-net'] : []),
    ...(features.disableNamespaces ? ['--disable-userns'] : []),
    '--cap-drop',
    'ALL',
    '--die-with-parent',
    '--new-session',
  ];
}

async function start(program: string, features: Features, command: KeptCommand): Promise<KeptStart> {
  const { confinement, environment } = command;
  const { tree, shownAt, limits } = confinement;
  const home = environment['HOME'];
  const within = path.relative(tree, command.cwd);
  const tools = await readableTools(environment, shownAt);
  const argv = [
    program,
    ...namespaces(features, confinement.network),
    ...(await systemMounts(confinement.network)),
    ...privateFolders(features, limits.diskBytes, home),
    ...tools.flatMap(({ source, at }) => ['--ro-bind-try', source, at]),
    ...(await cacheMounts(confinement, packageCaches(environment))),
    '--bind',
    tree,
    shownAt,
    ...confinement.readable.flatMap(({ source, at }) => ['--ro-bind', source, at]),
    ...confinement.scratch.flatMap((folder) => temporary(features, folder, limits.diskBytes)),
    // As root a command without any capability still writes what is the kernel's own, of the whole computer: core_pattern names a program that runs outside.
    '--remount-ro',
    '/proc',
    // What bubblewrap made on the way is memory as well: nothing more is written there.
    '--remount-ro',
    '/dev',
    '--remount-ro',
    '/',
    '--chdir',
    within === '' ? shownAt : path.join(shownAt, within),
    '--json-status-fd',
    '3',
    '--',
    ...withinLimits(command.argv, limits),
  ];
  return { argv, cwd: '/', environment: { ...environment, ...privatePlaces(environment) }, status: 'descriptor3' };
}

/**
 * Caches of packages: a command with the network fills the run's own, so that the user's stay as they are; the commands after it read those, and the
 * user's where the run has none.
 */
async function cacheMounts(
  { caches, network }: KeptCommand['confinement'],
  folders: readonly string[],
): Promise<readonly string[]> {
  const mounts = await Promise.all(
    folders.map(async (folder) => {
      const own = path.join(caches, folder.replaceAll(/[^A-Za-z0-9.-]/g, '_'));
      if (network === 'granted') {
        await mkdir(own, { recursive: true });
        return ['--bind', own, folder];
      }
      const isFilled = (await readdir(own).catch(() => [])).length > 0;
      if (isFilled) return ['--ro-bind', own, folder];
      return (await lstat(folder).catch(() => undefined)) === undefined ? [] : ['--ro-bind-try', folder, folder];
    }),
  );
  return mounts.flat();
}

/** The parts of the system that every program needs, and not one file more. */
async function systemMounts(network: 'refused' | 'granted'): Promise<readonly string[]> {
  const files = network === 'granted' ? [...SYSTEM_FILES, ...RESOLVER_FILES] : SYSTEM_FILES;
  const mounts = await Promise.all([...SYSTEM_FOLDERS, ...files].map((file) => systemMount(file)));
  return mounts.flat();
}

/** A link into the system's own folders stays a link: it leads to the same bytes and is no mount. */
async function systemMount(file: string): Promise<readonly string[]> {
  const status = await lstat(file).catch(() => undefined);
  if (status === undefined) return [];
  if (!status.isSymbolicLink()) return ['--ro-bind', file, file];
  const target = await readlink(file);
  const isInSystem = path.resolve(path.dirname(file), target).startsWith('/usr/');
  return isInSystem ? ['--symlink', target, file] : ['--ro-bind-try', file, file];
}

/** Folders that begin empty with each command and are gone after it. They lie in memory, so each has a size. */
function privateFolders(features: Features, diskBytes: number, home: string | undefined): readonly string[] {
  const memory = os.totalmem();
  const isUsable = home !== undefined && path.isAbsolute(home) && path.normalize(home) !== '/';
  return [
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    ...temporary(features, '/dev/shm', Math.min(diskBytes, memory / 8)),
    ...temporary(features, '/tmp', Math.min(diskBytes, memory / 4)),
    ...temporary(features, '/run', Math.min(diskBytes, 64 * 1024 * 1024)),
    '--symlink',
    '/tmp',
    '/var/tmp',
    '--symlink',
    '/run',
    '/var/run',
    // A system of NixOS finds its programs through a link there.
    '--ro-bind-try',
    '/run/current-system',
    '/run/current-system',
    ...(isUsable ? temporary(features, home, Math.min(diskBytes, memory / 8)) : []),
  ];
}

function temporary(features: Features, folder: string, bytes: number): readonly string[] {
  return [...(features.sizes ? ['--size', String(Math.floor(bytes))] : []), '--tmpfs', folder];
}

/** Where tools put what they need for a moment: variables that name a place outside of the private folders would lead nowhere. */
function privatePlaces(environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return {
    TMPDIR: '/tmp',
    ...(environment['XDG_CACHE_HOME'] === undefined ? {} : { XDG_CACHE_HOME: '/tmp/cache' }),
    ...(environment['GOCACHE'] === undefined ? {} : { GOCACHE: '/tmp/go-build' }),
  };
}

/**
 * The command behind limits that the kernel holds: no core files, no file larger than the disk's share, and tasks (a thread is one too). Linux counts
 * tasks by user namespace since 5.14 and never for root, so that the number of processes is watched from outside as well (processLimits.ts).
 */
function withinLimits(argv: readonly string[], limits: { processes: number; diskBytes: number }): readonly string[] {
  const tasks = limits.processes * 8;
  // POSIX counts files in blocks of 512 bytes. The letter for tasks differs between shells.
  const tasksLimit = `ulimit -u ${tasks} 2>/dev/null || ulimit -p ${tasks} 2>/dev/null`;
  const script = `ulimit -c 0; ulimit -f ${Math.ceil(limits.diskBytes / 512)} 2>/dev/null; ${tasksLimit}; exec "$@"`;
  return ['/bin/sh', '-c', script, 'sh', ...argv];
}
