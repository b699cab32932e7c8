import { unreachable } from '../../base/unreachable.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { withAbort } from '../../base/withAbort.ts';
import { estimateRequestTokens, estimateTokens } from '../../core/ledger/estimate.ts';
import type { ModelAnswer, ModelError, ModelEvent, ModelRequest, ToolCall } from '../../core/ports.ts';
import { editorConversation, textsOf, type EditorConversation } from './editorConversation.ts';
import { editorErrorOf } from './editorError.ts';

/** One model of the editor, in plain values. May reject with whatever the editor's API throws. */
export interface EditorChat {
  /** `vendor/id`, told as the model that answered. */
  readonly name: string;
  /** Tokens that fit into one request; 0 where the editor does not say. */
  readonly maxInputTokens: number;
  /** False where the editor says that this model calls none. */
  readonly callsTools: boolean;
  countTokens(text: string): PromiseLike<number>;
  /** Sends the one request; the signal cancels it and ends the parts. */
  send(conversation: EditorConversation, signal: AbortSignal): PromiseLike<AsyncIterable<EditorAnswerPart>>;
}

export type EditorAnswerPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'reasoning'; readonly text: string }
  | { readonly kind: 'toolCall'; readonly callId: string; readonly name: string; readonly input: unknown }
  /** A picture or something newer: neither shown nor kept. */
  | { readonly kind: 'other' };

/** Most characters of one answer, text, reasoning and tool calls together. */
const ANSWER_CAP = 4 * 1024 * 1024;
/** The tokens of an answer are looked at once in so many characters. */
const LOOK_CHARACTERS = 1_000;

/**
 * One call of one model of the editor. Exactly one request. The API takes no limit on an answer, so one that grows past the request's
 * `maxOutputTokens` (estimated) is ended here and is as good as one that a server cut at its limit. It tells no usage either: the tokens of the
 * call are the ledger's estimate. Deadlines are the caller's, who aborts the signal; then the answer is `stopped`.
 */
export async function callEditorChat(
  chat: EditorChat,
  request: ModelRequest,
  onEvent: (event: ModelEvent) => void,
  signal: AbortSignal,
): Promise<Result<ModelAnswer, ModelError>> {
  if (signal.aborted) return err({ kind: 'stopped' });
  if (request.tools.length > 0 && !chat.callsTools)
    return err({ kind: 'badRequest', status: 400, message: `${chat.name} cannot call tools` });
  const conversation = editorConversation(request);
  const answer = startAnswer(request, onEvent);
  const controller = new AbortController();
  const whole = AbortSignal.any([signal, controller.signal]);
  try {
    const overflow = await overflowOf(chat, request, conversation, signal);
    if (overflow !== undefined) return err(overflow);
    const parts = await withAbort(Promise.resolve(chat.send(conversation, whole)), signal);
    const stream = parts[Symbol.asyncIterator]();
    for (;;) {
      // A vendor may ignore the cancellation, so the wait for its next part ends with the signal too.
      const next = await withAbort(stream.next(), signal);
      if (next.done === true) return ok(answer.whole(chat.name));
      answer.add(next.value);
      if (answer.isTooLarge()) return err({ kind: 'tooLarge', limitBytes: ANSWER_CAP });
      if (answer.isFull()) return ok({ ...answer.whole(chat.name), finishReason: 'length' });
    }
  } catch (error) {
    return err(signal.aborted ? { kind: 'stopped' } : editorErrorOf(error, answer.text()));
  } finally {
    controller.abort();
  }
}

/** Counts with the model's own tokenizer, which takes time, only what could be too long by the estimate. */
async function overflowOf(
  chat: EditorChat,
  request: ModelRequest,
  conversation: EditorConversation,
  signal: AbortSignal,
): Promise<ModelError | undefined> {
  if (!(chat.maxInputTokens > 0) || estimateRequestTokens(request) < chat.maxInputTokens / 2) return undefined;
  const counts = await withAbort(Promise.all(textsOf(conversation).map((text) => chat.countTokens(text))), signal);
  const tokens = counts.reduce((sum, count) => sum + count, 0);
  if (tokens <= chat.maxInputTokens) return undefined;
  return {
    kind: 'contextOverflow',
    message: `${chat.name} takes ${chat.maxInputTokens} tokens and this request has ${tokens}`,
  };
}

interface GrowingAnswer {
  add(part: EditorAnswerPart): void;
  text(): string;
  isTooLarge(): boolean;
  isFull(): boolean;
  whole(model: string): ModelAnswer;
}

function startAnswer(request: ModelRequest, onEvent: (event: ModelEvent) => void): GrowingAnswer {
  const callsBefore = request.messages.reduce(
    (count, message) => count + ('toolCalls' in message ? message.toolCalls.length : 0),
    0,
  );
  const toolCalls: ToolCall[] = [];
  let text = '';
  let characters = 0;
  let lookedAt = 0;
  const show = (kind: 'text' | 'reasoning', piece: string): void => {
    if (piece === '') return;
    characters += piece.length;
    onEvent({ kind, text: piece });
  };
  return {
    add(part) {
      switch (part.kind) {
        case 'text':
          text += part.text;
          return show('text', part.text);
        case 'reasoning':
          return show('reasoning', part.text);
        case 'toolCall': {
          const written = JSON.stringify(part.input ?? {});
          const id = part.callId === '' ? `call_${callsBefore + toolCalls.length + 1}` : part.callId;
          toolCalls.push({ id, name: part.name, arguments: written });
          characters += part.name.length + written.length;
          return onEvent({ kind: 'toolCall', name: part.name });
        }
        case 'other':
          return undefined;
      }
      return unreachable(part);
    },
    text: () => text,
    isTooLarge: () => characters > ANSWER_CAP,
    isFull() {
      if (text.length - lookedAt < LOOK_CHARACTERS) return false;
      lookedAt = text.length;
      return estimateTokens(text) > request.maxOutputTokens;
    },
    whole: (model) => ({ text, toolCalls, finishReason: toolCalls.length > 0 ? 'toolCalls' : 'stop', model }),
  };
}
