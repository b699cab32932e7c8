import type Anthropic from '@anthropic-ai/sdk';
import type {
  ContentBlockParam,
  JSONOutputFormat,
  MessageCreateParamsStreaming,
  MessageParam,
  ToolResultBlockParam,
} from '@anthropic-ai/sdk/resources/messages';
import { err, ok, type Result } from '../../base/result.ts';
import type { FinishReason, Message, ModelError, ModelProvider, ModelRequest } from '../../core/ports.ts';
import type { AnswerBuilder } from './answerBuilder.ts';
import { endpointOf, type Endpoint, type EndpointOptions } from './endpoint.ts';
import { indexMember, member, objectOf, textMember } from './looseJson.ts';
import { DEFAULT_ANSWER_CAP_BYTES, streamCall, type OpenedStream, type Transport } from './streamedCall.ts';
import { argumentsObject } from './toolArguments.ts';
import { toolParameters } from './toolParameters.ts';
import { usageOfMessages } from './usage.ts';

/**
 * A model behind POST /v1/messages. Always streams. No sampling parameters and no forced tool choice, because current models refuse
 * both with a 400; a wanted shape is asked for with `output_config.format`. Thinking blocks are not sent back: the ports do not carry them.
 */
export function createAnthropic(options: EndpointOptions): ModelProvider {
  return {
    async call(request, onEvent, signal) {
      const endpoint = endpointOf(options.baseUrl, options.apiKey, {
        baseUrl: 'https://api.anthropic.com',
        basePath: '',
      });
      if (endpoint.kind === 'error') return err(endpoint.error);
      const format = await outputFormat(request);
      if (format.kind === 'error') return err(format.error);
      const { default: Client } = await import('@anthropic-ai/sdk');
      const body = messagesBody(options, request, format.value);
      const call = {
        apiKey: endpoint.value.secretKey,
        timeouts: options.timeouts,
        answerCapBytes: options.answerCapBytes ?? DEFAULT_ANSWER_CAP_BYTES,
        request,
        open: (transport: Transport) => openStream(Client, endpoint.value, body, transport),
        read: messagesReader(),
      };
      return streamCall(call, onEvent, signal);
    },
  };
}

/** `Client` is loaded by the call before its deadlines start: the import takes longer than a local server's first token. */
async function openStream(
  Client: typeof Anthropic,
  endpoint: Endpoint,
  body: MessageCreateParamsStreaming,
  transport: Transport,
): Promise<OpenedStream> {
  const client = new Client({
    // A key passed here is the client's only credential: no profile and no variable is read.
    apiKey: endpoint.sentKey,
    baseURL: endpoint.baseUrl,
    maxRetries: 0,
    timeout: transport.timeoutMs,
    fetch: transport.fetch,
    logLevel: 'off',
  });
  const { data, response } = await client.messages.create(body, { signal: transport.signal }).withResponse();
  return { events: data, response };
}

/**
 * The wanted shape as this API takes it. It refuses numeric and length limits, so the SDK's own transform moves them into descriptions;
 * a schema that it cannot express is our mistake and is told before anything is sent.
 */
async function outputFormat(request: ModelRequest): Promise<Result<JSONOutputFormat | undefined, ModelError>> {
  if (request.outputSchema === undefined) return ok(undefined);
  const { transformJSONSchema } = await import('@anthropic-ai/sdk/lib/transform-json-schema');
  try {
    return ok({ type: 'json_schema', schema: transformJSONSchema({ ...objectOf(request.outputSchema.schema) }) });
  } catch (error) {
    const message = `the output schema ${request.outputSchema.name} cannot be sent: ${String(error).slice(0, 500)}`;
    return err({ kind: 'configuration', message });
  }
}

function messagesBody(
  options: EndpointOptions,
  request: ModelRequest,
  format: JSONOutputFormat | undefined,
): MessageCreateParamsStreaming {
  return {
    ...options.extraBody,
    model: options.model,
    max_tokens: request.maxOutputTokens,
    ...(request.tools.length > 0 && {
      tools: request.tools.map((tool) => ({
        name: tool.name,
        description: tool.description,
        input_schema: { ...toolParameters(tool.parameters), type: 'object' as const },
      })),
    }),
    ...(request.system !== '' && { system: request.system }),
    messages: messageParams(request.messages),
    cache_control: { type: 'ephemeral' },
    ...(format !== undefined && { output_config: { ...objectOf(options.extraBody['output_config']), format } }),
    stream: true,
  };
}

