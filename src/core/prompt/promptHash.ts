import { hashOf } from '../../base/hash.ts';
import type { Message, ModelRequest } from '../ports.ts';

/** What of a request a model sees. */
export type Prompt = Pick<ModelRequest, 'system' | 'messages' | 'tools' | 'outputSchema'>;

/**
 * The SHA-256 of what a model is shown: system, messages, tools and output schema. The step key and the length limit are not part of it, and
 * tool-call ids count only as "the same as above": a server makes them up anew each time. A fence counts as three backticks: how many it has follows
 * from the text between.
 */
export function promptHash(prompt: Prompt): string {
  const known = hashes.get(prompt);
  if (known !== undefined) return known;
  const { system, messages, tools, outputSchema } = prompt;
  const hash = hashOf({ system, messages: withOrdinalIds(messages), tools, outputSchema: outputSchema ?? null });
  hashes.set(prompt, hash);
  return hash;
}

/** A call asks for the hash of its request several times, and nobody changes a request. */
const hashes = new WeakMap<Prompt, string>();

function withOrdinalIds(messages: readonly Message[]): readonly Message[] {
  const ordinals = new Map<string, string>();
  const ordinal = (id: string): string => {
    const known = ordinals.get(id) ?? `#${ordinals.size + 1}`;
    ordinals.set(id, known);
    return known;
  };
  return messages.map((message) => {
    if (message.role === 'tool') return { ...message, toolCallId: ordinal(message.toolCallId) };
    if (message.role === 'user') return { ...message, text: message.text.replaceAll(/^`{4,}$/gm, '```') };
    return { ...message, toolCalls: message.toolCalls.map((call) => ({ ...call, id: ordinal(call.id) })) };
  });
}
