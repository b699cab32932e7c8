import { parsedJson } from '../../base/parsedJson.ts';
import type { ReflexServer } from '../../core/reflex/decision.ts';
import { serverKind, type ServerKind } from '../models/discover.ts';
import { listMember, member, textMember } from '../models/looseJson.ts';
import { getText, type Answer } from './getText.ts';
import { readHealth, type ServerHealth } from './health.ts';

/** Which server is looked at, and for which model. */
export interface ReflexLook {
  /** With or without `/v1`. */
  readonly endpoint: string;
  readonly model: string;
  /** `whole` asks /health too: SGLang makes a token for it. */
  readonly depth: 'whole' | 'light';
}

/** SGLang's /health takes a second at least: it polls for its token once a second (python/sglang/srt/entrypoints/http_server.py). */
const DEADLINE_MS = 4_000;

/** What was seen, without its age, which is 0. */
export type SeenServer = Exclude<ReflexServer, { kind: 'unknown' }>;

/**
 * One look at the server of [reflex]: whether it is well, lists the model, and how many tokens fit as it says itself. Takes at most five deadlines
 * of four seconds. Never throws for what a server can do; what it does not say is undefined.
 */
export async function readReflexServer(look: ReflexLook, signal: AbortSignal): Promise<SeenServer> {
  const root = look.endpoint.replace(/\/+$/, '').replace(/\/v1$/, '');
  const ask = (path: string): Promise<Answer> =>
    getText(`${root}${path}`, { key: undefined, deadlineMs: DEADLINE_MS }, signal);
  const [health, list] = await Promise.all([
    readHealth({ baseUrl: look.endpoint, depth: look.depth, deadlineMs: DEADLINE_MS }, signal),
    ask('/v1/models'),
  ]);
  const why = illness(health);
  if (health.kind !== 'answers' || why !== undefined) return { kind: 'down', why: why ?? 'it does not answer' };
  const body = bodyOf(list);
  const entries = listMember(body, 'data');
  const entry = entries.find((candidate) => textMember(candidate, 'id') === look.model);
  const kind = serverKind(list.kind === 'response' ? list.server : '', entries);
  const [contextTokens, version] = await Promise.all([
    contextOf(entry, { kind, model: look.model, ask }),
    versionOf(kind, ask),
  ]);
  return {
    kind: 'healthy',
    isListed: Array.isArray(member(body, 'data')) ? entry !== undefined : undefined,
    contextTokens,
    version,
    latencyMs: health.latencyMs,
    ageMs: 0,
  };
}

/** Why a server is not to be used, or undefined when it is well. */
function illness(health: ServerHealth): string | undefined {
  switch (health.kind) {
    case 'refuses':
    case 'odd':
    case 'loading':
      return health.why;
    case 'silent':
      return `it said nothing for ${health.afterMs} ms`;
    case 'answers':
      if (health.health === 'bad') return 'its /health says that it is ill';
      return health.health === 'slow' ? 'its /health does not answer in time' : undefined;
  }
}

const bodyOf = (answer: Answer): unknown =>
  answer.kind === 'response' && answer.status === 200 ? parsedJson(answer.text) : undefined;

interface Asking {
  readonly kind: ServerKind;
  readonly model: string;
  ask(path: string): Promise<Answer>;
}

/**
 * Tokens of a request and its answer. SGLang and vLLM say `max_model_len` in their list of models, llama.cpp `n_ctx` in /props, Ollama
 * `context_length` of a loaded model in /api/ps, LM Studio `loaded_context_length` of a loaded model in /api/v0/models (lmstudio.ai/docs/api/rest-api; its
 * `max_context_length` is what the model could hold, which is no answer, and stands there for models that are not loaded too).
 */
async function contextOf(entry: unknown, { kind, model, ask }: Asking): Promise<number | undefined> {
  const listed = count(member(entry, 'max_model_len'));
  if (listed !== undefined) return listed;
  if (kind === 'llama.cpp')
    return count(member(member(bodyOf(await ask('/props')), 'default_generation_settings'), 'n_ctx'));
  if (kind === 'lmstudio') {
    const held = listMember(bodyOf(await ask('/api/v0/models')), 'data').find(
      (each) => textMember(each, 'id') === model && textMember(each, 'state') === 'loaded',
    );
    return count(member(held, 'loaded_context_length'));
  }
  if (kind !== 'ollama') return undefined;
  const loaded = listMember(bodyOf(await ask('/api/ps')), 'models');
  return count(
    member(
      loaded.find((each) => textMember(each, 'model') === model || textMember(each, 'name') === model),
      'context_length',
    ),
  );
}

/** Where each kind of server tells its version, and in which member. SGLang's older name of its route stands second. */
const VERSIONS: Readonly<Partial<Record<ServerKind, readonly (readonly [path: string, name: string])[]>>> = {
  sglang: [
    ['/server_info', 'version'],
    ['/get_server_info', 'version'],
  ],
  vllm: [['/version', 'version']],
  ollama: [['/api/version', 'version']],
  'llama.cpp': [['/props', 'build_info']],
};

/** The server's program and version, e.g. `sglang 0.5.23`; the program alone where it tells no version, null where not even that is known. */
async function versionOf(kind: ServerKind, ask: Asking['ask']): Promise<string | null> {
  for (const [path, name] of VERSIONS[kind] ?? []) {
    const version = textMember(bodyOf(await ask(path)), name)?.trim();
    if (version !== undefined && version !== '') return `${kind} ${version}`.slice(0, 200);
  }
  return kind === 'unknown' ? null : kind;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
}
