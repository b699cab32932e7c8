/*
 * Where a reviewed text lives. Everything that identifies it stands in the query, as JSON, because a URI's path is normalised on the way (the drive
 * letter's case, doubled slashes); the path only repeats the file's name so that the editor picks the language and shows a name a person knows.
 * Content never stands in a URI.
 */

export const BASE_SCHEME = 'speckitAuto-base';
export const PROPOSAL_SCHEME = 'speckitAuto-proposal';
export const PATCH_SCHEME = 'speckitAuto-patch';
export const CONFLICT_SCHEME = 'speckitAuto-conflict';

/** The parts of a URI, decoded, as `Uri.from` takes them. */
export interface UriParts {
  readonly scheme: string;
  readonly path: string;
  readonly query: string;
}

/** One file of one round of a run's proposal: `folder` absolute, `path` repository-relative with forward slashes. */
export interface ProposalAddress {
  readonly folder: string;
  readonly runId: string;
  readonly round: number;
  readonly path: string;
}

/** One side of a file that one patch of a run changed. */
export interface PatchAddress {
  readonly folder: string;
  readonly runId: string;
  readonly key: string;
  readonly path: string;
  readonly side: 'before' | 'after';
}

/** The URI of one side of a proposed file. A new round gives a new URI, so that an old tab never shows new content under an old title. */
export function proposalParts(side: 'base' | 'proposal', address: ProposalAddress): UriParts {
  const { folder, runId, round, path } = address;
  const scheme = side === 'base' ? BASE_SCHEME : PROPOSAL_SCHEME;
  return { scheme, path: `/${path}`, query: JSON.stringify({ folder, runId, round, path }) };
}

/** What a URI of either side addresses; undefined for any other URI. */
export function proposalAddressOf(parts: UriParts): ProposalAddress | undefined {
  if (parts.scheme !== BASE_SCHEME && parts.scheme !== PROPOSAL_SCHEME) return undefined;
  const query = queryOf(parts.query);
  const { folder, runId, round, path } = query;
  if (typeof folder !== 'string' || typeof runId !== 'string' || typeof path !== 'string') return undefined;
  return typeof round === 'number' ? { folder, runId, round, path } : undefined;
}

export function patchParts(address: PatchAddress): UriParts {
  const { folder, runId, key, path, side } = address;
  return { scheme: PATCH_SCHEME, path: `/${path}`, query: JSON.stringify({ folder, runId, key, path, side }) };
}

/** What a patch's URI addresses; undefined for any other URI. */
export function patchAddressOf(parts: UriParts): PatchAddress | undefined {
  if (parts.scheme !== PATCH_SCHEME) return undefined;
  const { folder, runId, key, path, side } = queryOf(parts.query);
  if (typeof folder !== 'string' || typeof runId !== 'string' || typeof key !== 'string') return undefined;
  if (typeof path !== 'string' || (side !== 'before' && side !== 'after')) return undefined;
  return { folder, runId, key, path, side };
}

/** One side of a conflict between a proposed file and the person's own. */
export interface ConflictAddress extends ProposalAddress {
  readonly side: 'base' | 'yours' | 'proposed' | 'result';
}

export function conflictParts({ folder, runId, round, path, side }: ConflictAddress): UriParts {
  return { scheme: CONFLICT_SCHEME, path: `/${path}`, query: JSON.stringify({ folder, runId, round, path, side }) };
}

/** What a conflict's URI addresses; undefined for any other URI. */
export function conflictAddressOf(parts: UriParts): ConflictAddress | undefined {
  if (parts.scheme !== CONFLICT_SCHEME) return undefined;
  const { folder, runId, round, path, side } = queryOf(parts.query);
  if (typeof folder !== 'string' || typeof runId !== 'string' || typeof path !== 'string') return undefined;
  if (typeof round !== 'number') return undefined;
  if (side !== 'base' && side !== 'yours' && side !== 'proposed' && side !== 'result') return undefined;
  return { folder, runId, round, path, side };
}

/** One name for one side of one file, for maps. */
export function nameOf(address: ProposalAddress): string {
  return JSON.stringify([address.folder, address.runId, address.round, address.path]);
}

/** A URI can come from anywhere (a link, a restored tab of an older version): a query that is not ours is no address, not an error. */
function queryOf(query: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(query);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
