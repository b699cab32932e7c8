import type { Configuration, WorkerSettings } from '../settings.ts';
import { isLoopback } from './loopback.ts';

/** Why a worker must not be called at all, by which setting of [calls]; undefined when it may. A recording is no call. */
export function forbiddenCall(
  name: string,
  worker: WorkerSettings,
  { calls }: Pick<Configuration, 'calls'>,
): { readonly rule: 'offline' | 'local-only' | 'ci'; readonly text: string } | undefined {
  if (worker.provider === 'recorded') return undefined;
  if (calls.offline && !isOnThisMachine(worker))
    return { rule: 'offline', text: `${name} is not on this machine, and calls.offline forbids every other call.` };
  if (calls.local_only && !worker.local)
    return { rule: 'local-only', text: `${name} is not local, and calls.local_only forbids every other call.` };
  if (calls.ci && !worker.local && !calls.ci_workers.includes(name))
    return { rule: 'ci', text: `${name} is not local, and calls.ci_workers does not name it.` };
  return undefined;
}

/** The editor's own models are wherever their vendor is. */
function isOnThisMachine({ provider, base_url: baseUrl }: WorkerSettings): boolean {
  if (provider === 'editor' || baseUrl === undefined) return false;
  return isLoopback(new URL(baseUrl).hostname);
}

/** What a host asks for on top of the configuration, for one command. Only what is true counts: nobody loosens what was written. */
export interface CallLimits {
  readonly localOnly: boolean;
  readonly preferLocal: boolean;
  readonly offline: boolean;
  readonly ci: boolean;
}

/** The configuration held to a host's limits too. */
export function withCallLimits(configuration: Configuration, limits: CallLimits | undefined): Configuration {
  if (limits === undefined) return configuration;
  const { calls } = configuration;
  const held = {
    ...calls,
    local_only: calls.local_only || limits.localOnly,
    prefer_local: calls.prefer_local || limits.preferLocal,
    offline: calls.offline || limits.offline,
    ci: calls.ci || limits.ci,
  };
  return { ...configuration, calls: held };
}
