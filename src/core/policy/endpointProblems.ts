import type { Configuration, WorkerSettings } from '../settings.ts';
import { isLoopback } from './loopback.ts';

export type EndpointRule =
  | 'bad-url'
  | 'missing-url'
  | 'untrusted-url'
  | 'untrusted-key'
  | 'not-yours'
  | 'not-local'
  | 'not-for-editor'
  | 'reserved-member'
  | 'untrusted-member'
  | 'reserved-name';

/** One setting of a worker that would send code, a key or money where its owner did not agree to. */
export interface EndpointProblem {
  readonly path: readonly string[];
  readonly rule: EndpointRule;
  readonly message: string;
}

/** The tables `[workers.<name>]` as one file wrote them, before defaults. */
export type WrittenWorkers = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface EndpointInput {
  /** The effective, merged workers. */
  readonly workers: Configuration['workers'];
  readonly repository: WrittenWorkers;
  readonly user: WrittenWorkers;
  /** `[trusted] urls` of the person's own file. */
  readonly trustedUrls: readonly string[];
}

/**
 * Holds workers against the rule that whoever wrote a repository decides neither where a person's code and keys go nor what counts as
 * free. A worker of the person's own file keeps its endpoint, key and billing. A worker only the repository defines may reach loopback,
 * the official hosts below, or a base URL the person listed; may name the well-known key variables, each for its own host; and may be
 * `local` only on loopback or a listed URL. In the bodies of paid calls a repository may set sampling and reasoning, and nothing that could
 * order further services (searches, plug-ins, faster tiers).
 */
export function endpointProblems(input: EndpointInput): readonly EndpointProblem[] {
  return Object.entries(input.workers).flatMap(([name, worker]) => {
    const written = input.repository[name] ?? {};
    const own = input.user[name];
    const general = generalProblems(name, worker);
    if (general.length > 0) return general;
    const members = untrustedMembers(name, worker, written['extra_body']);
    if (own !== undefined) return [...changedConnection(name, written, own), ...members];
    return worker.provider === 'recorded' ? [] : [...repositoryProblems(name, worker, input.trustedUrls), ...members];
  });
}

/** The table `[reflex]` as it counts, and as each file wrote it before defaults. */
export interface ReflexEndpointInput {
  readonly reflex: Configuration['reflex'];
  readonly repository: Readonly<Record<string, unknown>>;
  readonly user: Readonly<Record<string, unknown>>;
  readonly trustedUrls: readonly string[];
  /** Workers by name, as some file wrote them. */
  readonly workers: readonly string[];
}

/** The same rule for `reflex.endpoint`, which is always a local server's; and the name that its worker has. */
export function reflexProblems(input: ReflexEndpointInput): readonly EndpointProblem[] {
  const { reflex, repository, user, trustedUrls, workers } = input;
  const path = ['reflex', 'endpoint'];
  const problem = (rule: EndpointRule, message: string): readonly EndpointProblem[] => [{ path, rule, message }];
  const isTaken = reflex.enabled && workers.includes('reflex');
  const name = isTaken
    ? [
        {
          path: ['workers', 'reflex'],
          rule: 'reserved-name' as const,
          message:
            'With [reflex] enabled, `reflex` is the worker that [reflex] stands for. Give [workers.reflex] another name, or set reflex.enabled = false.',
        },
      ]
    : [];
  const url = new URL(reflex.endpoint);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return [...name, ...problem('bad-url', 'reflex.endpoint must begin with http:// or https://.')];
  if (url.username !== '' || url.password !== '')
    return [...name, ...problem('bad-url', 'reflex.endpoint must hold no user name or password.')];
  const endpoint = endpointAt(url);
  if (endpoint.kind === 'official')
    return [
      ...name,
      ...problem(
        'not-local',
        `reflex.endpoint cannot be ${reflex.endpoint.slice(0, 200)}: its calls are paid, and reflex is a server of your own.`,
      ),
    ];
  const written = repository['endpoint'];
  if (written === undefined || endpoint.kind === 'loopback' || trustedUrls.includes(reflex.endpoint)) return name;
  if (user['endpoint'] === written) return name;
  const message =
    `This repository would send your code to ${reflex.endpoint.slice(0, 200)}. If you agree, add that URL to urls under [trusted] in your own ` +
    'config.toml, or set reflex.endpoint there.';
  return [...name, ...problem('untrusted-url', message)];
}

