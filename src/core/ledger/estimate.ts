import type { Message, ModelRequest } from '../ports.ts';

/** Characters of Latin text and code that common tokenizers put into one token, on the careful side (fewer characters, more tokens). */
const CHARACTERS_PER_TOKEN = 3.6;
/** What a chat template adds around one message or tool. */
const TOKENS_PER_ENVELOPE = 6;

/**
 * How many tokens a text is likely to have. This is an estimate for budgets and prompt sizes, made without any model's tokenizer: a
 * Chinese, Japanese or Korean character counts one token, one outside the basic plane (emoji) two, all else 1/3.6. Never less than 1 for a
 * text that is not empty. The whole text is counted: callers cap it.
 */
export function estimateTokens(text: string): number {
  const wide = text.match(WIDE)?.length ?? 0;
  const astral = text.match(ASTRAL)?.length ?? 0;
  const narrow = text.length - wide - astral * 2;
  return Math.ceil(narrow / CHARACTERS_PER_TOKEN) + wide + astral * 2;
}

/** The estimated input tokens of a request: everything that is sent, with its envelopes. An estimate, like `estimateTokens`. */
export function estimateRequestTokens(request: Omit<ModelRequest, 'stepKey' | 'maxOutputTokens'>): number {
  const tools = request.tools.map((tool) => tool.name + tool.description + JSON.stringify(tool.parameters));
  const schema = request.outputSchema === undefined ? [] : [JSON.stringify(request.outputSchema)];
  const parts = [request.system, ...tools, ...schema, ...request.messages.map(messageText)];
  return parts.reduce((sum, part) => sum + estimateTokens(part) + TOKENS_PER_ENVELOPE, 0);
}

const WIDE = /[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]/g;
const ASTRAL = /[\ud800-\udbff][\udc00-\udfff]/g;

function messageText(message: Message): string {
  if (message.role === 'user') return message.text;
  if (message.role === 'tool') return message.toolCallId + message.name + message.text;
  return message.text + message.toolCalls.map((call) => call.id + call.name + call.arguments).join('');
}
