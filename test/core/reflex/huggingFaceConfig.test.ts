import assert from 'node:assert/strict';
import { kvBytesPerToken } from '../../../src/core/reflex/dimensions.ts';
import { modelOfConfig } from '../../../src/core/reflex/huggingFaceConfig.ts';
import { localModel, type LocalModel } from '../../../src/core/reflex/localModels.ts';

function read(value: object): LocalModel {
  const model = modelOfConfig(value, 'lab/model');
  assert.ok(model.kind === 'ok', JSON.stringify(model));
  return model.value;
}

const QWEN_7B = {
  model_type: 'qwen2',
  hidden_size: 3584,
  intermediate_size: 18_944,
  max_position_embeddings: 32_768,
  num_attention_heads: 28,
  num_hidden_layers: 28,
  num_key_value_heads: 4,
  sliding_window: 131_072,
  use_sliding_window: false,
  tie_word_embeddings: false,
  torch_dtype: 'bfloat16',
  vocab_size: 152_064,
};
const QWEN_30B = {
  model_type: 'qwen3_moe',
  hidden_size: 2048,
  intermediate_size: 6144,
  moe_intermediate_size: 768,
  num_experts: 128,
  num_experts_per_tok: 8,
  max_position_embeddings: 262_144,
  num_attention_heads: 32,
  head_dim: 128,
  num_hidden_layers: 48,
  num_key_value_heads: 4,
  vocab_size: 151_936,
  tie_word_embeddings: false,
};
const QWEN_27B = {
  model_type: 'qwen3_5',
  vision_config: { depth: 27 },
  text_config: {
    hidden_size: 5120,
    intermediate_size: 17_408,
    max_position_embeddings: 262_144,
    num_attention_heads: 24,
    head_dim: 256,
    attn_output_gate: true,
    num_hidden_layers: 64,
    num_key_value_heads: 4,
    vocab_size: 248_320,
    layer_types: Array.from({ length: 64 }, (_, index) => (index % 4 === 3 ? 'full_attention' : 'linear_attention')),
    linear_num_value_heads: 48,
    linear_num_key_heads: 16,
    linear_key_head_dim: 128,
    linear_value_head_dim: 128,
    linear_conv_kernel_dim: 4,
  },
};
const GPT_OSS = {
  model_type: 'gpt_oss',
  hidden_size: 2880,
  intermediate_size: 2880,
  num_local_experts: 32,
  num_experts_per_tok: 4,
  max_position_embeddings: 131_072,
  num_attention_heads: 64,
  head_dim: 64,
  num_hidden_layers: 24,
  num_key_value_heads: 8,
  sliding_window: 128,
  layer_types: Array.from({ length: 24 }, (_, index) => (index % 2 === 0 ? 'sliding_attention' : 'full_attention')),
  vocab_size: 201_088,
  quantization_config: { quant_method: 'mxfp4' },
};

describe("a model's config.json", () => {
  const same: readonly (readonly [string, object])[] = [
    ['qwen2.5-coder-7b-instruct', QWEN_7B],
    ['qwen3-coder-30b-a3b-instruct', QWEN_30B],
    ['qwen3.6-27b', QWEN_27B],
    ['gpt-oss-20b', GPT_OSS],
  ];
  for (const [id, config] of same)
    it(`gives what the table has for ${id}`, () => {
      const { parameters, ...found } = read(config).dimensions;
      const { parameters: known, ...table } = localModel(id)?.dimensions ?? { parameters: 0 };
      assert.deepEqual(found, table);
      assert.ok(Math.abs(parameters - known) < 0.035 * known, `${parameters} counted for ${known}`);
    });

  const storedAs = (quantization_config: object): readonly string[] =>
    read({ ...QWEN_7B, quantization_config }).checkpoints.map(({ quantisation }) => quantisation);

  it('says how the weights are stored', () => {
    assert.deepEqual(
      read(QWEN_7B).checkpoints.map(({ quantisation }) => quantisation),
      ['bf16', 'fp8'],
    );
    assert.deepEqual(storedAs({ quant_method: 'awq', bits: 4, group_size: 128 }), ['awq']);
    assert.deepEqual(storedAs({ quant_method: 'gptq', bits: 4 }), ['awq']);
    assert.deepEqual(storedAs({ quant_method: 'fp8', weight_block_size: [128, 128] }), ['fp8']);
    assert.deepEqual(storedAs({ quant_method: 'modelopt', quant_algo: 'NVFP4' }), ['nvfp4']);
    const groups = (num_bits: number, type: string): object => ({ group_0: { weights: { num_bits, type } } });
    assert.deepEqual(storedAs({ quant_method: 'compressed-tensors', config_groups: groups(4, 'int') }), ['awq']);
    assert.deepEqual(storedAs({ quant_method: 'compressed-tensors', config_groups: groups(4, 'float') }), ['nvfp4']);
    assert.deepEqual(storedAs({ quant_method: 'compressed-tensors', config_groups: groups(8, 'float') }), ['fp8']);
  });

  it('is refused by name where it says too little', () => {
    const refused = (value: unknown): string => {
      const model = modelOfConfig(value, 'lab/model');
      return model.kind === 'error' ? model.error : 'was read';
    };
    const { num_hidden_layers: _, ...without } = QWEN_7B;
    assert.match(refused(without), /^num_hidden_layers is missing/);
    assert.match(refused({ ...QWEN_7B, hidden_size: -1 }), /^hidden_size is missing or no such number/);
    assert.match(refused({ ...QWEN_7B, quantization_config: { quant_method: 'aqlm' } }), /\(aqlm\) is of a kind/);
    for (const value of [null, [], 'text', 3]) assert.match(refused(value), /no JSON object|is missing/);
    assert.match(
      refused({ ...QWEN_7B, layer_types: Array.from({ length: 60 }, () => 'sliding_attention') }),
      /^its layer_types/,
    );
  });

  it('counts latent attention by its latent vector', () => {
    const latent = read({ ...QWEN_7B, kv_lora_rank: 512, qk_rope_head_dim: 64 }).dimensions;
    assert.equal(kvBytesPerToken(latent, 'bf16'), 28 * 576 * 2);
  });
});
