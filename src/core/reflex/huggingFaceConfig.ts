import { z } from 'zod';
import { err, ok, type Result } from '../../base/result.ts';
import {
  linearStateBytes,
  slidingBytes,
  type Attention,
  type ModelDimensions,
  type Quantisation,
} from './dimensions.ts';
import type { Checkpoint, LocalModel } from './localModels.ts';

const count = z.number().int().positive().max(1e9);

/** The members of a Hugging Face config.json of a text model that decide about memory; all others are passed over. */
const textSchema = z.object({
  num_hidden_layers: count.max(10_000),
  hidden_size: count,
  vocab_size: count,
  num_attention_heads: count,
  num_key_value_heads: count.nullish(),
  head_dim: count.nullish(),
  attn_output_gate: z.boolean().nullish(),
  intermediate_size: z.number().int().nonnegative().max(1e9).nullish(),
  max_position_embeddings: count,
  tie_word_embeddings: z.boolean().nullish(),
  // A mixture of experts; each family has names of its own.
  num_experts: z.number().int().nonnegative().max(1e6).nullish(),
  num_local_experts: z.number().int().nonnegative().max(1e6).nullish(),
  n_routed_experts: z.number().int().nonnegative().max(1e6).nullish(),
  num_experts_per_tok: count.nullish(),
  moe_intermediate_size: count.nullish(),
  shared_expert_intermediate_size: z.number().int().nonnegative().max(1e9).nullish(),
  n_shared_experts: z.number().int().nonnegative().max(1e6).nullish(),
  first_k_dense_replace: z.number().int().nonnegative().max(10_000).nullish(),
  // Latent attention (MLA).
  kv_lora_rank: count.nullish(),
  qk_rope_head_dim: count.nullish(),
  qk_nope_head_dim: count.nullish(),
  v_head_dim: count.nullish(),
  q_lora_rank: count.nullish(),
  // Layers that are not full attention.
  layer_types: z.array(z.string().max(60)).max(10_000).nullish(),
  full_attention_interval: count.nullish(),
  sliding_window: count.nullish(),
  global_head_dim: count.nullish(),
  num_global_key_value_heads: count.nullish(),
  linear_num_value_heads: count.nullish(),
  linear_num_key_heads: count.nullish(),
  linear_key_head_dim: count.nullish(),
  linear_value_head_dim: count.nullish(),
  linear_conv_kernel_dim: count.nullish(),
});
type TextConfig = z.infer<typeof textSchema>;

const wrapperSchema = z.object({
  text_config: z.unknown().optional(),
  vision_config: z.unknown().optional(),
  model_type: z.string().max(100).nullish(),
  tie_word_embeddings: z.boolean().nullish(),
  quantization_config: z.unknown().optional(),
});

/**
 * A model from its config.json as Hugging Face transformers reads it (`value` is the parsed file; a model with pictures keeps its text's part in
 * `text_config`). `name` is what a server is told to load. The parameters are counted from the dimensions (matrices of attention, feed-forward,
 * embeddings), which leaves out norms, biases, encoders for
 * pictures and heads that draft: a few per cent, for which a plan keeps its margin.
 *
 * Errors are sentences without a subject, for a person who named the file.
 */
