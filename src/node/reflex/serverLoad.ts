import type { ServerKind } from '../models/discover.ts';
import type { AskText, LoadReading } from './loadReading.ts';
import { readLlamaLoad } from './llamaLoad.ts';
import { readLmStudioLoad } from './lmStudioLoad.ts';
import { parseMetrics } from './metrics.ts';
import { readOllamaLoad } from './ollamaLoad.ts';
import { readSglangLoad } from './sglangLoad.ts';

/**
 * The load by the routes that each kind of server has. `page` is what its /metrics said, which is asked of every server: it is all that vLLM has. What a
 * server does not tell is left out, never 0. Takes at most two deadlines of `ask`.
 */
export async function readLoad(server: ServerKind, page: string | undefined, ask: AskText): Promise<LoadReading> {
  const metrics = page === undefined ? {} : parseMetrics(page);
  switch (server) {
    case 'sglang':
      return readSglangLoad(metrics, ask);
    case 'llama.cpp':
      return readLlamaLoad(metrics, ask);
    case 'ollama':
      return readOllamaLoad(ask);
    case 'lmstudio':
      return readLmStudioLoad(ask);
    case 'vllm':
    case 'unknown':
      return { load: metrics };
  }
}
