import { access, constants } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { discoverModels, type FoundModels } from '../node/models/discover.ts';
import { missingDependencies } from '../node/missingDependencies.ts';
import type { FoundSandbox } from '../node/sandbox.ts';
import { readStatusOfConfiguration } from './configurationStatus.ts';
import type { Host, Services } from './services.ts';

/** Agents whose executables are looked for on the PATH. They are reported; calling them comes with a later version. */
const AGENTS = ['claude', 'codex', 'gemini', 'opencode', 'qwen'] as const;

/** What SpecKit found on this machine and in this repository. Keys by name only, never by value. */
export interface DoctorReport {
  readonly node: string;
  readonly repository:
    | { readonly kind: 'ok'; readonly root: string }
    | { readonly kind: 'problem'; readonly text: string };
  readonly configuration:
    | {
        readonly kind: 'ok';
        readonly checks: readonly string[];
        readonly workers: readonly string[];
        readonly notices: readonly string[];
      }
    | { readonly kind: 'problem'; readonly text: string };
  /** What keeps the repository's commands in here, or why nothing does. */
  readonly sandbox: SandboxReport;
  /** What the repository depends on and is not installed, as sentences that say what to run. */
  readonly missing: readonly string[];
  readonly models: readonly FoundModels[];
  readonly agents: readonly string[];
  /** The editor's own models as `provider = "editor"` names them; left out where there is no editor. */
  readonly editorModels?: readonly string[];
  /** Names of the keys in the editor's secret store; left out where there is none. */
  readonly storedKeys?: readonly string[];
}

export type SandboxReport =
  | { readonly kind: 'bubblewrap' | 'seatbelt'; readonly program: string; readonly note: string }
  /** `isWaived`: the person's own configuration says so, and commands run without asking. */
  | { readonly kind: 'none'; readonly why: string; readonly isWaived: boolean };

export async function doctor(services: Services): Promise<DoctorReport> {
  const { host } = services;
  const [models, found, agents, status, editorModels, storedKeys] = await Promise.all([
    discoverModels({ environment: host.environment }, host.signal),
    services.sandbox(),
    findAgents(host.environment['PATH'] ?? ''),
    readStatusOfConfiguration(services),
    host.editorModels?.(),
    host.storedKeys?.(),
  ]);
  const { own, ...known } = status;
  return {
    node: process.version,
    ...known,
    sandbox: sandboxReport(found, own === 'none'),
    missing: known.repository.kind === 'ok' ? await missingIn(known.repository.root, host) : [],
    models,
    agents,
    ...(editorModels !== undefined && { editorModels }),
    ...(storedKeys !== undefined && { storedKeys }),
  };
}

export function sandboxReport(found: FoundSandbox, isWaived: boolean): SandboxReport {
  if (isWaived) return { kind: 'none', why: 'your own config.toml says sandbox = "none".', isWaived };
  if (found.kind === 'none') return { ...found, isWaived };
  return { kind: found.sandbox.kind, program: found.program, note: found.note };
}

/** Sentences about what is not installed. */
export async function missingIn(root: string, { environment }: Host): Promise<readonly string[]> {
  const missing = await missingDependencies({ root, environment, home: environment['HOME'] ?? os.homedir() });
  return missing.map(({ text }) => text);
}

async function findAgents(searchPath: string): Promise<readonly string[]> {
  const found = await Promise.all(
    AGENTS.map(async (name) => {
      for (const folder of searchPath.split(path.delimiter)) {
        if (folder !== '' && (await isExecutable(path.join(folder, name)))) return [name];
      }
      return [];
    }),
  );
  return found.flat();
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
