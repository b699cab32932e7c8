import { parsedJson } from '../../base/parsedJson.ts';
import { serverKind, type ServerKind } from '../models/discover.ts';
import { listMember, member, textMember } from '../models/looseJson.ts';
import { loadOf, parseMetrics, type ServerLoad } from './metrics.ts';

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
      /** GB of GPU memory as the server itself reckons it; only SGLang tells. */
      readonly memoryGigabytes?: number;
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
const BODY_CAP_CHARACTERS = 4 * 1024 * 1024;

export type Answer =
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly server: string;
      readonly text: string;
      readonly ms: number;
    }
  | { readonly kind: 'silent' }
  | { readonly kind: 'refused'; readonly why: string };

/**
 * Looks at a model server: its list of models, /metrics, /health for a `whole` look, and /v1/loads of an SGLang without metrics. Takes at most two
 * deadlines. Never throws for what a server can do; redirects are not followed.
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
  const fromMetrics = metrics.kind === 'response' && metrics.status === 200 ? parseMetrics(metrics.text) : {};
  const loads =
    server === 'sglang' && Object.keys(fromMetrics).length === 0
      ? await ask('/v1/loads?include=core,memory')
      : undefined;
  const told =
    loads?.kind === 'response' && loads.status === 200 ? parseLoads(parsedJson(loads.text)) : { load: fromMetrics };
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

/** SGLang's GET /v1/loads: one entry a data-parallel rank. Requests and memory are summed, shares are the largest. */
function parseLoads(body: unknown): { readonly load: ServerLoad; readonly memoryGigabytes?: number } {
  const ranks = listMember(body, 'loads').slice(0, 64);
  const figures = (name: string): readonly number[] =>
    ranks.map((rank) => member(rank, name)).filter((value) => typeof value === 'number');
  const sum = (values: readonly number[]): number | undefined =>
    values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0);
  const largest = (values: readonly number[]): number | undefined =>
    values.length === 0 ? undefined : Math.max(...values);
  const memory = ranks.flatMap((rank) =>
    ['weight_gb', 'kv_cache_gb', 'graph_gb'].map((part) => member(member(rank, 'memory'), part)),
  );
  const gigabytes = sum(memory.filter((value) => typeof value === 'number'));
  return {
    load: loadOf({
      running: sum(figures('num_running_reqs')),
      queued: sum(figures('num_waiting_reqs')),
      tokenUsage: largest(figures('token_usage')),
      cacheHitRate: largest(figures('cache_hit_rate')),
      throughput: sum(figures('gen_throughput')),
    }),
    ...(gigabytes !== undefined && gigabytes > 0 && { memoryGigabytes: gigabytes }),
  };
}

interface GetOptions {
  readonly key: string | undefined;
  readonly deadlineMs: number;
}

/** One GET, its whole text; redirects are not followed. Never throws for what a server can do. */
export async function getText(url: string, { key, deadlineMs }: GetOptions, signal: AbortSignal): Promise<Answer> {
  const deadline = AbortSignal.timeout(deadlineMs);
  const started = performance.now();
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([signal, deadline]),
      redirect: 'manual',
      ...(key !== undefined && key !== '' && { headers: { authorization: `Bearer ${key}` } }),
    });
    const ms = Math.round(performance.now() - started);
    const text = await cappedText(response);
    return { kind: 'response', status: response.status, server: response.headers.get('server') ?? '', text, ms };
  } catch (error) {
    if (deadline.aborted) return { kind: 'silent' };
    return { kind: 'refused', why: refusalOf(error) };
  }
}

/** The words of the innermost cause, because `fetch failed` alone helps nobody. */
function refusalOf(error: unknown): string {
  let inner: unknown = error;
  for (let depth = 0; depth < 5 && inner instanceof Error && inner.cause !== undefined; depth += 1) inner = inner.cause;
  const code = textMember(inner, 'code');
  if (code === 'ECONNREFUSED') return 'nothing listens on its port';
  if (code === 'ENOTFOUND') return 'its host is not known';
  return (inner instanceof Error ? inner.message || String(code) : String(inner)).slice(0, 200);
}

async function cappedText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > BODY_CAP_CHARACTERS) break;
  }
  return text;
}
