import {
  LanguageModelTextPart,
  LanguageModelToolCallPart,
  type LanguageModelResponsePart,
  type Progress,
  type ProvideLanguageModelChatResponseOptions,
} from 'vscode';
import type { DriverPart, DriverRequest } from './script.ts';

interface Forwarded {
  /** The scripted model server, without `/v1`. */
  readonly url: string;
  readonly request: DriverRequest;
  readonly options: ProvideLanguageModelChatResponseOptions;
  readonly progress: Progress<LanguageModelResponsePart>;
}

interface ChatChunk {
  readonly choices?: readonly {
    readonly delta?: {
      readonly content?: string | null;
      readonly tool_calls?: readonly {
        readonly index: number;
        readonly id?: string;
        readonly function?: { readonly name?: string; readonly arguments?: string };
      }[];
    };
  }[];
}

/** Sends a request on to a scripted model server as a streamed chat request, and reports the answer's parts as they come; a tool call when it is whole. */
export async function forward({ url, request, options, progress }: Forwarded, signal: AbortSignal): Promise<void> {
  const body = {
    model: request.model,
    stream: true,
    messages: request.messages.flatMap(({ role, parts }) => chatMessages(role, parts)),
    tools: (options.tools ?? []).map(({ name, description, inputSchema }) => ({
      type: 'function',
      function: { name, description, parameters: inputSchema },
    })),
  };
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
  const calls = new Map<number, { id: string; name: string; text: string }>();
  for await (const chunk of chunksOf(response.body)) {
    const delta = chunk.choices?.[0]?.delta;
    if (delta?.content) progress.report(new LanguageModelTextPart(delta.content));
    for (const piece of delta?.tool_calls ?? []) {
      const call = calls.get(piece.index) ?? { id: piece.id ?? '', name: piece.function?.name ?? '', text: '' };
      call.text += piece.function?.arguments ?? '';
      calls.set(piece.index, call);
    }
  }
  for (const { id, name, text } of calls.values())
    progress.report(new LanguageModelToolCallPart(id, name, JSON.parse(text) as object));
}

/** The events of a stream, each one line `data: {...}`, up to `[DONE]`. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<ChatChunk> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('data: ') || line === 'data: [DONE]') continue;
      yield JSON.parse(line.slice('data: '.length)) as ChatChunk;
    }
  }
}

function chatMessages(role: string, parts: readonly DriverPart[]): readonly unknown[] {
  const text = parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
  const calls = parts.flatMap((part) =>
    part.kind === 'toolCall'
      ? [{ id: part.id, type: 'function', function: { name: part.name, arguments: JSON.stringify(part.input) } }]
      : [],
  );
  const results = parts.flatMap((part) =>
    part.kind === 'toolResult' ? [{ role: 'tool', tool_call_id: part.id, content: part.text }] : [],
  );
  const said =
    text === '' && calls.length === 0 ? [] : [{ role, content: text, ...(calls.length > 0 && { tool_calls: calls }) }];
  return [...results, ...said];
}
