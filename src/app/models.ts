import { knownModels, type KnownModels } from '../core/ledger/knownModels.ts';
import { findRepository } from '../node/repository.ts';
import { configurationOf, type Services } from './services.ts';

/** Which prices are known here, with the person's own, and what the configured workers cost. Outside a repository: of the person's file alone. */
export async function readModels(services: Services): Promise<KnownModels> {
  const { configuration, prices } = await configurationHere(services);
  return knownModels(configuration.workers, prices);
}

/** The configuration where the person stands, in a repository or outside of one. */
export async function configurationHere(services: Services): ReturnType<typeof configurationOf> {
  const { folder, signal } = services.host;
  const found = await findRepository({ folder }, signal);
  return configurationOf(services, { root: found.kind === 'ok' ? found.value.root : folder });
}
