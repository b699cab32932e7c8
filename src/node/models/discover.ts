import { listMember, textMember } from './looseJson.ts';

export type ServerKind = 'sglang' | 'vllm' | 'ollama' | 'llama.cpp' | 'lmstudio' | 'unknown';

/** A way to reach a model on this computer: the name of a variable that holds a key (never its value), or a local server. */
export type FoundModels =
  | { readonly kind: 'key'; readonly variable: string; readonly provider: string }
  | {
      readonly kind: 'server';
      readonly port: number;
      /** What to write as base_url. */
      readonly baseUrl: string;
      readonly server: ServerKind;
      /** Ids as the server knows them, at most 20. */
      readonly models: readonly string[];
    };

export interface DiscoverOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The usual ports of local servers when left out. */
  readonly ports?: readonly number[];
  /** For each server; 400 ms when left out. */
  readonly timeoutMs?: number;
}

/** SGLang, SGLang as SpecKit's documentation starts it, vLLM, Ollama, llama.cpp, LM Studio. */
const USUAL_PORTS: readonly number[] = [30000, 3009, 8000, 11434, 8080, 1234];

const KEY_VARIABLES: readonly (readonly [variable: string, provider: string])[] = [
  ['ANTHROPIC_API_KEY', 'Anthropic'],
  ['OPENAI_API_KEY', 'OpenAI'],
  ['GEMINI_API_KEY', 'Google Gemini'],
  ['DEEPSEEK_API_KEY', 'DeepSeek'],
  ['MOONSHOT_API_KEY', 'Moonshot'],
  ['OPENROUTER_API_KEY', 'OpenRouter'],
];

const MODELS_SHOWN = 20;
const BODY_CAP_BYTES = 1024 * 1024;

/**
 * What this computer offers: keys in the environment first, then local servers in the order of the ports. All servers are asked at once,
 * GET /v1/models on 127.0.0.1 without a key; one that does not answer in time with a list is left out. Never throws.
 */
export async function discoverModels(options: DiscoverOptions, signal: AbortSignal): Promise<readonly FoundModels[]> {
  const keys = KEY_VARIABLES.filter(([variable]) => (options.environment[variable] ?? '').trim() !== '').map(
    ([variable, provider]): FoundModels => ({ kind: 'key', variable, provider }),
  );
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs ?? 400)]);
  const servers = await Promise.all((options.ports ?? USUAL_PORTS).map((port) => probe(port, deadline)));
  return [...keys, ...servers.filter((server) => server !== undefined)];
}

async function probe(port: number, signal: AbortSignal): Promise<FoundModels | undefined> {
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  try {
    const response = await fetch(`${baseUrl}/models`, { signal, redirect: 'error' });
    const list: unknown = response.ok ? JSON.parse(await cappedText(response)) : undefined;
    const entries = listMember(list, 'data');
    const models = entries.map((entry) => textMember(entry, 'id') ?? '').filter((id) => id !== '' && id.length <= 200);
    if (models.length === 0) return undefined;
    return {
      kind: 'server',
      port,
      baseUrl,
      server: serverKind(response.headers.get('server') ?? '', entries),
      models: models.slice(0, MODELS_SHOWN),
    };
  } catch {
    // Refused, silent, or no JSON: there is no model server on this port, which is an answer and no failure.
    return undefined;
  }
}

async function cappedText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > BODY_CAP_BYTES) return '';
  }
  return text;
}

/** A server by who it says owns the models of its list; llama.cpp also names itself in the `server` header. */
export function serverKind(serverHeader: string, entries: readonly unknown[]): ServerKind {
  if (serverHeader.toLowerCase().includes('llama.cpp')) return 'llama.cpp';
  const owners: Readonly<Record<string, ServerKind>> = {
    sglang: 'sglang',
    vllm: 'vllm',
    library: 'ollama',
    llamacpp: 'llama.cpp',
    organization_owner: 'lmstudio',
  };
  const owner = entries.map((entry) => textMember(entry, 'owned_by') ?? '').find((name) => Object.hasOwn(owners, name));
  return owners[owner ?? ''] ?? 'unknown';
}
