import type OpenAI from 'openai';
import type { ResponseCreateParamsStreaming, ResponseInputItem } from 'openai/resources/responses/responses';
import { err } from '../../base/result.ts';
import type { Message, ModelProvider, ModelRequest } from '../../core/ports.ts';
import type { AnswerBuilder } from './answerBuilder.ts';
import { endpointOf, type Endpoint, type EndpointOptions } from './endpoint.ts';
import { indexMember, listMember, member, objectOf, textMember } from './looseJson.ts';
import { DEFAULT_ANSWER_CAP_BYTES, streamCall, type OpenedStream, type Transport } from './streamedCall.ts';
import { fitsStrictMode } from './strictSchema.ts';
import { argumentsText } from './toolArguments.ts';
import { toolParameters } from './toolParameters.ts';
import { usageOfResponses } from './usage.ts';

/**
 * A model behind POST /v1/responses. Always streams; nothing is stored at the server (`store: false`), so every call carries the whole
 * conversation. Reasoning items are not sent back: the ports do not carry them.
 */
export function createOpenAiResponses(options: EndpointOptions): ModelProvider {
  return {
    async call(request, onEvent, signal) {
      const endpoint = endpointOf(options.baseUrl, options.apiKey, {
        baseUrl: 'https://api.openai.com/v1',
        basePath: '/v1',
      });
      if (endpoint.kind === 'error') return err(endpoint.error);
      const { default: Client } = await import('openai');
      const call = {
        apiKey: endpoint.value.secretKey,
        timeouts: options.timeouts,
        answerCapBytes: options.answerCapBytes ?? DEFAULT_ANSWER_CAP_BYTES,
        request,
        open: (transport: Transport) => openStream(Client, endpoint.value, responsesBody(options, request), transport),
        read: readResponsesEvent,
      };
      return streamCall(call, onEvent, signal);
    },
  };
}

/** `Client` is loaded by the call before its deadlines start: the import takes longer than a local server's first token. */
async function openStream(
  Client: typeof OpenAI,
  endpoint: Endpoint,
  body: ResponseCreateParamsStreaming,
  transport: Transport,
): Promise<OpenedStream> {
  const client = new Client({
    apiKey: endpoint.sentKey,
    baseURL: endpoint.baseUrl,
    // The SDK would read these from the environment, and send them to any server.
    adminAPIKey: null,
    organization: null,
    project: null,
    maxRetries: 0,
    timeout: transport.timeoutMs,
    fetch: transport.fetch,
    logLevel: 'off',
  });
  const { data, response } = await client.responses.create(body, { signal: transport.signal }).withResponse();
  return { events: data, response };
}

function responsesBody(options: EndpointOptions, request: ModelRequest): ResponseCreateParamsStreaming {
  const format = request.outputSchema;
  return {
    ...options.extraBody,
    model: options.model,
    ...(request.system !== '' && { instructions: request.system }),
    ...(request.tools.length > 0 && {
      tools: request.tools.map((tool) => ({
        type: 'function' as const,
        name: tool.name,
        description: tool.description,
        parameters: toolParameters(tool.parameters),
        // The API takes `strict` for granted when it is left out, and refuses schemas with optional members then.
        strict: fitsStrictMode(tool.parameters),
      })),
    }),
    ...(format !== undefined && {
      text: {
        format: {
          type: 'json_schema' as const,
          name: format.name,
          schema: { ...objectOf(format.schema) },
          strict: fitsStrictMode(format.schema),
        },
      },
    }),
    input: request.messages.flatMap(inputItems),
    max_output_tokens: request.maxOutputTokens,
    store: false,
    stream: true,
  };
}

function inputItems(message: Message): readonly ResponseInputItem[] {
  if (message.role === 'user') return [{ role: 'user', content: message.text }];
  if (message.role === 'tool') {
    return [{ type: 'function_call_output', call_id: message.toolCallId, output: message.text }];
  }
  const text: readonly ResponseInputItem[] =
    message.text === '' && message.toolCalls.length > 0 ? [] : [{ role: 'assistant', content: message.text }];
  const calls = message.toolCalls.map((call): ResponseInputItem => ({
    type: 'function_call',
    call_id: call.id,
    name: call.name,
    arguments: argumentsText(call.arguments),
  }));
  return [...text, ...calls];
}

function readResponsesEvent(event: unknown, builder: AnswerBuilder): void {
  const type = textMember(event, 'type') ?? '';
  const slot = indexMember(event, 'output_index') ?? textMember(event, 'item_id');
  switch (type) {
    case 'response.created':
      return builder.setModel(textMember(member(event, 'response'), 'model'));
    case 'response.output_item.added':
      return addItem(member(event, 'item'), slot, builder);
    case 'response.output_text.delta':
      return builder.addText(textMember(event, 'delta') ?? '');
    case 'response.refusal.delta':
      return builder.refuse(textMember(event, 'delta') ?? '');
    case 'response.reasoning_text.delta':
    case 'response.reasoning_summary_text.delta':
      return builder.addReasoning(textMember(event, 'delta') ?? '');
    case 'response.function_call_arguments.delta':
      return builder.addToolCall({ slot, arguments: textMember(event, 'delta') });
    case 'response.completed':
    case 'response.incomplete':
      return finish(member(event, 'response'), builder);
    case 'response.failed':
      return builder.fail(member(member(event, 'response'), 'error') ?? 'the response failed without a reason');
    case 'error':
      return builder.fail(member(event, 'error') ?? event);
  }
  // A flat error without an event type, as SGLang sends them.
  if (member(event, 'object') === 'error') builder.fail(event);
}

function addItem(item: unknown, slot: number | string | undefined, builder: AnswerBuilder): void {
  builder.sawToken();
  if (textMember(item, 'type') !== 'function_call') return;
  builder.addToolCall({
    slot,
    id: textMember(item, 'call_id') ?? textMember(item, 'id'),
    name: textMember(item, 'name'),
    arguments: textMember(item, 'arguments'),
  });
}

function finish(response: unknown, builder: AnswerBuilder): void {
  builder.setModel(textMember(response, 'model'));
  builder.setUsage(usageOfResponses(member(response, 'usage')));
  if (!builder.state.hasContent) addWholeOutput(response, builder);
  const reason = textMember(member(response, 'incomplete_details'), 'reason');
  if (reason === 'max_output_tokens' || reason === 'max_tokens') return builder.setFinish('length');
  if (reason === 'content_filter') return builder.setFinish('refusal');
  return builder.setFinish(textMember(response, 'status') === 'completed' ? 'stop' : 'other');
}

/** A server that streams no deltas still tells the whole output at the end. */
function addWholeOutput(response: unknown, builder: AnswerBuilder): void {
  for (const [position, item] of listMember(response, 'output').entries()) {
    addItem(item, position, builder);
    for (const part of listMember(item, 'content')) {
      const type = textMember(part, 'type');
      if (type === 'output_text') builder.addText(textMember(part, 'text') ?? '');
      if (type === 'refusal') builder.refuse(textMember(part, 'refusal') ?? '');
    }
  }
}
