import os from 'node:os';
import path from 'node:path';
import { isThisMachine } from '../core/policy/loopback.ts';
import type { ServerState } from '../core/reflex/serverState.ts';
import type { Promotion } from '../core/reflex/subject.ts';
import { REFLEX } from '../core/reflex/worker.ts';
import type { Configuration, WorkerSettings } from '../core/settings.ts';
import { loadPrompts } from '../node/prompts.ts';
import { runOwner } from '../node/lock.ts';
import { readHealth, type ServerHealth } from '../node/reflex/health.ts';
import { readServerState, serverFolder } from '../node/reflex/serverFolder.ts';
import { readServerVersion } from '../node/reflex/serverVersion.ts';
import { readVram, type VramReading } from '../node/reflex/vram.ts';
import { CommandProblem } from './problem.ts';
import { configurationOf, openProject, type Project, type Services } from './services.ts';

export type { Gpu } from '../node/reflex/vram.ts';

export interface ReflexRequest {
  /** The local worker to look at; the first of routing.implementer that is local when left out. */
  readonly worker?: string;
  /** `light` does not ask /health, for which SGLang makes a token. */
  readonly depth: 'whole' | 'light';
  /** A person's own path of nvidia-smi. */
  readonly nvidiaSmi?: string;
  /** `read` reads the reports of bake-offs as well, which are large: not to be asked every few seconds. */
  readonly promotion?: 'read';
}

/** Where the server is. GPUs are read on this computer only: that is the one that the extension or the command runs on. */
export type ReflexPlace =
  | { readonly kind: 'here'; readonly computer: string }
  | { readonly kind: 'elsewhere'; readonly host: string; readonly computer: string };

/** What SpecKit's supervisor last wrote down about the server at this address; `killed` where the supervisor ended without a word. */
export type SupervisedState = ServerState['kind'] | 'killed';

/** One look at the local server and its GPU. All values are structured-cloneable. */
export type ReflexReading =
  /** There is no local worker to look at: `why` says whether none is configured or the configuration cannot be read. */
  | { readonly kind: 'none'; readonly why: string }
  | {
      readonly kind: 'read';
      readonly worker: string;
      readonly model: string;
      readonly baseUrl: string;
      readonly health: ServerHealth;
      readonly vram: VramReading;
      readonly place: ReflexPlace;
      /** Left out where SpecKit has started no server at this address, or forgot it when it was stopped. */
      readonly supervised?: SupervisedState;
      /** Whether a bake-off lets [reflex] make first attempts; left out for other workers, and where it was not asked. */
      readonly promotion?: Promotion;
    };

/**
 * Looks once at the local worker's server, and at the GPUs of this computer where the server is on it. Never throws but for faults: a server that is
 * not there is a reading. Takes at most about ten seconds.
 */
export async function readReflex(
  services: Services,
  request: ReflexRequest,
  signal: AbortSignal,
  open: OpenProject = () => openProject(services),
): Promise<ReflexReading> {
  const worker = await localWorker(services, request.worker, open);
  if (worker.kind === 'none') return worker;
  const { name, settings, baseUrl } = worker;
  const key = settings.key_env === undefined ? undefined : await services.host.secret(settings.key_env);
  const [health, vram, supervised] = await Promise.all([
    readHealth({ baseUrl, depth: request.depth, ...(key !== undefined && { key }) }, signal),
    isHere(baseUrl)
      ? readVram(
          services.processes,
          { cwd: services.host.folder, ...(request.nvidiaSmi !== undefined && { nvidiaSmi: request.nvidiaSmi }) },
          signal,
        )
      : ({ kind: 'none', why: `the server is on another machine (${new URL(baseUrl).host})` } as const),
    supervisedAt(services, baseUrl),
  ]);
  const isAsked = request.promotion === 'read' && name === REFLEX;
  const promotion = isAsked ? await promotionOf(services, { worker, health, key }, signal) : undefined;
  return {
    kind: 'read',
    worker: name,
    model: settings.model,
    baseUrl,
    health,
    vram,
    place: placeOf(services, baseUrl),
    ...(supervised !== undefined && { supervised }),
    ...(promotion !== undefined && { promotion }),
  };
}

type OpenProject = () => Promise<Project>;

/** Where a repository lies is asked of git again after so long: a process for each look would be the largest part of what it costs. */
const REPOSITORY_MS = 60_000;