/** Well-known key variables and the host whose keys they hold. */
const OFFICIAL_HOSTS: ReadonlyMap<string, string> = new Map([
  ['OPENAI_API_KEY', 'api.openai.com'],
  ['ANTHROPIC_API_KEY', 'api.anthropic.com'],
  ['GEMINI_API_KEY', 'generativelanguage.googleapis.com'],
  ['DEEPSEEK_API_KEY', 'api.deepseek.com'],
  ['MOONSHOT_API_KEY', 'api.moonshot.ai'],
  ['OPENROUTER_API_KEY', 'openrouter.ai'],
]);

/** The well-known names of key variables, in the order in which they are offered. */
export const KEY_NAMES: readonly string[] = [...OFFICIAL_HOSTS.keys()];

/** Members of a request that SpecKit itself sets or that change what a token costs; `extra_body` would get past limits with them. */
const RESERVED_MEMBERS: ReadonlySet<string> = new Set(
  (
    'model models messages input instructions system prompt stream stream_options tools tool_choice response_format text output_config ' +
    'max_tokens max_completion_tokens max_output_tokens n best_of service_tier speed background'
  ).split(' '),
);

const REPOSITORY_MEMBERS: ReadonlySet<string> = new Set(
  (
    'temperature top_p top_k min_p seed stop presence_penalty frequency_penalty repetition_penalty reasoning reasoning_effort thinking ' +
    'enable_thinking verbosity chat_template_kwargs prompt_cache_key'
  ).split(' '),
);

type Endpoint =
  | { readonly kind: 'loopback' }
  | { readonly kind: 'official'; readonly host: string }
  | { readonly kind: 'other' };

function endpointOf({ provider, base_url: baseUrl }: WorkerSettings): Endpoint {
  if (baseUrl === undefined) {
    return { kind: 'official', host: provider === 'anthropic' ? 'api.anthropic.com' : 'api.openai.com' };
  }
  return endpointAt(new URL(baseUrl));
}

function endpointAt(url: URL): Endpoint {
  if (isLoopback(url.hostname)) return { kind: 'loopback' };
  const isOfficial =
    url.protocol === 'https:' && url.port === '' && [...OFFICIAL_HOSTS.values()].includes(url.hostname);
  return isOfficial ? { kind: 'official', host: url.hostname } : { kind: 'other' };
}

/** What holds for every worker, whoever wrote it. */
function generalProblems(name: string, worker: WorkerSettings): readonly EndpointProblem[] {
  if (worker.provider === 'editor') return editorProblems(name, worker);
  const problems: EndpointProblem[] = [];
  if (worker.base_url !== undefined) {
    const url = new URL(worker.base_url);
    const path = ['workers', name, 'base_url'];
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      problems.push({
        path,
        rule: 'bad-url',
        message: `workers.${name}.base_url must begin with http:// or https://.`,
      });
    } else if (url.username !== '' || url.password !== '') {
      const message = `workers.${name}.base_url must hold no user name or password. Put the key into an environment variable and name it in key_env.`;
      problems.push({ path, rule: 'bad-url', message });
    }
  }
  if (
    problems.length === 0 &&
    worker.local &&
    worker.provider !== 'recorded' &&
    endpointOf(worker).kind === 'official'
  ) {
    const message =
      `workers.${name} cannot be local: its calls go to ${worker.base_url ?? "the provider's official endpoint"} and are paid. ` +
      'Remove local = true, or set base_url to your own server.';
    problems.push({ path: ['workers', name, 'local'], rule: 'not-local', message });
  }
  for (const member of Object.keys(worker.extra_body).filter((key) => RESERVED_MEMBERS.has(key))) {
    const message = `workers.${name}.extra_body must not hold ${member}: SpecKit sets it itself, or could not hold the budget with it. Remove it.`;
    problems.push({ path: ['workers', name, 'extra_body', member], rule: 'reserved-member', message });
  }
  return problems;
}

