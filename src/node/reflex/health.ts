import { parsedJson } from '../../base/parsedJson.ts';
import { serverKind, type ServerKind } from '../models/discover.ts';
import { listMember, member, textMember } from '../models/looseJson.ts';
import { getText, type Answer } from './getText.ts';
import type { ServerLoad } from './metrics.ts';
import { readLoad } from './serverLoad.ts';

/** How a model server answered when it was looked at. */
export type ServerHealth =
  | {
      readonly kind: 'answers';
      readonly server: ServerKind;
      /** Ids it serves, at most 5 where no more are asked for. */
      readonly models: readonly string[];
      /** How long its list of models took: no token is made for that. */
      readonly latencyMs: number;
      /** What /health said: `unknown` where the server has none, or it was not asked. */
      readonly health: 'good' | 'bad' | 'slow' | 'unknown';
      readonly load: ServerLoad;
      /** GB of GPU memory as the server itself reckons it; SGLang and Ollama tell. */
      readonly memoryGigabytes?: number;
      /** Models in memory, at most 5, where the server lists others as well: Ollama and LM Studio. */
      readonly loaded?: readonly string[];
    }
  /** It answers that it is not ready, as a server does that loads its model. */
  | { readonly kind: 'loading'; readonly why: string }
  | { readonly kind: 'refuses'; readonly why: string }
  | { readonly kind: 'silent'; readonly afterMs: number }
  /** Something else answers on its address, or it wants a key. */
  | { readonly kind: 'odd'; readonly why: string };

export interface HealthRequest {
  /** The worker's `base_url`, with or without `/v1`. */
  readonly baseUrl: string;
  readonly key?: string;
  /**
   * `whole` asks /health too. SGLang makes a token for it, so a server that is known to be ready is only looked at: `light`.
   */
  readonly depth: 'whole' | 'light';
  /** For each request; 2,000 ms when left out. */
  readonly deadlineMs?: number;
  /** Ids that are told, at most; 5 when left out. */
  readonly mostModels?: number;
}

/** How the reason of an `odd` begins where the server asked for a key. */
export const WANTS_KEY = 'the server wants a key';

const DEADLINE_MS = 2_000;
const MODELS_SHOWN = 5;

/**
 * Looks at a model server: its list of models, /metrics, /health for a `whole` look, and what else its kind has to tell (serverLoad.ts). Takes at most
 * three deadlines. Never throws for what a server can do; redirects are not followed.
 */
export async function readHealth(request: HealthRequest, signal: AbortSignal): Promise<ServerHealth> {
  const root = request.baseUrl.replace(/\/+$/, '').replace(/\/v1$/, '');
  const deadlineMs = request.deadlineMs ?? DEADLINE_MS;
  const ask = (path: string): Promise<Answer> => getText(`${root}${path}`, { key: request.key, deadlineMs }, signal);
  const [models, metrics, health] = await Promise.all([
    ask('/v1/models'),
    ask('/metrics'),
    request.depth === 'whole' ? ask('/health') : undefined,
  ]);
  const failure = failureOf(models, health, deadlineMs);
  if (failure !== undefined || models.kind !== 'response') return failure ?? { kind: 'silent', afterMs: deadlineMs };
  const list = parsedJson(models.text);
  const entries = listMember(list, 'data');
  if (!Array.isArray(member(list, 'data'))) return { kind: 'odd', why: 'no model server answers on this address' };
  const server = serverKind(models.server, entries);
  const told = await readLoad(server, okText(metrics), async (path) => okText(await ask(path)));
  return {
    kind: 'answers',
    server,
    models: entries
      .map((entry) => (textMember(entry, 'id') ?? '').slice(0, 200))
      .filter((id) => id !== '')
      .slice(0, request.mostModels ?? MODELS_SHOWN),
    latencyMs: models.ms,
    health: healthOf(health),
    ...told,
  };
}

/** Why nothing can be read from the server, or undefined when it answers as a model server. */
function failureOf(models: Answer, health: Answer | undefined, deadlineMs: number): ServerHealth | undefined {
  if (models.kind === 'refused') return { kind: 'refuses', why: models.why };
  const answer = models.kind === 'response' ? models : health;
  // llama.cpp answers everything with 503 while it loads. Where only /health does, a server starts or is ill: its earlier state tells which.
  if (answer?.kind === 'response' && answer.status === 503)
    return { kind: 'loading', why: 'the server is not ready yet' };
  if (models.kind === 'silent') return { kind: 'silent', afterMs: deadlineMs };
  if (models.status === 200) return undefined;
  const why = models.status === 401 || models.status === 403 ? WANTS_KEY : 'no model server answers on this address';
  return { kind: 'odd', why: `${why} (status ${models.status})` };
}

function healthOf(health: Answer | undefined): 'good' | 'bad' | 'slow' | 'unknown' {
  if (health === undefined || health.kind === 'refused') return 'unknown';
  if (health.kind === 'silent') return 'slow';
  if (health.status === 200) return 'good';
  return health.status >= 500 ? 'bad' : 'unknown';
}

const okText = (answer: Answer): string | undefined =>
  answer.kind === 'response' && answer.status === 200 ? answer.text : undefined;
