import path from 'node:path';
import type { ModelProvider } from '../core/ports.ts';
import type { WorkerHealth } from '../core/router/routeRequest.ts';
import { forbiddenCall } from '../core/policy/forbiddenCall.ts';
import { sentBody } from '../core/policy/sentBody.ts';
import type { Configuration, WorkerSettings } from '../core/settings.ts';
import { createAnthropic } from '../node/models/anthropic.ts';
import { createOpenAiChat } from '../node/models/openaiChat.ts';
import { createOpenAiResponses } from '../node/models/openaiResponses.ts';
import { createRecorded, parseExchanges } from '../node/models/recorded.ts';
import { CommandProblem } from './problem.ts';
import type { Host } from './services.ts';
import { readTextIfThere } from './textFile.ts';

/** Providers of a run's workers, made once each, with what is known of their health before any call. */
export interface Providers {
  provider(worker: string): ModelProvider;
  health(worker: string): WorkerHealth;
}

/**
 * Makes providers from settings, for those workers that [calls] lets be called. A worker whose key is not there is `down` with the words for a person, so that the router passes it over and
 * says why; asking its provider all the same gives a `configuration` error.
 */
export async function createProviders(
  host: Host,
  configuration: Pick<Configuration, 'workers' | 'calls'>,
): Promise<Providers> {
  const made = new Map<string, ModelProvider>();
  const health = new Map<string, WorkerHealth>();
  for (const [name, settings] of Object.entries(configuration.workers)) {
    // The router refuses it first; without a provider nothing else can reach its server either.
    if (forbiddenCall(name, settings, configuration) !== undefined) continue;
    const own =
      host.provider(name, settings) ??
      (settings.provider === 'recorded' ? await recording(host, settings.model) : undefined);
    const key = settings.key_env === undefined ? undefined : await host.secret(settings.key_env);
    if (own === undefined && settings.key_env !== undefined && (key === undefined || key === '')) {
      health.set(name, { kind: 'down', cause: 'keyMissing', why: `the key ${settings.key_env} is not set` });
    }
    const provider = own ?? fromSettings(settings, key);
    if (provider === undefined) health.set(name, { kind: 'down', cause: 'elsewhere', why: nobodyProvides(settings) });
    else made.set(name, provider);
  }
  return {
    provider: (worker) => made.get(worker) ?? unavailable(worker),
    health: (worker) => health.get(worker) ?? { kind: 'unknown' },
  };
}

/** The recording of that name that comes with the installation. */
async function recording(host: Host, name: string): Promise<ModelProvider | undefined> {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) return undefined;
  const file = path.join(host.installation, 'sample', 'recordings', `${name}.jsonl`);
  const text = await readTextIfThere(file);
  if (text === undefined) return undefined;
  const parsed = parseExchanges(text);
  if (parsed.kind === 'error')
    throw new CommandProblem('infrastructure', `${file}:${parsed.error.line} ${parsed.error.message}`);
  return createRecorded(parsed.value);
}

function fromSettings(settings: WorkerSettings, apiKey: string | undefined): ModelProvider | undefined {
  const common = {
    model: settings.model,
    timeouts: {
      firstTokenMs: settings.first_token_timeout_seconds * 1000,
      idleMs: settings.idle_timeout_seconds * 1000,
      totalMs: settings.total_timeout_seconds * 1000,
    },
    extraBody: sentBody(settings).body,
    ...(settings.base_url === undefined ? {} : { baseUrl: settings.base_url }),
    ...(apiKey === undefined ? {} : { apiKey }),
  };
  switch (settings.provider) {
    case 'openai-chat':
      return createOpenAiChat({ ...common, structuredOutput: settings.structured_output });
    case 'openai-responses':
      return createOpenAiResponses(common);
    case 'anthropic':
      return createAnthropic(common);
    case 'editor':
    case 'recorded':
      return undefined;
  }
}

function nobodyProvides({ provider, model }: WorkerSettings): string {
  return provider === 'editor'
    ? `the editor's model ${model} can be called only inside VS Code`
    : `nothing here provides ${provider}`;
}

function unavailable(worker: string): ModelProvider {
  return {
    call: async () => ({
      kind: 'error',
      error: { kind: 'configuration', message: `The worker ${worker} cannot be called here.` },
    }),
  };
}