export function modelOfConfig(value: unknown, name: string): Result<LocalModel, string> {
  const wrapper = wrapperSchema.safeParse(value);
  if (!wrapper.success) return err('it is no JSON object of a model');
  const { text_config: inner, vision_config: vision, quantization_config: quantised } = wrapper.data;
  const parsed = textSchema.safeParse(inner ?? value);
  if (!parsed.success) return err(`${mistakeOf(parsed.error)} (a config.json of a text model has it)`);
  const text = parsed.data;
  const quantisation = quantisationOf(quantised);
  if (quantisation.kind === 'error') return quantisation;
  const attention = attentionOf(text);
  if (attention.kind === 'error') return attention;
  const isTied = text.tie_word_embeddings ?? wrapper.data.tie_word_embeddings ?? false;
  const ends = (isTied ? 1 : 2) * text.vocab_size * text.hidden_size;
  const dimensions: ModelDimensions = {
    layers: text.num_hidden_layers,
    hiddenSize: text.hidden_size,
    intermediateSize: widthAtOnce(text),
    vocabularySize: text.vocab_size,
    parameters: ends + layerParameters(text, attention.value.fullLayers),
    unquantisedParameters: ends,
    attention: attention.value,
    nativeContext: text.max_position_embeddings,
    isMixtureOfExperts: expertsOf(text) > 0,
    hasVision: vision !== undefined && vision !== null,
  };
  const stored: Checkpoint = { quantisation: quantisation.value, repository: name };
  const isPlain = quantisation.value === 'bf16';
  return ok({
    id: name,
    dimensions,
    checkpoints: isPlain ? [stored, { quantisation: 'fp8', repository: name, isMadeAtStart: true }] : [stored],
    source: `its config.json${wrapper.data.model_type ? ` (${wrapper.data.model_type})` : ''}; the parameters are counted from it`,
  });
}

function mistakeOf(error: z.ZodError): string {
  const [issue] = error.issues;
  const place = issue?.path.join('.') ?? '';
  return place === '' ? 'it is no JSON object of a model' : `${place} is missing or no such number`;
}

const quantisedSchema = z.object({
  quant_method: z.string().max(60).nullish(),
  quant_algo: z.string().max(60).nullish(),
  bits: z.number().nullish(),
  config_groups: z
    .record(
      z.string(),
      z.object({ weights: z.object({ num_bits: z.number().nullish(), type: z.string().max(30).nullish() }).nullish() }),
    )
    .nullish(),
});

/** The `quantization_config` of a config.json: absent for 16 bits. Of several groups (compressed-tensors) the one with the most bits counts. */
function quantisationOf(value: unknown): Result<Quantisation, string> {
  if (value === undefined || value === null) return ok('bf16');
  const parsed = quantisedSchema.safeParse(value);
  if (!parsed.success) return err('its quantization_config cannot be read');
  const { quant_method: method = '', quant_algo: algorithm, bits, config_groups: groups } = parsed.data;
  const words = `${method} ${algorithm ?? ''}`.toLowerCase();
  if (words.includes('mxfp4')) return ok('mxfp4');
  if (words.includes('fp4')) return ok('nvfp4');
  if (words.includes('fp8')) return ok('fp8');
  const weights = Object.values(groups ?? {}).flatMap((group) => group.weights ?? []);
  const most = Math.max(bits ?? 0, ...weights.map(({ num_bits }) => num_bits ?? 0));
  const isFloat = weights.some(({ type }) => type === 'float');
  if (most === 4) return ok(isFloat ? 'nvfp4' : 'awq');
  // 8-bit integers take what FP8 takes.
  if (most === 8) return ok('fp8');
  if (words.includes('awq')) return ok('awq');
  return err(
    `its quantization_config (${words.trim().slice(0, 60) || 'without a quant_method'}) is of a kind that is not known here`,
  );
}

function attentionOf(text: TextConfig): Result<Attention, string> {
  const types = text.layer_types ?? undefined;
  const layers = text.num_hidden_layers;
  const nLinear = types?.filter((type) => type.includes('linear')).length ?? linearByInterval(text);
  const nSliding = types?.filter((type) => type.includes('sliding')).length ?? 0;
  const fullLayers = layers - nLinear - nSliding;
  if (fullLayers < 0) return err('its layer_types are more than its num_hidden_layers');
  const heads = text.num_key_value_heads ?? text.num_attention_heads;
  const headSize = headSizeOf(text);
  const linear =
    nLinear === 0
      ? 0
      : linearStateBytes({
          layers: nLinear,
          valueHeads: text.linear_num_value_heads ?? text.num_attention_heads,
          keyHeads: text.linear_num_key_heads ?? heads,
          keySize: text.linear_key_head_dim ?? headSize,
          valueSize: text.linear_value_head_dim ?? headSize,
          kernel: text.linear_conv_kernel_dim ?? 4,
        });
  const window = Math.min(text.sliding_window ?? text.max_position_embeddings, text.max_position_embeddings);
  return ok({
    fullLayers,
    perToken:
      text.kv_lora_rank == null
        ? {
            kind: 'heads',
            heads: text.num_global_key_value_heads ?? heads,
            headSize: text.global_head_dim ?? headSize,
          }
        : { kind: 'latent', latentSize: text.kv_lora_rank + (text.qk_rope_head_dim ?? 0) },
    bytesPerRequest: linear + slidingBytes({ layers: nSliding, heads, headSize, window }),
  });
}

