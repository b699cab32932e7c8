import type OpenAI from 'openai';
import type {
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import type { FinishReason, Message, ModelProvider, ModelRequest } from '../../core/ports.ts';
import { err } from '../../base/result.ts';
import type { AnswerBuilder } from './answerBuilder.ts';
import { endpointOf, type Endpoint, type EndpointOptions } from './endpoint.ts';
import { indexMember, listMember, member, objectOf, textMember } from './looseJson.ts';
import { DEFAULT_ANSWER_CAP_BYTES, streamCall, type OpenedStream, type Transport } from './streamedCall.ts';
import { fitsStrictMode } from './strictSchema.ts';
import { argumentsText } from './toolArguments.ts';
import { toolParameters } from './toolParameters.ts';
import { usageOfChat } from './usage.ts';

export interface OpenAiChatOptions extends EndpointOptions {
  /** What the server can be asked to constrain an answer to. */
  readonly structuredOutput: 'json_schema' | 'json_object' | 'none';
}

/**
 * A model behind POST /v1/chat/completions: OpenAI and all compatible servers (SGLang, vLLM, llama.cpp, Ollama, LM Studio, ...).
 * Always streams. Takes what compatible servers do differently: flat errors, missing ids, odd finish reasons, no [DONE].
 */
export function createOpenAiChat(options: OpenAiChatOptions): ModelProvider {
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
        open: (transport: Transport) =>
          openStream(Client, endpoint.value, chatBody(options, endpoint.value.host, request), transport),
        read: readChatChunk,
      };
      return streamCall(call, onEvent, signal);
    },
  };
}

/** `Client` is loaded by the call before its deadlines start: the import takes longer than a local server's first token. */
async function openStream(
  Client: typeof OpenAI,
  endpoint: Endpoint,
  body: ChatCompletionCreateParamsStreaming,
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
  const { data, response } = await client.chat.completions.create(body, { signal: transport.signal }).withResponse();
  return { events: data, response };
}

/** The request body. Members in the order in which servers render them: tools and format before messages, so that prefixes stay equal. */
function chatBody(
  options: OpenAiChatOptions,
  host: string,
  request: ModelRequest,
): ChatCompletionCreateParamsStreaming {
  const official = host === 'api.openai.com' || host.endsWith('.api.openai.com');
  const system: readonly ChatCompletionMessageParam[] =
    request.system === '' ? [] : [{ role: 'system', content: request.system }];
  return {
    ...options.extraBody,
    model: options.model,
    ...(request.tools.length > 0 && {
      tools: request.tools.map((tool) => ({
        type: 'function' as const,
        function: {
          name: tool.name,
          description: tool.description,
          parameters: toolParameters(tool.parameters),
        },
      })),
    }),
    ...responseFormat(options.structuredOutput, request),
    messages: [...system, ...request.messages.map(chatMessage)],
    // OpenAI's reasoning models refuse max_tokens; most other servers know only max_tokens.
    ...(official ? { max_completion_tokens: request.maxOutputTokens } : { max_tokens: request.maxOutputTokens }),
    stream: true,
    stream_options: { include_usage: true },
  };
}

function responseFormat(
  structuredOutput: OpenAiChatOptions['structuredOutput'],
  request: ModelRequest,
): Pick<ChatCompletionCreateParamsStreaming, 'response_format'> {
  if (request.outputSchema === undefined) return {};
  if (structuredOutput === 'none') return {};
  if (structuredOutput === 'json_object') return { response_format: { type: 'json_object' } };
  const { name, schema } = request.outputSchema;
  const strict = fitsStrictMode(schema) && { strict: true };
  return {
    response_format: { type: 'json_schema', json_schema: { name, schema: { ...objectOf(schema) }, ...strict } },
  };
}

function chatMessage(message: Message): ChatCompletionMessageParam {
  if (message.role === 'user') return { role: 'user', content: message.text };
  if (message.role === 'tool') return { role: 'tool', tool_call_id: message.toolCallId, content: message.text };
  if (message.toolCalls.length === 0) return { role: 'assistant', content: message.text };
  return {
    role: 'assistant',
    // Some chat templates print an empty text; null is what servers themselves send beside tool calls.
    content: message.text === '' ? null : message.text,
    tool_calls: message.toolCalls.map((call) => ({
      id: call.id,
      type: 'function',
      function: { name: call.name, arguments: argumentsText(call.arguments) },
    })),
  };
}

function readChatChunk(chunk: unknown, builder: AnswerBuilder): void {
  const choices = listMember(chunk, 'choices');
  const isFlatError = member(chunk, 'object') === 'error' || member(chunk, 'type') === 'error';
  if (isFlatError || (choices.length === 0 && textMember(chunk, 'message') !== undefined)) return builder.fail(chunk);
  builder.setModel(textMember(chunk, 'model'));
  const usage = member(chunk, 'usage');
  if (usage !== undefined && usage !== null) builder.setUsage(usageOfChat(usage));
  // One answer is asked for; a server that counts its choices differently still sends one first.
  const choice = choices.find((candidate) => (indexMember(candidate, 'index') ?? 0) === 0);
  const delta = member(choice, 'delta');
  builder.addReasoning(textMember(delta, 'reasoning_content') ?? textMember(delta, 'reasoning') ?? '');
  builder.addText(textMember(delta, 'content') ?? '');
  const refusal = textMember(delta, 'refusal') ?? '';
  if (refusal !== '') builder.refuse(refusal);
  for (const piece of listMember(delta, 'tool_calls')) addPiece(piece, builder);
  const finish = textMember(choice, 'finish_reason');
  // SGLang ends an answer so when its server lets go of the request (a restart, an abort by somebody else): what came is not the answer.
  if (finish === 'abort') return builder.fail({ message: 'the server aborted the answer', type: 'server_error' });
  if (finish !== undefined && finish !== '') builder.setFinish(finishOf(finish));
}

function addPiece(piece: unknown, builder: AnswerBuilder): void {
  const called = member(piece, 'function');
  const given = member(called, 'arguments');
  builder.addToolCall({
    slot: indexMember(piece, 'index'),
    id: textMember(piece, 'id'),
    name: textMember(called, 'name'),
    // Some servers send the arguments as an object instead of as text.
    arguments: objectOf(given) === undefined ? textMember(called, 'arguments') : JSON.stringify(given),
  });
}

function finishOf(reason: string): FinishReason {
  switch (reason) {
    case 'stop':
      return 'stop';
    case 'length':
      return 'length';
    case 'tool_calls':
    case 'function_call':
      return 'toolCalls';
    case 'content_filter':
      return 'refusal';
  }
  return 'other';
}