/** `readReflex` for who looks again and again: it remembers where the repository lies; its configuration is read each time. */
export function createReflexReader(
  services: Services,
): (request: ReflexRequest, signal: AbortSignal) => Promise<ReflexReading> {
  let known: { readonly repository: Project['repository']; readonly at: number } | undefined;
  const open: OpenProject = async () => {
    const now = services.clock.now();
    if (known === undefined || now - known.at >= REPOSITORY_MS || now < known.at) {
      const project = await openProject(services);
      known = { repository: project.repository, at: now };
      return project;
    }
    return { repository: known.repository, loaded: await configurationOf(services, known.repository) };
  };
  return (request, signal) => readReflex(services, request, signal, open);
}

function placeOf({ host }: Services, baseUrl: string): ReflexPlace {
  const distribution = host.environment['WSL_DISTRO_NAME'] ?? '';
  const computer = `${os.hostname()}${distribution === '' ? '' : ` (WSL ${distribution})`}`.slice(0, 200);
  return isHere(baseUrl) ? { kind: 'here', computer } : { kind: 'elsewhere', host: new URL(baseUrl).host, computer };
}

/** There is one supervised server a person and computer, which need not be this one. */
async function supervisedAt(services: Services, baseUrl: string): Promise<SupervisedState | undefined> {
  const folder = serverFolder(services.folders.state);
  const [owner, state] = await Promise.all([runOwner(folder), readServerState(folder)]);
  if (state === undefined || new URL(state.url).host !== new URL(baseUrl).host) return undefined;
  const isOver = state.kind === 'failed' || state.kind === 'stopped' || state.kind === 'adopted';
  return owner === undefined && !isOver ? 'killed' : state.kind;
}

interface Asked {
  readonly worker: Extract<Local, { kind: 'worker' }>;
  readonly health: ServerHealth;
  readonly key: string | undefined;
}

/** Undefined while the server does not answer: its version is a part of what a bake-off proved. A report that cannot be read proves nothing. */
async function promotionOf(
  services: Services,
  { worker, health, key }: Asked,
  signal: AbortSignal,
): Promise<Promotion | undefined> {
  if (health.kind !== 'answers') return undefined;
  const [server, prompts] = await Promise.all([
    readServerVersion(health, { baseUrl: worker.baseUrl, key }, signal),
    loadPrompts(path.join(services.host.installation, 'prompts')),
  ]);
  const { repository, loaded } = worker.project;
  const subject = { root: repository.root, reflex: loaded.configuration.reflex, server, prompts: prompts.templates };
  return services.promotion(subject).catch((error: unknown): Promotion => ({
    kind: 'none',
    why: `its bake-off cannot be read (${String(error instanceof Error ? error.message : error).slice(0, 300)})`,
  }));
}

/** The names of the local workers that have a server: that of [reflex] first, where it is enabled, then those of routing.implementer, in its order. */
export function localWorkers({ workers, routing }: Pick<Configuration, 'workers' | 'routing'>): readonly string[] {
  const names = new Set([REFLEX, ...routing.implementer, ...Object.keys(workers)]);
  return [...names].filter((name) => {
    const settings = Object.hasOwn(workers, name) ? workers[name] : undefined;
    return settings?.local === true && settings.provider !== 'recorded' && settings.base_url !== undefined;
  });
}

type Local =
  | { readonly kind: 'none'; readonly why: string }
  | {
      readonly kind: 'worker';
      readonly name: string;
      readonly settings: WorkerSettings;
      readonly baseUrl: string;
      readonly project: Project;
    };

/** The local worker of that name, or the first; none also where there is no repository or its configuration cannot be read. */
export async function localWorker(
  services: Services,
  wanted: string | undefined,
  open: OpenProject = () => openProject(services),
): Promise<Local> {
  try {
    const project = await open();
    const { loaded } = project;
    const names = localWorkers(loaded.configuration);
    const name = wanted === undefined ? names[0] : names.find((candidate) => candidate === wanted);
    const settings = name === undefined ? undefined : loaded.configuration.workers[name];
    if (name === undefined || settings?.base_url === undefined)
      return {
        kind: 'none',
        why: wanted === undefined ? 'no local worker is configured' : `there is no local worker ${wanted}`,
      };
    return { kind: 'worker', name, settings, baseUrl: settings.base_url, project };
  } catch (error) {
    if (error instanceof CommandProblem) return { kind: 'none', why: error.message.slice(0, 500) };
    throw error;
  }
}

/** Whether the server is on this computer: only then its GPUs are the server's. */
const isHere = (baseUrl: string): boolean => isThisMachine(new URL(baseUrl).hostname);
