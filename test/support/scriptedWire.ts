import type { ScriptedUsage, WireAnswer, WireApi } from './scriptedStep.ts';

/** An answer as the frames of an event stream and as one JSON body. `opening` frames come before the first token, `ending` ones after the finish. */
export interface WireFrames {
  readonly opening: readonly string[];
  readonly content: readonly string[];
  /** The frame with the finish reason, and what belongs to it. */
  readonly finish: readonly string[];
  /** Usage that comes on its own, and the end mark. */
  readonly ending: readonly string[];
  readonly endMark: string;
  readonly whole: unknown;
}

/** What the real servers send for this answer; formats as read from the SDKs' types. */
export function framesOf(api: WireApi, answer: WireAnswer): WireFrames {
  if (api === 'chat') return chatFrames(answer);
  return api === 'responses' ? responsesFrames(answer) : messagesFrames(answer);
}

function chatFrames(answer: WireAnswer): WireFrames {
  const base = { id: 'chatcmpl-1', created: 1_700_000_000, model: answer.model };
  const chunk = (delta: unknown, finishReason: string | null = null): string =>
    data({
      ...base,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, finish_reason: finishReason }],
    });
  const finishReason =
    answer.finishReason ?? (answer.lengthStop ? 'length' : answer.toolCalls.length > 0 ? 'tool_calls' : 'stop');
  const usage = answer.usage === undefined ? undefined : chatUsage(answer.usage);
  return {
    opening: [chunk({ role: 'assistant', content: '' })],
    content: [
      ...pieces(answer.reasoning, answer.chunkSize).map((text) => chunk({ reasoning_content: text })),
      ...pieces(answer.text, answer.chunkSize).map((text) => chunk({ content: text })),
      ...pieces(answer.refusal, answer.chunkSize).map((text) => chunk({ refusal: text })),
      ...answer.toolCalls.flatMap((call, index) => [
        chunk({
          tool_calls: [{ index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } }],
        }),
        ...pieces(call.arguments, answer.chunkSize).map((text) =>
          chunk({ tool_calls: [{ index, function: { arguments: text } }] }),
        ),
      ]),
    ],
    finish: [chunk({}, finishReason)],
    ending: usage === undefined ? [] : [data({ ...base, object: 'chat.completion.chunk', choices: [], usage })],
    endMark: 'data: [DONE]\n\n',
    whole: {
      ...base,
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: answer.text,
            ...(answer.toolCalls.length > 0 && {
              tool_calls: answer.toolCalls.map(({ id, name, arguments: text }) => ({
                id,
                type: 'function',
                function: { name, arguments: text },
              })),
            }),
          },
          finish_reason: finishReason,
        },
      ],
      usage,
    },
  };
}

function chatUsage(usage: ScriptedUsage): unknown {
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cachedInput, cache_write_tokens: usage.cacheWrite },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
  };
}

function responsesFrames(answer: WireAnswer): WireFrames {
  let sequence = 0;
  const event = (type: string, members: object): string =>
    named(type, { type, sequence_number: sequence++, ...members });
  const content =
    answer.refusal === ''
      ? [{ type: 'output_text', text: answer.text, annotations: [] }]
      : [{ type: 'refusal', refusal: answer.refusal }];
  const message = { type: 'message', id: 'item_0', role: 'assistant', status: 'completed', content };
  const calls = answer.toolCalls.map((call, index) => ({
    type: 'function_call',
    id: `item_${index + 1}`,
    call_id: call.id,
    name: call.name,
    arguments: call.arguments,
    status: 'completed',
  }));
  const incomplete = answer.lengthStop || answer.finishReason !== undefined;
  const response = {
    id: 'resp_1',
    object: 'response',
    model: answer.model,
    status: incomplete ? 'incomplete' : 'completed',
    incomplete_details: incomplete ? { reason: answer.finishReason ?? 'max_output_tokens' } : null,
    output: [...(answer.text === '' && answer.refusal === '' ? [] : [message]), ...calls],
    usage: answer.usage === undefined ? null : responsesUsage(answer.usage),
  };
  const created = { ...response, status: 'in_progress', incomplete_details: null, output: [], usage: null };
  const delta = (type: string, text: string): readonly string[] =>
    pieces(text, answer.chunkSize).map((piece) =>
      event(type, { item_id: 'item_0', output_index: 0, content_index: 0, delta: piece }),
    );
  return {
    opening: [event('response.created', { response: created })],
    content: [
      ...delta('response.reasoning_summary_text.delta', answer.reasoning),
      ...(response.output.includes(message)
        ? [event('response.output_item.added', { output_index: 0, item: { ...message, content: [] } })]
        : []),
      ...delta('response.output_text.delta', answer.text),
      ...delta('response.refusal.delta', answer.refusal),
      ...calls.flatMap((item, index) => [
        event('response.output_item.added', { output_index: index + 1, item: { ...item, arguments: '' } }),
        ...pieces(item.arguments, answer.chunkSize).map((piece) =>
          event('response.function_call_arguments.delta', {
            item_id: item.id,
            output_index: index + 1,
            delta: piece,
          }),
        ),
        event('response.output_item.done', { output_index: index + 1, item }),
      ]),
    ],
    finish: [event(incomplete ? 'response.incomplete' : 'response.completed', { response })],
    ending: [],
    endMark: '',
    whole: response,
  };
}

