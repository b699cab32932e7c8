import { kvBytesPerToken, type KvFormat } from './dimensions.ts';
import { GIB, type ServerName } from './memory.ts';
import { withCapacity, type ServerPlan } from './plan.ts';

/**
 * What a running server says of its memory; what it does not say is left out, never 0. SGLang: /server_info and /v1/loads; vLLM: the labels of
 * `vllm:cache_config_info` and max_model_len of /v1/models (models-and-servers 1.1 and 2).
 */
export interface Reported {
  readonly server?: ServerName;
  /** What it was told to load, or else the name it serves. */
  readonly model?: string;
  /** Tokens that its KV cache holds: max_total_num_tokens, or blocks times their size. */
  readonly capacity?: number;
  /** mem_fraction_static, gpu_memory_utilization. */
  readonly fraction?: number;
  readonly kv?: KvFormat;
  readonly context?: number;
  readonly maxRunning?: number;
  /** GiB, which SGLang calls GB (it divides by 2^30). */
  readonly weightGibibytes?: number;
  readonly kvGibibytes?: number;
  readonly graphGibibytes?: number;
}

/** One number, as it was estimated and as the server has it. */
export interface Comparison {
  readonly what: 'tokens of cache' | 'weights, GiB' | 'cache, GiB' | 'graphs, GiB' | 'fraction' | 'context';
  readonly estimated: number;
  readonly reported: number;
}

export interface CorrectedPlan {
  readonly plan: ServerPlan;
  readonly comparisons: readonly Comparison[];
  /** How the plan was corrected; `not` says why it stands as it was. */
  readonly correction:
    | { readonly kind: 'sameSettings' }
    | { readonly kind: 'otherSettings'; readonly text: string }
    | { readonly kind: 'not'; readonly why: string };
}

/** Fractions nearer than this are the same: both sides round. */
const SAME_FRACTION = 0.005;

/**
 * The plan with what a running server of the same model reports in the place of what was estimated. Where it runs with the planned settings, the tokens of
 * its cache are the plan's; where fraction or KV format are others, its cache is converted: its bytes, plus or minus what the planned fraction gives, in
 * tokens of the planned format. All other ways of the plan stay estimates. Correcting twice by the same report is correcting once.
 */
export function correctedBy(plan: ServerPlan, reported: Reported): CorrectedPlan {
  const not = (why: string, comparisons: readonly Comparison[] = []): CorrectedPlan => ({
    plan,
    comparisons,
    correction: { kind: 'not', why },
  });
  if (reported.server !== undefined && reported.server !== plan.server)
    return not(`the plan is for ${plan.server}, and ${reported.server} runs`);
  if (reported.model !== undefined && !isOfPlan(plan, reported.model))
    return not(`it serves ${reported.model}, which is not what is planned`);
  const comparisons = comparisonsOf(plan, reported);
  if (reported.capacity === undefined)
    return not('the server does not tell how many tokens its cache holds', comparisons);
  const { chosen, model } = plan;
  const kv = reported.kv ?? chosen.kv;
  const fraction = reported.fraction ?? chosen.budget.fraction;
  const isSame = kv === chosen.kv && Math.abs(fraction - chosen.budget.fraction) < SAME_FRACTION;
  const perToken = kvBytesPerToken(model.dimensions, chosen.kv);
  const more = isSame ? 0 : Math.floor((chosen.budget.fraction - fraction) * chosen.budget.fractionOf);
  const bytes = Math.max(0, reported.capacity * kvBytesPerToken(model.dimensions, kv) + more);
  const capacity = isSame ? reported.capacity : Math.floor(bytes / Math.max(1, perToken));
  const corrected = withCapacity(
    model,
    { ...chosen, budget: { ...chosen.budget, kv: capacity * perToken } },
    capacity,
    plan.wanted,
  );
  return {
    plan: { ...plan, chosen: corrected, ways: plan.ways.map((way) => (way === chosen ? corrected : way)) },
    comparisons,
    correction: isSame
      ? { kind: 'sameSettings' }
      : { kind: 'otherSettings', text: `converted from fraction ${fraction.toFixed(2)} with a cache in ${kv}` },
  };
}

/** By the name it is served under, or that of any checkpoint; a folder counts by its last part. */
function isOfPlan({ model, chosen }: ServerPlan, name: string): boolean {
  const last = (text: string): string => text.toLowerCase().replace(/\/+$/, '').split('/').at(-1) ?? '';
  // A server tells either the name it was given or the files it loaded; of the files only the planned checkpoint's are the plan's.
  return [model.id, chosen.checkpoint.repository].some((known) => last(known) === last(name));
}

function comparisonsOf({ chosen }: ServerPlan, reported: Reported): readonly Comparison[] {
  const { budget, capacity, context } = chosen;
  const rows: readonly (readonly [Comparison['what'], number, number | undefined])[] = [
    ['tokens of cache', capacity, reported.capacity],
    ['weights, GiB', budget.weights / GIB, reported.weightGibibytes],
    ['cache, GiB', budget.kv / GIB, reported.kvGibibytes],
    ['graphs, GiB', budget.graphs / GIB, reported.graphGibibytes],
    ['fraction', budget.fraction, reported.fraction],
    ['context', context, reported.context],
  ];
  return rows.flatMap(([what, estimated, told]) => (told === undefined ? [] : [{ what, estimated, reported: told }]));
}