/** The editor chooses where its models run, who pays for them and what is sent: settings of that kind would be silently without effect. */
function editorProblems(name: string, worker: WorkerSettings): readonly EndpointProblem[] {
  const without: Readonly<Record<string, boolean>> = {
    base_url: worker.base_url === undefined,
    key_env: worker.key_env === undefined,
    local: !worker.local,
    extra_body: Object.keys(worker.extra_body).length === 0,
  };
  return Object.entries(without)
    .filter(([, isLeftOut]) => !isLeftOut)
    .map(([key]) => ({
      path: ['workers', name, key],
      rule: 'not-for-editor',
      message: `workers.${name}.${key} has no effect with provider = "editor": the editor itself knows where its models are and how they are paid. Remove it.`,
    }));
}

/** A repository may tune a worker of the person's own file, and not redirect it. */
function changedConnection(
  name: string,
  written: Readonly<Record<string, unknown>>,
  own: Readonly<Record<string, unknown>>,
): readonly EndpointProblem[] {
  const valueOf = (worker: Readonly<Record<string, unknown>>, key: string) =>
    key === 'local' ? (worker[key] ?? false) : worker[key];
  return ['provider', 'base_url', 'key_env', 'local']
    .filter((key) => written[key] !== undefined && valueOf(written, key) !== valueOf(own, key))
    .map((key) => ({
      path: ['workers', name, key],
      rule: 'not-yours',
      message:
        `workers.${name} is a worker of your own config.toml, so this repository cannot set its ${key}. ` +
        "Remove the line, or give the repository's worker another name.",
    }));
}

function untrustedMembers(name: string, worker: WorkerSettings, written: unknown): readonly EndpointProblem[] {
  if (worker.local || typeof written !== 'object' || written === null || endpointOf(worker).kind === 'loopback')
    return [];
  const members = Object.keys(written).filter((member) => !REPOSITORY_MEMBERS.has(member));
  return members.map((member): EndpointProblem => ({
    path: ['workers', name, 'extra_body', member],
    rule: 'untrusted-member',
    message:
      `A repository's speckit.toml must not send ${member} to a paid endpoint: it might order more than tokens. ` +
      `Remove it, or set it for [workers.${name}] in your own config.toml.`,
  }));
}

function repositoryProblems(
  name: string,
  worker: WorkerSettings,
  trustedUrls: readonly string[],
): readonly EndpointProblem[] {
  const endpoint = endpointOf(worker);
  const baseUrl = worker.base_url ?? '';
  const isTrusted = trustedUrls.includes(baseUrl);
  if (endpoint.kind === 'other' && !isTrusted) {
    const message =
      `This repository would send your code to ${baseUrl.slice(0, 200)}. If you agree, add that URL to urls under [trusted] in your own ` +
      `config.toml, or define [workers.${name}] there.`;
    return [{ path: ['workers', name, 'base_url'], rule: 'untrusted-url', message }];
  }
  const problems: EndpointProblem[] = [];
  if (worker.local && endpoint.kind !== 'loopback' && !isTrusted) {
    const message = `workers.${name} cannot be local: a repository may say so only of a server on this machine. Remove local = true.`;
    problems.push({ path: ['workers', name, 'local'], rule: 'not-local', message });
  }
  const keyMessage = worker.key_env === undefined ? undefined : keyProblem(name, worker.key_env, endpoint);
  if (keyMessage !== undefined)
    problems.push({ path: ['workers', name, 'key_env'], rule: 'untrusted-key', message: keyMessage });
  return problems;
}

function keyProblem(name: string, variable: string, endpoint: Endpoint): string | undefined {
  const host = OFFICIAL_HOSTS.get(variable);
  const instead = `Define [workers.${name}] in your own config.toml to use this variable there.`;
  if (host === undefined) {
    return `A repository's speckit.toml may name only ${[...OFFICIAL_HOSTS.keys()].join(', ')} in key_env. ${instead}`;
  }
  if (endpoint.kind === 'official' && endpoint.host === host) return undefined;
  return `A repository's speckit.toml may use ${variable} only with https://${host}. ${instead}`;
}