/**
 * Messages as turns. The results of one turn's tool calls go into one user turn, because the API wants all of them right after the calls.
 * Nothing else is merged, so that the turns of a call stay a prefix of those of the next one.
 */
function messageParams(messages: readonly Message[]): MessageParam[] {
  const turns: MessageParam[] = [];
  let results: ToolResultBlockParam[] | undefined;
  for (const message of messages) {
    if (message.role === 'tool') {
      if (results === undefined) {
        results = [];
        turns.push({ role: 'user', content: results });
      }
      results.push({
        type: 'tool_result',
        tool_use_id: safeName(message.toolCallId),
        ...(message.text !== '' && { content: message.text }),
      });
    } else {
      results = undefined;
      turns.push(message.role === 'user' ? { role: 'user', content: filled(message.text) } : assistantTurn(message));
    }
  }
  return turns;
}

function assistantTurn(message: Extract<Message, { role: 'assistant' }>): MessageParam {
  if (message.toolCalls.length === 0) return { role: 'assistant', content: filled(message.text) };
  const calls = message.toolCalls.map((call): ContentBlockParam => ({
    type: 'tool_use',
    id: safeName(call.id),
    name: safeName(call.name),
    input: argumentsObject(call.arguments),
  }));
  const text: readonly ContentBlockParam[] = message.text.trim() === '' ? [] : [{ type: 'text', text: message.text }];
  return { role: 'assistant', content: [...text, ...calls] };
}

/** The API refuses text without a visible character. */
function filled(text: string): string {
  return text.trim() === '' ? '(empty)' : text;
}

/** Ids and tool names of other servers (`functions.read:0`) in the letters that this API takes. */
function safeName(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 128);
}

/** Reads the events of one stream. Usage comes in two events, of which the later one's figures replace the earlier one's. */
function messagesReader(): (event: unknown, builder: AnswerBuilder) => void {
  let usage: Readonly<Record<string, unknown>> = {};
  return (event, builder) => {
    const merge = (told: unknown): void => {
      const given = Object.entries(objectOf(told) ?? {}).filter(([, figure]) => figure !== null);
      usage = { ...usage, ...Object.fromEntries(given) };
      builder.setUsage(usageOfMessages(usage));
    };
    const message = member(event, 'message');
    switch (textMember(event, 'type') ?? '') {
      case 'message_start':
        builder.setModel(textMember(message, 'model'));
        return merge(member(message, 'usage'));
      case 'content_block_start':
        return startBlock(event, builder);
      case 'content_block_delta':
        return addDelta(event, builder);
      case 'message_delta': {
        const reason = textMember(member(event, 'delta'), 'stop_reason');
        if (reason !== undefined) builder.setFinish(finishOf(reason));
        return merge(member(event, 'usage'));
      }
      case 'error':
        return builder.fail(member(event, 'error') ?? event);
    }
    // A flat error without an event type, as SGLang sends them.
    if (member(event, 'object') === 'error') builder.fail(event);
  };
}

function startBlock(event: unknown, builder: AnswerBuilder): void {
  const block = member(event, 'content_block');
  builder.sawToken();
  builder.addText(textMember(block, 'text') ?? '');
  if (textMember(block, 'type') !== 'tool_use') return;
  const input = objectOf(member(block, 'input')) ?? {};
  builder.addToolCall({
    slot: indexMember(event, 'index'),
    id: textMember(block, 'id'),
    name: textMember(block, 'name'),
    // The input is empty here and follows in pieces, except from servers that send it whole.
    arguments: Object.keys(input).length === 0 ? undefined : JSON.stringify(input),
  });
}

function addDelta(event: unknown, builder: AnswerBuilder): void {
  const delta = member(event, 'delta');
  const json = textMember(delta, 'partial_json');
  if (json !== undefined) builder.addToolCall({ slot: indexMember(event, 'index'), arguments: json });
  builder.addText(textMember(delta, 'text') ?? '');
  builder.addReasoning(textMember(delta, 'thinking') ?? '');
}

function finishOf(reason: string): FinishReason {
  switch (reason) {
    case 'end_turn':
    case 'stop_sequence':
      return 'stop';
    case 'max_tokens':
    // The context is full before max_tokens was reached: the answer ends in the middle just the same.
    case 'model_context_window_exceeded':
      return 'length';
    case 'tool_use':
      return 'toolCalls';
    case 'refusal':
      return 'refusal';
  }
  return 'other';
}