function responsesUsage(usage: ScriptedUsage): unknown {
  return {
    input_tokens: usage.input,
    output_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    input_tokens_details: { cached_tokens: usage.cachedInput, cache_write_tokens: usage.cacheWrite },
    output_tokens_details: { reasoning_tokens: usage.reasoning },
  };
}

function messagesFrames(answer: WireAnswer): WireFrames {
  const event = (type: string, members: object): string => named(type, { type, ...members });
  const text = answer.text + answer.refusal;
  const blocks = [
    ...(answer.reasoning === '' ? [] : [{ type: 'thinking', thinking: answer.reasoning, signature: 'c2ln' }]),
    ...(text === '' ? [] : [{ type: 'text', text }]),
    ...answer.toolCalls.map((call) => ({ type: 'tool_use', id: call.id, name: call.name, input: call.arguments })),
  ];
  const stopReason = answer.finishReason ?? messagesStop(answer);
  const usage = answer.usage === undefined ? undefined : messagesUsage(answer.usage);
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: answer.model };
  return {
    opening: [
      event('message_start', {
        message: {
          ...message,
          content: [],
          stop_reason: null,
          ...(usage && { usage: { ...usage, output_tokens: 1 } }),
        },
      }),
      event('ping', {}),
    ],
    content: blocks.flatMap((block, index) => [
      event('content_block_start', { index, content_block: emptyBlock(block) }),
      ...pieces(blockText(block), answer.chunkSize).map((piece) =>
        event('content_block_delta', { index, delta: blockDelta(block.type, piece) }),
      ),
      event('content_block_stop', { index }),
    ]),
    finish: [event('message_delta', { delta: { stop_reason: stopReason }, ...(usage && { usage }) })],
    ending: [],
    endMark: event('message_stop', {}),
    whole: { ...message, content: blocks, stop_reason: stopReason, usage },
  };
}

function messagesStop(answer: WireAnswer): string {
  if (answer.lengthStop) return 'max_tokens';
  if (answer.refusal !== '') return 'refusal';
  return answer.toolCalls.length > 0 ? 'tool_use' : 'end_turn';
}

function messagesUsage(usage: ScriptedUsage): object {
  return {
    input_tokens: usage.input - (usage.cachedInput ?? 0) - (usage.cacheWrite ?? 0),
    cache_read_input_tokens: usage.cachedInput ?? null,
    cache_creation_input_tokens: usage.cacheWrite ?? null,
    output_tokens: usage.output,
    ...(usage.reasoning !== undefined && { output_tokens_details: { thinking_tokens: usage.reasoning } }),
  };
}

interface Block {
  readonly type: string;
  readonly text?: string;
  readonly thinking?: string;
  readonly input?: string;
  readonly id?: string;
  readonly name?: string;
}

function blockText(block: Block): string {
  return block.text ?? block.thinking ?? block.input ?? '';
}

function emptyBlock(block: Block): object {
  if (block.type === 'tool_use') return { ...block, input: {} };
  return block.type === 'thinking' ? { type: 'thinking', thinking: '', signature: '' } : { type: 'text', text: '' };
}

function blockDelta(type: string, piece: string): object {
  if (type === 'tool_use') return { type: 'input_json_delta', partial_json: piece };
  return type === 'thinking' ? { type: 'thinking_delta', thinking: piece } : { type: 'text_delta', text: piece };
}

function data(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

function named(event: string, value: unknown): string {
  return `event: ${event}\n${data(value)}`;
}

function pieces(text: string, size: number): readonly string[] {
  const all: string[] = [];
  for (let start = 0; start < text.length; start += size) all.push(text.slice(start, start + size));
  return all;
}
