import { z } from 'zod';
import { sha256 } from '../../base/hash.ts';
import { canonicalJson } from '../../base/json.ts';
import { configurationSchema, type Configuration } from '../settings.ts';

/** The policy a run decides by, frozen: `json` is canonical (base/json.ts) and `sha256` is taken over its bytes. */
export interface PolicySnapshot {
  readonly json: string;
  readonly sha256: string;
}

/** What was decided at a run's beginning by what was found then; see core/router/demotion.ts. Left out of the snapshot where it is empty. */
export type FrozenDecisions = { readonly standings?: readonly unknown[] };

/**
 * Freezes the effective configuration together with the prompts (`promptHashes`: prompt id -> SHA-256 of its file) and the prices in
 * force. Equal policies give equal hashes on every machine: nothing in it depends on a path, a time or the order keys were written in.
 */
export function policySnapshot(
  configuration: Configuration,
  promptHashes: Readonly<Record<string, string>>,
  priceVersion: string,
  { standings = [] }: FrozenDecisions = {},
): PolicySnapshot {
  const decided = standings.length === 0 ? {} : { standings };
  const json = canonicalJson({ version: 1, configuration, prompts: promptHashes, prices: priceVersion, ...decided });
  return { json, sha256: sha256(json) };
}

/** What older snapshots lack. */
const frozenAdvisers = z.object({ advisers: z.object({ librarian: z.unknown() }).partial().optional() });

/**
 * The configuration of a snapshot that some run has frozen. One of before there were reviewers and a tutor, or a librarian, asks none: a run that goes on keeps to
 * what it began with. Throws a ZodError for what is none.
 */
export function frozenConfiguration(value: unknown): Configuration {
  const frozen = configurationSchema.parse(value);
  const { advisers } = frozenAdvisers.parse(value);
  if (advisers === undefined) {
    const none = { security_review: 'never', performance_review: 'never', librarian: false, tutor: false } as const;
    return { ...frozen, advisers: { ...frozen.advisers, ...none } };
  }
  if (advisers.librarian !== undefined) return frozen;
  return { ...frozen, advisers: { ...frozen.advisers, librarian: false } };
}
