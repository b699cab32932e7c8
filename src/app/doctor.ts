import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { discoverModels, type FoundModels } from '../node/models/discover.ts';
import { readStatusOfConfiguration } from './configurationStatus.ts';
import type { Services } from './services.ts';

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
  readonly models: readonly FoundModels[];
  readonly agents: readonly string[];
  /** The editor's own models as `provider = "editor"` names them; left out where there is no editor. */
  readonly editorModels?: readonly string[];
  /** Names of the keys in the editor's secret store; left out where there is none. */
  readonly storedKeys?: readonly string[];
}

export async function doctor(services: Services): Promise<DoctorReport> {
  const { host } = services;
  const [models, agents, status, editorModels, storedKeys] = await Promise.all([
    discoverModels({ environment: host.environment }, host.signal),
    findAgents(host.environment['PATH'] ?? ''),
    readStatusOfConfiguration(services),
    host.editorModels?.(),
    host.storedKeys?.(),
  ]);
  return {
    node: process.version,
    ...status,
    models,
    agents,
    ...(editorModels !== undefined && { editorModels }),
    ...(storedKeys !== undefined && { storedKeys }),
  };
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
