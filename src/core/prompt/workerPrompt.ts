import type { WorkerSettings } from '../settings.ts';
import type { PromptVariant } from './template.ts';

/** How a worker is asked: decided here alone, by what the policy says of it, so that all calls of one worker begin with the same bytes. */
export interface WorkerPrompt {
  /** The text of a prompt that it reads, where the prompt has one; otherwise the main text. */
  readonly variant: PromptVariant | undefined;
  /** Where it reads the schema of its answer: in the prompt, or only where its provider shows it the one that is sent with the request. */
  readonly schema: 'inPrompt' | 'withRequest';
}

type Asked = Pick<WorkerSettings, 'provider' | 'local' | 'base_url' | 'structured_output'>;

/** How this worker is asked. Whoever runs models on hardware of their own runs small ones: those read the variant `local`. */
export function workerPrompt(worker: Asked): WorkerPrompt {
  return { variant: worker.local ? 'local' : undefined, schema: isSchemaShown(worker) ? 'withRequest' : 'inPrompt' };
}

/**
 * Whether the model is known to read the schema that is sent with a request. Two providers say so, at their own endpoints: OpenAI ("the structured output
 * schema serves as a prefix to the system message", guide on prompt caching) and Anthropic ("Claude automatically receives an additional system prompt
 * explaining the expected output format", guide on structured outputs). SGLang, vLLM, llama.cpp and Ollama constrain the answer by it and show it to nobody;
 * of everybody else who speaks these protocols nothing is known, and VS Code's models are sent none.
 */
function isSchemaShown({ provider, base_url: url, structured_output: output }: Asked): boolean {
  switch (provider) {
    case 'anthropic':
      return isAt(url, 'api.anthropic.com');
    case 'openai-responses':
      return isAt(url, 'api.openai.com');
    case 'openai-chat':
      return isAt(url, 'api.openai.com') && output === 'json_schema';
    case 'editor':
    case 'recorded':
      return false;
  }
}

/** Whether requests go to the provider itself: that is where they go without a URL. */
const isAt = (url: string | undefined, host: string): boolean => url === undefined || new URL(url).hostname === host;