/** Qwen3-Next names only how often full attention comes: every n-th layer. */
function linearByInterval(text: TextConfig): number {
  if (text.full_attention_interval == null) return 0;
  return text.num_hidden_layers - Math.floor(text.num_hidden_layers / text.full_attention_interval);
}

const headSizeOf = (text: TextConfig): number =>
  text.head_dim ?? Math.max(1, Math.floor(text.hidden_size / text.num_attention_heads));

const expertsOf = (text: TextConfig): number =>
  text.num_experts ?? text.num_local_experts ?? text.n_routed_experts ?? 0;

const expertWidth = (text: TextConfig): number => text.moe_intermediate_size ?? text.intermediate_size ?? 0;

const sharedWidth = (text: TextConfig): number =>
  text.shared_expert_intermediate_size ?? (text.n_shared_experts ?? 0) * expertWidth(text);

/** Numbers between the two matrices of a feed-forward pass, for one token. */
function widthAtOnce(text: TextConfig): number {
  if (expertsOf(text) === 0) return text.intermediate_size ?? 4 * text.hidden_size;
  return (text.num_experts_per_tok ?? 1) * expertWidth(text) + sharedWidth(text);
}

/** The matrices of all layers: attention or what stands for it, and three of each feed-forward pass or expert (SwiGLU). */
function layerParameters(text: TextConfig, fullLayers: number): number {
  const { hidden_size: hidden, num_hidden_layers: layers } = text;
  const types = text.layer_types ?? undefined;
  const nLinear = types?.filter((type) => type.includes('linear')).length ?? linearByInterval(text);
  const nAttention = Math.max(fullLayers, layers - nLinear);
  const nDense = expertsOf(text) === 0 ? layers : Math.min(layers, text.first_k_dense_replace ?? 0);
  const dense = 3 * hidden * (text.intermediate_size ?? 4 * hidden);
  const sparse = 3 * hidden * (expertsOf(text) * expertWidth(text) + sharedWidth(text)) + hidden * expertsOf(text);
  return (
    nAttention * attentionParameters(text) +
    nLinear * linearParameters(text) +
    nDense * dense +
    (layers - nDense) * sparse
  );
}

function attentionParameters(text: TextConfig): number {
  const { hidden_size: hidden, num_attention_heads: heads } = text;
  if (text.kv_lora_rank == null) {
    const kvHeads = text.num_key_value_heads ?? heads;
    const gates = text.attn_output_gate === true ? heads : 0;
    return hidden * headSizeOf(text) * (2 * heads + gates + 2 * kvHeads);
  }
  const rope = text.qk_rope_head_dim ?? 0;
  const nope = text.qk_nope_head_dim ?? headSizeOf(text);
  const value = text.v_head_dim ?? nope;
  const queries =
    text.q_lora_rank == null ? hidden * heads * (nope + rope) : text.q_lora_rank * (hidden + heads * (nope + rope));
  return (
    queries + hidden * (text.kv_lora_rank + rope) + text.kv_lora_rank * heads * (nope + value) + heads * value * hidden
  );
}

/** In: queries, keys, values and gates; out: one matrix. */
function linearParameters(text: TextConfig): number {
  const values =
    (text.linear_num_value_heads ?? text.num_attention_heads) * (text.linear_value_head_dim ?? headSizeOf(text));
  const keys = (text.linear_num_key_heads ?? text.num_attention_heads) * (text.linear_key_head_dim ?? headSizeOf(text));
  return text.hidden_size * (2 * keys + 3 * values);
}
