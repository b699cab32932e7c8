import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { configurationTemplate, type TemplateInput } from '../core/policy/defaultsTemplate.ts';
import { checkSchema, workerSchema, type WorkerSettings } from '../core/settings.ts';
import { discoverModels, type FoundModels } from '../node/models/discover.ts';
import { detectChecks, type DetectedCheck } from '../node/detectChecks.ts';
import { CommandProblem } from './problem.ts';
import { openRepository, type Services } from './services.ts';

export interface InitOptions {
  /** `reconfigure` looks again and writes nothing; `force` writes over what is there. */
  readonly mode: 'create' | 'reconfigure' | 'force';
  readonly network: 'local' | 'all';
}

export interface InitReport {
  readonly file: string;
  readonly written: boolean;
  readonly text: string;
  readonly ecosystem: string;
  readonly checks: readonly DetectedCheck[];
  readonly workers: readonly string[];
}

/** Finds the project's checks and the models that can be reached, and writes speckit.toml for a person to read and change. */
export async function initialise(services: Services, options: InitOptions): Promise<InitReport> {
  const repository = await openRepository(services);
  const file = path.join(repository.root, 'speckit.toml');
  const existing = await readText(file);
  if (existing !== undefined && options.mode === 'create') {
    throw new CommandProblem(
      'usage',
      `${file} exists. \`speckit init --reconfigure\` shows what would change, \`speckit init --force\` writes over it.`,
    );
  }
  const detected = await detectChecks({
    list: () => listFiles(repository.root),
    read: (name) => readText(path.join(repository.root, name)),
  });
  const found = await discoverModels({ environment: services.host.environment }, services.host.signal);
  const usable = options.network === 'local' ? found.filter((model) => model.kind === 'server') : found;
  const { workers, routing } = proposeWorkers(usable);
  const foundChecks = detected?.checks ?? [];
  const checks = Object.fromEntries(
    foundChecks.map(({ name, command, kind }) => [name, checkSchema.parse({ command, kind })]),
  );
  const text = configurationTemplate({
    ...(detected?.setup === undefined ? {} : { setup: { command: detected.setup.command } }),
    checks,
    workers,
    routing,
  });
  const written = options.mode !== 'reconfigure';
  if (written) await writeFile(file, text);
  return {
    file: 'speckit.toml',
    written,
    text,
    ecosystem: detected?.ecosystem ?? 'unknown',
    checks: foundChecks,
    workers: Object.keys(workers),
  };
}

type Workers = TemplateInput['workers'];
type Routing = TemplateInput['routing'];

/** Cheapest first: a local server implements, the cloud plans and judges. Only what was found is written. */
function proposeWorkers(found: readonly FoundModels[]): { readonly workers: Workers; readonly routing: Routing } {
  const workers: Record<string, WorkerSettings> = {};
  const local: string[] = [];
  for (const server of found) {
    const model = server.kind === 'server' ? server.models[0] : undefined;
    if (server.kind !== 'server' || model === undefined) continue;
    const name = `local-${server.port}`;
    workers[name] = workerSchema.parse({ provider: 'openai-chat', model, base_url: server.baseUrl, local: true });
    local.push(name);
  }
  const variables = found.flatMap((model) => (model.kind === 'key' ? [model.variable] : []));
  const cloud = CLOUD.find(({ variable }) => variables.includes(variable));
  if (cloud !== undefined) {
    for (const [name, model] of Object.entries(cloud.models))
      workers[name] = workerSchema.parse({ provider: cloud.provider, model, key_env: cloud.variable });
  }
  const [small, middle, strong] = cloud === undefined ? [] : Object.keys(cloud.models);
  const named = (names: readonly (string | undefined)[]): string[] => names.filter((name) => name !== undefined);
  return {
    workers,
    routing: {
      architect: named(middle === undefined ? local : [middle, strong]),
      implementer: named([...local, small, middle, strong]).slice(0, 6),
      judge: named([strong]),
      critic: named(small === undefined ? local : [small]),
    },
  };
}

/** Today's models of the two providers with official packages, cheap to strong: the ids of the price table. */
const CLOUD = [
  {
    variable: 'ANTHROPIC_API_KEY',
    provider: 'anthropic',
    models: { haiku: 'claude-haiku-5-5', sonnet: 'claude-sonnet-5-5', opus: 'claude-opus-5-5' },
  },
  {
    variable: 'OPENAI_API_KEY',
    provider: 'openai-responses',
    models: { luna: 'gpt-6-luna', terra: 'gpt-6.1-terra', sol: 'gpt-6.1-sol' },
  },
] as const;

/** Folders that are never looked into for a project's own files, and how deep and how many files are looked at. */
const PASSED_OVER = new Set(['.git', 'node_modules', 'target', 'dist', 'build', '.venv', 'venv']);
const DEPTH = 3;
const FILES = 5_000;

async function listFiles(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  const visit = async (folder: string, depth: number): Promise<void> => {
    for (const entry of await readdir(path.join(root, folder), { withFileTypes: true })) {
      if (found.length >= FILES) return;
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isFile()) found.push(name);
      else if (entry.isDirectory() && depth < DEPTH && !PASSED_OVER.has(entry.name)) await visit(name, depth + 1);
    }
  };
  await visit('', 1);
  return found;
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR') return undefined;
    throw error;
  }
}
