/** How the weights of a checkpoint are stored. `awq` stands for every format of 4-bit integers in groups: AWQ, GPTQ, compressed-tensors. */
export const QUANTISATIONS = ['bf16', 'fp8', 'awq', 'nvfp4', 'mxfp4'] as const;
export type Quantisation = (typeof QUANTISATIONS)[number];

/** How keys and values are stored. */
export const KV_FORMATS = ['bf16', 'fp8'] as const;
export type KvFormat = (typeof KV_FORMATS)[number];

/** What of a model decides how much memory it needs. All counts are of the whole model, on one GPU. */
export interface ModelDimensions {
  readonly layers: number;
  readonly hiddenSize: number;
  /** Of one feed-forward pass of one token: for a mixture of experts, those that one token uses together. */
  readonly intermediateSize: number;
  readonly vocabularySize: number;
  /** All weights, embeddings among them. */
  readonly parameters: number;
  /** Those of `parameters` that stay in 16 bits in a quantised checkpoint: the embeddings and the output head. */
  readonly unquantisedParameters: number;
  readonly attention: Attention;
  /** Tokens the model was made for, without RoPE scaling. */
  readonly nativeContext: number;
  readonly isMixtureOfExperts: boolean;
  /** Has an encoder for pictures, which a coder does not need. */
  readonly hasVision: boolean;
}

export interface Attention {
  /** Layers that keep keys and values of every token. */
  readonly fullLayers: number;
  /** What one of them keeps of one token: `heads` keys and as many values of `headSize` numbers, or one latent vector (MLA) of `latentSize`. */
  readonly perToken:
    | { readonly kind: 'heads'; readonly heads: number; readonly headSize: number }
    | { readonly kind: 'latent'; readonly latentSize: number };
  /** Bytes that a running request needs whatever its length: states of linear attention, windows of sliding attention. */
  readonly bytesPerRequest: number;
}

/**
 * Bits a weight takes, its scales counted in. FP8 8; AWQ with one 16-bit scale and a zero point for 128 weights 4.16; NVFP4 4.5 (an 8-bit scale for 16
 * weights). Source: models-and-servers 1.6. MXFP4 4.25 (an 8-bit scale for 32 weights; OCP Microscaling Formats 1.0).
 */
const BITS: Readonly<Record<Quantisation, number>> = { bf16: 16, fp8: 8, awq: 4.16, nvfp4: 4.5, mxfp4: 4.25 };

const KV_BYTES: Readonly<Record<KvFormat, number>> = { bf16: 2, fp8: 1 };

/**
 * Bytes of the weights: quantised parameters times bits a weight over 8, plus 2 bytes for each parameter that stays in 16 bits (`weights = Pq*bpw/8 +
 * Pu*2`, models-and-servers 1.6; its bf16 figure of Qwen2.5-7B was held against a safetensors index: 15.23 GB).
 */
export function weightBytes(dimensions: ModelDimensions, quantisation: Quantisation): number {
  const { parameters, unquantisedParameters } = dimensions;
  return Math.ceil(((parameters - unquantisedParameters) * BITS[quantisation]) / 8 + unquantisedParameters * 2);
}

/**
 * Bytes of the KV cache that one token takes: `2 * fullAttentionLayers * kvHeads * headDim * bytes`, for MLA `layers * (kv_lora_rank + rope) * bytes`
 * (models-and-servers 1.6).
 */
export function kvBytesPerToken({ attention }: ModelDimensions, format: KvFormat): number {
  const { fullLayers, perToken } = attention;
  const numbers = perToken.kind === 'heads' ? 2 * perToken.heads * perToken.headSize : perToken.latentSize;
  return fullLayers * numbers * KV_BYTES[format];
}

/**
 * Bytes of the states that layers of gated linear attention keep for one request: of each value head a square of key size by value size in 32 bits, and
 * the last inputs of its convolution in 16 bits. Source: the shapes of GatedDeltaNet in Hugging Face transformers (models/qwen3_next), whose
 * config names them linear_num_value_heads, linear_num_key_heads, linear_*_head_dim and linear_conv_kernel_dim.
 */
export function linearStateBytes(linear: LinearAttention): number {
  const { layers, valueHeads, keyHeads, keySize, valueSize, kernel } = linear;
  const state = valueHeads * keySize * valueSize * 4;
  const inputs = (2 * keyHeads * keySize + valueHeads * valueSize) * Math.max(0, kernel - 1) * 2;
  return layers * (state + inputs);
}

export interface LinearAttention {
  readonly layers: number;
  readonly valueHeads: number;
  readonly keyHeads: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly kernel: number;
}

/** Bytes that layers with a sliding window keep of one request that is at least as long as the window, in 16 bits. */
export function slidingBytes(sliding: {
  readonly layers: number;
  readonly heads: number;
  readonly headSize: number;
  readonly window: number;
}): number {
  return sliding.layers * 2 * sliding.heads * sliding.headSize * sliding.window * 2;
}
