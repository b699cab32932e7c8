import type { Usage } from '../../core/ports.ts';
import { member } from './looseJson.ts';

/** No call of today moves this many tokens; a larger figure is a server's mistake. */
const MOST_TOKENS = 100_000_000;

/**
 * Usage of POST /v1/chat/completions. `prompt_tokens` includes cached tokens. SGLang puts `reasoning_tokens` at the top level.
 * Undefined when a total is missing, negative, not whole, or over 100 million tokens; a part that cannot be true is left out alone.
 */
export function usageOfChat(usage: unknown): Usage | undefined {
  const inputDetails = member(usage, 'prompt_tokens_details');
  return usageFrom({
    input: member(usage, 'prompt_tokens'),
    output: member(usage, 'completion_tokens'),
    cachedInput: member(inputDetails, 'cached_tokens'),
    cacheWrite: member(inputDetails, 'cache_write_tokens'),
    reasoning:
      member(member(usage, 'completion_tokens_details'), 'reasoning_tokens') ?? member(usage, 'reasoning_tokens'),
  });
}

/** Usage of POST /v1/responses. `input_tokens` includes cached tokens. Undefined as for `usageOfChat`. */
export function usageOfResponses(usage: unknown): Usage | undefined {
  const inputDetails = member(usage, 'input_tokens_details');
  return usageFrom({
    input: member(usage, 'input_tokens'),
    output: member(usage, 'output_tokens'),
    cachedInput: member(inputDetails, 'cached_tokens'),
    cacheWrite: member(inputDetails, 'cache_write_tokens'),
    reasoning: member(member(usage, 'output_tokens_details'), 'reasoning_tokens'),
  });
}

/**
 * Usage of POST /v1/messages. Its `input_tokens` EXCLUDES the cache: what was read from it and written to it is added here.
 * A cache figure that cannot be true makes the whole usage undefined, because the total would be wrong.
 */
export function usageOfMessages(usage: unknown): Usage | undefined {
  const uncached = tokens(member(usage, 'input_tokens'));
  const read = tokens(member(usage, 'cache_read_input_tokens') ?? 0);
  const written = tokens(member(usage, 'cache_creation_input_tokens') ?? 0);
  if (uncached === undefined || read === undefined || written === undefined) return undefined;
  return usageFrom({
    input: uncached + read + written,
    output: member(usage, 'output_tokens'),
    cachedInput: member(usage, 'cache_read_input_tokens') ?? undefined,
    cacheWrite: member(usage, 'cache_creation_input_tokens') ?? undefined,
    reasoning: member(member(usage, 'output_tokens_details'), 'thinking_tokens'),
  });
}

function usageFrom(figures: Readonly<Record<keyof Usage, unknown>>): Usage | undefined {
  const input = tokens(figures.input);
  const output = tokens(figures.output);
  if (input === undefined || output === undefined) return undefined;
  const cachedInput = part(figures.cachedInput, input);
  const cacheWrite = part(figures.cacheWrite, input - (cachedInput ?? 0));
  const reasoning = part(figures.reasoning, output);
  return {
    input,
    output,
    ...(cachedInput !== undefined && { cachedInput }),
    ...(cacheWrite !== undefined && { cacheWrite }),
    ...(reasoning !== undefined && { reasoning }),
  };
}

function tokens(figure: unknown): number | undefined {
  return typeof figure === 'number' && Number.isInteger(figure) && figure >= 0 && figure <= MOST_TOKENS
    ? figure
    : undefined;
}

function part(figure: unknown, whole: number): number | undefined {
  const count = tokens(figure);
  return count !== undefined && count <= whole ? count : undefined;
}
