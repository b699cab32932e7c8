import { usableGibibytes, type Card } from './card.ts';
import { kvBytesPerToken, weightBytes, type KvFormat, type ModelDimensions } from './dimensions.ts';
import type { Checkpoint } from './localModels.ts';

export type ServerName = 'sglang' | 'vllm';

/** What is asked of the card. */
export interface Load {
  readonly card: Card;
  readonly server: ServerName;
  /** Requests that run at once, at most. */
  readonly sequences: number;
  /** GiB that other programs, the desktop first of all, use on the card. */
  readonly desktopGibibytes: number;
}

/** One way to serve a model: a checkpoint with its form, and a form of the KV cache. */
export interface Way {
  readonly checkpoint: Checkpoint;
  readonly kv: KvFormat;
}

/** Where the memory of the card goes, in bytes. Together they are the card's usable memory, or less. */
export interface Budget {
  readonly usable: number;
  readonly desktop: number;
  /** Kept free: PyTorch's fragments, and what an estimate is wrong by. */
  readonly margin: number;
  /** The CUDA context and the workspaces of kernels. */
  readonly context: number;
  readonly activations: number;
  readonly graphs: number;
  /** States that each running request has whatever its length. */
  readonly states: number;
  readonly weights: number;
  /** What is left for the KV cache; never below 0. */
  readonly kv: number;
  /** `--mem-fraction-static` or `--gpu-memory-utilization`: two decimals, rounded down. */
  readonly fraction: number;
  /** What the fraction is of: SGLang's is of the memory that is free when it starts, vLLM's of all that there is. */
  readonly fractionOf: number;
}

export const GIB = 1024 ** 3;

/** Tokens that are read at once: `--chunked-prefill-size`, `--max-num-batched-tokens` (models-and-servers 1.5). */
export const PREFILL_TOKENS = 2048;

const MARGIN = 0.02;
/** Of the 1.7 GiB that a server on an RTX 5090 was measured to take beside weights and cache (README of devstral_vllm_config), this is no activation. */
const CONTEXT_GIB = 1;

/**
 * How the card's memory is divided.
 *
 * SGLang: `rest = free after loading - free at start * (1 - mem_fraction_static)` is the KV cache (ModelRunner.profile_max_num_token), so weights, states
 * and cache lie within the fraction, and all else outside. vLLM: `requested = total * gpu_memory_utilization`, from which weights and the peak of a
 * trial pass go off; graphs lie outside (models-and-servers 1.6: "Graph capture needs ~0.8+ GB outside").
 */
export function budgetOf({ attention, ...dimensions }: ModelDimensions, way: Way, load: Load): Budget {
  const usable = Math.floor(usableGibibytes(load.card) * GIB);
  const desktop = Math.round(load.desktopGibibytes * GIB);
  const margin = Math.ceil(usable * MARGIN);
  const context = CONTEXT_GIB * GIB;
  const activations = activationBytes(dimensions, load.sequences);
  const graphs = Math.round(graphGibibytes(load) * GIB);
  const states = attention.bytesPerRequest * load.sequences;
  const measured = way.checkpoint.bytes;
  const weights =
    measured === undefined
      ? weightBytes({ attention, ...dimensions }, way.checkpoint.quantisation)
      : Math.ceil(measured);
  const isSglang = load.server === 'sglang';
  const fractionOf = Math.max(0, isSglang ? usable - desktop : usable);
  const outside = margin + graphs + (isSglang ? context + activations : desktop);
  const share = fractionOf === 0 ? 0 : twoDecimals((fractionOf - outside) / fractionOf);
  const fraction = Math.max(0, isSglang ? Math.min(share, mostWithGraphs(load, fractionOf)) : share);
  const within = weights + states + (isSglang ? 0 : context + activations);
  const kv = Math.max(0, Math.floor(fraction * fractionOf) - within);
  return { usable, desktop, margin, context, activations, graphs, states, weights, kv, fraction, fractionOf };
}

const twoDecimals = (value: number): number => Math.floor(value * 100) / 100;

/** What graphs of several sizes were seen to take on an RTX 5090, where 0.90 and more ran out of memory (sglang #35777). */
export const GRAPHS_LOST_GIB = 5;

/** The largest fraction that is planned with graphs for more than one request: below 0.90, unless even more leaves what graphs were seen to take. */
function mostWithGraphs({ card, sequences }: Load, fractionOf: number): number {
  if (card.architecture !== 'sm120' || sequences === 1) return 1;
  return Math.max(0.89, twoDecimals(1 - (GRAPHS_LOST_GIB * GIB) / Math.max(1, fractionOf)));
}

/** Tokens that the KV cache of a budget holds. */
export function capacityOf(dimensions: ModelDimensions, way: Way, budget: Budget): number {
  const perToken = kvBytesPerToken(dimensions, way.kv);
  return perToken === 0 ? dimensions.nativeContext : Math.floor(budget.kv / perToken);
}

/**
 * Bytes of the largest pass: of each token read at once the input and output of a layer (4 times the hidden size) and both halves of the feed-forward
 * pass with their product (3 times its width) in 16 bits, and the scores of the whole vocabulary for each running request in 32 bits, twice. A choice of this
 * planner, in the size of what was measured (see CONTEXT_GIB).
 */
function activationBytes(dimensions: Omit<ModelDimensions, 'attention'>, sequences: number): number {
  const { hiddenSize, intermediateSize, vocabularySize } = dimensions;
  const pass = PREFILL_TOKENS * (4 * hiddenSize + 3 * intermediateSize) * 2;
  const scores = sequences * vocabularySize * 4 * 2;
  return pass + scores;
}

/**
 * GiB of CUDA graphs, by the largest batch they are captured for. With context and activations the reserve lies between the figures of models-and-servers
 * 1.6: SGLang 1.5 to 5 GB, vLLM 1.5 to 2.5 GB. SGLang: issue #35777 lost about 5 GB to graphs of many sizes, #35596 runs with 0.92 at a batch of 1.
 */
function graphGibibytes({ server, sequences }: Pick<Load, 'server' | 'sequences'>): number {
  return server === 'sglang' ? Math.min(3.7, 0.5 * sequences) : Math.min(1.2, 0.8 + 0.05 * sequences);
}
