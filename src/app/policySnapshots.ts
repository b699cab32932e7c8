import { standingSchema, type Standing } from '../core/router/demotion.ts';
import { frozenConfiguration } from '../core/policy/snapshot.ts';
import type { Configuration } from '../core/settings.ts';
import { z } from 'zod';

/**
 * What a run's policy snapshot holds, of which the log has checked the hash. Settings that its program did not know yet have their defaults, and runs of
 * before decided nothing about demotions.
 */
export function readPolicySnapshot(json: string): {
  readonly configuration: Configuration;
  readonly standings: readonly Standing[];
  readonly prompts: string;
} {
  const snapshot = JSON.parse(json) as {
    readonly configuration: unknown;
    readonly standings?: unknown;
    readonly prompts?: { readonly all?: string };
  };
  return {
    configuration: frozenConfiguration(snapshot.configuration),
    standings: z.array(standingSchema).parse(snapshot.standings ?? []),
    prompts: snapshot.prompts?.all ?? '',
  };
}
