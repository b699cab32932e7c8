/** What a model server tells of its work. What it does not tell is left out, never 0. */
export interface ServerLoad {
  readonly running?: number;
  readonly queued?: number;
  /** 0..1: the part of the cache for tokens in use (of SGLang's largest pool, of vLLM's KV cache). */
  readonly tokenUsage?: number;
  /** 0..1: the part of prompt tokens that came from the prefix cache. */
  readonly cacheHitRate?: number;
  /** Tokens a second, as the server reckons it. */
  readonly throughput?: number;
  /** What it has counted since it began: two readings make a rate of it. */
  readonly counted?: ServerCounters;
}

/** Counters of a server. One that is lower than before belongs to a server that was started anew. */
export interface ServerCounters {
  readonly generatedTokens?: number;
  /** Requests that were answered to their end, and the seconds that all of them took together. */
  readonly answered?: number;
  readonly answerSeconds?: number;
}

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Samples looked at; a server's page has a few hundred, a histogram's buckets counted. */
const MOST_SAMPLES = 20_000;

/*
 * Names by which servers tell the same thing: SGLang (with `:` on /metrics and `_` on /v1/loads), vLLM (old and new), llama.cpp. Names match whole:
 * `vllm:num_requests_waiting_by_reason` is another metric than `vllm:num_requests_waiting`.
 */
const RUNNING = ['sglang:num_running_reqs', 'vllm:num_requests_running', 'llamacpp:requests_processing'];
const QUEUED = ['sglang:num_queue_reqs', 'vllm:num_requests_waiting', 'llamacpp:requests_deferred'];
const TOKEN_USAGE = [
  'sglang:token_usage',
  'vllm:kv_cache_usage_perc',
  'vllm:gpu_cache_usage_perc',
  'llamacpp:kv_cache_usage_ratio',
];
const HIT_RATE = ['sglang:cache_hit_rate', 'vllm:gpu_prefix_cache_hit_rate'];
// llama.cpp's gauge predicted_tokens_seconds is left out: it is the speed of those answers only that ended since anybody last read its page
// (tools/server/server-context.cpp, server_metrics::reset_bucket).
const THROUGHPUT = ['sglang:gen_throughput', 'vllm:avg_generation_throughput_toks_per_s'];
const CACHE_HITS = ['vllm:prefix_cache_hits_total', 'vllm:gpu_prefix_cache_hits_total'];
const CACHE_QUERIES = ['vllm:prefix_cache_queries_total', 'vllm:gpu_prefix_cache_queries_total'];
const GENERATED = ['sglang:generation_tokens_total', 'vllm:generation_tokens_total', 'llamacpp:tokens_predicted_total'];
const ANSWERED = ['sglang:e2e_request_latency_seconds_count', 'vllm:e2e_request_latency_seconds_count'];
const ANSWER_SECONDS = ['sglang:e2e_request_latency_seconds_sum', 'vllm:e2e_request_latency_seconds_sum'];

/**
 * The load from a page in Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/). Requests and throughput are
 * summed over data-parallel ranks, of the ranks of one engine only the first is counted, shares are the largest of any rank. Never throws.
 */
export function parseMetrics(page: string): ServerLoad {
  const samples = page
    .split('\n')
    .slice(0, MOST_SAMPLES)
    // Comments and the buckets of histograms are nearly all of a page, and nothing of them is read.
    .filter((line) => !line.startsWith('#') && !line.includes('_bucket{'))
    .flatMap(sampleOf)
    .filter(({ labels }) => ['tp_rank', 'pp_rank', 'moe_ep_rank'].every((rank) => (labels[rank] ?? '0') === '0'));
  const values = (names: readonly string[]): readonly number[] => {
    const name = names.find((candidate) => samples.some((sample) => isNamed(sample, candidate)));
    return name === undefined ? [] : samples.filter((sample) => isNamed(sample, name)).map(({ value }) => value);
  };
  const hits = sum(values(CACHE_HITS));
  const queries = sum(values(CACHE_QUERIES));
  const load = loadOf({
    running: sum(values(RUNNING)),
    queued: sum(values(QUEUED)),
    tokenUsage: largest(values(TOKEN_USAGE)),
    cacheHitRate:
      hits !== undefined && queries !== undefined && queries > 0 ? hits / queries : largest(values(HIT_RATE)),
    throughput: sum(values(THROUGHPUT)),
  });
  return withCounters(load, {
    generatedTokens: sum(values(GENERATED)),
    answered: sum(values(ANSWERED)),
    answerSeconds: sum(values(ANSWER_SECONDS)),
  });
}

/** The labels of vLLM's `vllm:cache_config_info`, of the first engine; none where the page has no such line. */
export function cacheLabels(page: string): Readonly<Record<string, string>> {
  const lines = page.split('\n').slice(0, MOST_SAMPLES);
  return lines.flatMap(sampleOf).find((sample) => isNamed(sample, 'vllm:cache_config_info'))?.labels ?? {};
}

/** A load with its unknown and impossible figures left out. */
export function loadOf(
  figures: Readonly<Record<Exclude<keyof ServerLoad, 'counted'>, number | undefined>>,
): ServerLoad {
  const share = (figure: number | undefined): boolean => figure !== undefined && figure >= 0 && figure <= 1.001;
  const amount = (figure: number | undefined): boolean =>
    figure !== undefined && figure >= 0 && Number.isFinite(figure);
  const { running, queued, tokenUsage, cacheHitRate, throughput } = figures;
  return {
    ...(running !== undefined && amount(running) && { running }),
    ...(queued !== undefined && amount(queued) && { queued }),
    ...(tokenUsage !== undefined && share(tokenUsage) && { tokenUsage }),
    ...(cacheHitRate !== undefined && share(cacheHitRate) && { cacheHitRate }),
    ...(throughput !== undefined && amount(throughput) && { throughput }),
  };
}

/** The load with those counters that are known, and without any where none is. */
export function withCounters(
  load: ServerLoad,
  counters: { readonly [Name in keyof ServerCounters]: number | undefined },
): ServerLoad {
  const known = Object.entries(counters).filter(
    ([, count]) => count !== undefined && count >= 0 && Number.isFinite(count),
  );
  return known.length === 0 ? load : { ...load, counted: Object.fromEntries(known) };
}

function isNamed(sample: Sample, name: string): boolean {
  return sample.name === name || sample.name === name.replace(':', '_');
}

const LINE = /^\s*([A-Za-z_:][A-Za-z0-9_:]*)(?:\{(.*)\})?\s+([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)(?:\s+-?\d+)?\s*$/;
const LABEL = /([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\]|\\.)*)"/g;

/** One line. Comments, NaN, infinities and what is no sample give nothing. */
function sampleOf(line: string): readonly Sample[] {
  const [, name, labels = '', value] = LINE.exec(line) ?? [];
  const figure = Number(value);
  if (name === undefined || !Number.isFinite(figure)) return [];
  const pairs = [...labels.matchAll(LABEL)].map(([, key = '', text = '']) => [key, text] as const);
  return [{ name, labels: Object.fromEntries(pairs), value: figure }];
}

function sum(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0);
}

function largest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}
