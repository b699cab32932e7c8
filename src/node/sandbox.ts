import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Confinement, SandboxKind } from '../core/ports.ts';
import { findBubblewrap } from './sandbox/bubblewrap.ts';
import { whyNone } from './sandbox/none.ts';
import { findSeatbelt } from './sandbox/seatbelt.ts';

/** A confinement that keeps something in. */
export type Kept = Extract<Confinement, { readonly kind: 'sandbox' }>;

/** What is to be run, in words that are arguments already, and where. `environment` is the whole of it. */
export interface KeptCommand {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly confinement: Kept;
}

/** How it is started: `status` when the program writes bubblewrap's status as JSON to file descriptor 3. */
export interface KeptStart {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly status: 'descriptor3' | 'none';
}

/** A program that keeps commands in. `mounts`: it shows folders at other places than where they lie. */
export interface Sandbox {
  readonly kind: Exclude<SandboxKind, 'none'>;
  readonly mounts: boolean;
  start(command: KeptCommand): Promise<KeptStart>;
}

/** What this computer has to keep commands in. */
export type FoundSandbox =
  | { readonly kind: 'found'; readonly sandbox: Sandbox; readonly program: string; readonly note: string }
  | { readonly kind: 'none'; readonly why: string };

export interface SandboxQuestion {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Looks for the platform's sandbox and tries it once with a program that does nothing. Never throws for what it finds. */
export async function findSandbox({ platform, environment }: SandboxQuestion): Promise<FoundSandbox> {
  if (platform === 'linux') {
    const program = await programOnPath('bwrap', environment['PATH'] ?? '');
    if (program === undefined)
      return { kind: 'none', why: whyNone(platform, 'bubblewrap (bwrap) is not on the PATH.') };
    const found = await findBubblewrap(program);
    if (found.kind === 'error') return { kind: 'none', why: whyNone(platform, found.error) };
    return { kind: 'found', sandbox: found.value, program, note: '' };
  }
  if (platform === 'darwin') {
    const sandbox = await findSeatbelt();
    if (sandbox === undefined) return { kind: 'none', why: whyNone(platform, 'sandbox-exec is missing.') };
    return { kind: 'found', sandbox, program: '/usr/bin/sandbox-exec', note: 'written, never tried on a Mac' };
  }
  return { kind: 'none', why: whyNone(platform, 'SpecKit has none for this system.') };
}

/** The program by its absolute path. What lies among a project's dependencies is never taken: it is no part of the system. */
async function programOnPath(name: string, searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(path.delimiter)) {
    if (!path.isAbsolute(folder) || folder.split(path.sep).includes('node_modules')) continue;
    const file = path.join(folder, name);
    const isProgram = await access(file, constants.X_OK).then(
      async () => (await stat(file)).isFile(),
      () => false,
    );
    if (isProgram) return file;
  }
  return undefined;
}
