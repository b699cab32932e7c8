import { createServer, type Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './standIn.ts';

/** An SGLang as SpecKit sees it over a real socket, which does as it is told. Always at the same port. */
export interface SglangStandIn extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** `slow` lists its models only after 1.8 s; of `down` nothing listens on the port. */
  become(state: 'healthy' | 'slow' | 'down'): Promise<void>;
}

/** Slower than a server that is well, and sooner than the deadline of a look. Milliseconds. */
const SLOW_MS = 1_800;

/** Serves one model, whose requests go on as time does: 90 tokens a second, a request of 1.2 s each second. */
export async function sglangStandIn(model: string): Promise<SglangStandIn> {
  const port = await freePort();
  const begun = Date.now();
  let delay = 0;
  let server: Server | undefined;
  const pages = (): Readonly<Record<string, string>> => {
    const seconds = (Date.now() - begun) / 1_000;
    const use = 0.3 + 0.2 * Math.sin(seconds / 3);
    const rank = {
      num_running_reqs: 1,
      num_waiting_reqs: 0,
      token_usage: use,
      cache_hit_rate: 0.75,
      gen_throughput: 90 + 40 * Math.sin(seconds / 2),
    };
    return {
      '/health': '',
      '/v1/models': JSON.stringify({ data: [{ id: model, owned_by: 'sglang', max_model_len: 32_768 }] }),
      '/server_info': JSON.stringify({ version: '0.5.23' }),
      '/v1/loads': JSON.stringify({ version: '0.5.23', loads: [rank] }),
      '/metrics': [
        'sglang:num_running_reqs{tp_rank="0"} 1',
        'sglang:num_queue_reqs{tp_rank="0"} 0',
        `sglang:generation_tokens_total{tp_rank="0"} ${Math.round(90 * seconds)}`,
        `sglang:e2e_request_latency_seconds_sum{tp_rank="0"} ${1.2 * Math.floor(seconds)}`,
        `sglang:e2e_request_latency_seconds_count{tp_rank="0"} ${Math.floor(seconds)}`,
      ].join('\n'),
    };
  };
  const listen = async (): Promise<void> => {
    server = createServer((request, response) => {
      const path = (request.url ?? '').split('?')[0] ?? '';
      const page = pages()[path];
      response.statusCode = page === undefined ? 404 : 200;
      void wait(path === '/v1/models' ? delay : 0).then(() => response.end(page));
    });
    await new Promise<void>((resolve) => server?.listen(port, '127.0.0.1', resolve));
  };
  const close = async (): Promise<void> => {
    const closing = server;
    server = undefined;
    if (closing === undefined) return;
    closing.closeAllConnections();
    await new Promise((resolve) => closing.close(resolve));
  };
  await listen();
  return {
    url: `http://127.0.0.1:${port}`,
    async become(state) {
      delay = state === 'slow' ? SLOW_MS : 0;
      if (state === 'down') await close();
      else if (server === undefined) await listen();
    },
    [Symbol.asyncDispose]: close,
  };
}
