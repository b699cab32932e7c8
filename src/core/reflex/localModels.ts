import { linearStateBytes, slidingBytes, type ModelDimensions, type Quantisation } from './dimensions.ts';

/** A published form of a model, as a server is given it. */
export interface Checkpoint {
  readonly quantisation: Quantisation;
  /** The name on Hugging Face, or a folder. */
  readonly repository: string;
  /** Bytes of its weights where somebody has measured them, which goes before the formula. */
  readonly bytes?: number;
  /** The server makes this form itself, out of the weights in 16 bits, with `--quantization`. */
  readonly isMadeAtStart?: true;
}

/** A model that is known by its dimensions. */
export interface LocalModel {
  /** The name it is asked for by, and served under. */
  readonly id: string;
  readonly dimensions: ModelDimensions;
  /** The better kept first: of two that give the same context, the first is planned. */
  readonly checkpoints: readonly Checkpoint[];
  /** `--tool-call-parser`, by server. */
  readonly toolParser?: { readonly sglang: string; readonly vllm: string };
  /** It thinks before it answers, and by this parser a server tells the two apart. */
  readonly reasoningParser?: string;
  /** Where the dimensions are from. */
  readonly source: string;
  /** What is known of it on a 32 GB card. */
  readonly note?: string;
}

/** The day on which the table was made. */
export const TABLE_DATE = '2026-11-21';

/** The model that `[reflex]` names when nobody says another. */
export const DEFAULT_MODEL = 'qwen2.5-coder-7b-instruct';

const GIB = 1024 ** 3;
const QWEN_25_VOCABULARY = 152_064;
const QWEN_3_VOCABULARY = 151_936;
const QWEN_36_VOCABULARY = 248_320;

/** The parameters of embeddings and output head where the two are not the same. */
const bothEnds = (vocabulary: number, hidden: number): number => 2 * vocabulary * hidden;

/** A model whose layers all keep keys and values in groups (GQA), as the Qwen 2.5 and Qwen 3 models do. */
function grouped(
  shape: Pick<ModelDimensions, 'layers' | 'hiddenSize' | 'intermediateSize' | 'vocabularySize' | 'nativeContext'> & {
    readonly parameters: number;
    readonly heads: number;
    readonly headSize?: number;
    readonly isMixtureOfExperts?: boolean;
    readonly hasVision?: boolean;
  },
): ModelDimensions {
  const { heads, headSize = 128, isMixtureOfExperts = false, hasVision = false, ...sizes } = shape;
  return {
    ...sizes,
    unquantisedParameters: bothEnds(shape.vocabularySize, shape.hiddenSize),
    attention: { fullLayers: shape.layers, perToken: { kind: 'heads', heads, headSize }, bytesPerRequest: 0 },
    isMixtureOfExperts,
    hasVision,
  };
}

/** A Qwen 3.6 or 3.8 model: of four layers three are Gated DeltaNet with 128 wide heads, one keeps keys and values of 256. */
function hybrid(shape: {
  readonly layers: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly parameters: number;
  readonly heads: number;
  readonly valueHeads: number;
  readonly isMixtureOfExperts: boolean;
}): ModelDimensions {
  const { heads, valueHeads, ...sizes } = shape;
  const fullLayers = shape.layers / 4;
  const bytesPerRequest = linearStateBytes({
    layers: shape.layers - fullLayers,
    valueHeads,
    keyHeads: 16,
    keySize: 128,
    valueSize: 128,
    kernel: 4,
  });
  return {
    ...sizes,
    vocabularySize: QWEN_36_VOCABULARY,
    unquantisedParameters: bothEnds(QWEN_36_VOCABULARY, shape.hiddenSize),
    attention: { fullLayers, perToken: { kind: 'heads', heads, headSize: 256 }, bytesPerRequest },
    nativeContext: 262_144,
    hasVision: true,
  };
}

const qwen25Coder = (size: '7B' | '14B' | '32B'): readonly Checkpoint[] => [
  { quantisation: 'bf16', repository: `Qwen/Qwen2.5-Coder-${size}-Instruct` },
  { quantisation: 'fp8', repository: `Qwen/Qwen2.5-Coder-${size}-Instruct`, isMadeAtStart: true },
  { quantisation: 'awq', repository: `Qwen/Qwen2.5-Coder-${size}-Instruct-AWQ` },
];

const QWEN_25_TOOLS = { sglang: 'qwen25', vllm: 'hermes' } as const;
const QWEN_CODER_TOOLS = { sglang: 'qwen3_coder', vllm: 'qwen3_coder' } as const;
const REPORT = 'Qwen2.5-Coder Technical Report (arXiv 2409.12186), table 1';

