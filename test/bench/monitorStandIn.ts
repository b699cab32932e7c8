import { createServer } from 'node:http';

/* An SGLang as the monitor sees it, in a process of its own so that its time is not counted: a page of metrics of a usual size, and its loads. */

const buckets = Array.from({ length: 40 }, (_, index) => index);
const histograms = ['time_to_first_token', 'inter_token_latency', 'e2e_request_latency', 'queue_time'].flatMap((name) =>
  ['a', 'b', 'c'].flatMap((model) => [
    ...buckets.map((le) => `sglang:${name}_seconds_bucket{le="${le}",model_name="${model}",tp_rank="0"} ${le * 3}`),
    `sglang:${name}_seconds_sum{model_name="${model}",tp_rank="0"} 12.5`,
    `sglang:${name}_seconds_count{model_name="${model}",tp_rank="0"} 10`,
  ]),
);
const metrics = [
  'sglang:num_running_reqs{tp_rank="0"} 1',
  'sglang:num_queue_reqs{tp_rank="0"} 0',
  'sglang:token_usage{tp_rank="0"} 0.28',
  'sglang:generation_tokens_total{tp_rank="0"} 1000',
  ...histograms,
].join('\n');
const rank = {
  num_running_reqs: 1,
  num_waiting_reqs: 0,
  token_usage: 0.28,
  cache_hit_rate: 0.75,
  gen_throughput: 86.4,
};
const pages: Readonly<Record<string, string>> = {
  '/v1/models': JSON.stringify({ data: [{ id: 'qwen', owned_by: 'sglang', max_model_len: 32_768 }] }),
  '/metrics': metrics,
  '/health': '',
  '/server_info': JSON.stringify({ version: '0.5.23' }),
  '/v1/loads?include=core,memory': JSON.stringify({ version: '0.5.23', loads: [rank] }),
};

const server = createServer((request, response) => {
  const page = pages[request.url ?? ''];
  response.statusCode = page === undefined ? 404 : 200;
  response.end(page);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address !== null ? address.port : 0);
});
