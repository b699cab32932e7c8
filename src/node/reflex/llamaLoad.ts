import { parsedJson } from '../../base/parsedJson.ts';
import { listMember, member } from '../models/looseJson.ts';

import { loadOf, withCounters, type ServerLoad } from './metrics.ts';
import type { AskText, LoadReading } from './loadReading.ts';

/** Slots that are looked at. */
const MOST_SLOTS = 256;

/** llama.cpp's load: /slots (there unless it was started with --no-slots), and what /metrics says (with --metrics only). */
export async function readLlamaLoad(metrics: ServerLoad, ask: AskText): Promise<LoadReading> {
  const slots = await ask('/slots');
  return { load: slots === undefined ? metrics : withSlots(metrics, parsedJson(slots)) };
}

/**
 * GET /slots, a list (tools/server/server-context.cpp, server_slot::to_json): `is_processing`, `n_ctx`, and of the slot's request `n_prompt_tokens`, which
 * is all that the slot holds, `n_prompt_tokens_processed`, `n_prompt_tokens_cache` and `next_token[0].n_decoded`. The cache's use is that of the fullest slot
 * at work. Tokens of a request in flight are in no counter of /metrics, so they are added to it.
 */
export function withSlots(metrics: ServerLoad, body: unknown): ServerLoad {
  if (!Array.isArray(body) || body.length === 0) return metrics;
  const slots: readonly unknown[] = body.slice(0, MOST_SLOTS);
  const atWork = slots.filter((slot) => member(slot, 'is_processing') === true);
  const isToldWhole = slots.every((slot) => typeof member(slot, 'is_processing') === 'boolean');
  const known = loadOf({
    running: isToldWhole ? atWork.length : undefined,
    queued: undefined,
    tokenUsage: isToldWhole ? usageOf(atWork) : undefined,
    cacheHitRate: hitRateOf(slots),
    throughput: undefined,
  });
  const { counted, ...gauges } = metrics;
  const ended = counted?.generatedTokens;
  const inFlight = sum(atWork.map((slot) => amount(listMember(slot, 'next_token')[0], 'n_decoded')));
  const generatedTokens = ended === undefined || inFlight === undefined ? undefined : ended + inFlight;
  // The server's own metric of the cache is the better one, where an older server has it.
  return withCounters({ ...known, ...gauges }, { ...counted, generatedTokens });
}

/** 0 where no slot works; unknown where one that works does not tell what it holds. */
function usageOf(atWork: readonly unknown[]): number | undefined {
  const shares = atWork.map((slot) => {
    const [held, context] = [amount(slot, 'n_prompt_tokens'), amount(slot, 'n_ctx')];
    return held === undefined || context === undefined || context === 0 ? undefined : Math.min(1, held / context);
  });
  return shares.reduce<number | undefined>(
    (most, share) => (most === undefined || share === undefined ? undefined : Math.max(most, share)),
    0,
  );
}

/** Over the last request of each slot. */
function hitRateOf(slots: readonly unknown[]): number | undefined {
  let cached = 0;
  let all = 0;
  for (const slot of slots) {
    const [hits, read] = [amount(slot, 'n_prompt_tokens_cache'), amount(slot, 'n_prompt_tokens_processed')];
    if (hits === undefined || read === undefined) continue;
    cached += hits;
    all += hits + read;
  }
  return all === 0 ? undefined : cached / all;
}

function amount(from: unknown, name: string): number | undefined {
  const value = member(from, name);
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** Unknown as soon as one of them is. */
function sum(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce<number | undefined>(
    (total, value) => (total === undefined || value === undefined ? undefined : total + value),
    0,
  );
}
