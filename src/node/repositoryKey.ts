import { sha256 } from '../base/hash.ts';
import type { Repository } from './repository.ts';

type Place = Pick<Repository, 'commonDir'>;

/** Hexadecimal digits kept: enough for a person's repositories, few enough for the paths of tools that count their letters. */
const DIGITS = 12;

/**
 * What tells a repository from every other one of this user, a copy of it among them: a hash of where its git folder lies. Run ids alone do not, for
 * a copy has the same runs. One that was moved counts as another: its runs make their trees anew.
 */
export function repositoryKey({ commonDir }: Place): string {
  return sha256(commonDir).slice(0, DIGITS);
}

/** The name of a run in the ledger, which all repositories of a user share. */
export function ledgerRun(repository: Place, runId: string): string {
  return `${repositoryKey(repository)}/${runId}`;
}
