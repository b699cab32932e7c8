import { REFLEX } from '../core/reflex/worker.ts';
import type { Configuration, WorkerSettings } from '../core/settings.ts';
import { readHealth, type ServerHealth } from '../node/reflex/health.ts';
import { readVram, type VramReading } from '../node/reflex/vram.ts';
import { CommandProblem } from './problem.ts';
import { openProject, type Services } from './services.ts';

export type { Gpu } from '../node/reflex/vram.ts';

export interface ReflexRequest {
  /** The local worker to look at; the first of routing.implementer that is local when left out. */
  readonly worker?: string;
  /** `light` does not ask /health, for which SGLang makes a token. */
  readonly depth: 'whole' | 'light';
  /** A person's own path of nvidia-smi. */
  readonly nvidiaSmi?: string;
}

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
    };

/**
 * Looks once at the local worker's server, and at the GPUs of this computer where the server is on it. Never throws but for faults: a server that is
 * not there is a reading. Takes at most about five seconds.
 */
export async function readReflex(
  services: Services,
  request: ReflexRequest,
  signal: AbortSignal,
): Promise<ReflexReading> {
  const worker = await localWorker(services, request.worker);
  if (worker.kind === 'none') return worker;
  const { name, settings, baseUrl } = worker;
  const key = settings.key_env === undefined ? undefined : await services.host.secret(settings.key_env);
  const [health, vram] = await Promise.all([
    readHealth({ baseUrl, depth: request.depth, ...(key !== undefined && { key }) }, signal),
    isHere(baseUrl)
      ? readVram(
          services.processes,
          { cwd: services.host.folder, ...(request.nvidiaSmi !== undefined && { nvidiaSmi: request.nvidiaSmi }) },
          signal,
        )
      : ({ kind: 'none', why: `the server is on another machine (${new URL(baseUrl).host})` } as const),
  ]);
  return { kind: 'read', worker: name, model: settings.model, baseUrl, health, vram };
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
  | { readonly kind: 'worker'; readonly name: string; readonly settings: WorkerSettings; readonly baseUrl: string };

/** The local worker of that name, or the first; none also where there is no repository or its configuration cannot be read. */
export async function localWorker(services: Services, wanted: string | undefined): Promise<Local> {
  try {
    const { loaded } = await openProject(services);
    const names = localWorkers(loaded.configuration);
    const name = wanted === undefined ? names[0] : names.find((candidate) => candidate === wanted);
    const settings = name === undefined ? undefined : loaded.configuration.workers[name];
    if (name === undefined || settings?.base_url === undefined)
      return {
        kind: 'none',
        why: wanted === undefined ? 'no local worker is configured' : `there is no local worker ${wanted}`,
      };
    return { kind: 'worker', name, settings, baseUrl: settings.base_url };
  } catch (error) {
    if (error instanceof CommandProblem) return { kind: 'none', why: error.message.slice(0, 500) };
    throw error;
  }
}

/** Whether a URL's host is this computer: only then its GPUs are the server's. */
function isHere(baseUrl: string): boolean {
  const { hostname } = new URL(baseUrl);
  return hostname === 'localhost' || hostname === '[::1]' || hostname === '0.0.0.0' || hostname.startsWith('127.');
}