/**
 * Models for one card, most of all for 32 GB. Any other model is read from its own config.json (huggingFaceConfig.ts). "models-and-servers" is this
 * project's page of facts of 2026-11-21.
 */
export const LOCAL_MODELS: readonly LocalModel[] = [
  {
    id: DEFAULT_MODEL,
    dimensions: grouped({
      layers: 28,
      hiddenSize: 3584,
      intermediateSize: 18_944,
      vocabularySize: QWEN_25_VOCABULARY,
      parameters: 7_615_616_512,
      heads: 4,
      nativeContext: 32_768,
    }),
    checkpoints: qwen25Coder('7B'),
    toolParser: QWEN_25_TOOLS,
    source: `${REPORT}; bytes in 16 bits from a safetensors index`,
  },
  {
    id: 'qwen2.5-coder-14b-instruct',
    dimensions: grouped({
      layers: 48,
      hiddenSize: 5120,
      intermediateSize: 13_824,
      vocabularySize: QWEN_25_VOCABULARY,
      parameters: 14_770_033_664,
      heads: 8,
      nativeContext: 32_768,
    }),
    checkpoints: qwen25Coder('14B'),
    toolParser: QWEN_25_TOOLS,
    source: REPORT,
  },
  {
    id: 'qwen2.5-coder-32b-instruct',
    dimensions: grouped({
      layers: 64,
      hiddenSize: 5120,
      intermediateSize: 27_648,
      vocabularySize: QWEN_25_VOCABULARY,
      parameters: 32_763_876_352,
      heads: 8,
      nativeContext: 32_768,
    }),
    checkpoints: qwen25Coder('32B'),
    toolParser: QWEN_25_TOOLS,
    source: REPORT,
  },
  {
    id: 'qwen3-coder-30b-a3b-instruct',
    dimensions: grouped({
      layers: 48,
      hiddenSize: 2048,
      intermediateSize: 8 * 768,
      vocabularySize: QWEN_3_VOCABULARY,
      parameters: 30_532_122_624,
      heads: 4,
      nativeContext: 262_144,
      isMixtureOfExperts: true,
    }),
    checkpoints: [
      { quantisation: 'bf16', repository: 'Qwen/Qwen3-Coder-30B-A3B-Instruct' },
      { quantisation: 'fp8', repository: 'Qwen/Qwen3-Coder-30B-A3B-Instruct-FP8' },
      { quantisation: 'awq', repository: 'QuantTrio/Qwen3-Coder-30B-A3B-Instruct-AWQ' },
      { quantisation: 'nvfp4', repository: 'ig1/Qwen3-Coder-30B-A3B-Instruct-NVFP4' },
    ],
    toolParser: QWEN_CODER_TOOLS,
    source: 'several copies of its config.json',
    note: 'In AWQ on an RTX 5090 somebody ran a context of 122,880 tokens; 131,072 ran out of memory.',
  },
  {
    id: 'qwen3-32b',
    dimensions: grouped({
      layers: 64,
      hiddenSize: 5120,
      intermediateSize: 25_600,
      vocabularySize: QWEN_3_VOCABULARY,
      parameters: 32_762_123_264,
      heads: 8,
      nativeContext: 40_960,
    }),
    checkpoints: [
      { quantisation: 'bf16', repository: 'Qwen/Qwen3-32B' },
      { quantisation: 'fp8', repository: 'Qwen/Qwen3-32B-FP8' },
      { quantisation: 'awq', repository: 'Qwen/Qwen3-32B-AWQ' },
    ],
    toolParser: QWEN_25_TOOLS,
    reasoningParser: 'qwen3',
    source: 'two pages of others that agree',
  },
  {
    id: 'qwen3.6-35b-a3b',
    dimensions: hybrid({
      layers: 40,
      hiddenSize: 2048,
      intermediateSize: 9 * 512,
      parameters: 35_000_000_000,
      heads: 2,
      valueHeads: 32,
      isMixtureOfExperts: true,
    }),
    checkpoints: [
      { quantisation: 'bf16', repository: 'Qwen/Qwen3.6-35B-A3B' },
      { quantisation: 'fp8', repository: 'Qwen/Qwen3.6-35B-A3B-FP8' },
      { quantisation: 'nvfp4', repository: 'nvidia/Qwen3.6-35B-A3B-NVFP4', bytes: 21.8 * GIB },
    ],
    toolParser: QWEN_CODER_TOOLS,
    reasoningParser: 'qwen3',
    source: 'model card of Qwen/Qwen3.6-35B-A3B; the files in NVFP4 are 21.8 GiB',
  },
  {
    id: 'qwen3.6-27b',
    dimensions: hybrid({
      layers: 64,
      hiddenSize: 5120,
      intermediateSize: 17_408,
      parameters: 27_780_000_000,
      heads: 4,
      valueHeads: 48,
      isMixtureOfExperts: false,
    }),
    checkpoints: [
      { quantisation: 'bf16', repository: 'Qwen/Qwen3.6-27B' },
      { quantisation: 'fp8', repository: 'Qwen/Qwen3.6-27B-FP8' },
      { quantisation: 'nvfp4', repository: 'nvidia/Qwen3.6-27B-NVFP4', bytes: 22e9 },
    ],
    toolParser: QWEN_CODER_TOOLS,
    reasoningParser: 'qwen3',
    source: 'model card of Qwen/Qwen3.6-27B; 55.56 GB in 16 bits; about 22 GB in NVFP4',
  },
  {
    id: 'qwen3.8-27b',
    dimensions: hybrid({
      layers: 64,
      hiddenSize: 5120,
      intermediateSize: 17_408,
      parameters: 27_780_000_000,
      heads: 4,
      valueHeads: 48,
      isMixtureOfExperts: false,
    }),
    checkpoints: [
      { quantisation: 'bf16', repository: 'Qwen/Qwen3.8-27B' },
      { quantisation: 'nvfp4', repository: 'RadixArk/Qwen3.8-27B-NVFP4', bytes: 24.6 * GIB },
    ],
    toolParser: QWEN_CODER_TOOLS,
    reasoningParser: 'qwen3',
    source: 'the dimensions of Qwen3.6-27B; 24.6 GiB in NVFP4 as measured by vLLM',
    note: 'On an RTX 5090 vLLM measured 135,926 tokens of KV cache in FP8 without the encoder for pictures, 91,022 with it.',
  },
  {
    id: 'devstral-small-2-24b-instruct',
    dimensions: grouped({
      layers: 40,
      hiddenSize: 5120,
      intermediateSize: 32_768,
      vocabularySize: 131_072,
      parameters: 23_572_403_200,
      heads: 8,
      nativeContext: 262_144,
      hasVision: true,
    }),
    checkpoints: [
      { quantisation: 'fp8', repository: 'mistralai/Devstral-Small-2-24B-Instruct-2512' },
      {
        quantisation: 'awq',
        repository: 'cyankiwi/Devstral-Small-2-24B-Instruct-2512-AWQ-4bit',
        bytes: 14 * GIB,
      },
    ],
    toolParser: { sglang: 'mistral', vllm: 'mistral' },
    source: 'README of BigBIueWhale/devstral_vllm_config, which also measured 14.0 GiB in AWQ without pictures',
    note: 'In AWQ on an RTX 5090 that README served 90,000 tokens in 16 bits by vLLM 0.15.1.',
  },
  {
    id: 'gpt-oss-20b',
    dimensions: {
      layers: 24,
      hiddenSize: 2880,
      intermediateSize: 4 * 2880,
      vocabularySize: 201_088,
      parameters: 20_914_757_184,
      unquantisedParameters: bothEnds(201_088, 2880),
      attention: {
        fullLayers: 12,
        perToken: { kind: 'heads', heads: 8, headSize: 64 },
        bytesPerRequest: slidingBytes({ layers: 12, heads: 8, headSize: 64, window: 128 }),
      },
      nativeContext: 131_072,
      isMixtureOfExperts: true,
      hasVision: false,
    },
    checkpoints: [{ quantisation: 'mxfp4', repository: 'openai/gpt-oss-20b', bytes: 12.8 * GIB }],
    toolParser: { sglang: 'gpt-oss', vllm: 'openai' },
    reasoningParser: 'gpt-oss',
    source: 'config.json of openai/gpt-oss-20b; 12.8 GiB from its model card (arXiv 2508.10925), table 1',
  },
];

/** The model a person or a command names: by its id, or by one of its names on Hugging Face, in any case. */
export function localModel(name: string): LocalModel | undefined {
  const wanted = name.toLowerCase();
  return LOCAL_MODELS.find(
    ({ id, checkpoints }) =>
      id === wanted ||
      checkpoints.some(({ repository }) => {
        const whole = repository.toLowerCase();
        return whole === wanted || whole.slice(whole.indexOf('/') + 1) === wanted;
      }),
  );
}
