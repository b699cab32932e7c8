import assert from 'node:assert/strict';
import { parseMetrics, type ServerLoad } from '../../../src/node/reflex/metrics.ts';

const check = (page: string, expected: ServerLoad): void => assert.deepEqual(parseMetrics(page), expected);

describe("a server's metrics", () => {
  it('are read from SGLang', () =>
    check(
      `# HELP sglang:num_running_reqs The number of running requests.
# TYPE sglang:num_running_reqs gauge
sglang:num_running_reqs{engine_type="unified",model_name="qwen",tp_rank="0",pp_rank="0"} 2.0
sglang:num_queue_reqs{engine_type="unified",model_name="qwen",tp_rank="0",pp_rank="0"} 1.0
sglang:num_grammar_queue_reqs{model_name="qwen"} 9.0
sglang:token_usage{model_name="qwen"} 0.28
sglang:cache_hit_rate{model_name="qwen"} 0.75
sglang:gen_throughput{model_name="qwen"} 86.5
sglang:time_to_first_token_seconds_bucket{le="0.1",model_name="qwen"} 3.0
`,
      { running: 2, queued: 1, tokenUsage: 0.28, cacheHitRate: 0.75, throughput: 86.5 },
    ));

  it('are summed over data-parallel ranks and not over the ranks of one engine', () =>
    check(
      ['0', '1']
        .flatMap((dp) =>
          ['0', '1'].map(
            (tp) =>
              `sglang:num_running_reqs{dp_rank="${dp}",tp_rank="${tp}"} 3\nsglang:token_usage{dp_rank="${dp}",tp_rank="${tp}"} 0.${dp}5`,
          ),
        )
        .join('\n'),
      { running: 6, tokenUsage: 0.15 },
    ));

  it('are read from vLLM, whose hit rate is of two counters', () =>
    check(
      `vllm:num_requests_running{engine="0",model_name="a, \\"b\\" {c}"} 1.0
vllm:num_requests_waiting_by_reason{engine="0",reason="capacity"} 7.0
vllm:num_requests_waiting{engine="0"} 0.0
vllm:kv_cache_usage_perc{engine="0"} 1.5e-02
vllm:prefix_cache_queries_total{engine="0"} 200.0
vllm:prefix_cache_hits_total{engine="0"} 50.0 1700000000000
`,
      { running: 1, queued: 0, tokenUsage: 0.015, cacheHitRate: 0.25 },
    ));

  it('are read under their older names and those with an underscore', () => {
    check('vllm:gpu_cache_usage_perc 0.5', { tokenUsage: 0.5 });
    check('sglang_num_running_reqs{dp_rank="0"} 1', { running: 1 });
    check('llamacpp:requests_processing 1\nllamacpp:requests_deferred 0', { running: 1, queued: 0 });
  });

  it('have counters of tokens and of the time that answers took', () => {
    check(
      `vllm:generation_tokens_total{engine="0",model_name="a"} 1000.0
vllm:generation_tokens_total{engine="0",model_name="lora"} 24.0
vllm:generation_tokens_created{engine="0"} 1.7e+09
vllm:e2e_request_latency_seconds_sum{engine="0"} 12.5
vllm:e2e_request_latency_seconds_count{engine="0"} 10.0
vllm:e2e_request_latency_seconds_bucket{engine="0",le="0.5"} 4.0
`,
      { counted: { generatedTokens: 1024, answered: 10, answerSeconds: 12.5 } },
    );
    check('sglang:generation_tokens_total{tp_rank="0"} 5\nsglang:generation_tokens_total{tp_rank="1"} 5', {
      counted: { generatedTokens: 5 },
    });
    check('llamacpp:tokens_predicted_total 10911\nllamacpp:predicted_tokens_seconds 23.2458', {
      counted: { generatedTokens: 10911 },
    });
    check('vllm:generation_tokens_total NaN\nvllm:e2e_request_latency_seconds_count -1', {});
  });

  it('leave out what is missing or cannot be true', () => {
    check('', {});
    check('<html>not metrics</html>', {});
    check('sglang:token_usage NaN\nsglang:num_running_reqs +Inf\nsglang:num_queue_reqs -1', {});
    check('sglang:token_usage 7\nsglang:cache_hit_rate -0.5', {});
    check('vllm:prefix_cache_queries_total 0\nvllm:prefix_cache_hits_total 0', {});
  });
});
