import { parsedJson } from '../../base/parsedJson.ts';
import { listMember, member } from '../models/looseJson.ts';

import { loadOf, type ServerLoad } from './metrics.ts';
import type { AskText, LoadReading } from './loadReading.ts';

/** Data-parallel ranks that are looked at. */
const MOST_RANKS = 64;

/**
 * SGLang's load: /v1/loads, which needs no flag; of servers that do not have it yet its older routes, where /metrics does not tell the same; and from
 * /metrics (--enable-metrics) what is left, which is its counters.
 *
 * Its throughput is that of the last batch, and it goes on saying it when it has nothing to do: for 30 seconds with metrics, without them for ever
 * (python/sglang/srt/managers/scheduler_metrics_mixin.py, maybe_log_idle_metrics). So it is told only while something runs.
 */
export async function readSglangLoad(metrics: ServerLoad, ask: AskText): Promise<LoadReading> {
  const { load, ...memory } = await readAll(metrics, ask);
  const { throughput, ...rest } = load;
  const isAtWork = load.running !== undefined && load.running > 0;
  return { load: { ...rest, ...(isAtWork && throughput !== undefined && { throughput }) }, ...memory };
}

async function readAll(metrics: ServerLoad, ask: AskText): Promise<LoadReading> {
  const loads = await ask('/v1/loads?include=core,memory');
  if (loads !== undefined) {
    const { load, ...memory } = parseLoads(parsedJson(loads));
    return { load: { ...metrics, ...load }, ...memory };
  }
  if (metrics.running !== undefined) return { load: metrics };
  const [older, info] = await Promise.all([ask('/get_load'), ask('/get_server_info')]);
  const { load, ...memory } = parseOlderLoads(jsonOf(older), jsonOf(info));
  return { load: { ...metrics, ...load }, ...memory };
}

/**
 * GET /v1/loads: one entry a data-parallel rank (python/sglang/srt/entrypoints/v1_loads.py). Requests, throughput and memory are summed, shares are the
 * largest of any rank. A rank that does not tell a figure adds nothing to it.
 */
export function parseLoads(body: unknown): LoadReading {
  const ranks = listMember(body, 'loads').slice(0, MOST_RANKS);
  return withMemory(
    loadOf({
      running: sum(figures(ranks, 'num_running_reqs')),
      queued: sum(figures(ranks, 'num_waiting_reqs')),
      tokenUsage: largest(figures(ranks, 'token_usage')),
      cacheHitRate: largest(figures(ranks, 'cache_hit_rate')),
      throughput: sum(figures(ranks, 'gen_throughput')),
    }),
    ranks.flatMap((rank) => MEMORY.map((part) => member(member(rank, 'memory'), part))),
  );
}

/**
 * GET /get_load and GET /get_server_info of older servers. The first has for each rank `num_reqs`, in which those that wait are counted, and
 * `num_waiting_reqs` (python/sglang/srt/managers/scheduler_metrics_mixin.py, get_load); the second what each scheduler made last, `last_gen_throughput`. The
 * tokens of the first hold those of waiting requests too, so the cache's use is unknown.
 */
export function parseOlderLoads(loads: unknown, info: unknown): LoadReading {
  const ranks = (Array.isArray(loads) ? loads : [loads]).slice(0, MOST_RANKS);
  const states = listMember(info, 'internal_states').slice(0, MOST_RANKS);
  const queued = sum(figures(ranks, 'num_waiting_reqs'));
  const all = sum(figures(ranks, 'num_reqs'));
  const running = all === undefined || queued === undefined ? undefined : all - queued;
  return withMemory(
    loadOf({
      running,
      queued,
      tokenUsage: undefined,
      cacheHitRate: undefined,
      throughput: sum(figures(states, 'last_gen_throughput')),
    }),
    states.flatMap((state) => OLDER_MEMORY.map((part) => member(member(state, 'memory_usage'), part))),
  );
}

/** Parts of a rank's memory in GB; the first names are those of /v1/loads. */
const MEMORY: readonly string[] = ['weight_gb', 'kv_cache_gb', 'graph_gb'];
const OLDER_MEMORY: readonly string[] = ['weight', 'kvcache', 'graph'];

function withMemory(load: ServerLoad, parts: readonly unknown[]): LoadReading {
  const gigabytes = sum(parts.filter((part) => typeof part === 'number'));
  return { load, ...(gigabytes !== undefined && gigabytes > 0 && { memoryGigabytes: gigabytes }) };
}

const jsonOf = (text: string | undefined): unknown => (text === undefined ? undefined : parsedJson(text));

const figures = (ranks: readonly unknown[], name: string): readonly number[] =>
  ranks.map((rank) => member(rank, name)).filter((value) => typeof value === 'number');

const sum = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0);

const largest = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : Math.max(...values);
