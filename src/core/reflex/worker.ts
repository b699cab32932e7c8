import type { Configuration, WorkerSettings } from '../settings.ts';

/** The name of the worker that stands for [reflex]. Nobody else may have it. */
export const REFLEX = 'reflex';

/** Tokens of one answer: one patch, of a few files at most. */
const ANSWER_TOKENS = 8_192;

/**
 * The worker that [reflex] stands for: a single answer at once, without thinking. `context_tokens` is no promise: what fits is what the server says
 * (decision.ts). Members are those of `[workers.<name>]`.
 */
export function reflexWorker(reflex: Configuration['reflex']): WorkerSettings {
  return {
    provider: 'openai-chat',
    model: reflex.model,
    base_url: reflex.endpoint,
    local: true,
    structured_output: reflex.json_schema ? 'json_schema' : 'none',
    context_tokens: 128_000,
    max_output_tokens: ANSWER_TOKENS,
    first_token_timeout_seconds: reflex.timeout_ms / 1_000,
    idle_timeout_seconds: 10,
    total_timeout_seconds: 120,
    // Templates of hybrid models think unless they are told not to; the others do not look at it.
    extra_body: { chat_template_kwargs: { enable_thinking: false } },
  };
}

/** The configuration with that worker, where [reflex] is enabled. Without it nothing changes, and no worker has its name. */
export function withReflexWorker(configuration: Configuration): Configuration {
  if (!configuration.reflex.enabled) return configuration;
  return { ...configuration, workers: { ...configuration.workers, [REFLEX]: reflexWorker(configuration.reflex) } };
}
