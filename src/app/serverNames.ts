import type { ServerKind } from '../node/models/discover.ts';

/** What kinds of servers are called, as a sentence may begin with it. */
export const SERVER_NAMES: Readonly<Record<ServerKind, string>> = {
  sglang: 'SGLang',
  vllm: 'vLLM',
  ollama: 'Ollama',
  'llama.cpp': 'llama.cpp',
  lmstudio: 'LM Studio',
  unknown: 'The server',
};
