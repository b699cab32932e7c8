import type { ReflexServerSettings } from '../core/policy/userConfigurationSchema.ts';
import { findRepository } from '../node/repository.ts';
import { CommandProblem } from './problem.ts';
import { localWorkers } from './reflex.ts';
import { configurationOf, userConfigurationFile, type Services } from './services.ts';

/** The local server that the configuration means, and how to start it. */
export interface ReflexTarget {
  /** With or without `/v1`. */
  readonly url: string;
  /** The worker that is called there, and the id by which it asks for its model; left out where only `reflex_server.url` tells. */
  readonly worker?: string;
  readonly model?: string;
  /** The key that the worker sends, where it has one and the host knows it. */
  readonly key?: string;
  /** `[reflex_server]` of the person's own config.toml. */
  readonly launch: ReflexServerSettings;
}

/**
 * The server of a local worker (the first of routing.implementer that is local, when none is named), or that of the person's own `reflex_server.url`. Works
 * outside of repositories too, with the person's own file alone. Throws a CommandProblem `configuration` that says what to write.
 */
export async function reflexTarget(services: Services, worker?: string): Promise<ReflexTarget> {
  const { folder, signal } = services.host;
  const found = await findRepository({ folder }, signal);
  const root = found.kind === 'ok' ? found.value.root : folder;
  const { configuration, reflexServer: launch } = await configurationOf(services, { root });
  const names = localWorkers(configuration);
  const name = worker ?? names[0];
  const settings = name !== undefined && names.includes(name) ? configuration.workers[name] : undefined;
  if (name !== undefined && settings?.base_url !== undefined) {
    const key = settings.key_env === undefined ? undefined : await services.host.secret(settings.key_env);
    return {
      url: worker === undefined ? (launch?.url ?? settings.base_url) : settings.base_url,
      worker: name,
      model: settings.model,
      ...(key !== undefined && key !== '' && { key }),
      launch,
    };
  }
  if (worker !== undefined)
    throw new CommandProblem(
      'configuration',
      `There is no local worker ${worker}. ${names.length === 0 ? 'None is configured' : `There are: ${names.join(', ')}`}.`,
    );
  if (launch?.url !== undefined) return { url: launch.url, launch };
  const own = userConfigurationFile(services);
  throw new CommandProblem(
    'configuration',
    `No local worker is configured. Write one into speckit.toml or ${own}:\n[workers.local]\nprovider = "openai-chat"\nmodel = "the id that the server lists"\nbase_url = "http://127.0.0.1:3009/v1"\nlocal = true\nTo start or look at the server of [reflex] before it is enabled, write its address under [reflex_server] in your own ${own}, beside its command:\nurl = "${configuration.reflex.endpoint}"`,
  );
}
