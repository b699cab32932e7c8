import { unreachable } from '../../base/unreachable.ts';
import type { Json } from '../../base/json.ts';
import type { Message, ModelRequest, ToolCall } from '../../core/ports.ts';

/** A request as the editor's language model API takes it, in plain values: editorModel.ts makes its objects of them. */
export interface EditorConversation {
  readonly messages: readonly EditorMessage[];
  readonly tools: readonly EditorTool[];
}

export interface EditorMessage {
  readonly role: 'user' | 'assistant';
  readonly parts: readonly EditorMessagePart[];
}

export type EditorMessagePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'toolCall'; readonly callId: string; readonly name: string; readonly input: EditorObject }
  | { readonly kind: 'toolResult'; readonly callId: string; readonly text: string };

export interface EditorTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: EditorObject;
}

export type EditorObject = Readonly<Record<string, unknown>>;

/**
 * A request as the editor's API takes it. The API has no system role, so the system text is the first user message; the results of one turn's
 * calls go into one user message, because several vendors behind it want all of them right after the calls. Nothing else is merged, so that a
 * call's messages stay a prefix of the next one's. The output schema is not sent: the API has no place for it, and the prompt says it in words.
 */
export function editorConversation(request: Pick<ModelRequest, 'system' | 'messages' | 'tools'>): EditorConversation {
  const messages: EditorMessage[] = [];
  if (request.system !== '') messages.push(textMessage('user', request.system));
  let results: EditorMessagePart[] | undefined;
  for (const message of request.messages) {
    if (message.role !== 'tool') {
      results = undefined;
      messages.push(messageOf(message));
      continue;
    }
    if (results === undefined) {
      results = [];
      messages.push({ role: 'user', parts: results });
    }
    results.push({ kind: 'toolResult', callId: message.toolCallId, text: filled(message.text) });
  }
  return {
    messages,
    tools: request.tools.map(({ name, description, parameters }) => tool(name, description, parameters)),
  };
}

/** All text of a conversation, to count its tokens: one text a message, and one for the tools where there are any. */
export function textsOf(conversation: EditorConversation): readonly string[] {
  const tools = conversation.tools.length === 0 ? [] : [JSON.stringify(conversation.tools)];
  return [...conversation.messages.map(({ parts }) => parts.map(partText).join('\n')), ...tools];
}

function messageOf(message: Exclude<Message, { role: 'tool' }>): EditorMessage {
  if (message.role === 'user' || message.toolCalls.length === 0) return textMessage(message.role, filled(message.text));
  const text: readonly EditorMessagePart[] = message.text.trim() === '' ? [] : [{ kind: 'text', text: message.text }];
  return { role: 'assistant', parts: [...text, ...message.toolCalls.map(callPart)] };
}

function textMessage(role: EditorMessage['role'], text: string): EditorMessage {
  return { role, parts: [{ kind: 'text', text }] };
}

function callPart(call: ToolCall): EditorMessagePart {
  return { kind: 'toolCall', callId: call.id, name: call.name, input: inputOf(call.arguments) };
}

/** The API takes objects only. What a model wrote otherwise comes back to it as `{"malformed": "<its text>"}`. */
function inputOf(text: string): EditorObject {
  try {
    const parsed: unknown = JSON.parse(text);
    if (isObject(parsed)) return parsed;
  } catch {
    // Not JSON at all is one of the ways to be malformed.
  }
  return { malformed: text };
}

function tool(name: string, description: string, parameters: Json): EditorTool {
  return { name, description, inputSchema: isObject(parameters) ? parameters : {} };
}

/** Vendors refuse text without a visible character. */
function filled(text: string): string {
  return text.trim() === '' ? '(empty)' : text;
}

function partText(part: EditorMessagePart): string {
  switch (part.kind) {
    case 'text':
    case 'toolResult':
      return part.text;
    case 'toolCall':
      return `${part.name} ${JSON.stringify(part.input)}`;
  }
  return unreachable(part);
}

function isObject(value: unknown): value is EditorObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
