import path from 'node:path';
import type { Repository } from '../node/repository.ts';
import { repositoryKey } from '../node/repositoryKey.ts';
import type { Services } from './services.ts';

/** Where the bake-offs of a repository work, one at a time: each has a folder named by its stamp, which holds the trial it is in. Absolute. */
export const bakeoffPlace = (services: Services, repository: Pick<Repository, 'commonDir'>): string =>
  path.join(services.folders.state, 'bakeoff', repositoryKey(repository));
