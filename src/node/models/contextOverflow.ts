/*
 * How servers say that a request does not fit into the model's context. Gathered from OpenAI (chat and responses), Anthropic,
 * SGLang, vLLM, llama.cpp, LM Studio, Gemini and Moonshot; there is no common code, so words decide.
 */
const OVERFLOW_CODES: ReadonlySet<string> = new Set([
  'context_length_exceeded',
  'exceed_context_size_error',
  'request_too_large',
]);

const OVERFLOW_WORDS: readonly RegExp[] = [
  /maximum context length/i,
  /exceeds? (?:the )?(?:model'?s )?(?:available )?context (?:window|size|length|limit)/i,
  /(?:longer|greater) than the (?:model'?s |maximum )?(?:context|model) length/i,
  /model'?s context length is only/i,
  /exceeds the maximum allowed length/i,
  /exceeds the maximum number of tokens allowed/i,
  /prompt is too long/i,
  /exceeds? the context window/i,
  /exceeded model token limit/i,
  /context (?:the )?overflows/i,
];

/** Whether an error's code or type, or its words, mean that the request was too long for the model. */
export function saysContextOverflow(names: readonly string[], message: string): boolean {
  return names.some((name) => OVERFLOW_CODES.has(name)) || OVERFLOW_WORDS.some((words) => words.test(message));
}
