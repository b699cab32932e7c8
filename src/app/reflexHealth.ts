import { unreachable } from '../base/unreachable.ts';
import { REFLEX } from '../core/reflex/worker.ts';
import { readHealth, WANTS_KEY, type ServerHealth } from '../node/reflex/health.ts';
import { reflexTarget, type ReflexTarget } from './reflexTarget.ts';
import { SERVER_NAMES } from './serverNames.ts';
import type { Services } from './services.ts';

/** Whether the local server can be used, in words. All values are structured-cloneable. */
export interface ReflexHealth {
  readonly healthy: boolean;
  /** One sentence that says how it is. */
  readonly message: string;
  /** What a person can do; left out where nothing is to be done. */
  readonly next?: string;
  readonly url: string;
  readonly worker?: string;
  readonly model?: string;
  readonly health: ServerHealth;
}

/** SGLang's /health makes a token, which takes a second or more. */
const DEADLINE_MS = 5_000;
/** Ids that are listed. LM Studio and Ollama list all they have on the disk. */
const MOST_MODELS = 200;
const MODELS_NAMED = 5;

/** Asks the local server how it is. Throws a CommandProblem where the configuration names none. */
export async function checkReflex(
  services: Services,
  worker: string | undefined,
  signal: AbortSignal,
): Promise<ReflexHealth> {
  const target = await reflexTarget(services, worker);
  const health = await readHealth(
    {
      baseUrl: target.url,
      depth: 'whole',
      deadlineMs: DEADLINE_MS,
      mostModels: MOST_MODELS,
      ...(target.key !== undefined && { key: target.key }),
    },
    signal,
  );
  const { url, worker: name, model } = target;
  return {
    ...judged(health, target),
    url,
    ...(name !== undefined && { worker: name }),
    ...(model !== undefined && { model }),
    health,
  };
}

type Judged = Pick<ReflexHealth, 'healthy' | 'message' | 'next'>;

const LOGS = 'Its log: `speckit reflex logs`';
/** Of a server that SpecKit has no command for: it can neither restart it nor has it its log. */
const RESTART_ELSEWHERE = 'restart it where it was started, and look at its own log there.';

const isOurs = ({ launch }: ReflexTarget): boolean => launch !== undefined;

function judged(health: ServerHealth, target: ReflexTarget): Judged {
  const at = new URL(target.url).host;
  switch (health.kind) {
    case 'answers':
      return judgedAnswer(health, target);
    case 'loading':
      return {
        healthy: false,
        message: `The server at ${at} is still loading.`,
        next: isOurs(target) ? `Wait for it. ${LOGS}` : 'Wait for it. Its log is where it was started.',
      };
    case 'refuses':
      return { healthy: false, message: `No server answers at ${at}: ${health.why}.`, next: startHint(target) };
    case 'silent':
      return {
        healthy: false,
        message: `The server at ${at} said nothing within ${health.afterMs / 1000} s.`,
        next: isOurs(target)
          ? `If it does not come back: \`speckit reflex restart\`. ${LOGS}`
          : `If it does not come back, ${RESTART_ELSEWHERE}`,
      };
    case 'odd':
      return {
        healthy: false,
        message: `At ${at}, ${health.why}.`,
        next: addressHint(health.why, target),
      };
  }
  return unreachable(health);
}

function judgedAnswer(health: Extract<ServerHealth, { kind: 'answers' }>, target: ReflexTarget): Judged {
  const { url, model, worker } = target;
  const name = SERVER_NAMES[health.server];
  const at = new URL(url).host;
  if (health.health === 'bad')
    return {
      healthy: false,
      message: `${name} at ${at} says that it is not well.`,
      next: anewHint(target),
    };
  const isBusy = (health.load.running ?? 0) > 0;
  if (health.health === 'slow' && !isBusy)
    return {
      healthy: false,
      message: `${name} at ${at} lists its models, but its health check did not answer in time although it has nothing to do.`,
      next: anewHint(target),
    };
  if (health.models.length === 0)
    return { healthy: false, message: `${name} at ${at} serves no model.`, next: 'Load one, or start it with one.' };
  if (model !== undefined && !health.models.includes(model)) {
    const named = health.models.slice(0, MODELS_NAMED).join(', ');
    return {
      healthy: false,
      message: `${name} at ${at} does not serve ${model}. It serves ${named}.`,
      next: `Write one of these as ${worker === REFLEX ? 'model under [reflex]' : "the worker's model"}, or start the server with --served-model-name ${model} (vLLM, SGLang) or --alias ${model} (llama.cpp).`,
    };
  }
  const served = model ?? health.models.slice(0, MODELS_NAMED).join(', ');
  return { healthy: true, message: `${name} at ${at} answers in ${health.latencyMs} ms and serves ${served}.` };
}

function startHint(target: ReflexTarget): string {
  return isOurs(target)
    ? 'Start it: `speckit reflex start`'
    : 'Start your server. SpecKit can do that once your own config.toml has its command: [reflex_server] command = "...". `speckit reflex plan` writes one.';
}

function anewHint(target: ReflexTarget): string {
  return isOurs(target) ? `${LOGS}. Start it anew: \`speckit reflex restart\`` : capital(RESTART_ELSEWHERE);
}

/** Names the setting that the address came from: [reflex] has no key, and an address of one's own goes before that of a worker. */
function addressHint(why: string, { url, worker, launch }: ReflexTarget): string {
  const isOwnAddress = url === launch?.url;
  const address = isOwnAddress ? 'url under [reflex_server]' : 'endpoint under [reflex]';
  if (worker === REFLEX && why.startsWith(WANTS_KEY))
    return `Nothing under [reflex] names a key: start the server without one, or correct ${address}.`;
  return worker === REFLEX || (isOwnAddress && !why.startsWith(WANTS_KEY))
    ? `Correct ${address}, or end what else listens on that port.`
    : 'Correct the base_url or the key_env of the worker, or end what else listens on that port.';
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
