import { parsedJson } from '../../base/parsedJson.ts';
import type { Reported } from '../../core/reflex/correctedBy.ts';
import type { KvFormat } from '../../core/reflex/dimensions.ts';
import { serverKind } from '../models/discover.ts';
import { listMember, member, textMember } from '../models/looseJson.ts';
import { getText } from './getText.ts';
import { cacheLabels } from './metrics.ts';

/** Each look; there are at most two, one after the other. */
const DEADLINE_MS = 1_400;

export interface ReportedRequest {
  /** The worker's `base_url`, with or without `/v1`. */
  readonly baseUrl: string;
  readonly key?: string;
}

/**
 * What a running server reports of its memory, or undefined when no SGLang or vLLM answers. All routes are asked at once, SGLang's older ones only when the
 * newer are not there: less than three seconds in all. Never throws for what a server can do.
 */
export async function readReported(request: ReportedRequest, signal: AbortSignal): Promise<Reported | undefined> {
  const root = request.baseUrl.replace(/\/+$/, '').replace(/\/v1$/, '');
  const ask = async (path: string): Promise<unknown> => {
    const answer = await getText(`${root}${path}`, { key: request.key, deadlineMs: DEADLINE_MS }, signal);
    return answer.kind === 'response' && answer.status === 200 ? answer.text : undefined;
  };
  const json = async (path: string): Promise<unknown> => {
    const text = await ask(path);
    return typeof text === 'string' ? parsedJson(text) : undefined;
  };
  const [models, info, loads, metrics] = await Promise.all([
    json('/v1/models'),
    json('/server_info'),
    json('/v1/loads?include=core,memory'),
    ask('/metrics'),
  ]);
  const entries = listMember(models, 'data');
  const kind = serverKind('', entries);
  if (kind === 'vllm') return ofVllm(entries[0], typeof metrics === 'string' ? metrics : '');
  if (kind !== 'sglang') return undefined;
  return ofSglang(entries[0], info ?? (await json('/get_server_info')), loads);
}

/** /server_info has all flags flat, what the scheduler found, and a state for each rank; /v1/loads the numbers of now. */
function ofSglang(entry: unknown, info: unknown, loads: unknown): Reported {
  const [state] = listMember(info, 'internal_states');
  const usage = member(state, 'memory_usage');
  const [rank] = listMember(loads, 'loads');
  const memory = member(rank, 'memory');
  const kv = kvOf(textMember(info, 'kv_cache_dtype'));
  const model = textMember(info, 'model_path') ?? textMember(entry, 'id');
  return withoutUnknown({
    server: 'sglang',
    model: model?.slice(0, 300),
    capacity: first(
      positive(info, 'max_total_num_tokens'),
      positive(rank, 'max_total_num_tokens'),
      positive(usage, 'token_capacity'),
      positive(memory, 'token_capacity'),
    ),
    fraction: share(member(info, 'mem_fraction_static')),
    kv,
    context: first(positive(info, 'context_length'), positive(entry, 'max_model_len')),
    maxRunning: first(positive(rank, 'max_running_requests'), positive(info, 'max_running_requests')),
    weightGibibytes: first(positive(memory, 'weight_gb'), positive(usage, 'weight')),
    kvGibibytes: first(positive(memory, 'kv_cache_gb'), positive(usage, 'kvcache')),
    graphGibibytes: first(positive(memory, 'graph_gb'), positive(usage, 'graph')),
  });
}

/** The labels of vllm:cache_config_info are texts of Python: numbers, `None`, `auto`. */
function ofVllm(entry: unknown, page: string): Reported {
  const labels = cacheLabels(page);
  const number = (name: string): number | undefined => {
    const value = Number(labels[name] ?? Number.NaN);
    return Number.isFinite(value) && value > 0 ? value : undefined;
  };
  const blocks = number('num_gpu_blocks');
  const size = number('block_size');
  return withoutUnknown({
    server: 'vllm',
    model: (textMember(entry, 'root') ?? textMember(entry, 'id'))?.slice(0, 300),
    capacity:
      number('kv_cache_size_tokens') ?? (blocks !== undefined && size !== undefined ? blocks * size : undefined),
    fraction: share(number('gpu_memory_utilization')),
    kv: kvOf(labels['cache_dtype']),
    context: positive(entry, 'max_model_len'),
  });
}

type Loose = { readonly [Name in keyof Reported]: Reported[Name] | undefined };

function withoutUnknown(found: Loose): Reported {
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

const first = (...values: readonly (number | undefined)[]): number | undefined =>
  values.find((value) => value !== undefined);

function positive(from: unknown, name: string): number | undefined {
  const value = member(from, name);
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;
}

function share(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 && value <= 1 ? value : undefined;
}

/** `auto` is the format of the weights' computation, 16 bits. Formats of 4 bits are none that the planner reckons with. */
function kvOf(text: string | undefined): KvFormat | undefined {
  if (text === undefined) return undefined;
  if (text.startsWith('fp8')) return 'fp8';
  return /^(?:auto|bf16|bfloat16|fp16|float16|half)$/.test(text) ? 'bf16' : undefined;
}
