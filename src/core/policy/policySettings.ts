import { canonicalJson, type Json } from '../../base/json.ts';
import { configurationSchema, type Configuration } from '../settings.ts';

/** One setting of a policy: its path with dots, its value as JSON, and whether it is what would hold without any file. */
export interface PolicySetting {
  readonly path: string;
  readonly value: string;
  readonly isDefault: boolean;
}

/** A policy as it is frozen in a run's log: see core/policy/snapshot.ts. `prompts` and `prices` name what is no setting. */
export interface FrozenPolicy {
  readonly sha256: string;
  readonly configuration: Configuration;
  readonly prompts: string;
  readonly prices: string;
  /** What was decided by what was found when it was frozen, under the path of the setting it is about. */
  readonly decided: readonly { readonly path: string; readonly text: string }[];
}

/** All settings of a configuration in the order of their paths; a list is one value. */
export function policySettings(configuration: Configuration): readonly PolicySetting[] {
  const defaults = new Map(leavesOf(plain(configurationSchema.parse({})), ''));
  return leavesOf(plain(configuration), '')
    .map(([path, value]) => ({ path, value, isDefault: defaults.get(path) === value }))
    .sort((left, right) => (left.path < right.path ? -1 : 1));
}

/** One thing that is not the same in two policies; undefined where the policy has no such setting. */
export interface PolicyDifference {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What is not the same in two policies, prompts and prices among it, in the order of the paths. */
export function policyDifferences(before: FrozenPolicy, after: FrozenPolicy): readonly PolicyDifference[] {
  const old = new Map(linesOf(before));
  const now = new Map(linesOf(after));
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .filter((path) => old.get(path) !== now.get(path))
    .map((path) => ({ path, before: old.get(path), after: now.get(path) }));
}

const linesOf = ({ configuration, prompts, prices, decided }: FrozenPolicy): readonly (readonly [string, string])[] => [
  ...leavesOf(plain(configuration), ''),
  ['(prompts)', prompts],
  ['(prices)', prices],
  ...decided.map(({ path, text }) => [`(${path})`, text] as const),
];

/** Left-out settings are no settings: they go with the way over JSON. */
const plain = (configuration: Configuration): Json => JSON.parse(canonicalJson(configuration)) as Json;

function leavesOf(value: Json, path: string): readonly (readonly [path: string, value: string])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, canonicalJson(value)]];
  const members = Object.entries(value as Readonly<Record<string, Json>>);
  return members.flatMap(([key, member]) => leavesOf(member, path === '' ? key : `${path}.${key}`));
}
